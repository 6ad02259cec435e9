//! The macros of `minimcp`.
