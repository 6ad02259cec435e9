//! One question.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::call::Call;
use crate::error::Error;

/// What is asked.
#[derive(Debug)]
pub(super) struct Question {
    /// Unique in its call.
    pub(super) key: String,
    pub(super) method: &'static str,
    pub(super) params: Box<RawValue>,
    /// Tells it from others that could take its place, should the handler ask something else in the next round.
    pub(super) fingerprint: u64,
}

impl Question {
    /// A question; `key` is what the handler calls it, if it does.
    ///
    /// # Errors
    ///
    /// That the parameters are no JSON.
    pub(super) fn new(
        call: &Call,
        key: Option<String>,
        method: &'static str,
        params: &impl Serialize,
    ) -> Result<Self, Error> {
        let kind = method.split('/').next().unwrap_or(method);
        let key = key.unwrap_or_else(|| call.asking().number(kind));
        let params = json(params)?;
        let fingerprint = fingerprint(method.bytes().chain(params.get().bytes()));
        Ok(Self { key, method, params, fingerprint })
    }

    /// The same question in other words.
    ///
    /// # Errors
    ///
    /// That the parameters are no JSON.
    pub(super) fn reword(&mut self, params: &impl Serialize) -> Result<(), Error> {
        self.params = json(params)?;
        Ok(())
    }
}

fn json(params: &impl Serialize) -> Result<Box<RawValue>, Error> {
    to_raw_value(params)
        .map_err(|error| Error::internal(format!("a question cannot be written: {error}")))
}

/// A number that differs for different texts, the same in every process (FNV-1a). Nobody gains anything by finding two
/// texts with the same one: both answers would be the client's own.
fn fingerprint(text: impl Iterator<Item = u8>) -> u64 {
    text.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
