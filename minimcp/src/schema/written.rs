//! Schemas as programs write them: what is wrong with one is found when the program starts.

use std::collections::HashSet;
use std::fmt;

use serde_json::{Map, Value};

use super::keywords::{Keyword, keyword};
use super::reference::{Reference, resolves};

/// The one dialect that is served. A schema that names none is of it (2025-11-25, JSON Schema Usage).
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// How deep schemas may nest, and how many there may be in one: more than any that a model reads, and little enough for
/// every client that walks them.
const DEPTH: usize = 64;
const COUNT: usize = 10_000;

const HEADER: &str = "x-mcp-header";

/// What is wrong with a schema, where, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    place: String,
    problem: String,
}

/// Checks the schema of a tool's arguments.
///
/// # Errors
///
/// If its root does not say `"type": "object"`, if an `x-mcp-header` stands where no header can repeat the value, and for
/// whatever [`check_schema`] finds.
pub(crate) fn check_arguments(schema: &Value) -> Result<(), Mistake> {
    check_schema(schema)?;
    if schema.get("type").is_none_or(|kind| kind != "object") {
        let problem = "the arguments of a tool are an object; write `\"type\": \"object\"`";
        return Err(Mistake { place: "#".into(), problem: problem.into() });
    }
    Walk { headers: Some(HashSet::new()), ..Walk::over(schema) }.schema(schema, schema, true)
}

/// Checks a schema.
///
/// # Errors
///
/// For another dialect than 2020-12, a reference to anything outside, a keyword with a value that it cannot have, `true`
/// or `false` as the schema of a property, and for a schema that is too deep or too large.
pub(crate) fn check_schema(schema: &Value) -> Result<(), Mistake> {
    if !schema.is_object() {
        let problem = "the root of a schema is an object, such as `{ \"type\": \"object\" }`";
        return Err(Mistake { place: "#".into(), problem: problem.into() });
    }
    Walk::over(schema).schema(schema, schema, true)?;
    // Only now is it known that following references takes bounded time.
    Walk { follows: true, ..Walk::over(schema) }.schema(schema, schema, true)
}

/// A walk over a schema and all schemas in it.
struct Walk<'s> {
    root: &'s Value,
    /// Where the walk is: the members from the root on.
    path: Vec<String>,
    depth: usize,
    count: usize,
    /// Whether references are followed.
    follows: bool,
    /// The names of headers so far, in lower case; `None` while headers are not looked at.
    headers: Option<HashSet<String>>,
}

impl<'s> Walk<'s> {
    fn over(root: &'s Value) -> Self {
        Self { root, path: Vec::new(), depth: 0, count: 0, follows: false, headers: None }
    }

    /// Checks a schema; `resource` is the schema around it that has an `$id`, or the root, and `named` tells whether
    /// nothing but properties lead to it.
    fn schema(
        &mut self,
        schema: &'s Value,
        resource: &'s Value,
        named: bool,
    ) -> Result<(), Mistake> {
        let members = match schema {
            Value::Object(members) => members,
            Value::Bool(_) => return Ok(()),
            _ => return self.fail("a schema is an object, or `true`, or `false`"),
        };
        self.count += 1;
        if self.depth > DEPTH {
            return self.fail(format!("schemas nest {DEPTH} deep at most; refer to `$defs`"));
        }
        if self.count > COUNT {
            return self.fail(format!("there are more than {COUNT} schemas in this one"));
        }
        let resource = if members.contains_key("$id") { schema } else { resource };
        self.header(members, named)?;
        self.depth += 1;
        for (name, value) in members {
            self.path.push(name.clone());
            self.member(name, value, resource, named)?;
            self.path.pop();
        }
        self.depth -= 1;
        Ok(())
    }

    /// Checks the value of a keyword. Others than those of the dialect may have any.
    fn member(
        &mut self,
        name: &str,
        value: &'s Value,
        resource: &'s Value,
        named: bool,
    ) -> Result<(), Mistake> {
        match keyword(name) {
            Some(Keyword::Schema) => self.schema(value, resource, false),
            Some(Keyword::Schemas) => match value {
                Value::Array(list) if !list.is_empty() => {
                    self.each(list.iter().enumerate(), |walk, schema| {
                        walk.schema(schema, resource, false)
                    })
                }
                _ => self.fail("has to be a list of schemas, and not an empty one"),
            },
            Some(Keyword::NamedSchemas) => match value {
                Value::Object(schemas) => {
                    let properties = name == "properties";
                    self.each(schemas, |walk, schema| {
                        if properties && let Value::Bool(any) = schema {
                            let instead = if *any { "{}" } else { "{ \"not\": {} }" };
                            return walk.fail(format!(
                                "many clients know no `{any}` for a property; write `{instead}`"
                            ));
                        }
                        walk.schema(schema, resource, named && properties)
                    })
                }
                _ => self.fail("has to be an object of schemas"),
            },
            Some(Keyword::Plain(fits, expected)) => match fits(value) {
                true => Ok(()),
                false => self.fail(format!("has to be {expected}")),
            },
            Some(Keyword::Dialect) => match value.as_str().map(|it| it.trim_end_matches('#')) {
                Some(DIALECT) => Ok(()),
                _ => self.fail(format!(
                    "only `{DIALECT}` is served; write that, or leave `$schema` out"
                )),
            },
            Some(Keyword::Reference) => match value.as_str() {
                None => self.fail("has to be a text"),
                Some(_) if !self.follows => Ok(()),
                Some(to) => match resolves(to, resource, self.root) {
                    Reference::Inside => Ok(()),
                    Reference::Broken => {
                        self.fail(format!("there is nothing at `{to}` in this schema"))
                    }
                    Reference::Outside => self.fail(format!(
                        "`{to}` is not in this schema, and nothing is fetched; put it under `$defs` \
                         and refer to `#/$defs/…`"
                    )),
                },
            },
            None => Ok(()),
        }
    }

    fn each<K: fmt::Display>(
        &mut self,
        schemas: impl IntoIterator<Item = (K, &'s Value)>,
        mut check: impl FnMut(&mut Self, &'s Value) -> Result<(), Mistake>,
    ) -> Result<(), Mistake> {
        for (name, schema) in schemas {
            self.path.push(name.to_string());
            check(self, schema)?;
            self.path.pop();
        }
        Ok(())
    }

    /// Checks the mark that a header repeats the value (2026-07-28, `x-mcp-header`).
    fn header(&mut self, members: &Map<String, Value>, named: bool) -> Result<(), Mistake> {
        let (Some(headers), Some(name)) = (&mut self.headers, members.get(HEADER)) else {
            return Ok(());
        };
        let is_token = |name: &&str| !name.is_empty() && name.bytes().all(is_token_character);
        let problem = match name.as_str().filter(is_token) {
            None => {
                "has to be the name of a header: letters, digits and !#$%&'*+-.^_`|~".to_owned()
            }
            Some(name) if !headers.insert(name.to_ascii_lowercase()) => {
                format!("`{name}` is the header of another property already; take another name")
            }
            Some(_) if !named || self.path.is_empty() => {
                "marks a property; mark one that is reached by `properties` alone".to_owned()
            }
            Some(_) => match members.get("type").and_then(Value::as_str) {
                Some("string" | "integer" | "boolean") => return Ok(()),
                _ => "marks a text, an integer or a flag; write `\"type\": \"string\"`, \
                      `\"integer\"` or `\"boolean\"`, or take the mark away"
                    .to_owned(),
            },
        };
        self.path.push(HEADER.to_owned());
        self.fail(problem)
    }

    fn fail<T>(&self, problem: impl Into<String>) -> Result<T, Mistake> {
        let place = std::iter::once("#").chain(self.path.iter().map(String::as_str));
        Err(Mistake { place: place.collect::<Vec<_>>().join("/"), problem: problem.into() })
    }
}

/// RFC 9110, 5.6.2.
fn is_token_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "at `{}`: {}", self.place, self.problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A schema, and what is wrong with it; nothing if that is empty.
    fn check(schema: Value, mistake: &str) {
        let found = check_arguments(&schema).err().map_or_else(String::new, |it| it.to_string());
        match mistake.is_empty() {
            true => assert_eq!(found, "", "{schema}"),
            false => assert!(found.starts_with(&format!("at `{mistake}")), "{schema}: {found}"),
        }
    }

    /// A property, and what is wrong with it.
    fn check_property(property: Value, mistake: &str) {
        let mistake =
            if mistake.is_empty() { String::new() } else { format!("#/properties/p{mistake}") };
        check(json!({ "type": "object", "properties": { "p": property } }), &mistake);
    }

    #[test]
    fn every_keyword_of_the_dialect_may_be_used() {
        check(
            json!({
                "$schema": DIALECT,
                "$id": "https://example.com/tool",
                "type": "object",
                "$defs": { "address": { "$anchor": "there", "type": "object" }, "all": true },
                "properties": {
                    "a": { "$ref": "#/$defs/address" },
                    "b": { "$ref": "#there" },
                    "c": { "$ref": "#" },
                    "d": { "$ref": "https://example.com/tool#/$defs/all" },
                    "e": { "type": ["string", "null"], "enum": ["x", null], "pattern": "^x" },
                    "f": { "type": "array", "prefixItems": [{}, true], "items": false, "minItems": 0 },
                    "g": { "minimum": -1, "multipleOf": 0.5, "default": { "type": 5 } },
                    "h": { "const": { "$ref": "https://example.com/no-reference" } },
                    "%a b": { "$ref": "#/properties/%25a%20b" },
                    "a/b": { "$ref": "#/properties/a~1b" },
                },
                "allOf": [{ "anyOf": [{ "required": ["a"] }, { "required": ["b"] }] }],
                "if": { "properties": { "e": { "const": "x" } } },
                "then": { "required": ["a"] },
                "else": true,
                "dependentRequired": { "a": ["b"] },
                "unevaluatedProperties": false,
                "x-anything": [{ "$ref": 5 }],
            }),
            "",
        );
    }

    #[test]
    fn the_root_is_an_object() {
        for schema in [json!(true), json!([]), json!("object"), json!(null)] {
            check(schema, "#`: the root");
        }
        for schema in [json!({}), json!({ "type": "string" }), json!({ "type": ["object"] })] {
            check(schema, "#`: the arguments of a tool are an object");
        }
    }

    #[test]
    fn one_dialect_is_served() {
        for dialect in [DIALECT.to_owned(), format!("{DIALECT}#")] {
            check(json!({ "$schema": dialect, "type": "object" }), "");
        }
        for dialect in [json!("http://json-schema.org/draft-04/schema#"), json!(5), json!("")] {
            check(json!({ "$schema": dialect, "type": "object" }), "#/$schema`: only `https:");
        }
    }

    #[test]
    fn references_stay_inside() {
        for to in [
            "https://example.com/schema.json",
            "http://169.254.169.254/",
            "file:///etc/passwd",
            "other.json#/a",
            "//example.com/a",
        ] {
            for keyword in ["$ref", "$dynamicRef"] {
                let mistake = format!("/{keyword}`: `{to}` is not in this schema");
                check_property(json!({ keyword: to }), &mistake);
            }
        }
        for to in ["#/$defs/none", "#none", "#/properties/p/"] {
            check_property(json!({ "$ref": to }), &format!("/$ref`: there is nothing at `{to}`"));
        }
        check_property(json!({ "$ref": 5 }), "/$ref`: has to be a text");
    }

    #[test]
    fn keywords_have_values_of_their_kind() {
        for (property, mistake) in [
            (json!(true), "`: many clients know no `true` for a property; write `{}`"),
            (
                json!(false),
                "`: many clients know no `false` for a property; write `{ \"not\": {} }`",
            ),
            (json!("string"), "`: a schema is an object"),
            (json!({ "type": "text" }), "/type`"),
            (json!({ "type": [] }), "/type`"),
            (json!({ "type": ["string", "string"] }), "/type`"),
            (json!({ "properties": [] }), "/properties`"),
            (json!({ "required": true }), "/required`"),
            (json!({ "required": ["a", "a"] }), "/required`"),
            (json!({ "enum": "a" }), "/enum`"),
            (json!({ "minimum": "1" }), "/minimum`"),
            (json!({ "exclusiveMinimum": true }), "/exclusiveMinimum`: has to be a number"),
            (json!({ "multipleOf": 0 }), "/multipleOf`"),
            (json!({ "minLength": -1 }), "/minLength`"),
            (json!({ "uniqueItems": 1 }), "/uniqueItems`"),
            (json!({ "pattern": 1 }), "/pattern`"),
            (json!({ "items": [{}] }), "/items`: a schema is an object"),
            (json!({ "anyOf": [] }), "/anyOf`"),
            (json!({ "anyOf": [{ "type": 1 }] }), "/anyOf/0/type`"),
            (json!({ "not": { "properties": { "q": true } } }), "/not/properties/q`"),
            (json!({ "dependentRequired": { "a": "b" } }), "/dependentRequired`"),
        ] {
            check_property(property, mistake);
        }
    }

    #[test]
    fn a_schema_has_bounds() {
        let nested =
            |depth: usize| (0..depth).fold(json!({}), |inner, _| json!({ "anyOf": [inner] }));
        check_property(nested(DEPTH - 2), "");
        check_property(nested(DEPTH), "/anyOf/0");
        check_property(json!({ "anyOf": vec![json!({}); COUNT - 3] }), "");
        check_property(json!({ "anyOf": vec![json!({}); COUNT] }), "/anyOf/9998`: there are more");
    }

    #[test]
    fn headers_repeat_plain_properties_alone() {
        let marked = |kind: &str| json!({ "type": kind, "x-mcp-header": "Region" });
        for kind in ["string", "integer", "boolean"] {
            check_property(marked(kind), "");
            check_property(json!({ "properties": { "q": marked(kind) } }), "");
        }
        for kind in ["number", "object", "array", "null"] {
            check_property(marked(kind), "/x-mcp-header`: marks a text, an integer or a flag");
        }
        check_property(json!({ "x-mcp-header": "Region" }), "/x-mcp-header`: marks a text");
        check_property(
            json!({ "type": ["string", "null"], "x-mcp-header": "A" }),
            "/x-mcp-header`",
        );
        for name in [
            json!(""),
            json!("a b"),
            json!("a:b"),
            json!("ä"),
            json!("a\r\nb"),
            json!(1),
            json!(null),
        ] {
            let property = json!({ "type": "string", "x-mcp-header": name });
            check_property(property, "/x-mcp-header`: has to be the name of a header");
        }
        for inner in [
            json!({ "items": marked("string") }),
            json!({ "anyOf": [marked("string")] }),
            json!({ "additionalProperties": marked("string") }),
            json!({ "patternProperties": { "q": marked("string") } }),
            json!({ "$defs": { "q": marked("string") } }),
            json!({ "if": { "properties": { "q": marked("string") } } }),
        ] {
            let found = check_arguments(&json!({ "type": "object", "properties": { "p": inner } }));
            let found = found.unwrap_err().to_string();
            assert!(found.contains("x-mcp-header`: marks a property; mark one"), "{found}");
        }
        check(
            json!({ "type": "object", "x-mcp-header": "Root" }),
            "#/x-mcp-header`: marks a property",
        );
        for (one, other) in [("Region", "Region"), ("Region", "rEGION")] {
            let property = |name: &str| json!({ "type": "string", "x-mcp-header": name });
            let nested = json!({ "properties": { "b": property(other) } });
            let schema =
                json!({ "type": "object", "properties": { "a": property(one), "n": nested } });
            check(schema, "#/properties/n/properties/b/x-mcp-header`: `");
        }
    }
}
