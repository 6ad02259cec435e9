//! How a call stands: its places under the limits, and whether it has ended.
//!
//! All of it is one word, since every call goes through it: one that is answered at once locks the word when it begins and
//! when it ends, and nothing else.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;

use super::limit::Place;
use super::{Call, Limit, Shared};
use crate::error::Error;
use crate::observe::{Counted, What};
use crate::server::Options;

/// The limits of a handler, beside the server's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    pub(crate) handler: Option<Arc<Limit>>,
    /// That of several handlers together.
    pub(crate) group: Option<Arc<Limit>>,
}

/// How a call stands.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// The [`Places`] that the call has, and the flags below.
    word: AtomicU8,
    /// For those who wait for the end, from the first one on.
    ending: OnceLock<Notify>,
}

/// Somebody waits for the end.
const AWAITED: u8 = 0x40;
const ENDED: u8 = 0x80;

impl Standing {
    pub(super) fn is_ended(&self) -> bool {
        self.word.load(Ordering::Acquire) & ENDED != 0
    }

    /// Waits for the end.
    pub(super) async fn ended(&self) {
        let ended = self.ending.get_or_init(Notify::new).notified();
        // Either this sees the end, or the end sees this.
        if self.word.fetch_or(AWAITED, Ordering::AcqRel) & ENDED == 0 {
            ended.await;
        }
    }

    /// Ends the call, and gives the places that it had.
    fn end(&self) -> Places {
        let before = self.word.swap(ENDED, Ordering::AcqRel);
        if before & AWAITED != 0
            && let Some(ending) = self.ending.get()
        {
            ending.notify_waiters();
        }
        Places(before).without_flags()
    }

    /// Takes places from the call.
    fn take(&self, places: Places) -> Places {
        Places(self.word.fetch_and(!places.0, Ordering::AcqRel) & places.0)
    }
}

/// A set of places, one under each limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Places(u8);

impl Places {
    pub(super) const NONE: Self = Self(0);
    const HANDLER: Self = Self(1);
    const GROUP: Self = Self(1 << 1);
    const SERVER: Self = Self(1 << 2);
    /// No place under a limit: the call counts as one that runs.
    const RUNNING: Self = Self(1 << 3);
    pub(crate) const ALL: Self = Self(0xF);

    fn without_flags(self) -> Self {
        Self(self.0 & Self::ALL.0)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The places of a call, for work that goes on when the call is over; given back when dropped.
///
/// It holds nothing else of the call: nobody is to wait for what it could still say.
pub(crate) struct Taken {
    limits: Limits,
    server: Option<Arc<Options>>,
    places: Places,
}

impl Drop for Taken {
    fn drop(&mut self) {
        Under::new(&self.limits, self.server.as_deref()).give_back(self.places);
    }
}

/// The limits that a call, or a handler without one, is under.
#[derive(Clone, Copy)]
pub(crate) struct Under<'l> {
    limits: &'l Limits,
    server: Option<&'l Options>,
}

impl<'l> Under<'l> {
    pub(crate) fn new(limits: &'l Limits, server: Option<&'l Options>) -> Self {
        Self { limits, server }
    }

    /// Takes a place under each of these limits, if all of them are free.
    pub(crate) fn try_enter(self, wanted: Places) -> Option<Entered<'l>> {
        let mut entered = Entered::none(self);
        for (place, limit) in self.of(wanted) {
            entered.add(place, limit.try_enter()?);
        }
        Some(entered.running())
    }

    /// Waits for a place under each of these limits: in its queue, for at most as long as `longest`.
    ///
    /// # Errors
    ///
    /// The queue is full, or the wait took too long.
    pub(crate) async fn enter(
        self,
        wanted: Places,
        name: &str,
        longest: Option<Duration>,
    ) -> Result<Entered<'l>, Error> {
        let mut entered = Entered::none(self);
        for (place, limit) in self.of(wanted) {
            let what = if place == Places::SERVER { "the server" } else { name };
            entered.add(place, limit.enter(what, longest).await?);
        }
        Ok(entered.running())
    }

    fn of(self, places: Places) -> impl Iterator<Item = (Places, &'l Limit)> {
        let limits = [
            (Places::HANDLER, self.limits.handler.as_deref()),
            (Places::GROUP, self.limits.group.as_deref()),
            (Places::SERVER, self.server.and_then(Options::limit)),
        ];
        limits
            .into_iter()
            .filter(move |(place, _)| places.has(*place))
            .filter_map(|(place, limit)| Some((place, limit?)))
    }

    fn give_back(self, places: Places) {
        self.of(places).for_each(|(_, limit)| limit.leave());
        if places.has(Places::RUNNING) {
            Counted::end(What::Running);
        }
    }
}

/// Places that were taken; given back when dropped, unless a call gets them.
pub(crate) struct Entered<'l> {
    under: Under<'l>,
    places: Places,
}

impl<'l> Entered<'l> {
    fn none(under: Under<'l>) -> Self {
        Self { under, places: Places::NONE }
    }

    /// Takes a place that is free, under one more limit.
    fn add(&mut self, place: Places, free: Place<'_>) {
        free.keep();
        self.places = self.places.and(place);
    }

    /// Counts as one that runs.
    fn running(mut self) -> Self {
        Counted::begin(What::Running);
        self.places = self.places.and(Places::RUNNING);
        self
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.under.give_back(self.places);
    }
}

impl Call {
    /// Takes the call's places, if all of them are free.
    pub(crate) fn try_enter(&self) -> bool {
        let entered = self.shared.under().try_enter(self.wanted());
        entered.map(|entered| self.hold(entered)).is_some()
    }

    /// Waits for the call's places: in the queue of each limit, for at most as long as `longest`.
    ///
    /// # Errors
    ///
    /// The queue is full, or the wait took too long.
    pub(crate) async fn enter(&self, name: &str, longest: Option<Duration>) -> Result<(), Error> {
        let entered = self.shared.under().enter(self.wanted(), name, longest).await?;
        self.hold(entered);
        Ok(())
    }

    /// Gives the call the places, and gives what it was before.
    fn hold(&self, mut entered: Entered<'_>) -> (Places, u8) {
        let places = std::mem::replace(&mut entered.places, Places::NONE);
        (places, self.shared.standing.word.fetch_or(places.0, Ordering::AcqRel))
    }

    /// The same for a call that had them before: if it has ended meanwhile, it holds nothing.
    #[cfg(feature = "ask")]
    fn hold_again(&self, entered: Entered<'_>) {
        let (places, before) = self.hold(entered.running());
        if before & ENDED != 0 {
            self.shared.give_back(self.shared.standing.take(places));
        }
    }

    /// Takes again those of the places that are free: the call goes on at once, with or without them.
    #[cfg(feature = "ask")]
    pub(super) fn enter_again_at_once(&self, places: Places) {
        let mut entered = Entered::none(self.shared.under());
        for (place, limit) in entered.under.of(places) {
            if let Some(free) = limit.try_enter() {
                entered.add(place, free);
            }
        }
        self.hold_again(entered);
    }

    /// Waits for those places again, beside the queues: the call was let in already.
    #[cfg(feature = "ask")]
    pub(super) async fn enter_again(&self, places: Places) {
        let mut entered = Entered::none(self.shared.under());
        for (place, limit) in entered.under.of(places) {
            entered.add(place, limit.wait().await);
        }
        self.hold_again(entered);
    }

    /// Takes the places along, for work that goes on after the call itself was dropped.
    pub(crate) fn take_places(&self) -> Taken {
        let about = &self.shared.about;
        let (limits, server) = (about.limits.clone(), about.server.clone());
        Taken { limits, server, places: self.shared.standing.take(Places::ALL) }
    }

    /// Gives all places back for now; which ones it had.
    #[cfg(feature = "ask")]
    pub(super) fn leave(&self) -> Places {
        let places = self.shared.standing.take(Places::ALL);
        self.shared.give_back(places);
        places
    }

    /// Gives the server's place back for good.
    pub(super) fn leave_server(&self) {
        self.shared.give_back(self.shared.standing.take(Places::SERVER));
    }

    /// Says that nobody waits for the call any more, and gives its places back.
    pub(crate) fn end(&self) {
        let places = self.shared.standing.end();
        #[cfg(feature = "ask")]
        self.shared.asking.end();
        self.shared.give_back(places);
    }

    /// The places that the call needs to run.
    fn wanted(&self) -> Places {
        match self.is_detached() {
            true => Places::HANDLER.and(Places::GROUP),
            false => Places::ALL,
        }
    }
}

impl Shared {
    fn under(&self) -> Under<'_> {
        Under::new(&self.about.limits, self.about.server.as_deref())
    }

    fn give_back(&self, places: Places) {
        self.under().give_back(places);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let places = Places(*self.standing.word.get_mut()).without_flags();
        self.give_back(places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::About;
    use crate::outbox::Outbox;

    fn call(limit: &Arc<Limit>) -> Call {
        let limits = Limits { handler: Some(Arc::clone(limit)), group: None };
        Call::new(About { limits, ..About::default() }, Outbox::none())
    }

    #[test]
    fn however_a_call_goes_its_place_is_given_back_once() {
        let limit = Arc::new(Limit::new(1, 0));
        let free = || limit.try_enter().is_some();
        let ended = call(&limit);
        assert!(ended.try_enter() && !free());
        ended.end();
        assert!(free());
        ended.end();
        let never_run = call(&limit);
        assert!(never_run.try_enter() && !never_run.try_enter());
        drop((ended, never_run));
        assert!(free());
        let blocking = call(&limit);
        assert!(blocking.try_enter());
        let taken = blocking.take_places();
        blocking.end();
        drop(blocking);
        assert!(!free());
        drop(taken);
        assert!(free());
        assert!(call(&limit).try_enter() && free());
    }

    #[tokio::test]
    async fn who_takes_the_places_along_keeps_nobody_waiting_for_messages() {
        let (outbox, mut inbox) = Outbox::channel(1);
        let call = Call::new(About::default(), outbox);
        assert!(call.try_enter());
        let _taken = call.take_places();
        call.end();
        drop(call);
        assert_eq!(inbox.recv().await, None);
    }

    #[test]
    fn a_call_that_runs_again_takes_its_place_again() {
        let limit = Arc::new(Limit::new(1, 0));
        let call = call(&limit);
        for _ in 0..2 {
            assert!(call.try_enter() && limit.try_enter().is_none());
            call.end();
            assert!(limit.try_enter().is_some());
        }
    }

    #[cfg(feature = "ask")]
    #[tokio::test]
    async fn a_call_that_waits_for_its_client_leaves_its_place_to_others() {
        let limit = Arc::new(Limit::new(1, 0));
        let call = call(&limit);
        assert!(call.try_enter());
        let waiting = call.wait_for_client();
        drop(limit.try_enter().unwrap());
        waiting.end().await;
        assert!(limit.try_enter().is_none());
        let waiting = call.wait_for_client();
        call.end();
        drop(waiting);
        assert!(limit.try_enter().is_some(), "a call that has ended holds nothing");
    }

    #[cfg(feature = "ask")]
    #[tokio::test]
    async fn a_call_whose_question_is_given_up_goes_on_in_the_places_that_are_free() {
        let (handler, group) = (Arc::new(Limit::new(1, 0)), Arc::new(Limit::new(1, 0)));
        let limits =
            Limits { handler: Some(Arc::clone(&handler)), group: Some(Arc::clone(&group)) };
        let call = Call::new(About { limits, ..About::default() }, Outbox::none());
        assert!(call.try_enter());
        let waiting = call.wait_for_client();
        let other = group.try_enter().unwrap();
        drop(waiting);
        assert!(handler.try_enter().is_none());
        call.end();
        assert!(handler.try_enter().is_some());
        drop(other);
        assert!(group.try_enter().is_some());
    }

    #[tokio::test]
    async fn the_end_is_heard_by_those_who_wait_for_it_and_by_those_who_come_later() {
        let call = call(&Arc::new(Limit::new(1, 0)));
        let cancel = call.cancel();
        let waiting = tokio::spawn(async move { cancel.cancelled().await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        call.end();
        waiting.await.unwrap();
        call.cancel().cancelled().await;
    }
}
