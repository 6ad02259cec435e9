//! Listening to the bus from a future that may be dropped while it waits.

use std::future::poll_fn;

use bytes::Bytes;

use crate::boxed::BoxFuture;
use crate::bus::Subscription;

/// A subscription whose next news may be waited for and given up, as often as one likes.
pub(super) struct Listener {
    /// Kept until it is ready: a bus may lose what it says to a future that is dropped. `None` after the end.
    news: Option<BoxFuture<'static, News>>,
}

type News = (Option<(String, Bytes)>, Box<dyn Subscription>);

impl Listener {
    pub(super) fn new(subscription: Box<dyn Subscription>) -> Self {
        Self { news: Some(next(subscription)) }
    }

    /// The next news with its topic; `None` when there will be none any more.
    pub(super) async fn next(&mut self) -> Option<(String, Bytes)> {
        let (news, subscription) = poll_fn(|context| match &mut self.news {
            Some(news) => news.as_mut().poll(context).map(Some),
            None => std::task::Poll::Ready(None),
        })
        .await?;
        self.news = news.is_some().then(|| next(subscription));
        news
    }
}

fn next(mut subscription: Box<dyn Subscription>) -> BoxFuture<'static, News> {
    Box::pin(async move {
        let news = subscription.next().await;
        (news, subscription)
    })
}
