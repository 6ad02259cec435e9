//! Over HTTP.

use std::error::Error;

use axum::Router;
use built_rmcp::Tools;
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sessions = LocalSessionManager::default().into();
    let service = StreamableHttpService::new(|| Ok(Tools), sessions, Default::default());
    let app = Router::new().nest_service("/mcp", service);
    Ok(axum::serve(TcpListener::bind("127.0.0.1:8000").await?, app).await?)
}
