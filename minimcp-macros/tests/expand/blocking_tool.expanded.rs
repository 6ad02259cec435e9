fn hash(text: &str, rounds: Rounds) -> u64 {
    rounds.of(text)
}
#[allow(non_camel_case_types)]
struct hash {}
#[allow(deprecated, unused_imports)]
const _: () = {
    use ::minimcp::__private::{
        ViaNothing as _, ViaOutcome as _, ViaOutput as _, ViaPlain as _,
        ViaSerialize as _,
    };
    fn __default1() -> Rounds {
        <Rounds as ::core::default::Default>::default()
    }
    impl ::minimcp::__private::Named for hash {
        const KIND: ::minimcp::__private::Kind = ::minimcp::__private::Kind::Tool;
        const NAME: &'static str = "hash";
        const URI: &'static str = "";
    }
    impl<__S> ::minimcp::__private::Handler<__S> for hash
    where
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        Rounds: ::minimcp::__private::Parameter<__S>,
    {
        type Definition = ::minimcp::Tool<__S>;
        fn define() -> ::minimcp::Tool<__S> {
            ::minimcp::Tool::__define(
                    "hash",
                    |__list| {
                        __list.text("text", "");
                        __list
                            .add::<Rounds>("rounds", "")
                            .rules(|__p| {
                                (&&::minimcp::__private::DefaultValue(&__default1()))
                                    .apply(__p)
                            });
                    },
                    ::minimcp::__private::Returns::<u64>::new().tool_output(),
                    |__cx| ::std::boxed::Box::pin(async move {
                        let mut __p0 = ::minimcp::__private::TextSlot::new();
                        let mut __p1 = ::minimcp::__private::Slot::<Rounds>::new();
                        __cx.read(
                            const {
                                &[
                                    ::minimcp::__private::Field::text("text"),
                                    ::minimcp::__private::Field::of::<Rounds>("rounds")
                                        .optional(),
                                ]
                            },
                            &mut [&mut __p0, &mut __p1],
                        )?;
                        let __p0: ::std::string::String = __p0.take()?.into_owned();
                        let __p1 = __p1.take_or(&__cx, __default1)?;
                        let __returned = ::minimcp::__private::Returned(
                            __cx.blocking(move || hash(&__p0, __p1)).await?,
                        );
                        let __outcome = __returned.outcome();
                        __outcome.into_tool()
                    }),
                )
                .__blocking()
                .__scopes(::minimcp::__private::scopes!(["hashes:read", "hashes:make"]))
        }
    }
};
