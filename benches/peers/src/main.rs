//! The tools of the benchmark on rmcp, the official SDK.
//!
//! `minimcp-benches-peers default|fastest http|stdio [number of tools] [address]`
//!
//! *default* is what its documentation shows: the macros, and every option as it comes. *fastest* is all that was found
//! to help: the router is built once and not for each message, no sessions, JSON where no event is sent, pipes that do
//! not block, a runtime of one thread.

use std::error::Error;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use axum::Router;
use rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use rmcp::handler::server::tool::schema_for_type;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{
    Implementation, ProgressNotificationParam, RequestMetaObject, ServerCapabilities, ServerConfig,
    Tool,
};
use rmcp::service::Peer;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::transport::{stdio, stdio_pipes};
use rmcp::{RoleServer, ServerHandler, ServiceExt, schemars, tool, tool_handler, tool_router};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

#[derive(Deserialize, schemars::JsonSchema)]
struct Add {
    /// The first number
    a: f64,
    /// The second number
    b: f64,
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Echo {
    /// What to say
    text: String,
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Count {
    /// How far to count
    steps: u32,
}

/// The arguments of the tools that only make the list longer.
#[derive(Deserialize, schemars::JsonSchema)]
struct Measure {
    /// What to measure
    what: String,
    /// How exact to be
    precision: Option<f64>,
}

/// The answers are text alone, which costs rmcp less than a structured value beside it.
#[derive(Clone)]
struct Tools {
    fastest: bool,
}

#[tool_router(router = written)]
impl Tools {
    #[tool(description = "Add two numbers")]
    async fn add(&self, Parameters(Add { a, b }): Parameters<Add>) -> String {
        format!("{:?}", a + b)
    }

    #[tool(description = "Say the same")]
    async fn echo(&self, Parameters(Echo { text }): Parameters<Echo>) -> String {
        text
    }

    #[tool(description = "Count, and report each step")]
    async fn count(
        &self,
        Parameters(Count { steps }): Parameters<Count>,
        meta: RequestMetaObject,
        client: Peer<RoleServer>,
    ) -> String {
        if let Some(token) = meta.get_progress_token() {
            for step in 1..=steps {
                let step = ProgressNotificationParam::new(token.clone(), f64::from(step))
                    .with_total(f64::from(steps));
                let _ = client.notify_progress(step).await;
            }
        }
        steps.to_string()
    }
}

fn measure(Parameters(Measure { what, precision }): Parameters<Measure>) -> String {
    format!("{what} {precision:?}")
}

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tools = std::env::args().nth(3).and_then(|tools| tools.parse().ok()).unwrap_or(5);
    (3..tools).map(|number| format!("measure_{number}")).collect()
});
static ROUTER: LazyLock<ToolRouter<Tools>> = LazyLock::new(Tools::tool_router);

/// The router that the macros ask for each message.
enum Routes {
    Built(Box<ToolRouter<Tools>>),
    Kept(&'static ToolRouter<Tools>),
}

impl Deref for Routes {
    type Target = ToolRouter<Tools>;

    fn deref(&self) -> &ToolRouter<Tools> {
        match self {
            Self::Built(router) => router,
            Self::Kept(router) => router,
        }
    }
}

impl Tools {
    /// What the macros write, with more tools: a route for each.
    fn tool_router() -> ToolRouter<Self> {
        let mut router = Self::written();
        for name in NAMES.iter() {
            let about = "Measure something, and say how exact the measure is";
            let tool = Tool::new(name.as_str(), about, schema_for_type::<Parameters<Measure>>());
            router.add_route(ToolRoute::new(tool, measure));
        }
        router
    }

    fn routes(&self) -> Routes {
        match self.fastest {
            // The default of the macros is `router = Self::tool_router()`.
            false => Routes::Built(Box::new(Self::tool_router())),
            true => Routes::Kept(&ROUTER),
        }
    }
}

#[tool_handler(router = self.routes())]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("benchmark", "0.1.0"))
    }
}

async fn serve_http(fastest: bool, address: &str) -> Result<(), Box<dyn Error>> {
    let mut config = StreamableHttpServerConfig::default();
    if fastest {
        config = config
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_sse_keep_alive(None);
    }
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(Tools { fastest }), sessions, config);
    let app = Router::new().nest_service("/mcp", service);
    Ok(axum::serve(TcpListener::bind(address).await?, app).await?)
}

async fn serve_stdio(fastest: bool) -> Result<(), Box<dyn Error>> {
    let tools = Tools { fastest };
    let running = match fastest {
        true => tools.serve(stdio_pipes()).await?,
        false => tools.serve(stdio()).await?,
    };
    running.waiting().await?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let fastest = word(1) == "fastest";
    let mut runtime =
        if fastest { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    runtime.enable_all().build()?.block_on(async {
        match word(2) {
            "http" => serve_http(fastest, word(4)).await,
            "stdio" => serve_stdio(fastest).await,
            _ => Err("how to serve: default or fastest, http or stdio".into()),
        }
    })
}
