//! Which type of a revision a message is of.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a value into a type and writes it back.
pub(crate) type RoundTrip = fn(&Value) -> Result<Value, String>;

fn round_trip<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let read: T = serde_path_to_error::deserialize(value).map_err(|error| {
        format!("it does not fit its type at {}: {}", error.path(), error.inner())
    })?;
    serde_json::to_value(read).map_err(|error| error.to_string())
}

/// The types of one revision: of results by the method of their request, of what the server sends by its method.
pub(crate) struct Types {
    pub(crate) result: fn(&str) -> Option<RoundTrip>,
    pub(crate) notification: fn(&str) -> Option<RoundTrip>,
    pub(crate) request: fn(&str) -> Option<RoundTrip>,
    pub(crate) error: fn(i64) -> RoundTrip,
    /// Alternatives of which the first that fits would be taken, whatever it loses.
    pub(crate) form_fields: &'static [RoundTrip],
    /// What is around a notification or a request is a part of its type.
    pub(crate) with_envelope: bool,
}

/// The types of a revision.
pub(crate) fn of(revision: &str) -> Option<&'static Types> {
    match revision {
        "2024-11-05" => Some(&V2024_11_05),
        "2025-03-26" => Some(&V2025_03_26),
        "2025-06-18" => Some(&V2025_06_18),
        "2025-11-25" => Some(&V2025_11_25),
        "2026-07-28" => Some(&V2026_07_28),
        _ => None,
    }
}

macro_rules! types {
    (
        $name:ident of $schema:path;
        results { $($result:literal => $result_type:ident,)* }
        notifications { $($notification:literal => $notification_type:ident,)* }
        requests { $($request:literal => $request_type:ident,)* }
        errors { $($code:literal => $error_type:ident,)* else $other_error:ident }
        form_fields { $($field:ident,)* }
        with_envelope: $with_envelope:literal
    ) => {
        static $name: Types = {
            use $schema as schema;
            Types {
                result: |method| match method {
                    $($result => Some(round_trip::<schema::$result_type>),)*
                    _ => None,
                },
                notification: |method| match method {
                    $($notification => Some(round_trip::<schema::$notification_type>),)*
                    _ => None,
                },
                request: |method| match method {
                    $($request => Some(round_trip::<schema::$request_type>),)*
                    _ => None,
                },
                error: |code| match code {
                    $($code => round_trip::<schema::$error_type>,)*
                    _ => round_trip::<schema::$other_error>,
                },
                form_fields: &[$(round_trip::<schema::$field>,)*],
                with_envelope: $with_envelope,
            }
        };
    };
}

types! {
    V2024_11_05 of schema_2024_11_05::mcp_2024_11_05;
    results {
        "initialize" => InitializeResult,
        "ping" => EmptyResult,
        "tools/list" => ListToolsResult,
        "tools/call" => CallToolResult,
        "prompts/list" => ListPromptsResult,
        "prompts/get" => GetPromptResult,
        "resources/list" => ListResourcesResult,
        "resources/templates/list" => ListResourceTemplatesResult,
        "resources/read" => ReadResourceResult,
        "resources/subscribe" => EmptyResult,
        "resources/unsubscribe" => EmptyResult,
        "completion/complete" => CompleteResult,
        "logging/setLevel" => EmptyResult,
    }
    notifications {
        "notifications/cancelled" => CancelledNotification,
        "notifications/progress" => ProgressNotification,
        "notifications/message" => LoggingMessageNotification,
        "notifications/resources/updated" => ResourceUpdatedNotification,
        "notifications/resources/list_changed" => ResourceListChangedNotification,
        "notifications/tools/list_changed" => ToolListChangedNotification,
        "notifications/prompts/list_changed" => PromptListChangedNotification,
    }
    requests {
        "ping" => PingRequest,
        "sampling/createMessage" => CreateMessageRequest,
        "roots/list" => ListRootsRequest,
    }
    errors { else JsonrpcError }
    form_fields {}
    with_envelope: false
}

types! {
    V2025_03_26 of schema_2025_03_26::mcp_2025_03_26;
    results {
        "initialize" => InitializeResult,
        "ping" => EmptyResult,
        "tools/list" => ListToolsResult,
        "tools/call" => CallToolResult,
        "prompts/list" => ListPromptsResult,
        "prompts/get" => GetPromptResult,
        "resources/list" => ListResourcesResult,
        "resources/templates/list" => ListResourceTemplatesResult,
        "resources/read" => ReadResourceResult,
        "resources/subscribe" => EmptyResult,
        "resources/unsubscribe" => EmptyResult,
        "completion/complete" => CompleteResult,
        "logging/setLevel" => EmptyResult,
    }
    notifications {
        "notifications/cancelled" => CancelledNotification,
        "notifications/progress" => ProgressNotification,
        "notifications/message" => LoggingMessageNotification,
        "notifications/resources/updated" => ResourceUpdatedNotification,
        "notifications/resources/list_changed" => ResourceListChangedNotification,
        "notifications/tools/list_changed" => ToolListChangedNotification,
        "notifications/prompts/list_changed" => PromptListChangedNotification,
    }
    requests {
        "ping" => PingRequest,
        "sampling/createMessage" => CreateMessageRequest,
        "roots/list" => ListRootsRequest,
    }
    errors { else JsonrpcError }
    form_fields {}
    with_envelope: false
}

types! {
    V2025_06_18 of schema_2025_06_18::mcp_2025_06_18;
    results {
        "initialize" => InitializeResult,
        "ping" => EmptyResult,
        "tools/list" => ListToolsResult,
        "tools/call" => CallToolResult,
        "prompts/list" => ListPromptsResult,
        "prompts/get" => GetPromptResult,
        "resources/list" => ListResourcesResult,
        "resources/templates/list" => ListResourceTemplatesResult,
        "resources/read" => ReadResourceResult,
        "resources/subscribe" => EmptyResult,
        "resources/unsubscribe" => EmptyResult,
        "completion/complete" => CompleteResult,
        "logging/setLevel" => EmptyResult,
    }
    notifications {
        "notifications/cancelled" => CancelledNotification,
        "notifications/progress" => ProgressNotification,
        "notifications/message" => LoggingMessageNotification,
        "notifications/resources/updated" => ResourceUpdatedNotification,
        "notifications/resources/list_changed" => ResourceListChangedNotification,
        "notifications/tools/list_changed" => ToolListChangedNotification,
        "notifications/prompts/list_changed" => PromptListChangedNotification,
    }
    requests {
        "ping" => PingRequest,
        "sampling/createMessage" => CreateMessageRequest,
        "roots/list" => ListRootsRequest,
        "elicitation/create" => ElicitRequest,
    }
    errors { else JsonrpcError }
    form_fields { StringSchema, NumberSchema, BooleanSchema, EnumSchema, }
    with_envelope: false
}

types! {
    V2025_11_25 of schema_2025_11_25::mcp_2025_11_25;
    results {
        "initialize" => InitializeResult,
        "ping" => EmptyResult,
        "tools/list" => ListToolsResult,
        "tools/call" => CallToolResult,
        "prompts/list" => ListPromptsResult,
        "prompts/get" => GetPromptResult,
        "resources/list" => ListResourcesResult,
        "resources/templates/list" => ListResourceTemplatesResult,
        "resources/read" => ReadResourceResult,
        "resources/subscribe" => EmptyResult,
        "resources/unsubscribe" => EmptyResult,
        "completion/complete" => CompleteResult,
        "logging/setLevel" => EmptyResult,
    }
    notifications {
        "notifications/cancelled" => CancelledNotification,
        "notifications/progress" => ProgressNotification,
        "notifications/message" => LoggingMessageNotification,
        "notifications/resources/updated" => ResourceUpdatedNotification,
        "notifications/resources/list_changed" => ResourceListChangedNotification,
        "notifications/tools/list_changed" => ToolListChangedNotification,
        "notifications/prompts/list_changed" => PromptListChangedNotification,
        "notifications/elicitation/complete" => ElicitationCompleteNotification,
    }
    requests {
        "ping" => PingRequest,
        "sampling/createMessage" => CreateMessageRequest,
        "roots/list" => ListRootsRequest,
        "elicitation/create" => ElicitRequest,
    }
    errors { -32042 => UrlElicitationRequiredError, else JsonrpcErrorResponse }
    form_fields {
        StringSchema, NumberSchema, BooleanSchema, UntitledSingleSelectEnumSchema, TitledSingleSelectEnumSchema,
        UntitledMultiSelectEnumSchema, TitledMultiSelectEnumSchema, LegacyTitledEnumSchema,
    }
    with_envelope: true
}

types! {
    V2026_07_28 of schema_2026_07_28::mcp_2026_07_28;
    results {
        "server/discover" => DiscoverResult,
        "tools/list" => ListToolsResult,
        "tools/call" => CallToolResult,
        "prompts/list" => ListPromptsResult,
        "prompts/get" => GetPromptResult,
        "resources/list" => ListResourcesResult,
        "resources/templates/list" => ListResourceTemplatesResult,
        "resources/read" => ReadResourceResult,
        "completion/complete" => CompleteResult,
        "subscriptions/listen" => SubscriptionsListenResult,
        // No method has this name; it is what these three may answer first.
        "tools/call, input required" => InputRequiredResult,
        "prompts/get, input required" => InputRequiredResult,
        "resources/read, input required" => InputRequiredResult,
    }
    notifications {
        "notifications/cancelled" => CancelledNotification,
        "notifications/progress" => ProgressNotification,
        "notifications/message" => LoggingMessageNotification,
        "notifications/resources/updated" => ResourceUpdatedNotification,
        "notifications/resources/list_changed" => ResourceListChangedNotification,
        "notifications/tools/list_changed" => ToolListChangedNotification,
        "notifications/prompts/list_changed" => PromptListChangedNotification,
        "notifications/subscriptions/acknowledged" => SubscriptionsAcknowledgedNotification,
    }
    requests {}
    errors {
        -32020 => HeaderMismatchError,
        -32021 => MissingRequiredClientCapabilityError,
        -32022 => UnsupportedProtocolVersionError,
        else JsonrpcErrorResponse
    }
    form_fields {
        StringSchema, NumberSchema, BooleanSchema, UntitledSingleSelectEnumSchema, TitledSingleSelectEnumSchema,
        UntitledMultiSelectEnumSchema, TitledMultiSelectEnumSchema, LegacyTitledEnumSchema,
    }
    with_envelope: true
}
