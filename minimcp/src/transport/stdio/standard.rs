//! Standard input and output as streams: on tokio's reactor where they are pipes or sockets.

use std::io;

#[cfg(unix)]
use super::shared::{self, Changed};
use super::stream::{Input, Output};
use super::thread::Thread;

/// Standard input and output, for as long as they are served.
pub(super) struct Standard {
    pub(super) input: Input,
    pub(super) output: Output,
    /// What is changed back when both are closed.
    #[cfg(unix)]
    _changed: [Option<Changed>; 2],
}

impl Standard {
    /// Opens both; threads serve what cannot be waited for.
    ///
    /// # Errors
    ///
    /// When there can be no thread that reads.
    pub(super) fn open() -> io::Result<Self> {
        #[cfg(unix)]
        let (input, output) = (shared::input(), shared::output());
        #[cfg(unix)]
        let ((input, first), (output, second)) = (input.unzip(), output.unzip());
        #[cfg(not(unix))]
        let (input, output) = (None, None);
        Ok(Self {
            input: match input {
                Some(input) => input,
                None => Input::Other(Thread::open()?),
            },
            output: output.unwrap_or_else(|| Output::Other(tokio::io::stdout())),
            #[cfg(unix)]
            _changed: [first.flatten(), second.flatten()],
        })
    }
}
