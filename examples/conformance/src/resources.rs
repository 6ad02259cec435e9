//! The resources that the suite reads.

use minimcp::{Blob, resource};
use serde::Serialize;

use crate::media::PNG;

/// A resource of text
#[resource("test://static-text", name = "static-text", mime_type = "text/plain")]
pub(crate) async fn static_text() -> &'static str {
    "This is the content of the static text resource."
}

/// A resource of bytes
#[resource("test://static-binary", name = "static-binary", mime_type = "image/png")]
pub(crate) async fn static_binary() -> Blob {
    Blob::new(PNG)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data {
    id: String,
    template_test: bool,
    data: String,
}

/// A template
#[resource("test://template/{id}/data", name = "template", mime_type = "application/json")]
pub(crate) async fn template(id: String) -> Data {
    let data = format!("Data for ID: {id}");
    Data { id, template_test: true, data }
}

/// A resource that clients watch
#[resource("test://watched-resource", name = "watched-resource", mime_type = "text/plain")]
pub(crate) async fn watched() -> &'static str {
    "Nothing has changed yet."
}
