//! `/interactions`: each contact with the helpline, as it was recorded; [`paper`] enters what happened
//! on paper.

pub mod paper;

use axum::Json;
use axum::extract::State;
use crm::interaction;
use ids::{InteractionId, Timestamp};

use super::contacts::ByPhone;
use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::ReadsRecords;
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::{Body, Param};
use crate::problem::Answer;
use crate::wire::record::interaction::Interaction;
use crate::wire::ringing::PreviousContact;

/// Reads an interaction.
#[utoipa::path(get, path = "/interactions/{id}", tag = "interactions",
    operation_id = "get_interaction",
    params(
        ("id" = uuid::Uuid, Path, description = "The interaction."),
        ("x-reason" = Option<String>, Header, description = "Why, percent-encoded."),
    ),
    security(("session" = []), ("machine" = ["records:read"])),
    responses(
        (status = 200, description = "The interaction.", body = Interaction),
        (status = 404, description = "No such interaction."),
    ))]
pub async fn get(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Param(id): Param<InteractionId>,
) -> Answer<Json<Interaction>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let found = interaction::get(app.store(), &actor, id, clock::now()).await?;
    Ok(Json((&found).into()))
}

/// The contacts from a number, newest first.
#[utoipa::path(post, path = "/interactions/_search", tag = "interactions",
    operation_id = "find_interactions_by_phone", request_body = ByPhone,
    security(("session" = []), ("machine" = ["records:read"])),
    responses((status = 200, description = "At most 20.", body = Vec<PreviousContact>)))]
pub async fn search(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Body(by): Body<ByPhone>,
) -> Answer<Json<Vec<PreviousContact>>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let number = by.read()?;
    let ever = Timestamp::from_micros(0);
    let now = clock::now();
    let previous = interaction::previous_contacts(app.store(), &actor, &number, ever, now).await?;
    Ok(Json(previous.iter().map(Into::into).collect()))
}
