//! What became of a value that was read into a type and written back.

use serde_json::Value;

/// What differs, each with its path; nothing if all came back.
pub(crate) fn between(sent: &Value, written: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare(sent, written, "$", &mut differences);
    differences
}

fn compare(sent: &Value, written: &Value, path: &str, differences: &mut Vec<String>) {
    match (sent, written) {
        (Value::Object(sent), Value::Object(written)) => {
            for (name, value) in sent {
                let path = format!("{path}.{name}");
                match written.get(name) {
                    Some(written) => compare(value, written, &path, differences),
                    None => differences.push(format!("{path} is foreign to the type")),
                }
            }
            for name in written.keys().filter(|name| !sent.contains_key(*name)) {
                differences.push(format!("{path}.{name} is missing, and the type has it"));
            }
        }
        (Value::Array(sent), Value::Array(written)) if sent.len() == written.len() => {
            for (index, (sent, written)) in sent.iter().zip(written).enumerate() {
                compare(sent, written, &format!("{path}[{index}]"), differences);
            }
        }
        (sent, written) if same(sent, written) => {}
        (sent, written) => differences.push(format!("{path} is {sent}, and became {written}")),
    }
}

/// Whether two values are the same; `1` and `1.0` are.
fn same(one: &Value, other: &Value) -> bool {
    one == other
        || (one.is_f64() || other.is_f64())
            && one.as_f64().is_some_and(|number| other.as_f64() == Some(number))
}
