//! The trace that a call is part of (W3C Trace Context; 2026-07-28, `_meta`).

use std::fmt;

/// What a caller says of the trace that its call is part of.
///
/// It comes from `params._meta` in every revision, or from the headers of the request over HTTP. What is not as the W3C
/// recommendations demand is left out, and so is a `tracestate` without its `traceparent`. It is what the client says,
/// and proves nothing.
///
/// ```
/// use minimcp::{tool, Call};
///
/// /// Say which trace this is
/// #[tool]
/// async fn trace(call: Call) -> String {
///     call.trace_context().trace_id().unwrap_or("none").to_owned()
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TraceContext(Option<Box<Named>>);

/// What was named; in a box, since most calls name nothing.
#[derive(Clone, Default, PartialEq, Eq)]
struct Named {
    traceparent: Option<String>,
    tracestate: Option<String>,
    baggage: Option<String>,
}

impl TraceContext {
    /// The identity of the caller's span: version, trace, span and flags, as in
    /// `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
    #[must_use]
    pub fn traceparent(&self) -> Option<&str> {
        self.0.as_ref()?.traceparent.as_deref()
    }

    /// What the tracing systems on the way say of the trace, to be handed on with the `traceparent`.
    #[must_use]
    pub fn tracestate(&self) -> Option<&str> {
        self.0.as_ref()?.tracestate.as_deref()
    }

    /// Names and values that the application gave the trace along (W3C Baggage).
    #[must_use]
    pub fn baggage(&self) -> Option<&str> {
        self.0.as_ref()?.baggage.as_deref()
    }

    /// The id of the trace: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.traceparent()?.get(3..35)
    }

    /// The id of the caller's span: 16 hexadecimal digits.
    #[must_use]
    pub fn span_id(&self) -> Option<&str> {
        self.traceparent()?.get(36..52)
    }

    /// Whether the caller records the trace.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        let flags = self.traceparent().and_then(|parent| parent.get(53..55));
        flags
            .and_then(|flags| u8::from_str_radix(flags, 16).ok())
            .is_some_and(|flags| flags & 1 == 1)
    }

    /// What is well-formed of this.
    pub(crate) fn checked(
        traceparent: Option<String>,
        tracestate: Option<String>,
        baggage: Option<String>,
    ) -> Self {
        let traceparent = traceparent.filter(|text| is_traceparent(text));
        let tracestate = tracestate.filter(|text| traceparent.is_some() && is_tracestate(text));
        Self::of(Named {
            traceparent,
            tracestate,
            baggage: baggage.filter(|text| is_baggage(text)),
        })
    }

    /// What the message says, and the transport's word where it says nothing. The two parts of the identity come
    /// from one of them.
    pub(crate) fn or(self, transport: &Self) -> Self {
        let own = self.0.map(|own| *own).unwrap_or_default();
        let named = transport.clone().0.map(|named| *named).unwrap_or_default();
        let (traceparent, tracestate) = match own.traceparent {
            Some(_) => (own.traceparent, own.tracestate),
            None => (named.traceparent, named.tracestate),
        };
        Self::of(Named { traceparent, tracestate, baggage: own.baggage.or(named.baggage) })
    }

    fn of(named: Named) -> Self {
        Self((named != Named::default()).then(|| Box::new(named)))
    }
}

/// Trace Context, 3.2.2: `version-trace-span-flags`. Later versions may go on after another `-`.
fn is_traceparent(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(digits)
    };
    let ids_fit = |range| digits(range).is_some_and(|id| id.bytes().any(|byte| byte != b'0'));
    let dashes_fit = [2, 35, 52].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
    let length_fits = match digits(0..2) {
        None | Some("ff") => false,
        Some("00") => text.len() == 55,
        Some(_) => text.len() == 55 || text.as_bytes().get(55) == Some(&b'-'),
    };
    length_fits && dashes_fit && ids_fit(3..35) && ids_fit(36..52) && digits(53..55).is_some()
}

/// Trace Context, 3.3.1: up to 32 members `key=value`, no key twice; members may be empty.
fn is_tracestate(text: &str) -> bool {
    let mut keys = Vec::new();
    let members = text.split(',').map(|member| member.trim_matches([' ', '\t']));
    for member in members.filter(|member| !member.is_empty()) {
        let Some((key, value)) = member.split_once('=') else { return false };
        let value_fits = (1..=256).contains(&value.len())
            && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && !b",=".contains(&byte));
        if keys.len() == 32 || keys.contains(&key) || !is_state_key(key) || !value_fits {
            return false;
        }
        keys.push(key);
    }
    !keys.is_empty()
}

fn is_state_key(key: &str) -> bool {
    let fits = |part: &str, longest: usize, starts: fn(u8) -> bool| {
        part.len() <= longest
            && part.bytes().next().is_some_and(starts)
            && part.bytes().all(|byte| is_lower_or_digit(byte) || b"_-*/".contains(&byte))
    };
    match key.split_once('@') {
        None => fits(key, 256, |byte| byte.is_ascii_lowercase()),
        Some((tenant, system)) => {
            fits(tenant, 241, is_lower_or_digit)
                && fits(system, 14, |byte| byte.is_ascii_lowercase())
        }
    }
}

fn is_lower_or_digit(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Baggage, 3.3.1: members `key=value;property;property=value`; at most 64 of them in 8192 bytes have to be handed on,
/// and more are not taken.
fn is_baggage(text: &str) -> bool {
    let is_key = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    let is_value =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte));
    let pair = |text: &str| {
        let (key, value) = text.split_once('=')?;
        Some(is_key(key.trim_matches([' ', '\t'])) && is_value(value.trim_matches([' ', '\t'])))
    };
    let member = |text: &str| {
        let mut parts = text.split(';').map(|part| part.trim_matches([' ', '\t']));
        parts.next().and_then(pair) == Some(true)
            && parts.all(|property| pair(property).unwrap_or_else(|| is_key(property)))
    };
    text.len() <= 8192 && text.split(',').count() <= 64 && text.split(',').all(member)
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Baggage may hold what is no business of logs.
        formatter
            .debug_struct("TraceContext")
            .field("traceparent", &self.traceparent())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn check(fits: fn(&str) -> bool, text: &str, expected: bool) {
        assert_eq!(fits(text), expected, "{text}");
    }

    #[test]
    fn identities_of_spans() {
        for text in [
            PARENT,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes",
        ] {
            check(is_traceparent, text, true);
        }
        for text in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
            "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333é-01",
        ] {
            check(is_traceparent, text, false);
        }
    }

    #[test]
    fn states_of_traces() {
        for text in
            ["a=1", "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE", "0t@sys=x y,,b_-*/=!", "a=1,\t"]
        {
            check(is_tracestate, text, true);
        }
        let many = (0..33).map(|n| format!("a{n}=1,")).collect::<String>();
        for text in
            ["", ",", "a", "a=", "A=1", "1=1", "a=1,a=2", "a=b=c", "a=ü", "@b=1", "a@=1", &many]
        {
            check(is_tracestate, text, false);
        }
    }

    #[test]
    fn baggage_of_traces() {
        for text in ["a=1", "userId=alice , isProduction=false;p;q = 2", "a=", "a=%20x"] {
            check(is_baggage, text, true);
        }
        for text in
            ["", "a", "=1", "a b=1", "a=1,", "a=b c", "a=\"x\"", "a=ü", "a=1;", &"a=1,".repeat(70)]
        {
            check(is_baggage, text, false);
        }
    }

    #[test]
    fn the_message_comes_before_the_transport() {
        let of = |parent: &str, state: &str, baggage: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            TraceContext::checked(some(parent), some(state), some(baggage))
        };
        let transport = of(PARENT, "a=1", "x=1");
        assert_eq!(of("", "", "").or(&transport), transport);
        assert_eq!(of("", "b=2", "y=2").or(&transport), of(PARENT, "a=1", "y=2"));
        let other = PARENT.replace("01", "00");
        assert_eq!(of(&other, "", "").or(&transport), of(&other, "", "x=1"));
        let own = of(PARENT, "nonsense", "nonsense");
        assert_eq!((own.tracestate(), own.baggage(), own.is_sampled()), (None, None, true));
        assert_eq!(own.trace_id(), Some("0af7651916cd43dd8448eb211c80319c"));
        assert_eq!(own.span_id(), Some("b7ad6b7169203331"));
    }
}
