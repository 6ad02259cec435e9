//! The JSON-RPC envelope, read without copying: `id` and `params` stay text of the message.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::params::Params;
use super::scan::{Quoted, Scanner};
use crate::error::Error;

/// A message of the protocol, borrowed from the text that carried it.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    /// A call that has to be answered.
    Request(Request<'a>),
    /// A call that must not be answered.
    Notification(Notification<'a>),
    /// An answer to a request of the server.
    Response(Response<'a>),
}

/// A request: what is asked, and under which id to answer.
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    /// The JSON text of the id, a string or an integer; it is sent back byte for byte.
    pub(crate) id: &'a str,
    pub(crate) method: Cow<'a, str>,
    /// The JSON text of an object, or nothing.
    pub(crate) params: Option<&'a str>,
}

/// A notification.
#[derive(Debug, Clone)]
pub(crate) struct Notification<'a> {
    pub(crate) method: Cow<'a, str>,
}

/// An answer of the client; what it says is left to whoever asked.
#[derive(Debug, Clone)]
pub(crate) struct Response<'a> {
    /// The JSON text of the id of the request that it answers.
    #[cfg_attr(not(feature = "ask"), allow(dead_code, reason = "only who asks is answered"))]
    pub(crate) id: Option<&'a str>,
}

/// A message that is none: what is wrong with it, and the id to answer under where it could be read.
#[derive(Debug)]
pub(crate) struct Malformed<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) error: Error,
}

impl<'a> Message<'a> {
    /// Reads a message, and the members of its parameters into `params`, all in one walk over the text.
    ///
    /// Whether the parameters are as they have to be is not looked at: that is for [`Params::check`], when it is their
    /// turn. A member of the envelope that is there twice is refused, because two readers of one message could
    /// otherwise take different ones.
    pub(crate) fn parse(text: &'a str, params: &mut Params<'a>) -> Result<Self, Malformed<'a>> {
        let envelope =
            Envelope::read(text, params).map_err(|error| Malformed { id: None, error })?;
        let id = envelope.id.0.filter(|id| is_id(id));
        envelope.into_message(id).map_err(|error| Malformed { id, error })
    }
}

/// The error for what is no object, and so no message.
#[cold]
fn no_object(text: &str) -> Error {
    let mut scanner = Scanner::of(text);
    let is_array = scanner.byte() == Some(b'[');
    if scanner.value().is_none() || scanner.end().is_none() {
        return not_json(text);
    }
    Error::invalid_request(match is_array {
        true => "this revision of the protocol has no batches of messages; send them one by one",
        false => "a message is a JSON object",
    })
}

/// The error for text that the scanner did not pass: serde_json says where and why.
fn not_json(text: &str) -> Error {
    Error::parse_error(match serde_json::from_str::<IgnoredAny>(text) {
        Err(error) => format!("the message is not JSON: {error}"),
        Ok(_) => "the message is not JSON: a name in it has escapes that are no text".to_owned(),
    })
}

/// The members of the envelope as JSON text, present or not.
#[derive(Default)]
struct Envelope<'a> {
    jsonrpc: Member<'a>,
    id: Member<'a>,
    method: Member<'a>,
    params: Member<'a>,
    result: Member<'a>,
    error: Member<'a>,
}

impl<'a> Envelope<'a> {
    fn read(text: &'a str, params: &mut Params<'a>) -> Result<Self, Error> {
        let (mut envelope, mut twice) = (Self::default(), None);
        let mut scanner = Scanner::of(text);
        if scanner.byte() != Some(b'{') {
            return Err(no_object(text));
        }
        let walked = scanner.object(|scanner, name| {
            let key = name.decode()?;
            let value = match key.as_ref() {
                "params" => params.read(scanner)?,
                _ => scanner.value()?,
            };
            let member = match key.as_ref() {
                "jsonrpc" => &mut envelope.jsonrpc,
                "id" => &mut envelope.id,
                "method" => &mut envelope.method,
                "params" => &mut envelope.params,
                "result" => &mut envelope.result,
                "error" => &mut envelope.error,
                _ => return Some(()),
            };
            member.put(value, name, &mut twice);
            Some(())
        });
        if walked.and_then(|()| scanner.end()).is_none() {
            return Err(not_json(text));
        }
        match twice {
            None => Ok(envelope),
            Some(name) => Err(Error::invalid_request(format!("`{name}` is there twice"))),
        }
    }

    /// The message with this id, if it has one that can be.
    fn into_message(self, id: Option<&'a str>) -> Result<Message<'a>, Error> {
        if self.jsonrpc.0 != Some(r#""2.0""#) {
            return Err(Error::invalid_request("`jsonrpc` has to be \"2.0\""));
        }
        if let (Some(wrong), None) = (self.id.0, id) {
            let shown = if wrong.len() > 40 { "…" } else { wrong };
            return Err(Error::invalid_request(format!(
                "`id` has to be a string or an integer, and is {shown}"
            )));
        }
        if self.method.0.is_none() && (self.result.0.is_some() || self.error.0.is_some()) {
            return Ok(Message::Response(Response { id }));
        }
        let method = self
            .method
            .decode()
            .ok_or_else(|| Error::invalid_request("`method` has to be a string"))?;
        let params = self.params.0.filter(|params| *params != "null");
        match id {
            Some(id) => Ok(Message::Request(Request { id, method, params })),
            None => Ok(Message::Notification(Notification { method })),
        }
    }
}

/// A member of an object as JSON text: absent is `None`, and an explicit `null` is the text `null`.
#[derive(Default, Debug, Clone, Copy)]
pub(crate) struct Member<'a>(pub(crate) Option<&'a str>);

impl<'a> Member<'a> {
    /// Puts a value in; `twice` is the first name of which there was a value already.
    pub(super) fn put(&mut self, value: &'a str, name: Quoted<'a>, twice: &mut Option<&'a str>) {
        if self.0.replace(value).is_some() {
            twice.get_or_insert(name.inside());
        }
    }

    /// Whether the member is absent, or `null`.
    pub(crate) fn is_absent(self) -> bool {
        self.0.is_none_or(|json| json == "null")
    }

    pub(crate) fn is_object(self) -> bool {
        self.0.is_some_and(|json| json.starts_with('{'))
    }

    /// The text of a string without escapes. Method names, versions and the like have none.
    pub(crate) fn as_str(self) -> Option<&'a str> {
        let text = self.0?.strip_prefix('"')?.strip_suffix('"')?;
        (!text.contains('\\')).then_some(text)
    }

    /// The text of any string. Some writers escape every slash, so even the name of a method may have escapes.
    pub(crate) fn decode(self) -> Option<Cow<'a, str>> {
        let borrowed = self.as_str().map(Cow::Borrowed);
        borrowed.or_else(|| serde_json::from_str(self.0?).ok().map(Cow::Owned))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Member<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de RawValue>::deserialize(deserializer).map(|raw| Self(Some(raw.get())))
    }
}

/// Whether JSON text is a string that can be sent back as it came: one with half of a pair of surrogates is no text, and not
/// every reader of JSON would take the answer.
pub(super) fn is_string(json: &str) -> bool {
    json.starts_with('"') && (!json.contains('\\') || serde_json::from_str::<String>(json).is_ok())
}

/// Whether JSON text is an id: a string, or a number without fraction and exponent.
fn is_id(json: &str) -> bool {
    let digits = json.strip_prefix('-').unwrap_or(json);
    is_string(json) || (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(text: &str) -> String {
        match Message::parse(text, &mut Params::default()) {
            Ok(Message::Request(request)) => {
                format!(
                    "request {} {} {}",
                    request.id,
                    request.method,
                    request.params.unwrap_or("-")
                )
            }
            Ok(Message::Notification(notification)) => {
                format!("notification {}", notification.method)
            }
            Ok(Message::Response(response)) => {
                format!("response {}", response.id.unwrap_or("-"))
            }
            Err(malformed) => format!("{} {}", malformed.error.code(), malformed.id.unwrap_or("-")),
        }
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(describe(text), expected, "{text}");
    }

    #[test]
    fn requests_keep_the_text_of_their_id() {
        for id in [
            "1",
            "0",
            "-1",
            "\"1\"",
            "\"\"",
            "9007199254740993",
            "\"a\\u0062\"",
            "123456789012345678901234567890",
        ] {
            check(
                &format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#),
                &format!("request {id} ping -"),
            );
        }
    }

    #[test]
    fn an_absent_id_is_a_notification_and_a_null_id_is_an_error() {
        check(r#"{"jsonrpc":"2.0","method":"x"}"#, "notification x");
        check(r#"{"jsonrpc":"2.0","id":null,"method":"x"}"#, "-32600 -");
        for id in ["1.5", "true", "{}", "[]", "1e3", r#""\ud800""#, r#""a\ude00b""#] {
            check(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"x"}}"#), "-32600 -");
        }
    }

    #[test]
    fn the_id_is_kept_where_the_rest_is_wrong() {
        check(r#"{"jsonrpc":"1.0","id":7,"method":"x"}"#, "-32600 7");
        check(r#"{"id":7,"method":"x"}"#, "-32600 7");
        check(r#"{"jsonrpc":"2.0","id":7}"#, "-32600 7");
        check(r#"{"jsonrpc":"2.0","id":7,"method":5}"#, "-32600 7");
    }

    #[test]
    fn what_is_not_json_is_a_parse_error() {
        for text in
            ["", "{", "nonsense", r#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, "{\"a\":\u{1}}"]
        {
            check(text, "-32700 -");
        }
    }

    #[test]
    fn json_that_is_no_message_is_an_invalid_request() {
        for text in
            ["[]", "1", "\"x\"", "null", "{}", r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#]
        {
            check(text, "-32600 -");
        }
        check(r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, "-32600 -");
    }

    #[test]
    fn answers_of_the_client_are_told_apart() {
        check(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "response 1");
        check(r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#, "response 1");
    }

    #[test]
    fn a_method_may_have_escapes() {
        check(r#"{"jsonrpc":"2.0","id":1,"method":"tools\/call"}"#, "request 1 tools/call -");
        check(r#"{"jsonrpc":"2.0","method":"\u0070ing"}"#, "notification ping");
        check(r#"{"jsonrpc":"2.0","id":1,"method":"no\/such"}"#, "request 1 no/such -");
    }

    #[test]
    fn extra_members_and_null_params_are_fine() {
        check(
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":null,"extra":[1]}"#,
            "request 1 ping -",
        );
    }
}
