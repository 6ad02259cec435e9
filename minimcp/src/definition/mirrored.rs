//! Arguments that headers repeat, for those on the way who do not read bodies (2026-07-28, `x-mcp-header`).

use serde_json::Value;

use crate::args::{value_length, walk};
use crate::error::{Error, Kind};

/// An argument that a header repeats.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mirrored {
    /// The name of the header, `Mcp-Param-` and what the schema says.
    pub(crate) header: String,
    /// Where the argument is: the names of the properties from the outermost on.
    path: Vec<String>,
}

impl Mirrored {
    /// The arguments that a schema marks with `x-mcp-header`, along its properties.
    pub(crate) fn all_of(schema: &Value) -> Vec<Self> {
        let mut found = Vec::new();
        collect(schema, &mut Vec::new(), &mut found);
        found
    }

    /// The JSON text of the argument; absent and `null` are `None`.
    ///
    /// # Errors
    ///
    /// -32020 when it is there twice: a reader of the body could take another one than the header repeats.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only HTTP has headers"))]
    pub(crate) fn find<'a>(&self, arguments: &'a str) -> Result<Option<&'a str>, Error> {
        let mut text = arguments;
        for name in &self.path {
            match member(text, name) {
                Ok(Some(value)) => text = value,
                Ok(None) => return Ok(None),
                Err(Twice) => {
                    let message =
                        format!("the argument `{name}`, which a header repeats, is there twice");
                    return Err(Error::of(Kind::HeaderMismatch, message));
                }
            }
        }
        Ok(Some(text).filter(|text| *text != "null"))
    }
}

fn collect(schema: &Value, path: &mut Vec<String>, found: &mut Vec<Mirrored>) {
    for (name, property) in
        schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        path.push(name.clone());
        if let Some(header) = property.get("x-mcp-header").and_then(Value::as_str) {
            found.push(Mirrored { header: format!("Mcp-Param-{header}"), path: path.clone() });
        }
        collect(property, path, found);
        path.pop();
    }
}

struct Twice;

/// The JSON text of a member of an object.
fn member<'a>(object: &'a str, name: &str) -> Result<Option<&'a str>, Twice> {
    let (mut value, mut twice) = (None, false);
    walk(object, |key, rest| {
        let length = value_length(rest)?;
        if key == name {
            twice |= value.replace(rest.get(..length)?).is_some();
        }
        Some(length)
    });
    if twice { Err(Twice) } else { Ok(value.map(str::trim)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn marks_are_found_along_properties_alone() {
        let schema = json!({
            "type": "object",
            "properties": {
                "plain": { "type": "string" },
                "region": { "type": "string", "x-mcp-header": "Region" },
                "where": { "properties": { "zone": { "x-mcp-header": "Zone" } } },
                "list": { "items": { "x-mcp-header": "Item" } },
            },
        });
        let found = Mirrored::all_of(&schema);
        let found: Vec<_> =
            found.iter().map(|one| (one.header.as_str(), one.path.join("."))).collect();
        let expected = [("Mcp-Param-Region", "region"), ("Mcp-Param-Zone", "where.zone")];
        assert_eq!(found, expected.map(|(header, path)| (header, path.to_owned())));
    }

    fn check(arguments: &str, expected: Result<Option<&str>, i32>) {
        let mirrored = Mirrored { header: String::new(), path: vec!["a".into(), "b".into()] };
        assert_eq!(mirrored.find(arguments).map_err(|error| error.code()), expected, "{arguments}");
    }

    #[test]
    fn an_argument_is_found_by_its_path() {
        check("{}", Ok(None));
        check(r#"{"a":5}"#, Ok(None));
        check(r#"{"a":{"b":null}}"#, Ok(None));
        check(r#"{ "b":1, "\u0061" : {"x":[], "b" : "c" } }"#, Ok(Some("\"c\"")));
        check(r#"{"a":{"b":1,"b":1}}"#, Err(-32020));
        check(r#"{"a":{"b":1},"a":{}}"#, Err(-32020));
    }
}
