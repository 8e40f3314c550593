//! `/trunks`: the lines to carriers and how they are doing.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::WatchesFloor;
use crate::wire::trunk::Trunk;

/// All trunks.
#[utoipa::path(get, path = "/trunks", tag = "floor", operation_id = "list_trunks",
    security(("session" = []), ("machine" = ["floor:read"])),
    responses((status = 200, description = "In the order of the settings.", body = Vec<Trunk>)))]
pub async fn list(State(app): State<App>, _: Permitted<WatchesFloor>) -> Json<Vec<Trunk>> {
    Json(app.exchange().trunks().iter().map(Into::into).collect())
}
