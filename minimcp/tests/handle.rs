//! The core without a transport and without macros: what an expansion writes, written by hand.
#![allow(missing_docs, clippy::unwrap_used, non_camel_case_types, unused_qualifications)]

use minimcp::__private as private;
use minimcp::{MiniMcp, Outbox, Progress, Tool};

async fn product(a: f64, b: f64, label: &str, progress: Progress) -> Result<String, String> {
    progress.report(0.5).await;
    if label == "fail" { Err("failed".into()) } else { Ok(format!("{label}: {}", a * b)) }
}

pub struct product {}

impl private::Named for product {
    const KIND: private::Kind = private::Kind::Tool;
    const NAME: &'static str = "product";
    const URI: &'static str = "";
}

impl<__S> private::Handler<__S> for product
where
    __S: Send + Sync + 'static,
    f64: private::Parameter<__S>,
    Progress: private::Parameter<__S>,
{
    type Definition = Tool<__S>;

    fn define() -> Tool<__S> {
        use private::{ViaNothing as _, ViaOutput as _, ViaPlain as _, ViaSerialize as _};
        const FIELDS: &[private::Field] = &[
            private::Field::of::<f64>("a"),
            private::Field::of::<f64>("b").optional(),
            private::Field::text("label"),
            private::Field::of::<Progress>("progress"),
        ];
        Tool::__define(
            "product",
            || {
                private::Parameters::new()
                    .add::<f64>("a", |__p| __p.description("The first number"))
                    .add::<f64>("b", |__p| {
                        let __d: f64 = 1.0;
                        (&&private::DefaultValue(&__d)).apply(__p).range(&(-1e6..=1e6))
                    })
                    .text("label", |__p| __p)
                    .add::<Progress>("progress", |__p| __p)
            },
            private::Returns::<Result<String, String>>::new().tool_output(),
            |__cx| {
                Box::pin(async move {
                    let mut __p0 = private::Slot::<f64>::new();
                    let mut __p1 = private::Slot::<f64>::new()
                        .check(|__v| private::in_range(__v, &(-1e6..=1e6)));
                    let mut __p2 = private::TextSlot::new();
                    let mut __p3 = private::Slot::<Progress>::new();
                    __cx.read(FIELDS, &mut [&mut __p0, &mut __p1, &mut __p2, &mut __p3])?;
                    let __p0: f64 = __p0.take(&__cx)?;
                    let __p1: f64 = __p1.take_or(&__cx, || {
                        let __d: f64 = 1.0;
                        __d
                    })?;
                    let __p2 = __p2.take()?;
                    let __p3: Progress = __p3.take(&__cx)?;
                    private::Returned(product(__p0, __p1, &__p2, __p3).await).outcome().into_tool()
                })
            },
        )
        .description("Multiply")
    }
}

async fn check(arguments: &str, expected: &str) {
    let server: MiniMcp =
        MiniMcp::new("math").handlers(private::Handlers::new("1.2.3").with::<product>());
    let message = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"product","arguments":{arguments}}}}}"#
    );
    let reply = server.handle(message, Outbox::none(), ()).await;
    let reply = reply.as_str().unwrap();
    assert!(reply.contains(expected), "{reply}");
}

#[tokio::test]
async fn a_handler_by_hand() {
    check(r#"{"a":2,"label":"x"}"#, r#""text":"x: 2""#).await;
    check(r#"{"a":"2","b":null,"label":"x"}"#, r#""text":"x: 2""#).await;
    check(r#"{"a":2,"b":3.5,"label":"\u00e4"}"#, r#""text":"ä: 7""#).await;
    check(r#"{"a":2,"label":"fail"}"#, r#""text":"failed"}],"isError":true"#).await;
    check(r#"{"b":1e9,"label":5,"c":1}"#, "Missing required arguments: a. Invalid argument `b`: 1000000000.0 is not at least -1000000.0 and at most 1000000.0. Invalid argument `label`: invalid type: integer `5`, expected a string. Unknown arguments: c. The arguments are: a, b, label.").await;
}
