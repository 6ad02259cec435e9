//! The prompts that the suite asks for.

use minimcp::{Content, Message, ResourceContents, prompt};

use crate::media::PNG;

/// A prompt without arguments
#[prompt]
pub(crate) async fn test_simple_prompt() -> &'static str {
    "This is a simple prompt for testing."
}

/// Names that begin with what was typed
async fn names(typed: &str) -> Vec<&'static str> {
    let names = ["paris", "park", "party", "test"];
    names.into_iter().filter(|name| name.starts_with(typed)).collect()
}

/// A prompt with two arguments
#[prompt]
pub(crate) async fn test_prompt_with_arguments(
    /// The first argument
    #[arg(complete = names)]
    arg1: &str,
    /// The second argument
    arg2: &str,
) -> String {
    format!("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")
}

/// A prompt with a resource in it
#[prompt]
pub(crate) async fn test_prompt_with_embedded_resource(
    /// The URI of the resource
    #[arg(name = "resourceUri")]
    resource_uri: &str,
) -> Vec<Message> {
    let contents = ResourceContents::text(resource_uri, "Embedded resource content for testing.");
    vec![
        Message::user(Content::resource(contents.mime_type("text/plain"))),
        Message::user("Please process the embedded resource above."),
    ]
}

/// A prompt with an image in it
#[prompt]
pub(crate) async fn test_prompt_with_image() -> (Content, &'static str) {
    (Content::image(PNG, "image/png"), "Please analyze the image above.")
}
