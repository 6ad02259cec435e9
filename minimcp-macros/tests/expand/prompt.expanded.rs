async fn explanation(topic: &str, tone: Tone) -> String {
    format!("Explain {topic}.")
}
#[allow(non_camel_case_types)]
struct explanation {}
#[allow(deprecated, unused_imports)]
const _: () = {
    use ::minimcp::__private::{
        ViaNothing as _, ViaOutcome as _, ViaOutput as _, ViaPlain as _,
        ViaSerialize as _,
    };
    impl ::minimcp::__private::Named for explanation {
        const KIND: ::minimcp::__private::Kind = ::minimcp::__private::Kind::Prompt;
        const NAME: &'static str = "explain";
        const URI: &'static str = "";
    }
    impl<__S> ::minimcp::__private::Handler<__S> for explanation
    where
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        Tone: ::minimcp::__private::Parameter<__S>,
    {
        type Definition = ::minimcp::Prompt<__S>;
        fn define() -> ::minimcp::Prompt<__S> {
            ::minimcp::Prompt::<
                __S,
            >::__define(
                    "explain",
                    |__list| {
                        __list.text("topic", "What to explain");
                        __list.add::<Tone>("tone", "").rules(|__p| __p.complete());
                    },
                    |__cx| ::std::boxed::Box::pin(async move {
                        let mut __p0 = ::minimcp::__private::TextSlot::new();
                        let mut __p1 = ::minimcp::__private::Slot::<Tone>::new();
                        __cx.read(
                            const {
                                &[
                                    ::minimcp::__private::Field::text("topic"),
                                    ::minimcp::__private::Field::of::<Tone>("tone"),
                                ]
                            },
                            &mut [&mut __p0, &mut __p1],
                        )?;
                        let __p0 = __p0.take()?;
                        let __p1 = __p1.take(&__cx)?;
                        let __returned = ::minimcp::__private::Returned(
                            explanation(&__p0, __p1).await,
                        );
                        let __outcome = __returned.outcome();
                        __outcome.into_prompt()
                    }),
                )
                .deny_unknown(true)
                .complete("topic", topics)
                .description(include_str!("explain.md"))
                .icon("a.png")
                .icon(icon())
        }
    }
};
