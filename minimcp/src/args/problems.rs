//! Everything that is wrong with the arguments of a call, said at once.

use std::borrow::Cow;

use super::slot::{Field, Misfit};
use crate::error::Error;

/// What was found wrong so far.
#[derive(Default)]
pub(super) struct Problems<'a> {
    missing: Vec<&'static str>,
    misfits: Vec<(&'static str, Misfit)>,
    twice: Vec<&'static str>,
    unknown: Vec<Cow<'a, str>>,
}

impl<'a> Problems<'a> {
    pub(super) fn missing(&mut self, name: &'static str) {
        self.missing.push(name);
    }

    pub(super) fn misfit(&mut self, name: &'static str, misfit: Misfit) {
        self.misfits.push((name, misfit));
    }

    /// An argument that was there before; it is named once, however often it comes.
    pub(super) fn twice(&mut self, name: &'static str) {
        if !self.twice.contains(&name) {
            self.twice.push(name);
        }
    }

    pub(super) fn unknown(&mut self, name: Cow<'a, str>) {
        // A few are enough to see the mistake, whatever a client sends.
        if self.unknown.len() < 8 {
            self.unknown.push(name);
        }
    }

    /// Whether something was found wrong with this argument.
    pub(super) fn is_about(&self, name: &str) -> bool {
        self.misfits.iter().any(|(misfit, _)| *misfit == name)
    }

    /// One error for all problems.
    ///
    /// # Errors
    ///
    /// Names what is missing, where each value does not fit and why, what is unknown, and what would be right.
    pub(super) fn into_result(self, fields: &[Field], deny_unknown: bool) -> Result<(), Error> {
        let unknown_matters = deny_unknown || !self.missing.is_empty();
        if self.missing.is_empty()
            && self.misfits.is_empty()
            && self.twice.is_empty()
            && (self.unknown.is_empty() || !deny_unknown)
        {
            return Ok(());
        }
        let mut sentences = Vec::new();
        if !self.missing.is_empty() {
            sentences.push(format!("Missing required arguments: {}.", self.missing.join(", ")));
        }
        for (name, misfit) in &self.misfits {
            let path = match misfit.path.as_str() {
                "" => (*name).to_owned(),
                path if path.starts_with('[') => format!("{name}{path}"),
                path => format!("{name}.{path}"),
            };
            sentences.push(format!("Invalid argument `{path}`: {}.", misfit.reason));
        }
        if !self.twice.is_empty() {
            sentences.push(format!("Arguments that are there twice: {}.", self.twice.join(", ")));
        }
        if unknown_matters && !self.unknown.is_empty() {
            let unknown: Vec<_> =
                self.unknown.iter().map(|name| name.chars().take(60).collect::<String>()).collect();
            sentences.push(format!("Unknown arguments: {}.", unknown.join(", ")));
        }
        if unknown_matters {
            let names: Vec<_> =
                fields.iter().filter(|field| field.argument).map(|field| field.name).collect();
            sentences.push(match names.as_slice() {
                [] => "There are no arguments.".into(),
                names => format!("The arguments are: {}.", names.join(", ")),
            });
        }
        Err(Error::arguments(sentences.join(" ")))
    }
}
