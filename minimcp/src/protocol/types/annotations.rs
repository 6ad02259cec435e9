//! Hints on content and resources: for whom, how important, how old.

use serde::{Deserialize, Serialize};

use crate::protocol::json::Object;
use crate::protocol::version::ProtocolVersion;

/// Who speaks in a prompt, or for whom content is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The person who uses the client.
    User,
    /// The model.
    Assistant,
}

/// Hints on content, on a resource or on a template: for whom, how important, how old.
///
/// ```
/// use minimcp::{Annotations, Role};
///
/// let annotations = Annotations::new().audience(Role::User).priority(0.8).last_modified("2026-01-31T12:00:00Z");
/// # drop(annotations);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Annotations {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    audience: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

impl Annotations {
    /// No hints.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a role that the content is meant for; without any it is meant for all.
    #[must_use]
    pub fn audience(mut self, role: Role) -> Self {
        if !self.audience.contains(&role) {
            self.audience.push(role);
        }
        self
    }

    /// How important the content is, from 0 (optional) to 1 (required); other values are brought to the nearer end.
    #[must_use]
    pub fn priority(mut self, priority: f64) -> Self {
        self.priority = Some(if priority.is_nan() { 0.0 } else { priority.clamp(0.0, 1.0) });
        self
    }

    /// When the content changed last, as an ISO 8601 time. Known from revision 2025-06-18 on.
    #[must_use]
    pub fn last_modified(mut self, time: impl Into<String>) -> Self {
        self.last_modified = Some(time.into());
        self
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds the member `annotations`, if there is something to say.
    pub(crate) fn encode(this: Option<&Self>, object: &mut Object<'_>, revision: ProtocolVersion) {
        let Some(this) = this.filter(|this| !this.is_empty()) else { return };
        object.object("annotations", |object| {
            if !this.audience.is_empty() {
                object.member("audience", &this.audience);
            }
            object.optional("priority", this.priority);
            if revision.has_titles() {
                object.optional("lastModified", this.last_modified.as_deref());
            }
        });
    }
}
