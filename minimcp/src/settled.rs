//! What seldom changes, looked at without a lock.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockWriteGuard};

/// A value that most of the time stays as it is when it is [settled](Self::settle).
///
/// Until the first change after that, nobody locks anything to look at it. From then on there is a lock; it is held for a
/// look or a change, and never while anything runs.
#[derive(Debug, Default)]
pub(crate) struct Settled<T> {
    settled: OnceLock<T>,
    /// Whether there was a change since. Set under the lock, as is `settled`.
    changed: AtomicBool,
    /// The value before it is settled, and after a change.
    value: RwLock<T>,
}

impl<T: Default> Settled<T> {
    /// Settles the value as it is, the first time that this is called; then it does nothing.
    pub(crate) fn settle(&self) {
        if self.settled.get().is_none() {
            let mut value = self.lock();
            if self.settled.get().is_none() {
                let _ = self.settled.set(std::mem::take(&mut *value));
            }
        }
    }
}

impl<T> Settled<T> {
    /// The value, if it is settled and was not changed since.
    pub(crate) fn get(&self) -> Option<&T> {
        self.settled.get().filter(|_| !self.changed.load(Ordering::Acquire))
    }

    /// Looks at the value.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        if let Some(value) = self.get() {
            return look(value);
        }
        let value = self.value.read().unwrap_or_else(PoisonError::into_inner);
        // It may have been settled meanwhile.
        look(self.get().unwrap_or(&value))
    }

    // A panic under the lock could only come from an allocation; the values that are kept here are whole even then.
    fn lock(&self) -> RwLockWriteGuard<'_, T> {
        self.value.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Settled<T> {
    /// Changes the value.
    pub(crate) fn write<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let Ok(done) = self.try_write(|value| Ok::<R, Infallible>(change(value)));
        done
    }

    /// Changes the value, unless `change` fails, which then leaves it as it was.
    pub(crate) fn try_write<R, E>(
        &self,
        change: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut value = self.lock();
        let Some(settled) = self.get() else { return change(&mut value) };
        let mut changed = settled.clone();
        let done = change(&mut changed)?;
        *value = changed;
        self.changed.store(true, Ordering::Release);
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_it_was_last_changed_to() {
        let value = Settled::<Vec<u8>>::default();
        let check = |expected: &[u8], settled: bool| {
            assert_eq!(value.read(Vec::clone), expected);
            assert_eq!(value.get().is_some(), settled);
        };
        value.write(|value| value.push(1));
        check(&[1], false);
        value.settle();
        check(&[1], true);
        value.settle();
        check(&[1], true);
        assert_eq!(value.try_write(|_| Err::<(), _>("no")), Err("no"));
        check(&[1], true);
        value.write(|value| value.push(2));
        check(&[1, 2], false);
        value.settle();
        value.write(|value| value.push(3));
        check(&[1, 2, 3], false);
    }

    #[test]
    fn a_change_while_it_is_settled_is_not_lost() {
        for _ in 0..200 {
            let value = Settled::<Vec<u8>>::default();
            value.write(|value| value.push(1));
            std::thread::scope(|threads| {
                threads.spawn(|| value.write(|value| value.push(2)));
                threads.spawn(|| value.settle());
                threads.spawn(|| assert!(value.read(|value| value.contains(&1))));
            });
            assert_eq!(value.read(Vec::clone), [1, 2]);
        }
    }
}
