//! The loop: lines in, calls side by side, lines out.

use std::future::{pending, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::lines::{Line, Lines};
use super::output::Writer;
use super::serve::Stdio;
use crate::boxed::{BoxFuture, boxed};
use crate::connection::Connection;
use crate::error::Error;
use crate::outbox::Outbox;
use crate::protocol::reply::{Reply, Stage};

impl<S: Send + Sync + 'static> Stdio<S> {
    /// For so long messages are answered in a row; then others have their turn: the writer, the calls that run.
    const TURN: Duration = Duration::from_millis(2);
    /// After this many messages it is looked whether the turn is over.
    const LOOK: u32 = 16;

    /// Reads messages until there are no more, or it is time.
    ///
    /// In a box, so that nobody who waits for it carries a call along.
    pub(super) fn converse<'a, R, W>(
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
        let answer = |message: Bytes, connection: Arc<Connection<S>>| {
            let (outbox, scope) = (outbox.clone(), (self.scope)());
            async move {
                // Pinned where it is made: awaited as it is, it would be moved, and it is long.
                let reply = pin!(connection.answer(message, outbox, scope, true)).await;
                (reply, connection)
            }
        };
        // A call that was answered at once leaves its place, and its part of the connection, to the next one.
        let mut left = nothing_left_yet(&answer);
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
                    if in_a_row == 0 {
                        began = Instant::now();
                    }
                    let mut call = match left.take() {
                        Some((mut place, part)) => {
                            place.set(answer(message, part));
                            place
                        }
                        None => boxed(|| answer(message, Arc::clone(&connection))),
                    };
                    // A message is read in its turn; a call that takes longer goes on in a task of its own.
                    match poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await {
                        Poll::Ready((reply, part)) => {
                            left = Some((call, part));
                            if let Some(answer) = reply.into_bytes() {
                                writer.answer(answer);
                            }
                        }
                        Poll::Pending => {
                            let outbox = outbox.clone();
                            let call: BoxFuture<'static, (Reply, _)> = call;
                            calls.spawn(async move { send(&outbox, call.await.0).await });
                        }
                    }
                    in_a_row = in_a_row.wrapping_add(1);
                    if in_a_row.is_multiple_of(Self::LOOK) && began.elapsed() > Self::TURN {
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

/// How long messages are read.
pub(super) enum Until<'a> {
    /// Until the program is asked to stop.
    Asked(BoxFuture<'a, ()>),
    /// Until no call is running.
    Idle,
}

/// Why nothing more is read.
pub(super) enum End {
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
fn nothing_left_yet<A, B, F>(_: &impl Fn(A, B) -> F) -> Option<(Pin<Box<F>>, B)> {
    None
}

async fn send(outbox: &Outbox, reply: Reply) {
    if let Some(bytes) = reply.into_bytes() {
        // When nobody listens, the writer has ended, and with it everything else.
        let _ = outbox.send(bytes).await;
    }
}
