//! What people copy from the page is a test that passes. The browser's tests compare these files with what the page copies.
#![allow(missing_docs, unused_imports, clippy::unwrap_used)]

macro_rules! copied {
    ($($name:ident)*) => {
        $(mod $name {
            use math::server;

            include!(concat!("../copied/", stringify!($name), ".rs"));
        })*
    };
}

copied! { add divide problem_solving math_constants_phi }
