//! One request over HTTP: lines of headers, an empty line, content. The first line is the verb.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use minimcp::http::{Body, Endpoint, Legacy, Sessions};
use serde_json::Value;

use crate::server::server;
use crate::wire::runtime;

pub(crate) fn run(bytes: &[u8]) {
    let Some(request) = request(bytes) else { return };
    for endpoint in [
        Endpoint::streamable(server()).legacy(Legacy::Stateless).body_limit(4096),
        Endpoint::json(server()).legacy(Sessions::new()),
    ] {
        let runtime = runtime();
        let asked = request.clone();
        let (status, body) = runtime.block_on(async {
            let response = endpoint.respond(request.clone(), ()).await;
            check(&asked, &response);
            (response.status(), read(response).await)
        });
        if status == 200 {
            check_mirror(&asked, &body);
        }
    }
}

/// Reads a request; `None` for what no server of HTTP would hand over.
pub(crate) fn request(bytes: &[u8]) -> Option<Request<Full<Bytes>>> {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let (head, content) = bytes.split_at(end.unwrap_or(bytes.len()));
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut request = Request::builder().method(lines.next()?).uri("/mcp");
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(colon);
        let name = HeaderName::from_bytes(name).ok()?;
        request = request.header(name, HeaderValue::from_bytes(value[1..].trim_ascii()).ok()?);
    }
    let content = content.get(2..).unwrap_or_default().to_vec();
    request.body(Full::new(content.into())).ok()
}

/// The first pieces of a body, up to its end or as many as are there.
pub(crate) async fn read(response: Response<Body>) -> Vec<u8> {
    let mut body = response.into_body();
    let mut all = Vec::new();
    for _ in 0..64 {
        let Some(frame) = body.frame().await else { break };
        all.extend_from_slice(&frame.unwrap().into_data().unwrap_or_default());
    }
    all
}

/// What holds for every response.
pub(crate) fn check(asked: &Request<Full<Bytes>>, response: &Response<Body>) {
    let status = response.status().as_u16();
    assert!([200, 202, 204, 400, 403, 404, 405, 406, 413, 415, 503].contains(&status), "{status}");
    if status == 403 {
        return;
    }
    for host in asked.headers().get_all("host") {
        assert!(is_this_machine(host.as_bytes()), "{host:?} was served");
    }
    for origin in asked.headers().get_all("origin") {
        let origin = origin.as_bytes().to_ascii_lowercase();
        let host = origin.strip_prefix(b"http://").or(origin.strip_prefix(b"https://"));
        assert!(host.is_some_and(is_this_machine), "{origin:?} was served");
    }
}

fn is_this_machine(host: &[u8]) -> bool {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host.as_str(),
    };
    name == "localhost"
        || name == "localhost."
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || name
            .trim_matches(['[', ']'])
            .parse::<std::net::Ipv6Addr>()
            .is_ok_and(|address| address.is_loopback())
}

/// A modern request that was served says in its headers what it says in its body.
fn check_mirror(asked: &Request<Full<Bytes>>, answer: &[u8]) {
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else { return };
    let content = asked.body().clone();
    let content = runtime().block_on(content.collect()).unwrap().to_bytes();
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content);
    let Ok(message) = serde_json::from_slice::<Value>(content) else { return };
    let meta = &message["params"]["_meta"];
    if answer.get("result").is_none()
        || meta["io.modelcontextprotocol/protocolVersion"] != "2026-07-28"
    {
        return;
    }
    let mut said = vec![("mcp-method", &message["method"])];
    match message["method"].as_str() {
        Some("tools/call" | "prompts/get") => said.push(("mcp-name", &message["params"]["name"])),
        Some("resources/read") => said.push(("mcp-name", &message["params"]["uri"])),
        _ => (),
    }
    for (name, body) in said {
        for header in asked.headers().get_all(name) {
            assert_eq!(decoded(header.as_bytes()).as_deref(), body.as_str(), "{name}");
        }
        assert!(asked.headers().contains_key(name), "{name} is missing");
    }
}

fn decoded(header: &[u8]) -> Option<String> {
    use base64::Engine as _;
    let text = str::from_utf8(header).ok()?;
    match text.strip_prefix("=?base64?").and_then(|text| text.strip_suffix("?=")) {
        Some(code) => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(code).ok()?;
            String::from_utf8(bytes).ok()
        }
        None => Some(text.to_owned()),
    }
}
