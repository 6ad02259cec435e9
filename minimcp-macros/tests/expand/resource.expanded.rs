/// A row of the multiplication table
async fn table(number: u64, length: u64, user: Scope<User>) -> Vec<u64> {
    (1..=length).map(|factor| number * factor).collect()
}
/// A row of the multiplication table
#[allow(non_camel_case_types)]
struct table {}
#[allow(deprecated, unused_imports)]
const _: () = {
    use ::minimcp::__private::{
        ViaNothing as _, ViaOutcome as _, ViaOutput as _, ViaPlain as _,
        ViaSerialize as _,
    };
    const _: () = ::core::assert!(
        ! < Scope < User > as ::minimcp::FromCall > ::ARGUMENT,
        "`user` is an argument, and nothing fills it in: \"math://tables/{{number}}{{?length}}\" has no variable `{{user}}`"
    );
    fn __default1() -> u64 {
        10
    }
    impl ::minimcp::__private::Named for table {
        const KIND: ::minimcp::__private::Kind = ::minimcp::__private::Kind::Resource;
        const NAME: &'static str = "table";
        const URI: &'static str = "math://tables/{number}{?length}";
    }
    impl<__S> ::minimcp::__private::Handler<__S> for table
    where
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        u64: ::minimcp::__private::Parameter<__S>,
        Scope<User>: ::minimcp::__private::Parameter<__S>,
    {
        type Definition = ::minimcp::Resource<__S>;
        fn define() -> ::minimcp::Resource<__S> {
            ::minimcp::Resource::<
                __S,
            >::__define(
                    "math://tables/{number}{?length}",
                    "table",
                    |__list| {
                        __list.add::<u64>("number", "");
                        __list
                            .add::<u64>("length", "")
                            .rules(|__p| {
                                (&&::minimcp::__private::DefaultValue(&__default1()))
                                    .apply(__p)
                            });
                        __list.add::<Scope<User>>("user", "");
                    },
                    |__cx| ::std::boxed::Box::pin(async move {
                        let mut __p0 = ::minimcp::__private::Slot::<u64>::new();
                        let mut __p1 = ::minimcp::__private::Slot::<u64>::new();
                        let mut __p2 = ::minimcp::__private::Slot::<Scope<User>>::new();
                        __cx.read(
                            const {
                                &[
                                    ::minimcp::__private::Field::of::<u64>("number"),
                                    ::minimcp::__private::Field::of::<u64>("length").optional(),
                                    ::minimcp::__private::Field::of::<Scope<User>>("user"),
                                ]
                            },
                            &mut [&mut __p0, &mut __p1, &mut __p2],
                        )?;
                        let __p0 = __p0.take(&__cx)?;
                        let __p1 = __p1.take_or(&__cx, __default1)?;
                        let __p2 = __p2.take(&__cx)?;
                        let __returned = ::minimcp::__private::Returned(
                            table(__p0, __p1, __p2).await,
                        );
                        let __outcome = __returned.outcome();
                        __outcome.into_resource(__cx.uri(), __cx.mime_type())
                    }),
                )
                .mime_type("text/plain")
                .priority(1f64)
                .audience(::minimcp::Role::User)
                .description("A row of the multiplication table")
        }
    }
};
