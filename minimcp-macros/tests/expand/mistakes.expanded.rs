::core::compile_error! {
    "unknown key `titel`, expected one of: `name`, `title`, `description`, `icons`, `read_only`, `destructive`, `idempotent`, `open_world`, `meta`, `timeout`, `concurrency`, `queue`, `scopes`, `blocking`, `deny_unknown`, `ui`, `visible_to`, `task`"
}
::core::compile_error! {
    "`sub` must be an `async fn` to be a #[tool]; for blocking code write `#[tool(blocking)] fn`"
}
::core::compile_error! {
    "a parameter is handed over and not lent; write `f64`"
}
/// Subtract two numbers
pub fn sub(a: &'_ f64, #[allow(unused)] b: f64) -> f64 {
    a - b
}
/// Subtract two numbers
#[allow(non_camel_case_types)]
pub struct sub {}
#[allow(deprecated)]
const _: () = {
    impl ::minimcp::__private::Named for sub {
        const KIND: ::minimcp::__private::Kind = ::minimcp::__private::Kind::Tool;
        const NAME: &'static str = ::core::concat!(::core::module_path!(), "::", "sub");
        const URI: &'static str = ::core::concat!(::core::module_path!(), "::", "sub");
    }
    impl<__S> ::minimcp::__private::Handler<__S> for sub
    where
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type Definition = ::minimcp::Tool<__S>;
        fn define() -> ::minimcp::Tool<__S> {
            ::core::unreachable!()
        }
    }
};
