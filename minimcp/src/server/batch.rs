//! Batches: several messages in one array (2025-03-26, Base Protocol, Batching).

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use serde::Deserializer as _;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::dispatch::without_marks;
use super::{Handed, MiniMcp, Transport};
use crate::boxed::BoxFuture;
use crate::error::Error;
use crate::outbox::Outbox;
use crate::protocol::envelope::Message;
use crate::protocol::params::Params;
use crate::protocol::reply::{Reply, Stage};

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// Answers the messages of a batch side by side.
    // In a box: its messages are answered in the same way as it is itself.
    pub(super) fn answer_batch<'b>(
        &'b self,
        batch: &'b Bytes,
        transport: &'b dyn Transport,
        outbox: &'b Outbox,
        scope: &'b S,
    ) -> BoxFuture<'b, Reply> {
        Box::pin(async move {
            let texts = match read(batch, self.options().batch_limit) {
                Ok(texts) => texts,
                Err(error) => return self.refuse_batched(None, transport, &error),
            };
            // What was read of an element stays noted until the batch is answered: until then its id is in use.
            let elements: Vec<_> = texts
                .into_iter()
                .map(|text| (text, batch.slice_ref(text.as_bytes()), transport.element()))
                .collect();
            let answers = elements.iter().map(|(text, message, element)| {
                let transport = element.as_deref().unwrap_or(transport);
                match check(text) {
                    Ok(()) => Answer::Awaited(Box::pin(self.answer(
                        message,
                        transport,
                        outbox.clone(),
                        Handed::Shared(scope),
                    ))),
                    Err((id, error)) => Answer::Given(self.refuse_batched(id, transport, &error)),
                }
            });
            join(answers.collect()).await
        })
    }

    fn refuse_batched(&self, id: Option<&str>, transport: &dyn Transport, error: &Error) -> Reply {
        self.refuse(id, transport.believed_revision(), error, Stage::Before)
    }
}

/// Whether a message is an array, if it is JSON.
pub(super) fn is_array(message: &[u8]) -> bool {
    let message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
    message.trim_ascii_start().first() == Some(&b'[')
}

/// The texts of the messages in a batch.
///
/// # Errors
///
/// That it is no JSON; that it is empty or too long; or that a message in it describes itself: then its client speaks
/// a revision without batches, and none of the messages can be trusted to mean what 2025-03-26 says.
fn read(batch: &[u8], limit: usize) -> Result<Vec<&str>, Error> {
    let text =
        std::str::from_utf8(batch).map_err(|_| Error::parse_error("the message is not UTF-8"))?;
    let mut reader = serde_json::Deserializer::from_str(without_marks(text));
    let texts = reader.deserialize_seq(Elements { limit }).and_then(|texts| {
        reader.end()?;
        Ok(texts)
    });
    let texts = texts
        .map_err(|error| Error::parse_error(format!("the message is not JSON: {error}")))?
        .ok_or_else(|| {
            Error::invalid_request(format!("a batch has at most {limit} messages here"))
        })?;
    if texts.is_empty() {
        return Err(Error::invalid_request("a batch has at least one message"));
    }
    if texts.iter().any(|text| describes_itself(text)) {
        return Err(Error::invalid_request(
            "the revision that a message of this batch names has no batches; send them one by one",
        ));
    }
    Ok(texts)
}

/// The elements of an array as text, unless there are too many; then none of them is kept.
struct Elements {
    limit: usize,
}

impl<'de> Visitor<'de> for Elements {
    type Value = Option<Vec<&'de str>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while texts.len() < self.limit {
            match elements.next_element::<&'de RawValue>()? {
                Some(element) => texts.push(element.get()),
                None => return Ok(Some(texts)),
            }
        }
        let mut too_many = false;
        while elements.next_element::<IgnoredAny>()?.is_some() {
            too_many = true;
        }
        Ok((!too_many).then_some(texts))
    }
}

/// Whether a message is of a modern revision, or says so.
fn describes_itself(text: &str) -> bool {
    let mut params = Params::default();
    let calls = matches!(
        Message::parse(text, &mut params),
        Ok(Message::Request(_) | Message::Notification(_))
    );
    calls && params.check().is_ok() && params.meta.claims_modern()
}

/// Refuses what may be a message, but not in a batch.
fn check(text: &str) -> Result<(), (Option<&str>, Error)> {
    if text.starts_with('[') {
        return Err((None, Error::invalid_request("a batch has messages in it, not batches")));
    }
    match Message::parse(text, &mut Params::default()) {
        // Its answer decides what all other messages mean, so it cannot run beside them.
        Ok(Message::Request(request)) if request.method == "initialize" => {
            Err((Some(request.id), Error::invalid_request("`initialize` is sent alone")))
        }
        _ => Ok(()),
    }
}

/// The answer to one message of a batch.
enum Answer<'a> {
    Awaited(Pin<Box<dyn Future<Output = Reply> + Send + 'a>>),
    Given(Reply),
}

impl Answer<'_> {
    /// Whether it is given.
    fn poll(&mut self, context: &mut Context<'_>) -> bool {
        if let Self::Awaited(answer) = self
            && let Poll::Ready(reply) = answer.as_mut().poll(context)
        {
            // The handler is gone with its future, so its place is free while others go on.
            *self = Self::Given(reply);
        }
        matches!(self, Self::Given(_))
    }
}

/// Waits for all answers at once, in place: no task is spawned, and dropping this drops all handlers.
///
/// Each poll looks at every one that is not given. So the first poll reads all messages in their order, and none goes
/// on before the second one, as a transport that reads in steps expects.
async fn join(mut answers: Vec<Answer<'_>>) -> Reply {
    poll_fn(|context| {
        let mut all = true;
        for answer in &mut answers {
            all &= answer.poll(context);
        }
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    Reply::batch(answers.into_iter().filter_map(|answer| match answer {
        Answer::Given(reply) => Some(reply),
        Answer::Awaited(_) => None,
    }))
}
