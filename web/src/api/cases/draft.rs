//! `PUT /cases/{id}/draft`: what was typed and is not saved yet, kept for the person who typed it.

use axum::Json;
use axum::extract::State;
use crm::CrmError;
use crm::case::draft::{self, DraftSave as Save};
use ids::CaseId;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::WritesRecords;
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::{Body, Param};
use crate::problem::Answer;
use crate::wire::record::case::{Draft, DraftSave};

/// Keeps what was typed. Without `sequence` the last window to write wins, part by part.
#[utoipa::path(put, path = "/cases/{id}/draft", tag = "cases", operation_id = "save_draft",
    request_body = DraftSave, params(("id" = uuid::Uuid, Path, description = "The case.")),
    security(("session" = []), ("machine" = ["records:write"])),
    responses(
        (status = 200, description = "The draft as it is kept now.", body = Draft),
        (status = 404, description = "No such case."),
        (status = 412, description = "Another window of yours saved in between."),
    ))]
pub async fn save(
    State(app): State<App>,
    permitted: Permitted<WritesRecords>,
    reason: Reason,
    Param(id): Param<CaseId>,
    Body(wish): Body<DraftSave>,
) -> Answer<Json<Draft>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let now = clock::now();
    let known = wish.sequence;
    let mut save = Save {
        case_version: wish.base_version,
        sequence: known.unwrap_or(0),
        fields: wish.fields.into(),
    };
    let saved = match draft::save(app.store(), &actor, id, &save, now).await {
        Err(CrmError::DraftConflict { current }) if known.is_none() => {
            save.sequence = current.sequence;
            save.case_version = save.case_version.max(current.case_version);
            draft::save(app.store(), &actor, id, &save, now).await?
        }
        saved => saved?,
    };
    Ok(Json(saved.into()))
}
