//! What the tracker keeps, and what can go wrong with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issue {
    /// The number of the issue; that of a deleted issue is never given to another.
    pub id: i64,
    /// What is wrong or wanted, in one line.
    pub title: String,
    /// The details.
    pub description: String,
    /// Who created the issue, and alone may delete it.
    pub owner: String,
    /// When it was created, in UTC.
    pub created_at: String,
}

/// An issue in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The number of the issue.
    pub id: i64,
    /// What is wrong or wanted, in one line.
    pub title: String,
    /// Who created the issue.
    pub owner: String,
}

/// A part of the list of issues, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// The issues.
    pub issues: Vec<Summary>,
    /// There are older issues: list those before this number.
    pub older: Option<i64>,
}

/// Why something could not be done with an issue. The texts are for the model, which may try something else.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// It never existed, or was deleted.
    #[error("there is no issue {0}")]
    NotFound(i64),
    /// Somebody tried to delete what belongs to somebody else.
    #[error("issue {id} belongs to {owner}, who alone may delete it")]
    NotOwner {
        /// The issue.
        id: i64,
        /// The one who may.
        owner: String,
    },
    /// The title has nothing but spaces.
    #[error("the title is blank")]
    BlankTitle,
    /// The database failed.
    #[error("the issues are out of reach at the moment")]
    Unavailable,
}

/// What the database says goes to the log: neither the model nor its user can do anything about it.
impl From<rusqlite::Error> for IssueError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Self::Unavailable
    }
}

/// The model reads what a tool says; for prompts and resources clients are told the kind as well.
impl From<IssueError> for minimcp::Error {
    fn from(error: IssueError) -> Self {
        let text = error.to_string();
        match error {
            IssueError::NotFound(_) => Self::not_found(text),
            IssueError::NotOwner { .. } => Self::forbidden(text),
            IssueError::BlankTitle => Self::invalid_params(text),
            IssueError::Unavailable => Self::internal(text),
        }
    }
}
