use minimcp::tool;

use std::borrow::Cow;

#[tool]
async fn length(text: Cow<'_, str>) -> usize {
    text.len()
}

fn main() {}
