//! `/floor`: the floor as a snapshot. Supervisors see everything; agents see queues alone.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::access::SeesFloor;
use crate::auth::{Authority, Permitted};
use crate::clock;
use crate::events::protocol::watches;
use crate::problem::Answer;
use crate::wire::agent::FloorView;

/// The floor now.
#[utoipa::path(get, path = "/floor", tag = "floor", operation_id = "get_floor",
    security(("session" = []), ("machine" = ["floor:read"])),
    responses((status = 200, description = "Agents, queues and calls alive.", body = FloorView)))]
pub async fn get(
    State(app): State<App>,
    permitted: Permitted<SeesFloor>,
) -> Answer<Json<FloorView>> {
    let sees_agents = match &permitted.authority {
        Authority::Person(person) => watches(person.role),
        Authority::Machine(_) => true,
    };
    Ok(Json(app.floor(sees_agents, clock::now())))
}
