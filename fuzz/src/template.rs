//! URIs: what a template finds in them is safe to use, and leads back.

use std::collections::BTreeMap;

use minimcp::Error;

use crate::server::{TEMPLATES, server};
use crate::wire::block_on;

pub(crate) fn run(bytes: &[u8]) {
    let Ok(uri) = str::from_utf8(bytes) else { return };
    let found: Result<_, Error> = block_on(server().resources().read(uri, ()));
    let Ok(contents) = found else { return };
    // The one resource that gives back plain text, which can look like anything.
    if uri.starts_with("files://") {
        return;
    }
    let Ok(found) =
        serde_json::from_str::<BTreeMap<String, String>>(contents[0].as_text().unwrap())
    else {
        return;
    };
    for (name, value) in &found {
        assert!(!value.contains('\0'), "{name}={value:?} of {uri:?}");
        let in_path = TEMPLATES.iter().any(|template| {
            template.contains(&format!("{{{name}}}")) || template.contains(&format!("{{+{name}}}"))
        });
        let steps = value.split(['/', '\\']).any(|segment| segment == "." || segment == "..");
        assert!(!steps || !in_path || uri.contains('?'), "{name}={value:?} of {uri:?}");
    }
}
