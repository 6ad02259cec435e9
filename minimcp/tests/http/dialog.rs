//! Talking in sessions: requests in turn, to several servers, some of whose responses stay open.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use minimcp::http::{Endpoint, Scoped, Sessions};
use minimcp::{Call, LocalBus, Log, LogLevel, MiniMcp, Progress, SealKey, Tool};
use tokio::sync::{Notify, Semaphore};

use crate::{Answers, Arguments, fits, parse, render, render_head};

/// One step: to whom, what is sent, what comes back.
///
/// - `0`: the server of that number gets the request, and its whole response is compared.
/// - `0 as a`: the same, and the body of the response is left open under that name; the head is compared.
/// - `a`: the next piece of that body is compared; `end` is its end.
/// - `drop a`: the connection breaks.
///
/// `{id1}` is the id of the first session that began, `{s1}` the name of the first stream with ids that was seen.
pub(crate) type Step<'a> = (&'a str, &'a str, &'a str);

pub(crate) async fn talk(servers: &[impl Answers], steps: &[Step<'_>]) {
    let mut names = Names::default();
    let mut open = HashMap::new();
    for (number, (to, request, expected)) in steps.iter().enumerate() {
        let request = names.fill_in(request);
        let got = if let Some(name) = to.strip_prefix("drop ") {
            drop(open.remove(name).unwrap());
            String::new()
        } else if let Some((server, name)) = to.split_once(" as ") {
            let server = &servers[server.parse::<usize>().unwrap()];
            let (head, body) = server.answer(parse(&request)).await.into_parts();
            open.insert(name, body);
            render_head(head.status, &head.headers)
        } else if let Ok(server) = to.parse::<usize>() {
            render(servers[server].answer(parse(&request)).await).await
        } else {
            match open.get_mut(to).unwrap().frame().await {
                Some(piece) => {
                    String::from_utf8(piece.unwrap().into_data().unwrap().to_vec()).unwrap()
                }
                None => "end".into(),
            }
        };
        let got = names.note(got);
        assert!(
            fits(&got, expected),
            "step {number}: {request}\n\ngave\n\n{got}\n\ninstead of\n\n{expected}"
        );
    }
}

/// What the server made up, and what it is called here.
#[derive(Default)]
struct Names {
    sessions: Vec<String>,
    streams: Vec<String>,
}

impl Names {
    fn fill_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (kind, known) in [("id", &self.sessions), ("s", &self.streams)] {
            for (index, name) in known.iter().enumerate() {
                text = text.replace(&format!("{{{kind}{}}}", index + 1), name);
            }
        }
        text
    }

    fn note(&mut self, mut text: String) -> String {
        let head = text.lines().next().unwrap_or_default().to_owned();
        // The id of a session is the one thing in a head that is that long.
        self.sessions.extend(head.split(' ').filter(|word| word.len() > 100).map(str::to_owned));
        for line in text.lines() {
            if let Some((stream, _)) = line.strip_prefix("id: ").and_then(|id| id.rsplit_once('.'))
                && !self.streams.iter().any(|known| known == stream)
            {
                self.streams.push(stream.to_owned());
            }
        }
        for (kind, known) in [("id", &self.sessions), ("s", &self.streams)] {
            for (index, name) in known.iter().enumerate() {
                text = text.replace(name, &format!("{{{kind}{}}}", index + 1));
            }
        }
        text
    }
}

/// So many servers that share keys, a bus and what is remembered of sessions. The scope is the header `x-user`.
pub(crate) fn replicas<const N: usize>(sessions: &Sessions) -> [Scoped<String>; N] {
    replicas_with(sessions, |endpoint| endpoint)
}

pub(crate) fn replicas_with<const N: usize>(
    sessions: &Sessions,
    options: impl Fn(Endpoint<String>) -> Endpoint<String>,
) -> [Scoped<String>; N] {
    let (key, bus) = (SealKey::generate(), LocalBus::default());
    let (released, finished) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    std::array::from_fn(|_| {
        let server = MiniMcp::new("sessions")
            .principal(|user: &String| user.clone())
            .bus(bus.clone())
            .seal_keys([key.clone()]);
        for tool in tools(&released, &finished) {
            server.tools().add(tool).unwrap();
        }
        let endpoint = options(Endpoint::streamable(server).legacy(sessions.clone()));
        endpoint.with_scope_fn(|request| {
            let user = request.headers.get("x-user").map(|user| user.to_str().unwrap());
            user.unwrap_or("alice").to_owned()
        })
    })
}

/// Tools that wait for each other, so that a test says what happens when.
fn tools(released: &Arc<Notify>, finished: &Arc<Semaphore>) -> Vec<Tool<String>> {
    let waits = {
        let (released, finished) = (Arc::clone(released), Arc::clone(finished));
        move |_: Arguments, call: Call, later: Option<u64>| {
            let (released, finished) = (Arc::clone(&released), Arc::clone(&finished));
            async move {
                let progress = call.progress();
                progress.report(1.0).await;
                let could = later.map(|later| call.come_back_after(Duration::from_millis(later)));
                released.notified().await;
                progress.report(2.0).await;
                finished.add_permits(1);
                Ok::<_, String>(could.map_or("waited".into(), |could| format!("waited, {could}")))
            }
        }
    };
    let waits = Arc::new(waits);
    let later = Arc::clone(&waits);
    let release = Arc::clone(released);
    let finished = Arc::clone(finished);
    vec![
        // Reports, waits to be released, reports again.
        Tool::from_fn("waits", move |arguments: Arguments, call: Call| {
            waits(arguments, call, None)
        }),
        // The same, but lets the client come back for the answer.
        Tool::from_fn("bakes", move |arguments: Arguments, call: Call| {
            later(arguments, call, Some(500))
        }),
        // Releases one that waits.
        Tool::from_fn("release", move |_: Arguments, _: Call| {
            release.notify_one();
            async { Ok::<_, String>("released") }
        }),
        // Waits for one that was released to finish.
        Tool::from_fn("finished", move |_: Arguments, _: Call| {
            let finished = Arc::clone(&finished);
            async move {
                finished.acquire().await.unwrap().forget();
                Ok::<_, String>("finished")
            }
        }),
        Tool::from_fn("reports", |_: Arguments, progress: Progress| async move {
            progress.report(1.0).await;
            Ok::<_, String>("reported")
        }),
        Tool::from_fn("logs", |_: Arguments, log: Log| async move {
            log.debug("quiet").await;
            log.send(LogLevel::Error, "loud").await;
            Ok::<_, String>("logged")
        }),
        Tool::from_fn("client", |_: Arguments, call: Call| async move {
            let name = call.client_name().map(|name| name.into_owned()).unwrap_or_default();
            let roots = call.client_supports("roots");
            Ok::<_, String>(format!("{name} speaks {}, roots: {roots}", call.revision()))
        }),
    ]
}

pub(crate) fn initialize(revision: &str) -> String {
    format!(
        r#"

{{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{"protocolVersion":"{revision}","capabilities":{{"roots":{{}}}},"clientInfo":{{"name":"tester","version":"1"}}}}}}"#
    )
}

/// A call in the first session.
pub(crate) fn call(id: u32, tool: &str) -> String {
    call_in("{id1}", id, tool)
}

pub(crate) fn call_in(session: &str, id: u32, tool: &str) -> String {
    in_session(
        session,
        &format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","_meta":{{"progressToken":7}}}}}}"#
        ),
    )
}

pub(crate) fn in_session(session: &str, message: &str) -> String {
    format!("mcp-session-id: {session}\n\n{message}")
}
