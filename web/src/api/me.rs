//! `/me`: the signed-in person.

use axum::Json;

use crate::auth::Signed;
use crate::auth::access::Anyone;
use crate::wire::person::Me;

/// The signed-in person.
#[utoipa::path(get, path = "/me", tag = "session", operation_id = "get_me",
    security(("session" = [])),
    responses((status = 200, description = "Who you are.", body = Me)))]
pub async fn get(signed: Signed<Anyone>) -> Json<Me> {
    Json((&signed.person).into())
}
