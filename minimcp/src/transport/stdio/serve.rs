//! The loop: lines in, calls side by side, lines out.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::lines::{Line, Lines};
use super::output::Writer;
use super::standard::Standard;
use super::stream::Output;
use crate::bus::BoxFuture;
use crate::connection::Connection;
use crate::error::Error;
use crate::outbox::Outbox;
use crate::protocol::reply::{Reply, Stage};
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
    line_limit: usize,
    in_flight: usize,
    drain_timeout: Duration,
    #[cfg(feature = "page")]
    pub(super) page: Option<String>,
}

impl<S: Send + Sync + 'static> Stdio<S> {
    /// For so long messages are answered in a row; then others have their turn: the writer, the calls that run.
    const TURN: Duration = Duration::from_millis(2);
    /// After this many messages the clock is looked at: those that come one at a time cost no look.
    const LOOK: u32 = 16;
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

    /// Reads messages until there are no more, or it is time.
    ///
    /// In a box, so that nobody who waits for it carries a call along.
    fn converse<'a, R, W>(
        &'a self,
        connection: &'a Connection<S>,
        calls: (&'a mut JoinSet<()>, &'a Outbox),
        streams: (&'a mut Lines<R>, &'a mut Writer<W>),
        until: Until<'a>,
    ) -> BoxFuture<'a, io::Result<End>>
    where
        R: AsyncRead + Unpin + Send,
        W: AsyncWrite + Unpin + Send,
    {
        Box::pin(self.read_and_answer(connection, calls, streams, until))
    }

    async fn read_and_answer<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(
        &self,
        connection: &Connection<S>,
        (calls, outbox): (&mut JoinSet<()>, &Outbox),
        (lines, writer): (&mut Lines<R>, &mut Writer<W>),
        mut until: Until<'_>,
    ) -> io::Result<End> {
        // Counted once for each call, and not once for each part of a connection.
        let connection = Arc::new(connection.clone());
        let answer = |message| {
            let (outbox, scope) = (outbox.clone(), (self.scope)());
            let connection = Arc::clone(&connection);
            // Pinned where it is made: awaited as it is, it would be moved, and it is long.
            async move { pin!(connection.handle_in_steps(message, outbox, scope)).await }
        };
        // A call that was answered at once leaves its place to the next one.
        let mut place = no_place_yet(&answer);
        let (mut in_a_row, mut began) = (0_u32, Instant::now());
        loop {
            while !calls.is_empty() && calls.try_join_next().is_some() {}
            if until.is_idle() && calls.is_empty() {
                return Ok(End::Idle);
            }
            let under_way = calls.len();
            let full = !connection.has_room(under_way, self.in_flight);
            let room = writer.has_room();
            // Lines that were read already are no reason to write, or to look for a signal.
            let there = if full || !room { None } else { lines.take() };
            let line = match there {
                Some(line) => Ok(line),
                None => {
                    in_a_row = 0;
                    let line = tokio::select! {
                        biased;
                        () = until.asked() => return Ok(End::Asked),
                        heard = writer.make_room() => match heard {
                            true => continue,
                            false => return Ok(End::Unheard),
                        },
                        _ = calls.join_next(), if full || until.is_idle() => continue,
                        () = connection.room((under_way, self.in_flight)), if full => continue,
                        line = lines.next(), if !full && room => line,
                    };
                    // What calls say before they are answered at once is written with their answers.
                    writer.expect();
                    line
                }
            };
            match line {
                Ok(Line::Text(message)) => {
                    let mut call = match place.take() {
                        Some(mut place) => {
                            place.set(answer(message));
                            place
                        }
                        None => Box::into_pin(Box::write(Box::new_uninit(), answer(message))),
                    };
                    // A message is read in its turn; a call that takes longer goes on in a task of its own.
                    match poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await {
                        Poll::Ready(reply) => {
                            place = Some(call);
                            if let Some(answer) = reply.into_bytes() {
                                writer.answer(answer);
                            }
                        }
                        Poll::Pending => {
                            let outbox = outbox.clone();
                            let call: BoxFuture<'static, Reply> = call;
                            calls.spawn(async move { send(&outbox, call.await).await });
                        }
                    }
                    in_a_row = in_a_row.wrapping_add(1);
                    if in_a_row == Self::LOOK {
                        began = Instant::now();
                    } else if in_a_row.is_multiple_of(Self::LOOK) && began.elapsed() > Self::TURN {
                        in_a_row = 0;
                        if poll_fn(|context| Poll::Ready(writer.poll(context))).await.is_ready() {
                            return Ok(End::Unheard);
                        }
                        tokio::task::yield_now().await;
                        writer.expect();
                    }
                }
                Ok(Line::TooLong) => writer.answer(self.too_long()),
                Ok(Line::End) => return Ok(End::Input),
                Err(error) => return Err(error),
            }
        }
    }

    fn too_long(&self) -> Bytes {
        let error =
            Error::parse_error(format!("a message is at most {} bytes long here", self.line_limit));
        Reply::error(None, None, &error, Stage::Before, false).into_bytes().unwrap_or_default()
    }
}

/// Whether nobody reads a stream any more.
type IsGone<W> = fn(&W) -> bool;

/// How long messages are read.
enum Until<'a> {
    /// Until the program is asked to stop.
    Asked(BoxFuture<'a, ()>),
    /// Until no call is running.
    Idle,
}

/// Why nothing more is read.
enum End {
    /// The input has ended.
    Input,
    /// The program is asked to stop.
    Asked,
    /// No call is running.
    Idle,
    /// Nobody reads the output any more.
    Unheard,
}

impl Until<'_> {
    fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    /// Ready when the program is asked to stop.
    async fn asked(&mut self) {
        match self {
            Self::Asked(stop) => stop.await,
            Self::Idle => pending().await,
        }
    }
}

/// Says the type that has no name.
fn no_place_yet<F>(_: &impl Fn(Bytes) -> F) -> Option<Pin<Box<F>>> {
    None
}

async fn send(outbox: &Outbox, reply: Reply) {
    if let Some(bytes) = reply.into_bytes() {
        // When nobody listens, the writer has ended, and with it everything else.
        let _ = outbox.send(bytes).await;
    }
}

impl<S> fmt::Debug for Stdio<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Stdio")
            .field("line_limit", &self.line_limit)
            .finish_non_exhaustive()
    }
}
