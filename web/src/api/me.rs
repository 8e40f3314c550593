//! `/me`: the signed-in person, and what this person's browser needs.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::Signed;
use crate::auth::access::{Anyone, TakesCalls};
use crate::wire::ice::IceServers;
use crate::wire::person::Me;
use crate::{clock, turn};

/// The signed-in person.
#[utoipa::path(get, path = "/me", tag = "session", operation_id = "get_me",
    security(("session" = [])),
    responses((status = 200, description = "Who you are.", body = Me)))]
pub async fn get(signed: Signed<Anyone>) -> Json<Me> {
    Json((&signed.person).into())
}

/// The servers that help an agent's browser through a firewall, with credentials for a shift. Ask
/// again before they end.
#[utoipa::path(get, path = "/me/ice-servers", tag = "agents", operation_id = "get_own_ice_servers",
    security(("session" = [])),
    responses((status = 200, description = "The servers; a secret.", body = IceServers)))]
pub async fn ice_servers(State(app): State<App>, _signed: Signed<TakesCalls>) -> Json<IceServers> {
    let settings = &app.settings().turn;
    let lifetime = settings.agent_lifetime();
    Json(turn::servers(settings, clock::now(), lifetime, clock::random_id()))
}
