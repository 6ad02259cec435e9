//! Notes of several people, each of whom sees their own: a server behind an authorization server.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use minimcp::auth::{Jwt, Principal};
use minimcp::http::{Authorization, Endpoint};
use minimcp::{MiniMcp, handlers, tool};

/// The notes of each person, by the id of their principal.
static NOTES: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// More notes than this nobody keeps here.
const MOST: usize = 100;

/// Say who is calling
#[tool(read_only)]
async fn whoami(caller: Principal) -> String {
    caller.subject().to_owned()
}

/// List your notes
#[tool(read_only, scopes("notes:read"))]
async fn list_notes(caller: Principal) -> Vec<String> {
    let notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner);
    notes.get(&caller.id()).cloned().unwrap_or_default()
}

/// Write a note
#[tool(scopes("notes:read", "notes:write"))]
async fn write_note(text: String, caller: Principal) -> Result<&'static str, &'static str> {
    let mut notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner);
    let own = notes.entry(caller.id()).or_default();
    if own.len() == MOST {
        return Err("there are 100 notes already; delete some");
    }
    own.push(text);
    Ok("noted")
}

/// Delete the notes of everybody
#[tool(destructive)]
async fn delete_all_notes() {
    NOTES.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// The server. Only those in the group `staff` see the tool that deletes everything.
#[must_use]
pub fn server() -> MiniMcp<Principal> {
    MiniMcp::new("notes")
        .handlers(handlers![whoami, list_notes, write_note, delete_all_notes])
        .access(|caller: &Principal, handler| {
            let groups: Vec<String> = caller.claim("groups").unwrap_or_default();
            handler.name() != "delete_all_notes" || groups.iter().any(|group| group == "staff")
        })
}

/// The server behind HTTP, for those who show a token of this issuer that is for `resource`.
#[must_use]
pub fn endpoint(issuer: &str, resource: &str) -> Endpoint<Principal> {
    behind(Jwt::discover(issuer, resource))
}

/// The server behind these tokens.
#[must_use]
pub fn behind(tokens: Jwt) -> Endpoint<Principal> {
    let authorization =
        Authorization::from(tokens).includes("notes", ["notes:read", "notes:write"]);
    Endpoint::streamable(server()).authorize(authorization)
}
