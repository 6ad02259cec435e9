//! The same server under actix-web, which has types of its own for requests and responses.

use actix_web::body::SizedStream;
use actix_web::error::ErrorBadRequest;
use actix_web::http::{StatusCode, header};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use futures_util::TryStreamExt;
use http_body::{Body, Frame};
use http_body_util::{BodyExt, StreamBody};
use minimcp::http::Endpoint;

use crate::accounts::{Accounts, CHALLENGE};
use crate::db::Db;
use crate::server::Session;

/// The handler of a route for all methods. Accounts, database and endpoint are data of the application.
///
/// # Errors
///
/// When the request cannot be said in the other types.
pub async fn mcp(
    request: HttpRequest,
    payload: web::Payload,
    accounts: web::Data<Accounts>,
    db: web::Data<Db>,
    endpoint: web::Data<Endpoint<Session>>,
) -> Result<HttpResponse, Error> {
    let authorization =
        request.headers().get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes);
    let Some(user) = accounts.sign_in(authorization.unwrap_or_default()).await else {
        let challenge = (header::WWW_AUTHENTICATE, CHALLENGE);
        let text = header::ContentType::plaintext();
        return Ok(HttpResponse::Unauthorized()
            .insert_header(challenge)
            .insert_header(text)
            .body("Sign in.\n"));
    };
    let scope = Session { user, db: db.get_ref().clone() };
    Ok(told(endpoint.respond(asked(&request, payload)?, scope).await))
}

fn asked(request: &HttpRequest, payload: web::Payload) -> Result<http::Request<impl Body>, Error> {
    let mut asked =
        http::Request::builder().method(request.method().as_str()).uri(request.uri().to_string());
    for (name, value) in request.headers() {
        asked = asked.header(name.as_str(), value.as_bytes());
    }
    asked.body(StreamBody::new(payload.map_ok(Frame::data))).map_err(ErrorBadRequest)
}

fn told(told: http::Response<minimcp::http::Body>) -> HttpResponse {
    let (head, body) = told.into_parts();
    let status = StatusCode::from_u16(head.status.as_u16());
    let mut response = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in &head.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    // A body of unknown length is a stream of events, sent as they come.
    match body.size_hint().exact() {
        Some(length) => response.body(SizedStream::new(length, body.into_data_stream())),
        None => response.streaming(body.into_data_stream()),
    }
}
