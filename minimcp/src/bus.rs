//! News between the parts of a server: what happens in one call and matters to another, be it in another process.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::boxed::BoxFuture;
use crate::error::Error;

/// Brings news to those who listen: that a list changed, that a resource has new contents, that a client answered.
///
/// A server that is one process needs nothing but the default, [`LocalBus`]. Where several processes serve the same
/// clients, a bus of your own carries the news from one to the others, over Redis or NATS, say; see
/// [`MiniMcp::bus`](crate::MiniMcp::bus).
///
/// Nothing is kept for those who listen later. News may come more than once, and equal news that nobody has heard yet may
/// be joined into one. All topics are the server's own and begin with none of yours; a bus that several servers
/// share puts something of its own before them.
///
/// ```
/// use minimcp::{Bus, LocalBus};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), minimcp::Error> {
/// let bus = LocalBus::default();
/// let mut news = bus.subscribe(vec!["weather".into()]).await?;
/// bus.publish("weather", "rain".into()).await?;
/// assert_eq!(news.next().await, Some(("weather".into(), "rain".into())));
/// # Ok(()) }
/// ```
pub trait Bus: Send + Sync + 'static {
    /// Tells everyone who listens to the topic now.
    ///
    /// # Errors
    ///
    /// When the news cannot be carried; it goes to the log.
    fn publish<'a>(&'a self, topic: &'a str, news: Bytes) -> BoxFuture<'a, Result<(), Error>>;

    /// Listens to topics: whatever is published once this is ready will be heard.
    ///
    /// # Errors
    ///
    /// When nobody can listen now.
    fn subscribe(&self, topics: Vec<String>)
    -> BoxFuture<'_, Result<Box<dyn Subscription>, Error>>;
}

/// Somebody who listens to topics of a [`Bus`], until it is dropped.
pub trait Subscription: Send {
    /// The next news with its topic; `None` when there will be none any more.
    fn next(&mut self) -> BoxFuture<'_, Option<(String, Bytes)>>;
}

/// A [`Bus`] within one process.
///
/// A listener who is slow has at most [`capacity`](Self::with_capacity) news waiting. Equal news are kept once, so
/// changes of one thing never crowd out others; the newest are dropped when there are more.
#[derive(Clone, Debug)]
pub struct LocalBus {
    listeners: Arc<Mutex<Listeners>>,
    capacity: usize,
}

#[derive(Default)]
struct Listeners {
    by_topic: HashMap<String, Vec<Arc<Mutex<Queue>>>>,
}

#[derive(Default)]
struct Queue {
    news: VecDeque<(String, Bytes)>,
    listener: Option<Waker>,
}

impl LocalBus {
    /// A bus on which at most this many news wait for one listener; 1024 unless it is said.
    #[must_use]
    pub fn with_capacity(news: usize) -> Self {
        Self { listeners: Arc::default(), capacity: news.max(1) }
    }

    /// Tells everyone who listens to the topic now.
    pub(crate) fn tell(&self, topic: &str, news: &Bytes) {
        for queue in lock(&self.listeners).by_topic.get(topic).into_iter().flatten() {
            lock(queue).push(topic, news, self.capacity);
        }
    }

    fn listen(&self, topics: Vec<String>) -> LocalSubscription {
        let queue = Arc::<Mutex<Queue>>::default();
        let mut listeners = lock(&self.listeners);
        for topic in &topics {
            listeners.by_topic.entry(topic.clone()).or_default().push(Arc::clone(&queue));
        }
        LocalSubscription { listeners: Arc::clone(&self.listeners), topics, queue }
    }
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::with_capacity(1024)
    }
}

impl Bus for LocalBus {
    fn publish<'a>(&'a self, topic: &'a str, news: Bytes) -> BoxFuture<'a, Result<(), Error>> {
        self.tell(topic, &news);
        Box::pin(async { Ok(()) })
    }

    fn subscribe(
        &self,
        topics: Vec<String>,
    ) -> BoxFuture<'_, Result<Box<dyn Subscription>, Error>> {
        let subscription: Box<dyn Subscription> = Box::new(self.listen(topics));
        Box::pin(async { Ok(subscription) })
    }
}

impl Queue {
    fn push(&mut self, topic: &str, news: &Bytes, capacity: usize) {
        if self.news.iter().any(|(other, waiting)| other == topic && waiting == news) {
            return;
        }
        if self.news.len() >= capacity {
            tracing::warn!(topic, "a listener is too slow; news were dropped");
            return;
        }
        self.news.push_back((topic.to_owned(), news.clone()));
        if let Some(listener) = self.listener.take() {
            listener.wake();
        }
    }
}

struct LocalSubscription {
    listeners: Arc<Mutex<Listeners>>,
    topics: Vec<String>,
    queue: Arc<Mutex<Queue>>,
}

impl LocalSubscription {
    fn poll_next(&self, context: &Context<'_>) -> Poll<Option<(String, Bytes)>> {
        let mut queue = lock(&self.queue);
        if let Some(news) = queue.news.pop_front() {
            return Poll::Ready(Some(news));
        }
        queue.listener = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Subscription for LocalSubscription {
    fn next(&mut self) -> BoxFuture<'_, Option<(String, Bytes)>> {
        Box::pin(poll_fn(|context| self.poll_next(context)))
    }
}

impl Drop for LocalSubscription {
    fn drop(&mut self) {
        let mut listeners = lock(&self.listeners);
        for topic in &self.topics {
            if let Some(queues) = listeners.by_topic.get_mut(topic) {
                queues.retain(|queue| !Arc::ptr_eq(queue, &self.queue));
                if queues.is_empty() {
                    listeners.by_topic.remove(topic);
                }
            }
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listeners").field("topics", &self.by_topic.len()).finish()
    }
}

/// Publishes from where nobody can wait: at once if the bus can, else in a task.
pub(crate) fn publish_soon(bus: &Arc<dyn Bus>, topic: String, news: Bytes) {
    let bus = Arc::clone(bus);
    let mut publishing: BoxFuture<'static, ()> = Box::pin(async move {
        if let Err(error) = bus.publish(&topic, news).await {
            tracing::error!(%error, topic, "news could not be published");
        }
    });
    let mut context = Context::from_waker(Waker::noop());
    if publishing.as_mut().poll(&mut context).is_pending() {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(publishing)),
            Err(_) => {
                tracing::error!("news could not be published: this thread is not one of tokio's");
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(
        bus: &LocalBus,
        topics: &[&str],
        published: &[(&str, &str)],
        heard: &[(&str, &str)],
    ) {
        let topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
        let subscription = bus.listen(topics);
        for (topic, news) in published {
            bus.publish(topic, Bytes::copy_from_slice(news.as_bytes())).await.unwrap();
        }
        let context = Context::from_waker(Waker::noop());
        for (topic, news) in heard {
            let expected = ((*topic).to_owned(), Bytes::copy_from_slice(news.as_bytes()));
            assert_eq!(subscription.poll_next(&context), Poll::Ready(Some(expected)));
        }
        assert!(subscription.poll_next(&context).is_pending());
    }

    #[tokio::test]
    async fn a_listener_hears_its_topics_in_order_and_equal_news_once() {
        let bus = LocalBus::with_capacity(2);
        check(
            &bus,
            &["a", "b"],
            &[("b", "1"), ("c", "2"), ("b", "1"), ("a", "1")],
            &[("b", "1"), ("a", "1")],
        )
        .await;
        check(&bus, &["a"], &[("a", "1"), ("a", "2"), ("a", "3")], &[("a", "1"), ("a", "2")]).await;
        assert!(lock(&bus.listeners).by_topic.is_empty(), "whoever is gone is forgotten");
    }

    #[tokio::test]
    async fn a_listener_that_waits_is_woken() {
        let bus = LocalBus::default();
        let mut subscription = bus.subscribe(vec!["a".into()]).await.unwrap();
        let waiting = tokio::spawn(async move { subscription.next().await });
        tokio::task::yield_now().await;
        let bus: Arc<dyn Bus> = Arc::new(bus);
        publish_soon(&bus, "a".into(), Bytes::from_static(b"1"));
        assert_eq!(waiting.await.unwrap(), Some(("a".into(), Bytes::from_static(b"1"))));
    }
}
