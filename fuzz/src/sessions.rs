//! Requests over HTTP in turn, with sessions: `$session` stands for the session that began last, `$event` for the last
//! event that was seen. Requests are parted by a line with `---`.

use std::time::Duration;

use minimcp::http::{Endpoint, LocalEvents, LocalSessions, Sessions};

use crate::http::{check, read, request};
use crate::server::server;
use crate::wire::runtime;

pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let sessions = Sessions::new()
        .store(LocalSessions::new().capacity(3))
        .events(LocalEvents::new().streams(3).events(4).bytes(4096))
        .open_streams(2)
        .event_lifetime(Duration::from_secs(60));
    let endpoint = Endpoint::streamable(server()).legacy(sessions);
    let runtime = runtime();
    let (mut session, mut event) = (String::new(), String::new());
    for part in text.split("\n---\n").take(8) {
        let part = part.replace("$session", &session).replace("$event", &event);
        let Some(request) = request(part.as_bytes()) else { continue };
        let answered = runtime.block_on(async {
            let response = endpoint.respond(request.clone(), ()).await;
            check(&request, &response);
            if let Some(id) = response.headers().get("mcp-session-id") {
                session = id.to_str().unwrap().to_owned();
            }
            read(response).await
        });
        let answered = String::from_utf8(answered).expect("answers are text");
        if let Some(id) = answered.lines().filter_map(|line| line.strip_prefix("id: ")).next_back()
        {
            event = id.to_owned();
        }
    }
}
