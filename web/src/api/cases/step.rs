//! `/cases/{id}/close` and `/reopen`: the end of a case, and the way back.

use axum::extract::State;
use crm::case;
use ids::CaseId;

use super::versioned;
use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::WritesRecords;
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::{Param, Versioned};
use crate::problem::Answer;
use crate::wire::record::case::Case;

/// Closes a case. A report must have been filed since it was opened or last reopened.
#[utoipa::path(post, path = "/cases/{id}/close", tag = "cases", operation_id = "close_case",
    params(("id" = uuid::Uuid, Path, description = "The case.")),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 200, description = "Closed.", body = Case, headers(("etag" = String))),
        (status = 404, description = "No such case."),
        (status = 409, description = "A report is due, or the case is closed already."),
    ))]
pub async fn close(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    Param(id): Param<CaseId>,
) -> Answer<Versioned<Case>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let closed = case::close(app.store(), &actor, id, clock::now()).await?;
    app.saved().tell(id, closed.version);
    Ok(versioned(&closed))
}

/// Takes a closed case up again, within seven days of its closing.
#[utoipa::path(post, path = "/cases/{id}/reopen", tag = "cases", operation_id = "reopen_case",
    params(("id" = uuid::Uuid, Path, description = "The case.")),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 200, description = "Open again.", body = Case, headers(("etag" = String))),
        (status = 404, description = "No such case."),
        (status = 409, description = "Not closed, or closed more than seven days ago."),
    ))]
pub async fn reopen(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    Param(id): Param<CaseId>,
) -> Answer<Versioned<Case>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let reopened = case::reopen(app.store(), &actor, id, clock::now()).await?;
    app.saved().tell(id, reopened.version);
    Ok(versioned(&reopened))
}
