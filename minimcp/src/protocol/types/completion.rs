//! What completes an argument.

use serde::Deserialize;

use crate::protocol::json::{Object, write_string};

/// Values for an argument that somebody is typing, the best ones first.
///
/// A list of texts is one already, see [`CompletionOutput`](crate::CompletionOutput). The first 100 values are sent
/// (Completion, `values`), and the client is told how many there are.
///
/// ```
/// use minimcp::Completion;
///
/// async fn cities(typed: &str) -> Completion {
///     let found = format!("{typed}ville");
///     Completion::new([found]).total(250)
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let completion = cities("Libre").await;
/// assert_eq!(completion.values(), ["Libreville"]);
/// assert!(completion.has_more());
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    values: Vec<String>,
    #[serde(default)]
    total: Option<u64>,
    #[serde(default)]
    has_more: bool,
}

impl Completion {
    /// The most values that one answer holds.
    const MOST: usize = 100;

    /// These values, and no others.
    pub fn new<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Self {
        Self { values: values.into_iter().map(Into::into).collect(), total: None, has_more: false }
    }

    /// Says how many values there are, if that is more than are given.
    #[must_use]
    pub fn total(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }

    /// Says that there are more values, and that nobody counted them.
    #[must_use]
    pub fn more(mut self) -> Self {
        self.has_more = true;
        self
    }

    /// The values.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// How many values there are; `None` if nobody counted them.
    #[must_use]
    pub fn total_values(&self) -> Option<u64> {
        let given = self.values.len() as u64;
        match self.total {
            Some(total) => Some(total.max(given)),
            None => (!self.has_more).then_some(given),
        }
    }

    /// Whether there are more values than are given.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.total_values().is_none_or(|total| total > self.values.len() as u64)
    }

    /// Writes the member `completion` of the result.
    pub(crate) fn encode(&self, object: &mut Object<'_>) {
        let sent = self.values.iter().take(Self::MOST);
        let has_more = self.has_more() || self.values.len() > Self::MOST;
        object.object("completion", |object| {
            object.array("values", sent, |out, value| write_string(out, value));
            object.optional("total", self.total_values()).member("hasMore", &has_more);
        });
    }
}

impl<T: Into<String>> From<Vec<T>> for Completion {
    fn from(values: Vec<T>) -> Self {
        Self::new(values)
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for Completion {
    fn from(values: [T; N]) -> Self {
        Self::new(values)
    }
}

impl<T: Clone + Into<String>> From<&[T]> for Completion {
    fn from(values: &[T]) -> Self {
        Self::new(values.iter().cloned())
    }
}
