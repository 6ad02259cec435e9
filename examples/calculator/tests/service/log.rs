//! What is logged.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use calculator::{Options, app};
use http::HeaderValue;
use tracing_subscriber::fmt::MakeWriter;

use crate::asking::{ask, list, message};

#[tokio::test]
async fn requests_are_logged_and_tokens_are_not() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let app = app(&Options { token: "hunter2".parse().ok(), ..Options::default() });
    for authorization in ["Bearer hunter2", "Bearer hunter3"] {
        let mut request = message("/mcp", &list());
        request.headers_mut().insert("authorization", HeaderValue::from_static(authorization));
        ask(&app, request).await;
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
