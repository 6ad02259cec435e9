//! Taking the value of a parameter: what the client sent, or what is filled in.

use super::context::Context;
use super::slot::Slot;
use crate::error::Error;
use crate::param::Parameter;

impl<T> Slot<T> {
    /// The value, which [`Context::read`] made sure of, or the value to fill in.
    ///
    /// # Errors
    ///
    /// When the value to fill in cannot be made.
    pub fn take<S>(self, context: &Context<'_, S>) -> Result<T, Error>
    where
        T: Parameter<S>,
    {
        match self.value {
            Some(value) => Ok(value),
            None => T::make(context.scope, context.call),
        }
    }

    /// The value, or the default.
    ///
    /// # Errors
    ///
    /// When the value to fill in cannot be made.
    pub fn take_or<S>(
        self,
        context: &Context<'_, S>,
        default: impl FnOnce() -> T,
    ) -> Result<T, Error>
    where
        T: Parameter<S>,
    {
        match self.value {
            None if T::ARGUMENT => Ok(default()),
            _ => self.take(context),
        }
    }
}
