//! The issues in an SQLite database.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row};

use crate::issue::{Issue, IssueError, Page, Summary};

// AUTOINCREMENT is what keeps the number of a deleted issue from being given to another.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS issues (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        title       TEXT NOT NULL,
        description TEXT NOT NULL,
        owner       TEXT NOT NULL,
        created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
    ) STRICT";

/// The database. Its methods block: they are called where that is allowed.
#[derive(Clone, Debug)]
pub struct Db(Arc<Mutex<Connection>>);

impl Db {
    /// Opens a database, and creates it if there is none.
    ///
    /// # Errors
    ///
    /// When the file is no database, or cannot be read and written.
    pub fn open(file: &Path) -> Result<Self, rusqlite::Error> {
        Self::with(Connection::open(file)?)
    }

    /// A database that ends with the program.
    ///
    /// # Errors
    ///
    /// When there is no memory for it.
    pub fn in_memory() -> Result<Self, rusqlite::Error> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> Result<Self, rusqlite::Error> {
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Creates an issue.
    ///
    /// # Errors
    ///
    /// When the title is blank or the database fails.
    pub fn create(&self, title: &str, description: &str, owner: &str) -> Result<Issue, IssueError> {
        let title = title.trim();
        if title.is_empty() {
            return Err(IssueError::BlankTitle);
        }
        let insert =
            "INSERT INTO issues (title, description, owner) VALUES (?1, ?2, ?3) RETURNING *";
        Ok(self.connection().query_row(insert, (title, description, owner), issue)?)
    }

    /// Reads an issue.
    ///
    /// # Errors
    ///
    /// When there is no such issue or the database fails.
    pub fn read(&self, id: i64) -> Result<Issue, IssueError> {
        read(&self.connection(), id)
    }

    /// Lists so many issues, the newest first; those before a number if there is one.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn list(&self, limit: u16, before: Option<i64>) -> Result<Page, IssueError> {
        let select = "SELECT id, title, owner FROM issues WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
        let connection = self.connection();
        let mut statement = connection.prepare(select)?;
        // One more than asked for tells whether there are older ones.
        let bounds = (before.unwrap_or(i64::MAX), u32::from(limit) + 1);
        let mut issues = statement.query_map(bounds, summary)?.collect::<Result<Vec<_>, _>>()?;
        let more = issues.len() > usize::from(limit);
        issues.truncate(usize::from(limit));
        Ok(Page { older: issues.last().filter(|_| more).map(|last| last.id), issues })
    }

    /// Deletes an issue of this owner, and gives what it was.
    ///
    /// # Errors
    ///
    /// When there is no such issue, somebody else owns it, or the database fails.
    pub fn delete(&self, id: i64, owner: &str) -> Result<Issue, IssueError> {
        let connection = self.connection();
        // Looked for and deleted in one statement: nothing can come in between, not from another process either.
        let delete = "DELETE FROM issues WHERE id = ?1 AND owner = ?2 RETURNING *";
        match connection.query_row(delete, (id, owner), issue).optional()? {
            Some(deleted) => Ok(deleted),
            None => Err(IssueError::NotOwner { id, owner: read(&connection, id)?.owner }),
        }
    }

    /// A statement that panicked changed nothing, so its connection is as good as before.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(connection: &Connection, id: i64) -> Result<Issue, IssueError> {
    let select = "SELECT * FROM issues WHERE id = ?1";
    connection.query_row(select, [id], issue).optional()?.ok_or(IssueError::NotFound(id))
}

fn issue(row: &Row<'_>) -> Result<Issue, rusqlite::Error> {
    Ok(Issue {
        id: row.get("id")?,
        title: row.get("title")?,
        description: row.get("description")?,
        owner: row.get("owner")?,
        created_at: row.get("created_at")?,
    })
}

fn summary(row: &Row<'_>) -> Result<Summary, rusqlite::Error> {
    Ok(Summary { id: row.get("id")?, title: row.get("title")?, owner: row.get("owner")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Tested = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn the_number_of_a_deleted_issue_is_not_given_again() -> Tested {
        let db = Db::in_memory()?;
        let first = db.create("first", "", "alice")?;
        assert_eq!(db.delete(first.id, "alice")?, first);
        let second = db.create("second", "", "alice")?;
        assert!(second.id > first.id, "{} after {}", second.id, first.id);
        assert_eq!(db.read(first.id), Err(IssueError::NotFound(first.id)));
        Ok(())
    }

    #[test]
    fn the_owner_alone_deletes() -> Tested {
        let db = Db::in_memory()?;
        let Issue { id, .. } = db.create("mine", "", "alice")?;
        let refused = Err(IssueError::NotOwner { id, owner: "alice".into() });
        assert_eq!(db.delete(id, "bob"), refused);
        assert_eq!(db.delete(id + 1, "bob"), Err(IssueError::NotFound(id + 1)));
        assert_eq!(db.read(id)?.title, "mine");
        Ok(())
    }

    #[test]
    fn pages_go_from_the_newest_to_the_oldest() -> Tested {
        let db = Db::in_memory()?;
        for title in ["1", "2", "3", "4", "5"] {
            db.create(title, "", "alice")?;
        }
        let titles =
            |page: &Page| page.issues.iter().map(|issue| issue.title.clone()).collect::<String>();
        let (mut read, mut before) = (Vec::new(), None);
        loop {
            let page = db.list(2, before)?;
            read.push(titles(&page));
            before = page.older;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(read, ["54", "32", "1"]);
        assert_eq!(db.list(5, None)?.older, None);
        Ok(())
    }

    #[test]
    fn what_the_database_says_is_not_for_the_model() -> Tested {
        let db = Db::in_memory()?;
        db.connection().execute_batch("DROP TABLE issues")?;
        assert_eq!(db.list(1, None), Err(IssueError::Unavailable));
        assert!(!IssueError::Unavailable.to_string().contains("table"));
        Ok(())
    }

    #[test]
    fn a_database_is_kept_in_its_file() -> Tested {
        let file = std::env::temp_dir().join(format!("issue_tracker_{}.db", std::process::id()));
        let created = Db::open(&file)?.create(" kept ", "with\ndetails", "alice")?;
        let read = Db::open(&file)?.read(created.id);
        std::fs::remove_file(&file)?;
        assert_eq!(read?, Issue { title: "kept".into(), ..created });
        Ok(())
    }
}
