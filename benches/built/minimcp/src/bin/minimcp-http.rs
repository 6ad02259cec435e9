//! Over HTTP.

#[tokio::main]
async fn main() -> std::io::Result<()> {
    minimcp::http::serve(built_minimcp::server(), "127.0.0.1:8000").await
}
