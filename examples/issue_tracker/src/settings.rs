//! The command line of both programs.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::accounts::Accounts;
use crate::db::Db;

/// What can be said on the command line.
pub const USAGE: &str = "\
    --listen ADDRESS    where to listen; 127.0.0.1:8000 unless it is said\n    \
    --host NAME         a host under which clients reach the server, besides localhost; may be repeated\n    \
    --database FILE     an SQLite database, created if there is none; in memory unless it is said\n    \
    --users FILE        those who may sign in, a line each; two demo users unless it is said";

/// What was said on the command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Hosts under which clients reach the server.
    pub hosts: Vec<String>,
    database: Option<PathBuf>,
    users: Option<PathBuf>,
}

impl Settings {
    /// Reads the command line.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8000));
        let mut settings = Self { listen, hosts: Vec::new(), database: None, users: None };
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let value =
                arguments.next().ok_or_else(|| format!("`{option}` is not followed by a value"));
            match option.as_str() {
                "--listen" => {
                    settings.listen =
                        value?.parse().map_err(|error| format!("--listen: {error}"))?;
                }
                "--host" => settings.hosts.push(value?),
                "--database" => settings.database = Some(value?.into()),
                "--users" => settings.users = Some(value?.into()),
                _ => return Err(format!("there is no `{option}`")),
            }
        }
        Ok(settings)
    }

    /// Opens the database.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn open_db(&self) -> Result<Db, String> {
        let opened = self.database.as_deref().map_or_else(Db::in_memory, Db::open);
        opened.map_err(|error| format!("the database cannot be opened: {error}"))
    }

    /// Reads the accounts.
    ///
    /// # Errors
    ///
    /// What is wrong with the file; or that demo users, whose passwords everybody knows, would be served to others.
    pub fn read_accounts(&self) -> Result<Accounts, String> {
        let Some(file) = &self.users else {
            if !self.listen.ip().is_loopback() {
                return Err(format!(
                    "the demo users are for this machine alone: say --users to listen on {}",
                    self.listen
                ));
            }
            tracing::warn!(
                "anybody on this machine can sign in as alice:wonderland and bob:builder"
            );
            return Accounts::demo();
        };
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
        text.and_then(|text| Accounts::parse(&text))
            .map_err(|error| format!("{}: {error}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Settings, String> {
        Settings::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_command_line_is_read() {
        assert_eq!(
            parse(
                "--host a.example --listen 0.0.0.0:80 --users users --host b.example --database x.db"
            ),
            Ok(Settings {
                listen: SocketAddr::from(([0, 0, 0, 0], 80)),
                hosts: vec!["a.example".into(), "b.example".into()],
                database: Some("x.db".into()),
                users: Some("users".into()),
            })
        );
        for (line, problem) in [
            ("--listen", "`--listen` is not followed by a value"),
            ("--listen here", "--listen: invalid socket address syntax"),
            ("--port 80", "there is no `--port`"),
        ] {
            assert_eq!(parse(line), Err(problem.into()), "{line}");
        }
    }

    #[test]
    fn demo_users_are_for_this_machine_alone() -> Result<(), String> {
        assert!(parse("")?.read_accounts().is_ok());
        assert!(parse("--listen 0.0.0.0:8000")?.read_accounts().is_err());
        Ok(())
    }
}
