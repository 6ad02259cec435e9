//! The error codes of the protocol.

/// Not JSON, or not UTF-8.
pub(crate) const PARSE_ERROR: i32 = -32700;
/// JSON, but no message of the protocol.
pub(crate) const INVALID_REQUEST: i32 = -32600;
/// No such method in the revision of the message, or none that this server offers.
pub(crate) const METHOD_NOT_FOUND: i32 = -32601;
/// The method is known, its parameters do not fit.
pub(crate) const INVALID_PARAMS: i32 = -32602;
/// The server failed.
pub(crate) const INTERNAL_ERROR: i32 = -32603;
/// No such resource, up to revision 2025-11-25.
pub(crate) const RESOURCE_NOT_FOUND: i32 = -32002;
/// A header is missing, or says something else than the body; from revision 2026-07-28 on.
pub(crate) const HEADER_MISMATCH: i32 = -32020;
/// The request needs a capability that the client did not declare; from revision 2026-07-28 on.
pub(crate) const MISSING_CLIENT_CAPABILITY: i32 = -32021;
/// The revision of the request is not one that this server speaks; from revision 2026-07-28 on.
pub(crate) const UNSUPPORTED_VERSION: i32 = -32022;

/// The codes that JSON-RPC and MCP keep for themselves.
pub(crate) const RESERVED: std::ops::RangeInclusive<i32> = -32768..=-32000;
