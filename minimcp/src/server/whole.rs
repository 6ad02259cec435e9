//! Mistakes that only the whole of a server shows: handlers come from several lists, and at run time.

use super::MiniMcp;
use crate::apps;
use crate::extension::TASKS;

impl<S: 'static> MiniMcp<S> {
    /// Looks for mistakes that only the whole of a server shows, the first time that it is put to use.
    ///
    /// # Panics
    ///
    /// If there is one.
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub(crate) fn check(&self) {
        self.registry().checked.get_or_init(|| {
            let mistake = self.broken_page().or_else(|| self.stray_task());
            #[cfg(feature = "auth")]
            let mistake = mistake.or_else(|| self.stray_scopes());
            if let Some(mistake) = mistake {
                panic!("the server {} cannot be used: {mistake}", self.name());
            }
        });
    }

    /// A tool whose calls become tasks, on a server without tasks.
    fn stray_task(&self) -> Option<String> {
        if self.offered().has(TASKS) {
            return None;
        }
        self.registry().tools.find_map(|tool| {
            tool.task_support().map(|_| {
                format!(
                    "calls of the tool `{}` become tasks, and the server has none: write `.tasks(Tasks::new())`",
                    tool.tool_name()
                )
            })
        })
    }

    /// What is wrong with the page of a tool.
    fn broken_page(&self) -> Option<String> {
        self.registry().tools.find_map(|tool| {
            let uri = tool.app.as_ref()?.uri.as_deref()?;
            let name = tool.tool_name();
            match self.registry().resources.find(uri) {
                None => Some(format!(
                    "the tool `{name}` has the page `{uri}`, and no resource has that URI: write `#[resource(\"{uri}\")]` and list \
                     it among the handlers"
                )),
                Some(page) if page.declared_mime_type() != Some(apps::MIME_TYPE) => Some(format!(
                    "the tool `{name}` has the page `{uri}`, whose resource declares another media type: leave `mime_type` out, \
                     and it is `{}`",
                    apps::MIME_TYPE
                )),
                Some(_) => None,
            }
        })
    }
}
