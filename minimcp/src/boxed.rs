//! Futures in boxes.

use std::future::Future;
use std::pin::Pin;

/// A future behind a pointer, as the methods of the traits for stores give it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Makes a future in its box. `Box::pin` makes it elsewhere and moves it there, which copies all the room that it may ever
/// need, and that of a call is some kilobytes.
#[inline]
pub(crate) fn boxed<F: Future>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    Box::into_pin(Box::write(Box::new_uninit(), make()))
}
