//! A limit that several handlers share.

use std::fmt;
use std::sync::Arc;

use super::Limit;

/// How many calls of several handlers together run at once: of all that use one database, say.
///
/// It is cheap to clone, and clones are one limit. [`Handlers::limit`](crate::Handlers::limit) puts all handlers of a list
/// under it; [`Tool::limit`](crate::Tool::limit) and its like, a single one. A handler may have a limit of its own as well,
/// and the server's holds in any case; a call takes its places in this order.
///
/// ```
/// use minimcp::{handlers, tool, CallLimit, MiniMcp};
///
/// /// Look a customer up
/// #[tool]
/// async fn customer(id: u64) -> String { format!("customer {id}") }
///
/// /// Look an order up
/// #[tool]
/// async fn order(id: u64) -> String { format!("order {id}") }
///
/// /// Say what time it is
/// #[tool]
/// async fn time() -> &'static str { "high time" }
///
/// // The pool has 8 connections.
/// let database = CallLimit::new(8).queue(200);
/// let server: MiniMcp = MiniMcp::new("shop")
///     .handlers(handlers![customer, order].limit(&database))
///     .handlers(handlers![time]);
/// ```
#[derive(Clone)]
pub struct CallLimit {
    concurrency: usize,
    queue: usize,
    limit: Arc<Limit>,
}

impl CallLimit {
    /// At most this many calls at once, at least one; 100 more may wait, each for at most its idle timeout.
    #[must_use]
    pub fn new(concurrency: usize) -> Self {
        Self::of(concurrency, 100)
    }

    /// How many calls may wait, 100 unless it is said. Further ones are refused at once. To be said before the limit is
    /// given to anybody: what was given before stays under the one that it was given.
    #[must_use]
    pub fn queue(self, queue: usize) -> Self {
        Self::of(self.concurrency, queue)
    }

    fn of(concurrency: usize, queue: usize) -> Self {
        Self { concurrency, queue, limit: Arc::new(Limit::new(concurrency, queue)) }
    }

    pub(crate) fn shared(&self) -> Arc<Limit> {
        Arc::clone(&self.limit)
    }
}

impl fmt::Debug for CallLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CallLimit")
            .field("concurrency", &self.concurrency)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
