//! Telling work that cannot be dropped that nobody waits for it any more.

use super::Call;

/// Tells whether the call is still wanted: it is not after a cancellation, a timeout, or the end of the client.
///
/// An async handler needs none of this, it is dropped at its next `await`. Work that cannot be dropped does: a
/// `#[tool(blocking)]` function, or a task that a handler spawned.
///
/// ```
/// use minimcp::{tool, Cancel};
///
/// /// Count to a number, slowly
/// #[tool(blocking)]
/// fn count(to: u64, cancel: Cancel) -> u64 {
///     (0..to).take_while(|_| !cancel.is_cancelled()).count() as u64
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Cancel(Call);

impl Cancel {
    pub(super) fn of(call: Call) -> Self {
        Self(call)
    }

    /// Whether nobody waits for the call any more.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.shared.standing.is_ended()
    }

    /// Waits until nobody waits for the call any more.
    pub async fn cancelled(&self) {
        self.0.shared.standing.ended().await;
    }
}
