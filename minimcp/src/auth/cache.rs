//! The keys of an authorization server as they were got last, and when to get them anew.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::keys::{Found, Key};
use super::{Algorithm, KeySet, KeySource, Refused};
use crate::boxed::BoxFuture;
use crate::error::Error;

/// Keys, and the terms on which they are kept.
pub(super) struct Cache {
    source: Arc<dyn KeySource>,
    pub(super) terms: Terms,
    state: Mutex<State>,
    /// Whoever holds it gets the keys; others wait for it.
    turn: Semaphore,
}

/// How long keys are kept, and how often they are got.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) refresh_after: Duration,
    pub(super) forget_after: Duration,
    pub(super) interval: Duration,
    pub(super) patience: Duration,
}

#[derive(Default)]
struct State {
    known: Option<(KeySet, Instant)>,
    /// When they were last asked for.
    asked: Option<Instant>,
    /// The answer that nobody waits for any more; whoever wants it next goes on waiting for it.
    under_way: Option<BoxFuture<'static, Result<KeySet, Error>>>,
}

impl Cache {
    pub(super) fn new(source: impl KeySource) -> Self {
        Self {
            source: Arc::new(source),
            terms: Terms {
                refresh_after: Duration::from_secs(3600),
                forget_after: Duration::from_secs(24 * 3600),
                interval: Duration::from_secs(10),
                patience: Duration::from_secs(10),
            },
            state: Mutex::default(),
            turn: Semaphore::new(1),
        }
    }

    /// The key of a token.
    pub(super) async fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Key, Refused> {
        match self.look(id, algorithm) {
            Some((Found::Key(key), true)) => return Ok(key),
            // Somebody else may be getting the new ones already; meanwhile the old ones will do.
            Some((Found::Key(key), false)) => match self.turn.try_acquire() {
                Ok(_turn) => self.get().await,
                Err(_) => return Ok(key),
            },
            Some((Found::Unnamed, true)) => return Err(unnamed()),
            Some((Found::Unknown | Found::Unnamed, _)) | None => {
                // Never closed.
                if let Ok(_turn) = self.turn.acquire().await {
                    self.get().await;
                }
            }
        }
        match self.look(id, algorithm) {
            Some((Found::Key(key), _)) => Ok(key),
            Some((Found::Unnamed, _)) => Err(unnamed()),
            Some((Found::Unknown, _)) => {
                Err(Refused::invalid("the token is signed with a key that is not known"))
            }
            None => Err(Refused::unavailable("there are no keys to check tokens with")),
        }
    }

    /// Looks for a key, and says whether the keys are new enough not to be asked for again.
    fn look(&self, id: Option<&str>, algorithm: Algorithm) -> Option<(Found, bool)> {
        let state = self.lock();
        let (keys, got) = state.known.as_ref()?;
        let age = got.elapsed();
        if age > self.terms.forget_after {
            return None;
        }
        Some((keys.find(id, algorithm), age <= self.terms.refresh_after))
    }

    /// Gets the keys, unless they were asked for a short time ago. If that fails, the old ones stay.
    async fn get(&self) {
        let Some(mut pending) = self.ask() else { return };
        let Some(answer) = &mut pending.answer else { return };
        let answered = timeout(self.terms.patience, answer).await;
        pending.answer = None;
        match answered {
            Ok(Ok(keys)) => self.lock().known = Some((keys, Instant::now())),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the keys that tokens are signed with cannot be had");
            }
            Err(_) => tracing::warn!("the keys that tokens are signed with take too long to come"),
        }
    }

    fn ask(&self) -> Option<Pending<'_>> {
        let mut state = self.lock();
        if let Some(answer) = state.under_way.take() {
            return Some(Pending { cache: self, answer: Some(answer) });
        }
        if state.asked.is_some_and(|asked| asked.elapsed() < self.terms.interval) {
            return None;
        }
        state.asked = Some(Instant::now());
        let source = Arc::clone(&self.source);
        let answer = Box::pin(async move { source.keys().await });
        Some(Pending { cache: self, answer: Some(answer) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unnamed() -> Refused {
    Refused::invalid("the token does not say which key it is signed with")
}

/// An answer that is waited for. A client that goes away leaves it to the next one: otherwise one that always goes away
/// would keep new keys from everybody.
struct Pending<'c> {
    cache: &'c Cache,
    answer: Option<BoxFuture<'static, Result<KeySet, Error>>>,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(answer) = self.answer.take() {
            self.cache.lock().under_way = Some(answer);
        }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Cache").field("terms", &self.terms).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, pending};
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Waker};

    use tokio::time::advance;

    use super::*;

    /// What a source says next.
    #[derive(Clone, Copy, Default)]
    enum Says {
        Keys(&'static str),
        #[default]
        Error,
        Nothing,
    }

    #[derive(Clone, Default)]
    struct Source(Arc<(Mutex<Says>, AtomicUsize)>);

    impl Source {
        fn says(&self, says: Says) {
            *self.0.0.lock().unwrap() = says;
        }
    }

    impl KeySource for Source {
        fn keys(&self) -> BoxFuture<'_, Result<KeySet, Error>> {
            self.0.1.fetch_add(1, Ordering::Relaxed);
            let says = *self.0.0.lock().unwrap();
            Box::pin(async move {
                match says {
                    Says::Keys(id) => Ok(keys(id)),
                    Says::Error => Err(Error::internal("down")),
                    Says::Nothing => pending().await,
                }
            })
        }
    }

    fn keys(id: &str) -> KeySet {
        let key = format!(
            r#"{{"keys":[{{"kid":"{id}","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}]}}"#
        );
        KeySet::parse(key.as_bytes()).unwrap()
    }

    /// Looks for a key, and how often the source was asked by then.
    async fn check(cache: &Cache, source: &Source, id: &str, expected: &str, asked: usize) {
        let found = match cache.find(Some(id), Algorithm::EdDsa).await {
            Ok(_) => "found".to_owned(),
            Err(refused) => refused.to_string(),
        };
        assert!(found.contains(expected), "{id}: {found}");
        assert_eq!(source.0.1.load(Ordering::Relaxed), asked, "{id}");
    }

    fn cache() -> (Cache, Source) {
        let source = Source::default();
        (Cache::new(source.clone()), source)
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_key_is_asked_for_once_in_a_while() {
        let (cache, source) = cache();
        source.says(Says::Keys("a"));
        check(&cache, &source, "a", "found", 1).await;
        source.says(Says::Keys("b"));
        check(&cache, &source, "b", "not known", 1).await;
        advance(Duration::from_secs(10)).await;
        check(&cache, &source, "a", "found", 1).await;
        check(&cache, &source, "b", "found", 2).await;
        // And the old one is gone.
        for _ in 0..100 {
            check(&cache, &source, "a", "not known", 2).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn keys_outlive_their_source_for_a_day() {
        let (cache, source) = cache();
        source.says(Says::Keys("a"));
        check(&cache, &source, "a", "found", 1).await;
        source.says(Says::Error);
        advance(Duration::from_secs(3601)).await;
        check(&cache, &source, "a", "found", 2).await;
        check(&cache, &source, "a", "found", 2).await;
        advance(Duration::from_secs(23 * 3600)).await;
        check(&cache, &source, "a", "no keys", 3).await;
        source.says(Says::Keys("a"));
        check(&cache, &source, "a", "no keys", 3).await;
        advance(Duration::from_secs(10)).await;
        check(&cache, &source, "a", "found", 4).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_was_withdrawn_is_gone_within_the_hour() {
        let (cache, source) = cache();
        source.says(Says::Keys("a"));
        check(&cache, &source, "a", "found", 1).await;
        source.says(Says::Keys("b"));
        advance(Duration::from_secs(3601)).await;
        check(&cache, &source, "a", "not known", 2).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_says_nothing_is_given_up() {
        let (cache, source) = cache();
        source.says(Says::Nothing);
        check(&cache, &source, "a", "no keys", 1).await;
        source.says(Says::Keys("a"));
        check(&cache, &source, "a", "found", 2).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_goes_away_keeps_no_keys_from_others() {
        struct Slow;
        impl KeySource for Slow {
            fn keys(&self) -> BoxFuture<'_, Result<KeySet, Error>> {
                Box::pin(async {
                    tokio::task::yield_now().await;
                    Ok(keys("a"))
                })
            }
        }
        let cache = Cache::new(Slow);
        {
            let mut gone = pin!(cache.find(Some("a"), Algorithm::EdDsa));
            assert!(gone.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert!(cache.find(Some("a"), Algorithm::EdDsa).await.is_ok());
    }
}
