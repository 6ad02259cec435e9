//! What minimcp is measured against: the same answers, written by hand for the messages of the benchmark.

pub mod bare;
pub mod bare_http;
