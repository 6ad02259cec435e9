//! The ways in: standard input and output, and HTTP.

#[cfg(feature = "http")]
pub mod http;
#[cfg(any(feature = "stdio", feature = "http"))]
pub(crate) mod signal;
#[cfg(feature = "stdio")]
pub mod stdio;
