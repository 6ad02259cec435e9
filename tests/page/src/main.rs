//! A server with everything that the page has to show and the examples do not have: nested arguments, unions, completions,
//! a tool that destroys, changes, and texts that would like to be markup. `page-fixture 127.0.0.1:0`.

mod arguments;
mod hostile;

use std::sync::OnceLock;

use minimcp::http::{Endpoint, Server};
use minimcp::{MiniMcp, Tasks, handlers};
use tokio::net::TcpListener;

/// For the tool that adds another one.
pub(crate) static SERVER: OnceLock<MiniMcp> = OnceLock::new();

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    let listener = TcpListener::bind(address).await?;
    eprintln!("listening on http://{}/mcp", listener.local_addr()?);
    let server = SERVER.get_or_init(server).clone();
    Server::new(Endpoint::streamable(server)).page("/docs").serve(listener).await
}

#[allow(clippy::expect_used, reason = "the names in one program do not clash")]
fn server() -> MiniMcp {
    let server = MiniMcp::new("fixture")
        .with_title("Fixture <b>bold</b>")
        .with_instructions(hostile::MARKUP)
        .tasks(Tasks::new())
        .handlers(handlers![
            arguments::plan,
            arguments::draw,
            arguments::purge,
            arguments::rename,
            arguments::wait,
            arguments::add_tool,
            arguments::connect,
            arguments::greeting,
            arguments::profile,
            arguments::score,
            hostile::megabytes,
            hostile::many,
            hostile::links,
            hostile::images,
            hostile::says,
        ]);
    server.tools().add(hostile::tool()).expect("a name of its own");
    server
}
