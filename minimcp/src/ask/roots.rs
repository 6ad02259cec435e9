//! Asking which folders a client works on.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::Deserialize;
use serde_json::json;

use super::asked::Asked;
use super::capability::Capability;
use super::question::Question;
use crate::call::Call;
use crate::error::Error;

/// The question which folders the client works on, asked when it is awaited: [`Client::roots`](super::Client::roots).
///
/// Roots are deprecated from 2026-07-28 on: clients of that revision may still offer them, and later ones need not.
///
/// They say where the user works, and are no permission: a handler that reads or writes files keeps to them itself. They
/// are asked for anew each time, so a change of theirs is seen with the next question.
///
/// ```
/// use minimcp::{tool, Client, Error};
///
/// /// Name the folders of the project
/// #[tool]
/// async fn folders(client: Client) -> Result<Vec<String>, Error> {
///     let roots = client.roots().await?;
///     Ok(roots.iter().map(|root| root.name().unwrap_or(root.uri()).to_owned()).collect())
/// }
/// ```
#[must_use = "a question is asked when it is awaited"]
pub struct ListRoots {
    asked: Asked<Builder, Vec<Root>>,
}

struct Builder {
    call: Call,
    key: Option<String>,
}

/// A folder, or a file, that a client works on (Roots).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Root {
    uri: String,
    name: Option<String>,
}

impl ListRoots {
    pub(super) fn new(call: Call) -> Self {
        Self { asked: Asked::Building(Some(Builder { call, key: None })) }
    }

    /// What the question is called from 2026-07-28 on, where clients see it; unique in its handler.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.asked.change(|builder| builder.key = Some(key.into()));
        self
    }
}

impl Root {
    /// Where it is: a URI with the scheme `file`.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// What the client calls it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl Future for ListRoots {
    type Output = Result<Vec<Root>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.asked.poll(context, Builder::ask)
    }
}

impl Builder {
    async fn ask(self) -> Result<Vec<Root>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            roots: Vec<Root>,
        }
        Capability::Roots.require(&self.call)?;
        let question = Question::new(&self.call, self.key, "roots/list", &json!({}))?;
        let Answer { roots } = question.ask_for(&self.call, "the client's list of roots").await?;
        match roots.iter().find(|root| !root.uri.starts_with("file://")) {
            Some(root) => {
                Err(Error::tool(format!("`{:.200}` cannot be a root: it is no file", root.uri)))
            }
            None => Ok(roots),
        }
    }
}

impl fmt::Debug for ListRoots {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ListRoots").finish_non_exhaustive()
    }
}
