//! What goes over the wire: revisions, envelopes, error codes, and the JSON of every result.

pub(crate) mod cache;
pub(crate) mod code;
pub(crate) mod envelope;
pub(crate) mod json;
pub(crate) mod meta;
pub(crate) mod params;
pub(crate) mod reply;
pub(crate) mod scan;
pub(crate) mod string;
pub(crate) mod types;
pub(crate) mod version;
