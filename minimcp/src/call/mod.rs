//! A call on its way: what is known of it, its progress, its end.

mod activity;
mod cancel;
mod group;
mod limit;
mod log;
mod pace;
mod part;
mod progress;
mod standing;
mod supervise;
mod trace;
#[cfg(feature = "ask")]
mod wait;

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use activity::Activity;
pub use cancel::Cancel;
pub use group::CallLimit;
pub(crate) use limit::Limit;
pub use log::{Log, LogLevel};
pub(crate) use pace::{Pace, Timed};
pub(crate) use part::Part;
pub use progress::{Progress, Report, Reported, Reporting};
pub(crate) use standing::{Entered, Limits, Places, Under};
pub(crate) use supervise::{HandlerFuture, Held, Supervised, guard, panicked, supervise};
pub use trace::TraceContext;

use crate::changes::Changes;
use crate::completion::CompletionContext;
use crate::error::Error;
use crate::outbox::Outbox;
use crate::protocol::version::ProtocolVersion;
use crate::server::{Introduction, Options};

/// The call that a handler answers: its id, its method, its revision, and what the client said of itself.
///
/// A parameter of this type is filled in, not asked for:
///
/// ```
/// use minimcp::{tool, Call};
///
/// /// Say who is calling
/// #[tool]
/// async fn whoami(call: Call) -> String {
///     format!("{} speaks {}", call.client_name().as_deref().unwrap_or("somebody"), call.revision())
/// }
/// ```
#[derive(Clone)]
pub struct Call {
    shared: Arc<Shared>,
}

/// What all handles on one call share.
struct Shared {
    about: About,
    outbox: Mutex<Outbox>,
    detached: AtomicBool,
    /// What an extension that took the call over gives to the handler.
    attached: OnceLock<Arc<dyn Any + Send + Sync>>,
    activity: Activity,
    standing: standing::Standing,
    progress: progress::Last,
    #[cfg(feature = "ask")]
    asking: crate::ask::Asking,
}

/// What is known of a call from the message and from the transport.
#[derive(Default)]
pub(crate) struct About {
    /// The message that the call came in.
    pub(crate) message: Bytes,
    /// The JSON text of the id; nothing for calls that came in no message.
    pub(crate) id: Part,
    pub(crate) method: &'static str,
    /// The tool, prompt or URI that is called.
    pub(crate) name: Part,
    pub(crate) revision: Option<ProtocolVersion>,
    /// The JSON text of `_meta`.
    pub(crate) meta: Part,
    /// The JSON text of the progress token.
    pub(crate) progress_token: Option<Bytes>,
    /// The least severe log messages that the client wants; without one it wants none.
    pub(crate) log_level: Option<LogLevel>,
    /// What the client said of itself before, if it did.
    pub(crate) introduction: Option<Arc<Introduction>>,
    /// The JSON text of the client's capabilities and identity, as the message says them.
    pub(crate) client_capabilities: Part,
    pub(crate) client_info: Part,
    /// The trace that the transport names.
    pub(crate) trace: TraceContext,
    /// What goes with an argument that is completed.
    pub(crate) completion: CompletionContext,
    /// What the handler bounds; the server's bound is an option.
    pub(crate) limits: Limits,
    /// The options of the server, without one for calls that belong to none.
    pub(crate) server: Option<Arc<Options>>,
}

impl Call {
    pub(crate) fn new(about: About, outbox: Outbox) -> Self {
        #[cfg(feature = "ask")]
        return Self::asking_by(about, outbox, crate::ask::Asking::default());
        #[cfg(not(feature = "ask"))]
        Self::asking_by(about, outbox)
    }

    #[inline]
    pub(crate) fn asking_by(
        about: About,
        outbox: Outbox,
        #[cfg(feature = "ask")] asking: crate::ask::Asking,
    ) -> Self {
        let shared = Arc::new(Shared {
            about,
            outbox: Mutex::new(outbox),
            detached: AtomicBool::new(false),
            attached: OnceLock::new(),
            activity: Activity::default(),
            standing: standing::Standing::default(),
            progress: progress::Last::default(),
            #[cfg(feature = "ask")]
            asking,
        });
        Self { shared }
    }

    /// The id of the request as JSON text, `1` or `"a"`; empty for a call made by the program itself.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text(&self.shared.about.id)
    }

    /// The method: `tools/call`, `prompts/get`, `resources/read` or `completion/complete`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.shared.about.method
    }

    /// The name of the tool or prompt, or the URI of the resource; what an argument is completed of, by its template.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text(&self.shared.about.name)
    }

    /// The revision of the protocol that the request is of.
    #[must_use]
    pub fn revision(&self) -> ProtocolVersion {
        self.shared.about.revision.unwrap_or(ProtocolVersion::LATEST)
    }

    /// A value of the request's `_meta`; `None` if it is absent or of another type.
    #[must_use]
    pub fn meta<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let mut meta: Value = serde_json::from_str(self.text(&self.shared.about.meta)).ok()?;
        serde_json::from_value(meta.get_mut(key)?.take()).ok()
    }

    /// The trace that the call is part of, for what records spans (2026-07-28, `_meta`).
    ///
    /// ```
    /// use minimcp::{tool, Call};
    ///
    /// /// Ask another service
    /// #[tool]
    /// async fn ask(call: Call) -> String {
    ///     let trace = call.trace_context();
    ///     match trace.traceparent() {
    ///         Some(parent) => format!("the request to the other service has `traceparent: {parent}`"),
    ///         None => "nobody traces this".to_owned(),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn trace_context(&self) -> TraceContext {
        TraceContext::of_meta(self.text(&self.shared.about.meta)).or(&self.shared.about.trace)
    }

    /// The name that the client gives itself. It is what the client says, and proves nothing.
    #[must_use]
    pub fn client_name(&self) -> Option<Cow<'_, str>> {
        let about = &self.shared.about;
        let info = self.declared(&about.client_info, |said| &said.info);
        let name: ClientName<'_> = serde_json::from_str(info).ok()?;
        name.name.decode()
    }

    /// Whether the client declared a capability, such as `sampling`, `elicitation` or `roots`.
    #[must_use]
    pub fn client_supports(&self, capability: &str) -> bool {
        self.client_capabilities().get(capability).is_some_and(Value::is_object)
    }

    /// Refuses the call if the client did not declare a capability.
    ///
    /// # Errors
    ///
    /// One that names the capability: -32021 from 2026-07-28 on (Client Capabilities), before an error that the
    /// model reads.
    pub fn require(&self, capability: &str) -> Result<(), Error> {
        match self.client_supports(capability) {
            true => Ok(()),
            false if self.revision().is_modern() => Err(Error::missing_capability(capability)),
            false => Err(Error::tool(format!("the client does not offer `{capability}`"))),
        }
    }

    /// Starts the idle timeout anew, for work that reports no progress.
    pub fn keep_alive(&self) {
        self.shared.activity.touch();
    }

    /// Asks the client to hang up and to come back for the answer after this time, as it can where the streams of its
    /// session can be resumed (2025-11-25, Streamable HTTP, Sending Messages to the Server). Whether it can.
    ///
    /// The call goes on, and keeps no connection open meanwhile. Where this gives `false`, nothing happens: the client
    /// waits for the answer as for any other.
    ///
    /// ```
    /// use std::time::Duration;
    /// use minimcp::{tool, Call};
    ///
    /// /// Bake a cake
    /// #[tool]
    /// async fn bake(call: Call) -> &'static str {
    ///     call.come_back_after(Duration::from_secs(60));
    ///     // … and bake it.
    ///     "a cake"
    /// }
    /// ```
    pub fn come_back_after(&self, time: Duration) -> bool {
        self.outbox().hang_up(time)
    }

    /// What an extension that took the call over gave along, if it is of this type; see
    /// [`ToolCall::attach`](crate::extension::ToolCall::attach).
    #[must_use]
    pub fn attached<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        Arc::clone(self.shared.attached.get()?).downcast().ok()
    }

    /// The progress of the call.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress::of(self.clone())
    }

    /// The log of the client. It is silent in handlers that have no parameter [`Log`]: those that have one make the server
    /// announce that it logs.
    #[must_use]
    pub fn log(&self) -> Log {
        Log::of(self.clone())
    }

    /// What tells clients of changes; of a call that belongs to no server, nobody.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.shared.about.server.as_ref().map(|server| server.changes()).unwrap_or_default()
    }

    /// Tells whether the call is still wanted.
    #[must_use]
    pub fn cancel(&self) -> Cancel {
        Cancel::of(self.clone())
    }
}

impl Call {
    /// What is given to handlers that do not look at their call: there is nothing to see.
    pub(crate) fn unseen() -> &'static Self {
        static UNSEEN: OnceLock<Call> = OnceLock::new();
        UNSEEN.get_or_init(|| Self::new(About::default(), Outbox::none()))
    }

    fn text<'a>(&'a self, part: &'a Part) -> &'a str {
        part.text(&self.shared.about.message)
    }

    pub(crate) fn attach(&self, value: Arc<dyn Any + Send + Sync>) {
        let _ = self.shared.attached.set(value);
    }

    /// Lets the call go on after its request was answered. Nothing that is said from now on goes out.
    pub(crate) fn detach(&self) {
        self.shared.detached.store(true, Ordering::Release);
        *self.shared.outbox.lock().unwrap_or_else(PoisonError::into_inner) = Outbox::none();
        self.leave_server();
    }

    pub(crate) fn is_detached(&self) -> bool {
        self.shared.detached.load(Ordering::Acquire)
    }

    /// The way out, as long as the request is not answered.
    pub(crate) fn outbox(&self) -> Outbox {
        self.shared.outbox.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the client declared; `null` if nothing is known.
    pub(crate) fn client_capabilities(&self) -> Value {
        let about = &self.shared.about;
        let capabilities = self.declared(&about.client_capabilities, |said| &said.capabilities);
        serde_json::from_str(capabilities).unwrap_or_default()
    }

    /// What the client says in the message, or said when it introduced itself.
    fn declared<'a>(&'a self, part: &'a Part, earlier: fn(&Introduction) -> &Bytes) -> &'a str {
        match &self.shared.about.introduction {
            Some(introduction) => text(earlier(introduction)),
            None => self.text(part),
        }
    }

    #[cfg(feature = "ask")]
    pub(crate) fn asking(&self) -> &crate::ask::Asking {
        &self.shared.asking
    }

    /// The options of the server that the call belongs to, if it does to any.
    #[cfg(feature = "ask")]
    pub(crate) fn server(&self) -> Option<&Options> {
        self.shared.about.server.as_deref()
    }

    pub(crate) fn completion_context(&self) -> &CompletionContext {
        &self.shared.about.completion
    }

    pub(crate) fn activity(&self) -> &Activity {
        &self.shared.activity
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct ClientName<'a> {
    #[serde(borrow)]
    name: crate::protocol::envelope::Member<'a>,
}

/// Parts of a message that was checked to be UTF-8 when it came in.
fn text(part: &Bytes) -> &str {
    std::str::from_utf8(part).unwrap_or_default()
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("method", &self.method())
            .field("name", &self.name())
            .finish()
    }
}
