//! Made-up input for the readers of the crate; `fuzz/run` says how.
//!
//! One program for all targets, so that it is built and linked once; `FUZZ_TARGET` names the one that runs. All but one
//! reach what they try through the public interface of the crate.
#![no_main]

mod arguments;
mod handle;
mod http;
mod message;
mod sealed;
mod server;
mod sessions;
mod stdio;
mod template;
mod wire;

use std::sync::OnceLock;

type Target = fn(&[u8]);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    static TARGET: OnceLock<Target> = OnceLock::new();
    TARGET.get_or_init(target)(bytes);
});

fn target() -> Target {
    match std::env::var("FUZZ_TARGET").as_deref() {
        Ok("arguments") => arguments::run,
        Ok("handle") => handle::run,
        Ok("http") => http::run,
        Ok("message") => message::run,
        Ok("sealed") => sealed::run,
        Ok("sessions") => sessions::run,
        Ok("stdio") => stdio::run,
        Ok("template") => template::run,
        other => panic!("FUZZ_TARGET names no target: {other:?}"),
    }
}
