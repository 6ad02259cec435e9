//! Calls by the program itself, which come in no message and wait for no turn.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::MiniMcp;
use crate::call::{About, Call, Part};
use crate::error::{Error, Kind};
use crate::outbox::Outbox;
use crate::protocol::types::message::GetPromptResult;
use crate::protocol::types::resource::ResourceContents;
use crate::protocol::types::tool_result::CallToolResult;
use crate::registry::lead;

impl<S: Send + Sync + 'static> MiniMcp<S> {
    pub(crate) async fn call_tool(
        &self,
        name: &str,
        arguments: &impl Serialize,
        scope: &S,
    ) -> Result<CallToolResult, Error> {
        let arguments = to_object(arguments)?;
        let tool = self.tool(name)?;
        let call = self.own_call("tools/call", name);
        self.run_tool(&tool, (&call).into(), scope, &arguments).await
    }

    pub(crate) async fn get_prompt(
        &self,
        name: &str,
        arguments: &impl Serialize,
        scope: &S,
    ) -> Result<GetPromptResult, Error> {
        let arguments = to_object(arguments)?;
        let prompt = self.prompt(name)?;
        self.run_prompt(&prompt, &self.own_call("prompts/get", name), scope, &arguments).await
    }

    pub(crate) async fn read_resource(
        &self,
        uri: &str,
        scope: &S,
    ) -> Result<Vec<ResourceContents>, Error> {
        let candidates = self.registry().resources.candidates(uri);
        let (resource, variables) =
            lead(&candidates, uri).ok_or_else(|| Error::resource_not_found(uri))?;
        self.run_resource(resource, variables, &self.own_call("resources/read", uri), scope).await
    }

    pub(crate) async fn read_resource_by_name(
        &self,
        name: &str,
        variables: &impl Serialize,
        scope: &S,
    ) -> Result<Vec<ResourceContents>, Error> {
        let variables = serde_json::to_value(variables).unwrap_or_default();
        let resource = self.registry().resources.get(name).ok_or_else(|| {
            Error::of(Kind::ResourceNotFound, format!("Resource {name} not found"))
                .with_data(&serde_json::json!({ "name": name }))
        })?;
        let uri = resource.uri.expand(|variable| match variables.get(variable)? {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
        let uri = uri.ok_or_else(|| {
            let names: Vec<_> = resource.uri.names().collect();
            Error::arguments(format!(
                "Missing variables: {} needs {}.",
                resource.uri(),
                names.join(", ")
            ))
        })?;
        let variables = resource.uri.matches(&uri).unwrap_or_default();
        self.run_resource(&resource, variables, &self.own_call("resources/read", &uri), scope).await
    }

    /// A call that came in no message.
    fn own_call(&self, method: &'static str, name: &str) -> Call {
        let name = Part::Own(name.into());
        let about =
            About { method, name, server: Some(Arc::clone(&self.options)), ..About::default() };
        Call::new(about, Outbox::none())
    }
}

/// The JSON text of arguments that the program gives itself.
fn to_object(arguments: &impl Serialize) -> Result<Cow<'static, str>, Error> {
    let json = serde_json::to_string(arguments)
        .map_err(|error| Error::invalid_params(format!("the arguments cannot be JSON: {error}")))?;
    match json.as_str() {
        "null" => Ok(Cow::Borrowed("{}")),
        object if object.starts_with('{') => Ok(Cow::Owned(json)),
        _ => Err(Error::invalid_params("the arguments have to be an object")),
    }
}
