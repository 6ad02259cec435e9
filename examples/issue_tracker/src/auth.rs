//! HTTP Basic authentication: a middleware that finds out who asks, and an extractor for those who want to know.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::accounts::{Accounts, CHALLENGE, User};

/// Leaves the [`User`] of a request in its extensions. A request without a password goes on without one: whether that
/// will do is for the route to say. One with a wrong password ends here.
///
/// # Errors
///
/// When the name or the password is wrong.
pub async fn authenticate(
    State(accounts): State<Arc<Accounts>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Unauthorized> {
    if let Some(authorization) = request.headers().get(AUTHORIZATION) {
        let user = accounts.sign_in(authorization.as_bytes()).await.ok_or(Unauthorized)?;
        request.extensions_mut().insert(user);
    }
    Ok(next.run(request).await)
}

/// A route that asks for a `User` is closed to everybody else, also where the middleware was forgotten.
impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = Unauthorized;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Unauthorized> {
        parts.extensions.get().cloned().ok_or(Unauthorized)
    }
}

/// The answer to a request without a valid name and password.
#[derive(Debug)]
pub struct Unauthorized;

impl IntoResponse for Unauthorized {
    fn into_response(self) -> Response {
        (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, CHALLENGE)], "Sign in.\n").into_response()
    }
}
