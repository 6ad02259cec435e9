//! The scope of a message on its way to the method.

use std::ops::Deref;

/// The scope of one message is handed on from hand to hand, so that a call which outlives its request can take it along.
/// The messages of a batch share one.
pub(crate) enum Handed<'a, S> {
    Own(S),
    Shared(&'a S),
}

impl<S> Deref for Handed<'_, S> {
    type Target = S;

    fn deref(&self) -> &S {
        match self {
            Self::Own(scope) => scope,
            Self::Shared(scope) => scope,
        }
    }
}
