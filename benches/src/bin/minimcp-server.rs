//! The tools of the benchmark on minimcp, with its default limits and checks: mounted in axum, by its own server, or over
//! stdio.
//!
//! `minimcp-server mount|serve|stdio [number of tools] [address]`

use std::error::Error;

use axum::Router;
use minimcp::{Call, MiniMcp, Progress, Tool, handlers, http, stdio, tool};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::net::TcpListener;

/// Add two numbers
#[tool]
async fn add(
    /// The first number
    a: f64,
    /// The second number
    b: f64,
) -> f64 {
    a + b
}

/// Say the same
#[tool]
async fn echo(
    /// What to say
    text: String,
) -> String {
    text
}

/// Count, and report each step
#[tool]
async fn count(
    /// How far to count
    steps: u32,
    progress: Progress,
) -> u32 {
    for step in 1..=steps {
        progress.report(f64::from(step)).total(f64::from(steps)).await;
    }
    steps
}

/// The arguments of the tools that only make the list longer.
#[derive(Deserialize, JsonSchema)]
struct Measure {
    /// What to measure
    what: String,
    /// How exact to be
    precision: Option<f64>,
}

fn server(tools: usize) -> Result<MiniMcp, Box<dyn Error>> {
    let server: MiniMcp = MiniMcp::new("benchmark").handlers(handlers![add, echo, count]);
    for number in 3..tools {
        let measure = |measure: Measure, _: Call| async move {
            Ok::<_, String>(format!("{} {:?}", measure.what, measure.precision))
        };
        server.tools().add(
            Tool::from_fn(&format!("measure_{number}"), measure)
                .description("Measure something, and say how exact the measure is"),
        )?;
    }
    Ok(server)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let how = words.next().unwrap_or_default();
    let server = server(words.next().map_or(Ok(5), |tools| tools.parse())?)?;
    let address = words.next().unwrap_or_else(|| "127.0.0.1:8000".into());
    match how.as_str() {
        "mount" => {
            let app: Router = Router::new().route("/mcp", http::streamable(server));
            axum::serve(TcpListener::bind(address).await?, app).await?;
        }
        "serve" => http::serve(server, address).await?,
        "stdio" => stdio::serve(server, ()).await?,
        _ => return Err("how to serve: mount, serve or stdio".into()),
    }
    Ok(())
}
