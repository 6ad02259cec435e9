//! The servers `math` and `conformance`, and real clients: rmcp here, those of Python and JavaScript with the feature `clients`, after
//! `tests/clients/install` has installed them.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod checks;
mod connection;
mod conversation;
#[cfg(feature = "clients")]
mod installed;
mod relay;
mod server;

use rmcp::model::ProtocolVersion;
use tokio::task::JoinSet;

use crate::connection::{Connection, Transport};
use crate::conversation::Place;
use crate::relay::Relay;
use crate::server::Server;

#[tokio::test]
async fn rmcp_over_stdio() {
    every_revision(Transport::Stdio, "").await;
}

#[tokio::test]
async fn rmcp_over_streamable_http() {
    let server = Server::math(&[]).await;
    every_revision(Transport::Http, server.url()).await;
}

#[tokio::test]
async fn rmcp_over_plain_http() {
    let server = Server::math(&["--json"]).await;
    every_revision(Transport::Json, server.url()).await;
}

#[tokio::test]
async fn rmcp_converses_over_stdio() {
    let mut running = JoinSet::new();
    for revision in ProtocolVersion::KNOWN_VERSIONS {
        running.spawn(conversation::all(Place::Stdio, revision.clone()));
    }
    let count = running.join_all().await.len();
    assert_eq!(count, 5, "revisions that rmcp knows");
}

#[tokio::test]
async fn rmcp_converses_over_streamable_http() {
    // Each revision has a server of its own, since one place for all is what they look for.
    for revision in ProtocolVersion::KNOWN_VERSIONS {
        let server = Server::conformance().await;
        let relay = Relay::to(server.url()).await;
        conversation::all(Place::Http(relay), revision.clone()).await;
    }
}

#[tokio::test]
async fn rmcp_begins_a_new_session() {
    conversation::begins_a_new_session(Server::conformance().await).await;
}

/// Runs the checks in all revisions, at the same time: most of it is waiting.
async fn every_revision(transport: Transport, url: &str) {
    let mut running = JoinSet::new();
    for revision in ProtocolVersion::KNOWN_VERSIONS {
        let url = url.to_owned();
        running.spawn(async move {
            checks::all(Connection::open(transport, &url, revision.clone()).await).await;
        });
    }
    let count = running.join_all().await.len();
    assert_eq!(count, 5, "revisions that rmcp knows");
}
