//! Waiting for the client in the middle of a call.

use super::Call;
use super::limit::Paused;

/// A call that waits for its client: it is not silent meanwhile, and its places under the limits are for others.
pub(crate) struct Waiting<'c> {
    call: &'c Call,
    paused: Option<Paused>,
}

impl Call {
    /// Begins to wait for the client.
    pub(crate) fn wait_for_client(&self) -> Waiting<'_> {
        self.activity().wait();
        Waiting { call: self, paused: self.take_permits().map(super::Permits::pause) }
    }
}

impl Waiting<'_> {
    /// The client answered, or never will: waits for the call's places again.
    pub(crate) async fn end(mut self) {
        if let Some(paused) = self.paused.take() {
            let permits = paused.resume().await;
            self.call.hold(permits);
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // Nobody waits for the answer any more, and the call goes on: in its places, if they are free.
        if let Some(permits) = self.paused.take().map(Paused::try_resume) {
            self.call.hold(permits);
        }
        self.call.activity().go_on();
    }
}
