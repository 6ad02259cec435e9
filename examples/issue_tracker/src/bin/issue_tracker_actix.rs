//! The issue tracker under actix-web; see the README of the example.

use std::process::ExitCode;

use actix_web::{App, HttpServer, web};
use issue_tracker::actix::mcp;
use issue_tracker::server::server;
use issue_tracker::settings::{Settings, USAGE};
use minimcp::http::Endpoint;

#[actix_web::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "issue_tracker_actix: {error}\n\nusage: issue_tracker_actix [OPTION …]\n    {USAGE}"
            );
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), String> {
    let settings = Settings::parse(std::env::args().skip(1))?;
    let db = web::Data::new(settings.open_db()?);
    let accounts = web::Data::new(settings.read_accounts()?);
    let endpoint = Endpoint::streamable(server()).allowed_hosts(&settings.hosts);
    let endpoint = web::Data::new(endpoint);
    let app = move || {
        App::new()
            .app_data(db.clone())
            .app_data(accounts.clone())
            .app_data(endpoint.clone())
            .route("/mcp", web::route().to(mcp))
    };
    let server = HttpServer::new(app).bind(settings.listen).map_err(|error| error.to_string())?;
    eprintln!("listening on http://{}/mcp", settings.listen);
    server.run().await.map_err(|error| error.to_string())
}
