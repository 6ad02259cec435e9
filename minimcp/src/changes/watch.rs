//! Hearing of changes.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::{Change, Filter};
use crate::boxed::BoxFuture;
use crate::bus::{Bus, Subscription};
use crate::error::Error;

/// Hears of the changes that a filter lets through, from its making until it is dropped.
pub(crate) struct Watch {
    filter: Filter,
    /// What the bus says next. It is kept until it is ready, since a bus may lose what it says to a future that is
    /// dropped. `None` where there is nothing to hear: for ever, or not any more.
    news: Option<BoxFuture<'static, News>>,
    ended: bool,
}

type News = (Option<(String, Bytes)>, Box<dyn Subscription>);

impl Watch {
    /// Begins to watch: whatever is told once this is ready will be heard.
    ///
    /// # Errors
    ///
    /// When the bus lets nobody listen.
    pub(crate) async fn new(bus: &Arc<dyn Bus>, filter: Filter) -> Result<Self, Error> {
        let topics = filter.topics();
        let news = match topics.is_empty() {
            true => None,
            false => Some(next(bus.subscribe(topics).await?)),
        };
        Ok(Self { filter, news, ended: false })
    }

    /// The next change; `None` when there will be none any more. May be dropped at any time.
    pub(crate) async fn next(&mut self) -> Option<Change> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// [`next`](Self::next), for futures written by hand.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Change>> {
        while let Some(news) = &mut self.news {
            match news.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready((Some((topic, _)), subscription)) => {
                    self.news = Some(next(subscription));
                    // A bus may say more than what it was asked for.
                    let change =
                        Change::of_topic(&topic).filter(|change| self.filter.wants(change));
                    if change.is_some() {
                        return Poll::Ready(change);
                    }
                }
                Poll::Ready((None, _)) => {
                    self.news = None;
                    self.ended = true;
                }
            }
        }
        match self.ended {
            true => Poll::Ready(None),
            false => Poll::Pending,
        }
    }
}

fn next(mut subscription: Box<dyn Subscription>) -> BoxFuture<'static, News> {
    Box::pin(async move {
        let news = subscription.next().await;
        (news, subscription)
    })
}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Watch").field("filter", &self.filter).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::bus::LocalBus;
    use crate::changes::Changes;

    async fn check(filter: Filter, told: fn(&Changes), heard: &[Change]) {
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
        let mut watch = Watch::new(&bus, filter).await.unwrap();
        told(&Changes::over(&bus));
        for change in heard {
            assert_eq!(watch.next().await.as_ref(), Some(change));
        }
        let mut context = Context::from_waker(Waker::noop());
        assert!(watch.poll_next(&mut context).is_pending());
    }

    #[tokio::test]
    async fn a_watch_hears_what_it_asked_for_and_nothing_else() {
        let everything = |changes: &Changes| {
            changes.prompts();
            changes.resource("a:2");
            changes.resource("a:1");
            changes.tools();
            changes.resources();
        };
        check(Filter::default(), everything, &[]).await;
        let filter = Filter { tools: true, uris: vec!["a:1".into()], ..Filter::default() };
        check(filter, everything, &[Change::Resource("a:1".into()), Change::Tools]).await;
        let filter = Filter { prompts: true, resources: true, ..Filter::default() };
        check(filter, everything, &[Change::Prompts, Change::Resources]).await;
    }
}
