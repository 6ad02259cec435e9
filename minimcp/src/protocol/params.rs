//! The parameters of all methods, read in one walk; values stay text until something needs them.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::envelope::Member;
use super::meta::Meta;
use super::scan::Scanner;
use crate::error::Error;

/// The members of `params` that the methods of this server know.
#[derive(Default, Debug)]
pub(crate) struct Params<'a> {
    /// All of it.
    json: Member<'a>,
    pub(crate) name: Member<'a>,
    pub(crate) uri: Member<'a>,
    pub(crate) arguments: Member<'a>,
    pub(crate) raw_meta: Member<'a>,
    /// The members of `_meta`.
    pub(crate) meta: Meta<'a>,
    seldom: Option<Box<Seldom<'a>>>,
}

/// The members that most messages have none of. They are apart, so that a call under way does not carry their room along.
#[derive(Default, Debug)]
pub(crate) struct Seldom<'a> {
    pub(crate) reference: Member<'a>,
    pub(crate) argument: Member<'a>,
    pub(crate) context: Member<'a>,
    pub(crate) cursor: Member<'a>,
    pub(crate) protocol_version: Member<'a>,
    pub(crate) capabilities: Member<'a>,
    pub(crate) client_info: Member<'a>,
    pub(crate) level: Member<'a>,
    pub(crate) notifications: Member<'a>,
    pub(crate) request_id: Member<'a>,
    #[cfg(feature = "ask")]
    pub(crate) input_responses: Member<'a>,
    #[cfg(feature = "ask")]
    pub(crate) request_state: Member<'a>,
    /// The first member that is there twice.
    twice: Option<&'a str>,
    /// The same of `_meta`.
    twice_in_meta: Option<&'a str>,
}

static NOTHING: LazyLock<Seldom<'static>> = LazyLock::new(Seldom::default);

impl<'a> Params<'a> {
    /// Reads the parameters where the scanner is; gives their text.
    pub(super) fn read(&mut self, scanner: &mut Scanner<'a>) -> Option<&'a str> {
        let json = match scanner.byte()? {
            b'{' => scanner.text_of(|scanner| {
                scanner.object(|scanner, name| {
                    let key = name.decode()?;
                    let (mut twice, mut twice_in_meta) = (None, None);
                    let value = match key.as_ref() {
                        "_meta" => self.meta.read(scanner, &mut twice_in_meta)?,
                        _ => scanner.value()?,
                    };
                    if let Some(member) = self.member(&key) {
                        member.put(value, name, &mut twice);
                    }
                    if twice.or(twice_in_meta).is_some() {
                        let seldom = self.seldom.get_or_insert_default();
                        seldom.twice = seldom.twice.or(twice);
                        seldom.twice_in_meta = seldom.twice_in_meta.or(twice_in_meta);
                    }
                    Some(())
                })
            }),
            _ => scanner.value(),
        }?;
        self.json = Member(Some(json));
        Some(json)
    }

    /// The members that most messages have none of.
    pub(crate) fn seldom(&self) -> &Seldom<'a> {
        self.seldom.as_deref().unwrap_or(&NOTHING)
    }

    fn member(&mut self, name: &str) -> Option<&mut Member<'a>> {
        Some(match name {
            "name" => &mut self.name,
            "uri" => &mut self.uri,
            "arguments" => &mut self.arguments,
            "_meta" => &mut self.raw_meta,
            _ => {
                let member = Seldom::member(name)?;
                member(self.seldom.get_or_insert_default())
            }
        })
    }

    /// Whether the parameters, and `_meta` in them, are objects with each member once; absent ones are empty ones.
    ///
    /// # Errors
    ///
    /// -32602 when they are not.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let seldom = self.seldom();
        check(self.json, "params", seldom.twice)?;
        check(self.raw_meta, "params._meta", seldom.twice_in_meta)
    }
}

impl<'a> Seldom<'a> {
    /// Where the member of this name is.
    fn member(name: &str) -> Option<fn(&mut Self) -> &mut Member<'a>> {
        Some(match name {
            "ref" => |seldom| &mut seldom.reference,
            "argument" => |seldom| &mut seldom.argument,
            "context" => |seldom| &mut seldom.context,
            "cursor" => |seldom| &mut seldom.cursor,
            "protocolVersion" => |seldom| &mut seldom.protocol_version,
            "capabilities" => |seldom| &mut seldom.capabilities,
            "clientInfo" => |seldom| &mut seldom.client_info,
            "level" => |seldom| &mut seldom.level,
            "notifications" => |seldom| &mut seldom.notifications,
            "requestId" => |seldom| &mut seldom.request_id,
            #[cfg(feature = "ask")]
            "inputResponses" => |seldom| &mut seldom.input_responses,
            #[cfg(feature = "ask")]
            "requestState" => |seldom| &mut seldom.request_state,
            _ => return None,
        })
    }
}

fn check(object: Member<'_>, name: &str, twice: Option<&str>) -> Result<(), Error> {
    if !object.is_absent() && !object.is_object() {
        return Err(Error::invalid_params(format!("`{name}` has to be an object")));
    }
    match twice {
        Some(member) => Err(Error::invalid_params(format!("`{name}.{member}` is there twice"))),
        None => Ok(()),
    }
}

/// The text of a member that has to be a string.
///
/// # Errors
///
/// -32602 naming the member, when it is absent or no string.
pub(crate) fn required_string<'a>(member: Member<'a>, name: &str) -> Result<Cow<'a, str>, Error> {
    if let Some(text) = member.decode() {
        return Ok(text);
    }
    Err(Error::invalid_params(match member.0 {
        None => format!("`params.{name}` is missing"),
        Some(_) => format!("`params.{name}` has to be a string"),
    }))
}
