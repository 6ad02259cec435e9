//! How much is taken, and how many at once.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::Full;
use minimcp::http::Endpoint;
use minimcp::{MiniMcp, Progress, Tool};
use std::future::pending;

use crate::{Answers, Arguments, PING, call, check, endpoint, parse, server};

#[tokio::test]
async fn long_content_is_refused_and_a_megabyte_is_not_long() {
    let padded = |length| format!("\n\n{PING}{}", " ".repeat(length));
    check(&endpoint(), &padded(1 << 20), "200 …").await;
    check(
        &endpoint(),
        &padded(4 << 20),
        "413 text/plain; charset=utf-8\nThe content is longer than 4194304 bytes.\n",
    )
    .await;
    check(&endpoint().body_limit(PING.len()), &padded(0), "200 …").await;
    check(&endpoint().body_limit(PING.len()), &padded(1), "413 …").await;
}

/// Content that does not say how long it is and never ends.
struct Endless;

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 1000])))))
    }
}

struct Endlessly(Endpoint<()>);

impl Answers for Endlessly {
    async fn answer(&self, request: Request<Full<Bytes>>) -> Response<axum::body::Body> {
        self.0.respond(request.map(|_| Endless), ()).await.map(axum::body::Body::new)
    }
}

#[tokio::test]
async fn content_without_a_length_is_read_up_to_the_limit() {
    check(&Endlessly(endpoint()), "", "413 …").await;
}

/// Content that breaks off.
struct Broken;

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(Some(Err("gone")))
    }
}

#[tokio::test]
async fn content_that_breaks_off_is_no_message() {
    struct Breaking(Endpoint<()>);
    impl Answers for Breaking {
        async fn answer(&self, request: Request<Full<Bytes>>) -> Response<axum::body::Body> {
            self.0.respond(request.map(|_| Broken), ()).await.map(axum::body::Body::new)
        }
    }
    check(
        &Breaking(endpoint()),
        "",
        "400 text/plain; charset=utf-8\nThe content could not be read to its end.\n",
    )
    .await;
}

#[tokio::test]
async fn a_full_server_says_when_to_try_again() {
    let server: MiniMcp = server().concurrency(1).queue(0);
    server
        .tools()
        .add(Tool::from_fn("hangs", |_: Arguments, progress: Progress| async move {
            progress.report(1.0).await;
            pending::<()>().await;
            Ok::<_, String>("")
        }))
        .unwrap();
    let endpoint = Endpoint::streamable(server);
    let running = endpoint.answer(parse(&call("hangs"))).await;
    let expected = r#"503 application/json 1
{"jsonrpc":"2.0","id":1,"error":{"code":-32603…}"#;
    check(&endpoint, &call("quick"), expected).await;
    check(&endpoint, &format!("\n\n{PING}"), "200 …").await;
    drop(running);
    check(&endpoint, &call("quick"), "200 …done…").await;
}
