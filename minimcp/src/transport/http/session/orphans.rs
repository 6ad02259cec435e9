//! The calls that go on without their clients.

use std::sync::Arc;

use tokio::sync::watch;

/// How many calls of this process go on though their clients went away.
#[derive(Debug, Default)]
pub(in crate::transport::http) struct Orphans(watch::Sender<usize>);

/// One of them, until it is dropped.
pub(super) struct Orphan(Arc<Orphans>);

impl Orphans {
    /// One more.
    pub(super) fn adopt(self: &Arc<Self>) -> Orphan {
        self.0.send_modify(|count| *count += 1);
        Orphan(Arc::clone(self))
    }

    /// Ready when there are none.
    pub(in crate::transport::http) async fn ended(&self) {
        // It only fails when the sender is gone, which is here.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Orphan {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}
