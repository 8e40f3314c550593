//! The API's description, OpenAPI 3.1, made from the endpoints themselves. Pure.
//!
//! Endpoints say what is particular to them; what follows from their kind is added here: every
//! refusal is a problem, every signed-in endpoint can answer 401 and 403, every body 400, 413, 415
//! and 422.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::events::protocol::ClientFrame;
use crate::problem::{PROBLEM_JSON, ProblemBody};
use crate::{api, auth, operating};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "The Helpline",
        description = "A two-tier public health helpline: agents, calls, records. Times are \
            RFC 3339 in Indian Standard Time. Writes by a cookie session show `x-csrf-token`; \
            writes on versioned things send `If-Match` and creations may send `Idempotency-Key`. \
            Personal data never stands in a URL.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ProblemBody, ClientFrame)),
    modifiers(&Schemes),
    tags(
        (name = "session", description = "Signing in and out."),
        (name = "agents", description = "The signed-in agent's own state and audio."),
        (name = "floor", description = "Agents and queues."),
        (name = "reservations", description = "A ringing console."),
        (name = "calls", description = "Calls alive."),
        (name = "contacts", description = "People and households in the records."),
        (name = "cases", description = "What is being done for a citizen."),
        (name = "interactions", description = "Each contact with the helpline."),
        (name = "callbacks", description = "Callers who wish to be called back."),
        (name = "recordings", description = "The kept sound of calls."),
        (name = "search", description = "One box over the records."),
        (name = "vocabulary", description = "The words that forms choose from."),
        (name = "web-calls", description = "A citizen calls from the browser."),
        (name = "events", description = "The event stream."),
        (name = "users", description = "Accounts."),
        (name = "audit", description = "Who saw and changed what."),
        (name = "operating", description = "For those who run the program."),
    ),
)]
struct Description;

/// All endpoints with their description, complete.
pub fn router() -> (axum::Router<App>, utoipa::openapi::OpenApi) {
    let (router, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .nest(api::PREFIX, api::router())
        .merge(operating::router())
        .split_for_parts();
    complete(&mut description);
    (router, description)
}

/// The description as the text that is checked in: pretty, with a line break at the end.
#[must_use]
pub fn text() -> String {
    let (_, description) = router();
    // A description of maps and strings always serialises.
    let mut text = description.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        let cookie = ApiKeyValue::with_description(
            auth::cookie::NAME,
            "A signed-in person. Writes show the session's csrf_token as x-csrf-token besides.",
        );
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
        components.add_security_scheme("session", session);
        let machine = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("machine", machine);
    }
}

/// Adds to every operation what follows from its kind.
fn complete(description: &mut utoipa::openapi::OpenApi) {
    for item in description.paths.paths.values_mut() {
        for operation in operations(item) {
            if signed_in(operation) {
                add(operation, "401", "Not signed in, or the session is over.");
                add(operation, "403", "The role or the scope does not allow it, or no CSRF token.");
            }
            if operation.request_body.is_some() {
                add(operation, "400", "The body is not JSON.");
                add(operation, "413", "The body is larger than allowed.");
                add(operation, "415", "The body is not `application/json`.");
                add(operation, "422", "A field was not accepted; see `errors`.");
            }
            if operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty()) {
                add(operation, "400", "A parameter cannot be read.");
            }
            add(operation, "500", "A fault of ours; the log has the cause under `instance`.");
            add(operation, "503", "Not now; see Retry-After.");
            every_refusal_is_a_problem(operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch]
        .into_iter()
        .flatten()
}

/// Whether the operation needs somebody to be signed in.
fn signed_in(operation: &Operation) -> bool {
    let text = serde_json::to_string(&operation.security).unwrap_or_default();
    text.contains("session")
}

fn add(operation: &mut Operation, status: &str, what: &str) {
    let responses = &mut operation.responses.responses;
    if !responses.contains_key(status) {
        responses.insert(status.to_owned(), RefOr::T(Response::new(what)));
    }
}

fn every_refusal_is_a_problem(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && response.content.is_empty()
        {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(problem));
        }
    }
}
