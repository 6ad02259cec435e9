//! Waiting for the client in the middle of a call.

use super::Call;
use super::standing::Places;

/// A call that waits for its client: it is not silent meanwhile, and its places under the limits are for others.
pub(crate) struct Waiting<'c> {
    call: &'c Call,
    left: Places,
}

impl Call {
    /// Begins to wait for the client.
    pub(crate) fn wait_for_client(&self) -> Waiting<'_> {
        self.activity().wait();
        Waiting { call: self, left: self.leave() }
    }
}

impl Waiting<'_> {
    /// The client answered, or never will: waits for the call's places again.
    pub(crate) async fn end(mut self) {
        let left = std::mem::replace(&mut self.left, Places::NONE);
        if left != Places::NONE {
            self.call.enter_again(left).await;
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // Nobody waits for the answer any more, and the call goes on: in those of its places that are free.
        if self.left != Places::NONE {
            self.call.enter_again_at_once(self.left);
        }
        self.call.activity().go_on();
    }
}
