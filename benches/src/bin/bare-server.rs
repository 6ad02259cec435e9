//! The tools of the benchmark without a framework.
//!
//! `bare-server axum|hyper|pipes|stdio [file with lists] [address]`

use std::error::Error;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, server::conn::http1};
use hyper_util::rt::TokioIo;
use memchr::memchr;
use minimcp_benches::bare::{Answer, Lists, answer};
use minimcp_benches::bare_http::{respond, router};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::net::unix::pipe;

async fn serve_axum(lists: Lists, address: &str) -> io::Result<()> {
    axum::serve(TcpListener::bind(address).await?, router(lists)).await
}

async fn serve_hyper(lists: Lists, address: &str) -> io::Result<()> {
    let lists = Arc::new(lists);
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let lists = Arc::clone(&lists);
        let service = service_fn(move |request: Request<Incoming>| {
            let lists = Arc::clone(&lists);
            async move {
                let message = request.into_body().collect().await?.to_bytes();
                Ok::<_, hyper::Error>(respond(&message, &lists))
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// Writes the answer to a line.
fn reply(line: &[u8], lists: &Lists, out: &mut Vec<u8>) -> io::Result<()> {
    match answer(line, lists)? {
        Some(Answer::Whole(answer)) => {
            out.extend_from_slice(&answer);
            out.push(b'\n');
        }
        Some(Answer::Events(events)) => {
            for event in events {
                out.extend_from_slice(&event);
                out.push(b'\n');
            }
        }
        None => {}
    }
    Ok(())
}

/// Pipes that do not block: what came in one read is answered in one write.
async fn serve_pipes(lists: &Lists) -> io::Result<()> {
    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let mut input = pipe::Receiver::from_file(input)?;
    let mut output = pipe::Sender::from_file(output)?;
    let (mut read, mut searched) = (BytesMut::with_capacity(64 * 1024), 0);
    let mut out = Vec::new();
    while input.read_buf(&mut read).await? > 0 {
        while let Some(end) = memchr(b'\n', read.get(searched..).unwrap_or_default()) {
            let line = read.split_to(searched + end);
            read.advance(1);
            searched = 0;
            reply(&line, lists, &mut out)?;
        }
        searched = read.len();
        output.write_all(&out).await?;
        out.clear();
        read.reserve(64 * 1024);
    }
    Ok(())
}

/// The streams that tokio offers, as they come.
async fn serve_stdio(lists: &Lists) -> io::Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut output = tokio::io::stdout();
    let mut out = Vec::new();
    while let Some(line) = lines.next_line().await? {
        reply(line.as_bytes(), lists, &mut out)?;
        output.write_all(&out).await?;
        output.flush().await?;
        out.clear();
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let how = words.next().unwrap_or_default();
    let lists = match words.next() {
        Some(file) if !file.is_empty() => Lists::parse(&std::fs::read_to_string(file)?)?,
        _ => Lists::default(),
    };
    let address = words.next().unwrap_or_else(|| "127.0.0.1:8000".into());
    match how.as_str() {
        "axum" => serve_axum(lists, &address).await?,
        "hyper" => serve_hyper(lists, &address).await?,
        "pipes" => serve_pipes(&lists).await?,
        "stdio" => serve_stdio(&lists).await?,
        _ => return Err("how to serve: axum, hyper, pipes or stdio".into()),
    }
    Ok(())
}
