//! The pages of `docs/`: their examples are tests.
//!
//! The features that are on by default are on here. A page that needs more has a `cfg` of its own.

#[doc = include_str!("../docs/tools.md")]
struct Tools;

#[doc = include_str!("../docs/prompts.md")]
struct Prompts;

#[doc = include_str!("../docs/resources.md")]
struct Resources;

#[doc = include_str!("../docs/content.md")]
struct Content;

#[doc = include_str!("../docs/completions.md")]
struct Completions;

#[doc = include_str!("../docs/lists.md")]
struct Lists;

#[doc = include_str!("../docs/subscriptions.md")]
struct Subscriptions;

#[doc = include_str!("../docs/progress.md")]
struct Progress;

#[doc = include_str!("../docs/logging.md")]
struct Logging;

#[doc = include_str!("../docs/stdio.md")]
struct Stdio;

#[doc = include_str!("../docs/http.md")]
struct Http;

#[doc = include_str!("../docs/limits.md")]
struct Limits;

#[doc = include_str!("../docs/observability.md")]
struct Observability;

#[doc = include_str!("../docs/revisions.md")]
struct Revisions;

#[doc = include_str!("../docs/extensions.md")]
struct Extensions;

#[doc = include_str!("../docs/apps.md")]
struct Apps;

#[cfg(feature = "jwks")]
#[doc = include_str!("../docs/authorization.md")]
struct Authorization;
#[cfg(feature = "page")]
#[doc = include_str!("../docs/page.md")]
struct Page;

#[cfg(feature = "tasks")]
#[doc = include_str!("../docs/tasks.md")]
struct Tasks;

#[cfg(feature = "sessions")]
#[doc = include_str!("../docs/sessions.md")]
struct Sessions;

#[cfg(feature = "ask")]
#[doc = include_str!("../docs/asking.md")]
struct Asking;
