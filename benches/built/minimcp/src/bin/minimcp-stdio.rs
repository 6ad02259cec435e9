//! Over stdio.

#[tokio::main]
async fn main() -> std::io::Result<()> {
    minimcp::stdio::serve(built_minimcp::server(), ()).await
}
