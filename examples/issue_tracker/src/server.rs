//! The MCP server: tools, a prompt and a resource for issues.
//!
//! SQLite blocks, so the handlers are plain functions that say so, and run on threads where that is allowed.

use minimcp::{Error, FromScope, MiniMcp, Scope, handlers, prompt, resource, tool};

use crate::accounts::User;
use crate::db::Db;
use crate::issue::{Issue, IssueError, Page};

/// What comes with each call: who calls, and where the issues are.
#[derive(Clone, Debug)]
pub struct Session {
    /// The caller.
    pub user: User,
    /// The issues.
    pub db: Db,
}

impl FromScope<Session> for User {
    fn from_scope(session: &Session) -> Self {
        session.user.clone()
    }
}

impl FromScope<Session> for Db {
    fn from_scope(session: &Session) -> Self {
        session.db.clone()
    }
}

/// Create an issue, which then belongs to you
#[tool(blocking)]
fn create_issue(
    /// What is wrong or wanted, in one line
    #[arg(length = 1..=120)]
    title: &str,
    /// The details, in Markdown
    #[arg(length = ..=10_000, default)]
    description: &str,
    user: Scope<User>,
    db: Scope<Db>,
) -> Result<Issue, IssueError> {
    db.create(title, description, &user.name)
}

/// Read an issue
#[tool(blocking, read_only)]
fn read_issue(
    /// The number of the issue
    id: i64,
    db: Scope<Db>,
) -> Result<Issue, IssueError> {
    db.read(id)
}

/// List the issues, the newest first
#[tool(blocking, read_only)]
fn list_issues(
    /// How many
    #[arg(default = 20, range = 1..=100)]
    limit: u16,
    /// Only issues with a lower number: the `older` of the page before
    before: Option<i64>,
    db: Scope<Db>,
) -> Result<Page, IssueError> {
    db.list(limit, before)
}

/// Delete an issue that belongs to you, for ever
#[tool(blocking, destructive)]
fn delete_issue(
    /// The number of the issue
    id: i64,
    user: Scope<User>,
    db: Scope<Db>,
) -> Result<Issue, IssueError> {
    db.delete(id, &user.name)
}

/// Decide what to do about an issue
#[prompt(blocking)]
fn triage(
    /// The number of the issue
    id: i64,
    user: Scope<User>,
    db: Scope<Db>,
) -> Result<String, Error> {
    let Issue { title, description, owner, created_at, .. } = db.read(id)?;
    Ok(format!(
        "I am {}. Look through the other issues for one that says the same, judge how urgent this one is, and \
         propose the next step.\n\n# Issue {id}: {title}\n\nby {owner}, {created_at}\n\n{description}",
        user.name
    ))
}

/// An issue
#[resource("issues://{id}", blocking)]
fn issue(
    /// The number of the issue
    id: i64,
    db: Scope<Db>,
) -> Result<Issue, Error> {
    Ok(db.read(id)?)
}

/// The server with all of them.
#[must_use]
pub fn server() -> MiniMcp<Session> {
    MiniMcp::new("issues")
        .with_title("Issue tracker")
        .with_instructions("Look for an issue that says the same before you create one.")
        .handlers(handlers![create_issue, read_issue, list_issues, delete_issue, triage, issue])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_functions() -> Result<(), Box<dyn std::error::Error>> {
        let db = Scope(Db::in_memory()?);
        let user = |name: &str| Scope(User { name: name.into() });
        let Issue { id, owner, .. } = create_issue("It leaks", "", user("alice"), db.clone())?;
        assert_eq!(owner, "alice");
        assert!(triage(id, user("bob"), db.clone())?.starts_with("I am bob."));
        let refused = delete_issue(id, user("bob"), db.clone());
        assert_eq!(refused, Err(IssueError::NotOwner { id, owner }));
        delete_issue(id, user("alice"), db.clone())?;
        assert_eq!(read_issue(id, db), Err(IssueError::NotFound(id)));
        Ok(())
    }
}
