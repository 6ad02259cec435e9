/// Multiply two numbers
#[cfg(feature = "math")]
#[tracing::instrument]
pub(crate) async fn product(
    a: f64,
    mut b: f64,
    label: &str,
    r#type: Region,
    progress: Progress,
) -> Result<f64, MyError> {
    b += 0.0;
    Ok(a * b)
}
/// Multiply two numbers
#[cfg(feature = "math")]
#[allow(non_camel_case_types)]
pub(crate) struct product {}
#[cfg(feature = "math")]
#[allow(deprecated, unused_imports)]
const _: () = {
    use ::minimcp::__private::{
        ViaNothing as _, ViaOutcome as _, ViaOutput as _, ViaPlain as _,
        ViaSerialize as _,
    };
    const _: () = ::minimcp::__private::check_header::<Region>();
    fn __default1() -> f64 {
        1.0
    }
    fn __default2() -> &'static str {
        ""
    }
    fn __length2() -> impl ::core::ops::RangeBounds<usize> {
        1..=80
    }
    impl ::minimcp::__private::Named for product {
        const KIND: ::minimcp::__private::Kind = ::minimcp::__private::Kind::Tool;
        const NAME: &'static str = "product";
        const URI: &'static str = "";
    }
    impl<__S> ::minimcp::__private::Handler<__S> for product
    where
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        f64: ::minimcp::__private::Parameter<__S>,
        Region: ::minimcp::__private::Parameter<__S>,
        Progress: ::minimcp::__private::Parameter<__S>,
    {
        type Definition = ::minimcp::Tool<__S>;
        fn define() -> ::minimcp::Tool<__S> {
            ::minimcp::Tool::__define(
                    "product",
                    |__list| {
                        __list.add::<f64>("a", "The first number");
                        __list
                            .add::<f64>("b", "")
                            .rules(|__p| {
                                (&&::minimcp::__private::DefaultValue(&__default1()))
                                    .apply(__p)
                                    .range(&(-1e6..=1e6))
                            });
                        __list
                            .text("label", "")
                            .rules(|__p| {
                                (&&::minimcp::__private::DefaultValue(&__default2()))
                                    .apply(__p)
                                    .length(&__length2())
                                    .pattern(::minimcp::__private::pattern!("^[a-z]*$"))
                            });
                        __list
                            .add::<Region>("type", "")
                            .rules(|__p| __p.header("Region"));
                        __list.add::<Progress>("progress", "");
                    },
                    ::minimcp::__private::Returns::<Result<f64, MyError>>::new()
                        .tool_output(),
                    |__cx| ::std::boxed::Box::pin(async move {
                        let mut __p0 = ::minimcp::__private::Slot::<f64>::new();
                        let mut __p1 = ::minimcp::__private::Slot::<f64>::new()
                            .check(|__value| ::minimcp::__private::in_range(
                                __value,
                                &(-1e6..=1e6),
                            ));
                        let mut __p2 = ::minimcp::__private::TextSlot::new()
                            .check(|__value| ::minimcp::__private::has_length(
                                __value,
                                &__length2(),
                            ))
                            .check(|__value| ::minimcp::__private::matches(
                                __value,
                                ::minimcp::__private::pattern!("^[a-z]*$"),
                            ));
                        let mut __p3 = ::minimcp::__private::Slot::<Region>::new();
                        let mut __p4 = ::minimcp::__private::Slot::<Progress>::new();
                        __cx.read(
                            const {
                                &[
                                    ::minimcp::__private::Field::of::<f64>("a"),
                                    ::minimcp::__private::Field::of::<f64>("b").optional(),
                                    ::minimcp::__private::Field::text("label").optional(),
                                    ::minimcp::__private::Field::of::<Region>("type"),
                                    ::minimcp::__private::Field::of::<Progress>("progress"),
                                ]
                            },
                            &mut [&mut __p0, &mut __p1, &mut __p2, &mut __p3, &mut __p4],
                        )?;
                        let __p0 = __p0.take(&__cx)?;
                        let __p1 = __p1.take_or(&__cx, __default1)?;
                        let __p2 = __p2.take_or(|| __default2())?;
                        let __p3 = __p3.take(&__cx)?;
                        let __p4 = __p4.take(&__cx)?;
                        let __returned = ::minimcp::__private::Returned(
                            product(__p0, __p1, &__p2, __p3, __p4).await,
                        );
                        let __outcome = __returned.outcome();
                        __outcome.into_tool()
                    }),
                )
                .read_only(true)
                .idempotent(true)
                .title("Multiply")
                .description("Multiply two numbers")
                .meta("example.com/cost", 3)
                .timeout(
                    ::core::option::Option::Some(
                        ::core::time::Duration::from_millis(30000u64),
                    ),
                )
        }
    }
};
