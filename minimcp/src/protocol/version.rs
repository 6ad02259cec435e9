//! The revisions of the protocol, and what each of them can carry.

use std::fmt;

/// A revision of the Model Context Protocol.
///
/// Revisions are an enumerated set: they are compared for equality and asked for what they can carry, never
/// ordered by their names. Revisions up to 2025-11-25 are *legacy*: a client opens with `initialize`. From
/// 2026-07-28 on they are *modern*: every request says its revision in `params._meta`.
///
/// ```
/// use minimcp::ProtocolVersion;
///
/// assert_eq!(ProtocolVersion::parse("2025-11-25"), Some(ProtocolVersion::V2025_11_25));
/// assert_eq!(ProtocolVersion::parse("2099-01-01"), None);
/// assert!(ProtocolVersion::V2026_07_28.is_modern());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProtocolVersion {
    /// 2024-11-05, the first revision.
    V2024_11_05,
    /// 2025-03-26: Streamable HTTP, batches, audio, tool annotations.
    V2025_03_26,
    /// 2025-06-18: structured tool results, titles, resource links, elicitation.
    V2025_06_18,
    /// 2025-11-25: icons, and argument errors as tool results.
    V2025_11_25,
    /// 2026-07-28: stateless, no handshake.
    V2026_07_28,
}

use ProtocolVersion::{V2024_11_05, V2025_03_26, V2025_06_18, V2025_11_25, V2026_07_28};

impl ProtocolVersion {
    /// Every revision, oldest first.
    pub const ALL: [Self; 5] = [V2024_11_05, V2025_03_26, V2025_06_18, V2025_11_25, V2026_07_28];

    /// The newest revision.
    pub const LATEST: Self = V2026_07_28;

    /// The newest revision that opens with `initialize`: the answer to a handshake that asks for a revision
    /// which is unknown or has no handshake.
    pub const LATEST_LEGACY: Self = V2025_11_25;

    /// The modern revisions, as `server/discover` lists them.
    pub(crate) const MODERN: [Self; 1] = [V2026_07_28];

    /// The revision of this name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.as_str() == name)
    }

    /// The name of the revision, as it goes over the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            V2024_11_05 => "2024-11-05",
            V2025_03_26 => "2025-03-26",
            V2025_06_18 => "2025-06-18",
            V2025_11_25 => "2025-11-25",
            V2026_07_28 => "2026-07-28",
        }
    }

    /// Whether requests of this revision describe themselves, without a handshake.
    #[must_use]
    pub const fn is_modern(self) -> bool {
        matches!(self, V2026_07_28)
    }

    /// The place of the revision in [`ALL`](Self::ALL), for tables with one entry per revision.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// What a revision can carry; one predicate per row of the specification's differences.
impl ProtocolVersion {
    /// Arrays of messages.
    pub(crate) const fn has_batches(self) -> bool {
        matches!(self, V2025_03_26)
    }

    /// Streams that begin with an event without data, so that a client can come back for the rest.
    #[cfg(feature = "sessions")]
    pub(crate) const fn has_resumable_streams(self) -> bool {
        matches!(self, V2025_11_25)
    }

    /// Audio content blocks.
    pub(crate) const fn has_audio(self) -> bool {
        !matches!(self, V2024_11_05)
    }

    /// Hints on tools: `readOnlyHint` and the like.
    pub(crate) const fn has_tool_annotations(self) -> bool {
        !matches!(self, V2024_11_05)
    }

    /// The text that goes with a progress notification.
    pub(crate) const fn has_progress_message(self) -> bool {
        !matches!(self, V2024_11_05)
    }

    /// Resource links as content blocks.
    pub(crate) const fn has_resource_links(self) -> bool {
        !matches!(self, V2024_11_05 | V2025_03_26)
    }

    /// `structuredContent` and `outputSchema`.
    pub(crate) const fn has_structured_content(self) -> bool {
        !matches!(self, V2024_11_05 | V2025_03_26)
    }

    /// `structuredContent` of any JSON type, not objects alone.
    pub(crate) const fn has_any_structured_content(self) -> bool {
        matches!(self, V2026_07_28)
    }

    /// Display names beside identifiers, and `lastModified` in annotations.
    pub(crate) const fn has_titles(self) -> bool {
        !matches!(self, V2024_11_05 | V2025_03_26)
    }

    /// Icons, and the description and website of the server.
    pub(crate) const fn has_icons(self) -> bool {
        matches!(self, V2025_11_25 | V2026_07_28)
    }

    /// Arguments that do not fit are told to the model, as a tool result with `isError`.
    pub(crate) const fn tells_argument_errors_to_the_model(self) -> bool {
        matches!(self, V2025_11_25 | V2026_07_28)
    }

    /// Questions to the user, by form.
    #[cfg(feature = "ask")]
    pub(crate) const fn has_elicitation(self) -> bool {
        !matches!(self, V2024_11_05 | V2025_03_26)
    }

    /// Questions to the user, by a page to open.
    #[cfg(feature = "ask")]
    pub(crate) const fn has_url_elicitation(self) -> bool {
        matches!(self, V2025_11_25 | V2026_07_28)
    }

    /// An id of each page that a user is asked to open.
    #[cfg(feature = "ask")]
    pub(crate) const fn has_elicitation_ids(self) -> bool {
        matches!(self, V2025_11_25)
    }

    /// Choices with titles, lists of choices, and defaults of all kinds in forms.
    #[cfg(feature = "ask")]
    pub(crate) const fn has_titled_choices(self) -> bool {
        matches!(self, V2025_11_25 | V2026_07_28)
    }

    /// Tools in questions to the model, and several parts in a message.
    #[cfg(feature = "ask")]
    pub(crate) const fn has_sampling_tools(self) -> bool {
        matches!(self, V2025_11_25 | V2026_07_28)
    }

    /// `resultType` in every result, and the server's identity in its `_meta`.
    pub(crate) const fn has_result_type(self) -> bool {
        self.is_modern()
    }

    /// The capability `completions`; before, the method was there without one.
    pub(crate) const fn has_completions_capability(self) -> bool {
        !matches!(self, V2024_11_05)
    }

    /// The arguments that are chosen already, in `completion/complete`.
    pub(crate) const fn has_completion_context(self) -> bool {
        !matches!(self, V2024_11_05 | V2025_03_26)
    }

    /// `ttlMs` and `cacheScope` in results that may be kept.
    pub(crate) const fn has_cache_hints(self) -> bool {
        self.is_modern()
    }

    /// An error that answers no readable request has no `id` at all; before, it was `null`.
    pub(crate) const fn omits_unknown_id(self) -> bool {
        matches!(self, V2025_11_25 | V2026_07_28)
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn membership_is_exact() {
        for version in ProtocolVersion::ALL {
            assert_eq!(ProtocolVersion::parse(version.as_str()), Some(version));
        }
        for unknown in ["2099-01-01", "DRAFT-2026-v1", "v999.0.0", "", "2025-11-25 ", "2025-11-2"] {
            assert_eq!(ProtocolVersion::parse(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_index_is_the_place_in_the_list() {
        for (index, version) in ProtocolVersion::ALL.into_iter().enumerate() {
            assert_eq!(version.index(), index);
        }
    }
}
