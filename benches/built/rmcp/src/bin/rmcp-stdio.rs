//! Over stdio.

use std::error::Error;

use built_rmcp::Tools;
use rmcp::ServiceExt;
use rmcp::transport::stdio;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    Tools.serve(stdio()).await?.waiting().await?;
    Ok(())
}
