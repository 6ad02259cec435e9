//! What is logged. A program of its own: what other tests log at the same time would decide what is listened to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use calculator::{Options, app};
use http::Request;
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

#[tokio::test]
async fn requests_are_logged_and_tokens_are_not() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let app = app(&Options { token: "hunter2".parse().ok(), ..Options::default() });
    for authorization in ["Bearer hunter2", "Bearer hunter3"] {
        let request = Request::post("/mcp")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("authorization", authorization)
            .body(Body::from(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#));
        app.router.clone().oneshot(request.unwrap()).await.unwrap();
    }
    let text = log.text();
    for part in ["method=POST", "uri=/mcp", "status=200", "status=401"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!text.contains("hunter"), "{text}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
