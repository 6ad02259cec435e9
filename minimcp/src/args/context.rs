//! What a handler's expansion is given for one call.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::read::{Input, read};
use super::slot::{AnySlot, Field};
use crate::call::{Call, panicked};
use crate::error::Error;

/// One call, as a handler's expansion sees it.
#[allow(missing_debug_implementations, reason = "it holds the caller's scope")]
pub struct Context<'c, S> {
    pub(crate) call: &'c Call,
    pub(crate) scope: &'c S,
    pub(crate) input: Input<'c>,
    pub(crate) deny_unknown: bool,
    pub(crate) mime_type: Option<&'c str>,
}

impl<'c, S> Context<'c, S> {
    /// Reads all arguments into their slots; `fields` and `slots` are parallel.
    ///
    /// # Errors
    ///
    /// One that names every missing argument, every value that does not fit, and, where it matters, the unknown
    /// names and the right ones.
    pub fn read(&self, fields: &[Field], slots: &mut [&mut dyn AnySlot<'c>]) -> Result<(), Error> {
        read(&self.input, fields, slots, self.deny_unknown)
    }

    /// The URI that is read.
    #[must_use]
    pub fn uri(&self) -> &'c str {
        self.call.name()
    }

    /// The media type that the resource declares.
    #[must_use]
    pub fn mime_type(&self) -> Option<&'c str> {
        self.mime_type
    }

    /// Runs a function on the pool for blocking work.
    ///
    /// The call's place under the limits is kept until the function returns, even when nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// When the function panics.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let places = self.call.take_places();
        let running = tokio::task::spawn_blocking(move || {
            let _places = places;
            catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panicked(&*panic))
        });
        running.await.unwrap_or_else(|_| Err(Error::internal("the blocking pool was shut down")))
    }
}
