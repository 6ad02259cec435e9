//! Texts that must stay text, and far too much of them.

use minimcp::{Call, Content, Tool, tool};
use serde_json::{Map, Value, json};

/// What would run if a page took it for markup.
pub(crate) const MARKUP: &str = "<script>window.owned=1</script><img src=x onerror=\"window.owned=1\"><svg onload=\"window.owned=1\"></svg>";

/// Answers with megabytes
#[tool]
pub(crate) async fn megabytes() -> String {
    "All work and no play. ".repeat(150_000)
}

/// Answers with many members
#[tool]
pub(crate) async fn many() -> Vec<u64> {
    (0..20_000).collect()
}

/// Answers with links that nobody should follow
#[tool]
pub(crate) async fn links() -> Result<Vec<Content>, String> {
    let links = [
        "javascript:window.owned=1",
        "data:text/html,<script>window.owned=1</script>",
        "https://example.com/a",
    ];
    links
        .into_iter()
        .map(|uri| json!({ "type": "resource_link", "uri": uri, "name": MARKUP, "description": MARKUP }))
        .map(|link| serde_json::from_value(link).map_err(|error| error.to_string()))
        .collect()
}

/// Answers with images that are none
#[tool]
pub(crate) async fn images() -> Vec<Content> {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' onload='window.owned=1'><script>window.owned=1</script></svg>";
    vec![
        Content::image(svg.as_bytes().to_vec(), "image/svg+xml"),
        Content::image(MARKUP.as_bytes().to_vec(), "text/html"),
        Content::image(MARKUP.as_bytes().to_vec(), "image/png\" onerror=\"window.owned=1"),
    ]
}

/// Says what it is told
#[tool]
pub(crate) async fn says(text: &str) -> Result<String, String> {
    Err(format!("{text} {MARKUP}"))
}

/// A tool of which every text is hostile.
pub(crate) fn tool() -> Tool {
    let schema = json!({
        "type": "object",
        "properties": {
            MARKUP: { "type": "string", "title": MARKUP, "description": MARKUP, "default": MARKUP },
            "__proto__": { "type": "string", "description": "a name that is not only a name" },
            "constructor": { "type": "string", "enum": [MARKUP, "javascript:window.owned=1"] },
            "x\"onfocus=\"window.owned=1": { "type": "object", "properties": { MARKUP: { "const": MARKUP } } },
        },
    });
    Tool::from_fn("hostile", |given: Map<String, Value>, _: Call| async move {
        Ok::<_, String>(vec![
            Content::text(MARKUP),
            Content::text(Value::Object(given).to_string()),
        ])
    })
    .title(MARKUP)
    .description(format!("{MARKUP}\n\n`{MARKUP}` {}", "long ".repeat(20_000)))
    .input_schema(schema)
}
