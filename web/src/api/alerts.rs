//! `/alerts`: what supervisors should look at, and who has.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::access::{DirectsFloor, WatchesFloor};
use crate::auth::{Permitted, Signed};
use crate::extract::Param;
use crate::problem::{Answer, Problem};
use crate::wire::alert::AlertView;

/// The alerts raised since the program started; the last 200.
#[utoipa::path(get, path = "/alerts", tag = "floor", operation_id = "list_alerts",
    security(("session" = []), ("machine" = ["floor:read"])),
    responses((status = 200, description = "Newest first.", body = Vec<AlertView>)))]
pub async fn list(State(app): State<App>, _: Permitted<WatchesFloor>) -> Json<Vec<AlertView>> {
    Json(app.exchange().alerts().iter().map(Into::into).collect())
}

/// Says that one has seen to an alert. Who was first stays.
#[utoipa::path(post, path = "/alerts/{id}/acknowledge", tag = "floor",
    operation_id = "acknowledge_alert", security(("session" = [])),
    params(("id" = u64, Path, description = "The alert.")),
    responses(
        (status = 200, description = "The alert, with who has seen to it.", body = AlertView),
        (status = 404, description = "No such alert, or no longer."),
    ))]
pub async fn acknowledge(
    State(app): State<App>,
    signed: Signed<DirectsFloor>,
    Param(id): Param<u64>,
) -> Answer<Json<AlertView>> {
    let person = &signed.person;
    let seen = app.exchange().acknowledge_alert(id, person.user, person.name.clone());
    seen.map(|alert| Json((&alert).into())).ok_or_else(|| Problem::not_found("alert"))
}
