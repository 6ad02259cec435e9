//! Tests that need more than one crate: the macros as users meet them, real clients, transports, documents.
