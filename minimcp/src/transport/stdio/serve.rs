//! Serving a pair of streams, from the first message to the end.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::conversation::{End, Until};
use super::lines::Lines;
use super::output::Writer;
use super::standard::Standard;
use super::stream::Output;
use crate::boxed::BoxFuture;
use crate::connection::Connection;
use crate::outbox::Outbox;
use crate::server::MiniMcp;
use crate::transport::signal::stop_signal;

/// Serves standard input and output until the input ends, or the program is asked to stop (SIGINT, SIGTERM).
///
/// The calls that are running then are answered first, and subscriptions to changes end. Calls that come meanwhile are
/// refused. Each call gets a clone of the
/// scope; see [`Stdio`] for other scopes and for the limits.
///
/// # Errors
///
/// When standard input cannot be read. A client that goes away is no error.
pub async fn serve<S: Clone + Send + Sync + 'static>(
    server: MiniMcp<S>,
    scope: S,
) -> io::Result<()> {
    Stdio::new(server, scope).run().await
}

/// Serving over a pair of byte streams, with its options.
///
/// | option | default | |
/// |---|---|---|
/// | [`line_limit`](Self::line_limit) | 4 MiB | the longest message that is read |
/// | [`in_flight`](Self::in_flight) | 2048 | calls that are read and not yet answered |
/// | [`drain_timeout`](Self::drain_timeout) | 30 s | how long running calls may take when the input has ended |
///
/// ```
/// use minimcp::{stdio::Stdio, MiniMcp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// let server: MiniMcp = MiniMcp::new("empty");
/// let input = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
/// let mut output = Vec::new();
/// Stdio::new(server, ()).line_limit(1024).run_on(&input[..], &mut output).await?;
/// assert_eq!(output, b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
/// # Ok(()) }
/// ```
pub struct Stdio<S> {
    pub(super) server: MiniMcp<S>,
    pub(super) scope: Arc<dyn Fn() -> S + Send + Sync>,
    pub(super) line_limit: usize,
    pub(super) in_flight: usize,
    drain_timeout: Duration,
    #[cfg(feature = "page")]
    pub(super) page: Option<String>,
}

impl<S: Send + Sync + 'static> Stdio<S> {
    /// While calls run for a client that sends nothing more, this often it is looked whether it is gone.
    const GLANCE: Duration = Duration::from_millis(100);

    /// Serves this server; each call gets a clone of the scope.
    pub fn new(server: MiniMcp<S>, scope: S) -> Self
    where
        S: Clone,
    {
        Self::with_scope(server, move || scope.clone())
    }

    /// Serves this server; each call gets a scope of its own.
    pub fn with_scope(server: MiniMcp<S>, scope: impl Fn() -> S + Send + Sync + 'static) -> Self {
        Self {
            server,
            scope: Arc::new(scope),
            line_limit: 4 * 1024 * 1024,
            in_flight: 2048,
            drain_timeout: Duration::from_secs(30),
            #[cfg(feature = "page")]
            page: None,
        }
    }

    /// The longest message in bytes, 4 MiB unless it is said. A longer line is skipped and answered with an error.
    #[must_use]
    pub fn line_limit(mut self, bytes: usize) -> Self {
        self.line_limit = bytes;
        self
    }

    /// How many calls may be read and not yet answered, 2048 unless it is said. Nothing more is read then. A batch counts
    /// as one; [`batch_limit`](MiniMcp::batch_limit) bounds it. So does a `subscriptions/listen`, for as long as it is open.
    /// For each question to the client that is open one more may be read, since its answer is among what is to be read;
    /// `MiniMcp::question_limit` bounds those.
    #[must_use]
    pub fn in_flight(mut self, calls: usize) -> Self {
        self.in_flight = calls.max(1);
        self
    }

    /// How long the calls that are running when the input ends may take, 30 seconds unless it is said. What is not
    /// answered by then is dropped.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// Serves standard input and output; see [`serve`].
    ///
    /// # Errors
    ///
    /// When standard input cannot be read.
    pub async fn run(self) -> io::Result<()> {
        #[cfg(feature = "page")]
        let _shown = self.show().await?;
        let mut serving = JoinSet::new();
        // In a task it runs where the reactor does, so no thread has to wake another for a message.
        serving.spawn(async move {
            let mut standard = Standard::open()?;
            let gone: IsGone<&mut Output> = |output| output.is_gone();
            let output = (&mut standard.output, Some(gone));
            self.serve(&mut standard.input, output, stop_signal()).await
        });
        match serving.join_next().await {
            Some(Ok(served)) => served,
            Some(Err(error)) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(error) => Err(io::Error::other(error)),
            },
            None => Ok(()),
        }
    }

    /// Serves any pair of streams until the input ends: a socket, a pipe, a buffer.
    ///
    /// # Errors
    ///
    /// When the input cannot be read.
    pub async fn run_on<R, W>(self, input: R, output: W) -> io::Result<()>
    where
        R: AsyncRead + Unpin + Send,
        W: AsyncWrite + Unpin + Send,
    {
        self.serve(input, (output, None), pending()).await
    }

    /// `gone` says whether the client is gone that read the output, where that can be known without a write.
    async fn serve<R, W>(
        self,
        input: R,
        (output, gone): (W, Option<IsGone<W>>),
        stop: impl Future<Output = ()> + Send,
    ) -> io::Result<()>
    where
        R: AsyncRead + Unpin + Send,
        W: AsyncWrite + Unpin + Send,
    {
        let (outbox, inbox) = Outbox::channel(256);
        let outbox = outbox.shared();
        let mut writer = Writer::new(inbox, output);
        let connection = Connection::new(self.server.clone());
        let mut calls = JoinSet::new();
        let mut lines = Lines::new(input, self.line_limit);
        let telling: BoxFuture<'_, Infallible> = Box::pin(connection.notify(outbox.clone()));
        let ended = tokio::select! {
            biased;
            never = telling => match never {},
            ended = self.converse(
                &connection,
                (&mut calls, &outbox),
                (&mut lines, &mut writer),
                Until::Asked(Box::pin(stop)),
            ) => ended,
        };
        // Whoever does not listen any more wants no answers: not even those under way.
        if let Ok(End::Unheard) = ended {
            return Ok(());
        }
        // Whoever is heard from now on hears that it is too late.
        connection.close();
        let drained = async {
            if let Ok(End::Asked) = ended {
                let until = Until::Idle;
                let streams = (&mut lines, &mut writer);
                let last = self.converse(&connection, (&mut calls, &outbox), streams, until);
                if let Ok(End::Unheard) = last.await {
                    return false;
                }
            }
            connection.hang_up();
            loop {
                tokio::select! {
                    biased;
                    () = async { while calls.join_next().await.is_some() {} } => return true,
                    _ = writer.run() => return false,
                    () = sleep(Self::GLANCE), if gone.is_some() => (),
                }
                // One that only hung up wants its answers, one that was killed does not.
                if gone.is_some_and(|gone| writer.is(gone)) {
                    return false;
                }
            }
        };
        match tokio::time::timeout(self.drain_timeout, drained).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(_) => tracing::warn!("calls that did not end in time were dropped"),
        }
        drop((calls, outbox));
        if tokio::time::timeout(self.drain_timeout, writer.run()).await.is_err() {
            tracing::warn!("answers that nobody read in time were dropped");
        }
        ended.map(drop)
    }
}

/// Whether nobody reads a stream any more.
type IsGone<W> = fn(&W) -> bool;

impl<S> fmt::Debug for Stdio<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Stdio")
            .field("line_limit", &self.line_limit)
            .finish_non_exhaustive()
    }
}
