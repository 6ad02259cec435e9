//! How calls end, in as many words as a chart can show.

use tracing::Level;

use crate::error::Kind;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With a result.
    Answered,
    /// With questions to the client.
    #[cfg_attr(not(feature = "ask"), allow(dead_code, reason = "nobody asks"))]
    Asked,
    /// With an error of the handler's own, be it a result that the model reads.
    Failed,
    /// With an error that the client could have avoided.
    Refused,
    /// There is no such method, tool, prompt or resource.
    Unknown,
    /// Nothing was heard of the handler for too long.
    TimedOut,
    /// As many calls as may were running and waiting, or the server was about to stop.
    Overloaded,
    /// The server failed.
    Internal,
    /// The handler panicked.
    Panicked,
    /// Nobody wanted the answer any more.
    Cancelled,
}

impl Outcome {
    /// All of them; the place of each is its number.
    #[cfg(feature = "metrics")]
    pub(super) const ALL: [Self; 10] = [
        Self::Answered,
        Self::Asked,
        Self::Failed,
        Self::Refused,
        Self::Unknown,
        Self::TimedOut,
        Self::Overloaded,
        Self::Internal,
        Self::Panicked,
        Self::Cancelled,
    ];

    /// How a call ended that ended with an error of this kind.
    pub(crate) fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Parse
            | Kind::InvalidRequest
            | Kind::InvalidParams
            | Kind::Arguments
            | Kind::Forbidden
            | Kind::NotAcceptable
            | Kind::HeaderMismatch
            | Kind::MissingCapability
            | Kind::UnsupportedVersion => Self::Refused,
            #[cfg(feature = "auth")]
            Kind::InsufficientScope => Self::Refused,
            Kind::MethodNotFound
            | Kind::UnknownHandler
            | Kind::NotFound
            | Kind::ResourceNotFound => Self::Unknown,
            Kind::Handler | Kind::Application(_) => Self::Failed,
            Kind::TimedOut => Self::TimedOut,
            Kind::Overloaded | Kind::Stopping | Kind::Exhausted => Self::Overloaded,
            Kind::Internal => Self::Internal,
            Kind::Panicked => Self::Panicked,
            #[cfg(feature = "ask")]
            Kind::InputRequired => Self::Asked,
        }
    }

    /// The word for it, in spans and as the value of a label.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Answered => "ok",
            Self::Asked => "asked",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::TimedOut => "timeout",
            Self::Overloaded => "overloaded",
            Self::Internal => "internal",
            Self::Panicked => "panic",
            Self::Cancelled => "cancelled",
        }
    }

    /// How loudly an error with this outcome is logged: mistakes of clients quietly, since anybody can make as many as
    /// they like; those of handlers as a warning; those of the program as an error.
    pub(super) const fn level(self) -> Level {
        match self {
            Self::Internal | Self::Panicked => Level::ERROR,
            Self::Failed | Self::TimedOut => Level::WARN,
            _ => Level::DEBUG,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_made_the_mistake_says_how_loudly_it_is_logged() {
        for (kind, word, level) in [
            (Kind::Parse, "refused", Level::DEBUG),
            (Kind::Arguments, "refused", Level::DEBUG),
            (Kind::UnknownHandler, "unknown", Level::DEBUG),
            (Kind::Overloaded, "overloaded", Level::DEBUG),
            (Kind::Handler, "failed", Level::WARN),
            (Kind::Application(1), "failed", Level::WARN),
            (Kind::TimedOut, "timeout", Level::WARN),
            (Kind::Internal, "internal", Level::ERROR),
            (Kind::Panicked, "panic", Level::ERROR),
        ] {
            let outcome = Outcome::of(&kind);
            assert_eq!((outcome.word(), outcome.level()), (word, level), "{kind:?}");
        }
    }

    #[cfg(feature = "metrics")]
    #[test]
    fn each_outcome_is_at_its_place() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place);
        }
    }
}
