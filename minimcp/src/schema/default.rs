//! Defaults in schemas.

use serde::Serialize;

use super::parameters::Parameter;

/// Describes a default in the schema, if it can be JSON.
///
/// A default is any expression; whether its type is `Serialize` is found out by method lookup, which tries
/// [`ViaSerialize`] before [`ViaNothing`].
#[derive(Debug)]
pub struct DefaultValue<'a, T: ?Sized>(pub &'a T);

/// Puts a default into the schema.
pub trait ViaSerialize {
    /// Describes the parameter.
    fn apply(&self, parameter: Parameter) -> Parameter;
}

/// Says that there is a default, which cannot be shown.
pub trait ViaNothing {
    /// Describes the parameter.
    fn apply(&self, parameter: Parameter) -> Parameter;
}

impl<T: Serialize + ?Sized> ViaSerialize for &DefaultValue<'_, T> {
    fn apply(&self, parameter: Parameter) -> Parameter {
        parameter.default_value(self.0)
    }
}

impl<T: ?Sized> ViaNothing for DefaultValue<'_, T> {
    fn apply(&self, parameter: Parameter) -> Parameter {
        parameter.optional()
    }
}
