//! The same conversation in a session over HTTP.

use http::{Request, Response};
use http_body_util::BodyExt as _;
use judge::Transcript;
use minimcp::http::{Body, Endpoint};
use serde_json::{Value, json};

use super::{answer, call, hello, params, server};

const REVISION: &str = "2025-11-25";
const SESSION: &str = "mcp-session-id";

/// All that is said until the tool has answered: `→` a request of the client, `←` a response, or an event of one.
pub(crate) async fn said() -> String {
    let mut client = Client {
        endpoint: Endpoint::streamable(server()),
        session: String::new(),
        questions: Vec::new(),
        judge: Transcript::new(None),
        said: String::new(),
    };
    for message in hello(REVISION) {
        let response = client.post(&message).await;
        let content = response.into_body().collect().await.unwrap().to_bytes();
        if !content.is_empty() {
            client.hear(std::str::from_utf8(&content).unwrap());
        }
    }
    let mut stream = client.post(&call(1, &params())).await.into_body();
    while let Some(piece) = stream.frame().await {
        let piece = piece.unwrap().into_data().unwrap();
        let data = std::str::from_utf8(&piece).unwrap().lines();
        // The first event carries an id alone.
        let data =
            data.filter_map(|line| line.strip_prefix("data: ")).filter(|data| !data.is_empty());
        for data in data {
            let message = client.hear(data);
            if message.get("method").is_some() {
                let result = answer(&message);
                client
                    .post(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }))
                    .await;
            }
        }
    }
    client.said
}

struct Client {
    endpoint: Endpoint<()>,
    /// What the server calls the session.
    session: String,
    /// What the server calls its questions.
    questions: Vec<String>,
    judge: Transcript,
    said: String,
}

impl Client {
    async fn post(&mut self, message: &Value) -> Response<Body> {
        let text = message.to_string();
        self.judge.received(&text);
        let mut request = Request::post("/mcp")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        let mut head = "POST".to_owned();
        if !self.session.is_empty() {
            request =
                request.header("mcp-protocol-version", REVISION).header(SESSION, &self.session);
            head += " mcp-session-id: <session>";
        }
        self.note(&format!("→ {head} {text}"));
        let response = self.endpoint.respond(request.body(text).unwrap(), ()).await;
        let mut head = format!("← {}", response.status().as_u16());
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
        if let Some(kind) = header("content-type") {
            head += &format!(" {kind}");
        }
        if let Some(session) = header(SESSION).filter(|session| *session != self.session) {
            self.session = session.to_owned();
            head += " mcp-session-id: <session>";
        }
        self.note(&head);
        response
    }

    /// Reads a message of the server.
    fn hear(&mut self, text: &str) -> Value {
        self.judge.sent(text);
        let message: Value = serde_json::from_str(text).unwrap();
        if message.get("method").is_some() {
            self.questions.push(message["id"].as_str().unwrap().to_owned());
        }
        self.note(&format!("← {text}"));
        message
    }

    /// Notes a line, with names for what is different each time.
    fn note(&mut self, line: &str) {
        self.said += line;
        for (index, id) in self.questions.iter().enumerate() {
            self.said = self.said.replace(id.as_str(), &format!("<question {}>", index + 1));
        }
        self.said.push('\n');
    }
}
