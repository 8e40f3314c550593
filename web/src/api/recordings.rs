//! `/recordings`: the kept sound of calls; [`live`] is what an agent does with the recording of the
//! call that goes on, [`audio`] is the sound itself.

pub mod audio;
pub mod live;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use crm::Actor;
use crm::actor::Purpose;
use crm::recording::{self, Decision};
use ids::{InteractionId, RecordingId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::{KeepsRecordings, ReadsRecords};
use crate::auth::purpose::Reason;
use crate::auth::{Permitted, Person, Signed};
use crate::clock;
use crate::extract::{Body, IfMatch, Param, Versioned};
use crate::problem::Answer;
use crate::records;
use crate::wire::record::recording::Recording;

/// Whether a recording must be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalHold {
    /// True: it is not destroyed, whatever the time.
    pub held: bool,
}

/// What is known of the recordings of an interaction.
#[utoipa::path(get, path = "/interactions/{id}/recordings", tag = "recordings",
    operation_id = "list_recordings",
    params(
        ("id" = uuid::Uuid, Path, description = "The interaction."),
        ("x-reason" = Option<String>, Header, description = "Why, percent-encoded."),
    ),
    security(("session" = []), ("machine" = ["records:read"])),
    responses(
        (status = 200, description = "Oldest first.", body = Vec<Recording>),
        (status = 404, description = "No such interaction."),
    ))]
pub async fn list(
    State(app): State<App>,
    permitted: Permitted<ReadsRecords>,
    reason: Reason,
    Param(id): Param<InteractionId>,
) -> Answer<Json<Vec<Recording>>> {
    let actor = permitted.actor(reason.purpose(&app, &permitted.authority));
    let found = recording::of_interaction(app.store(), &actor, id, clock::now()).await?;
    Ok(Json(found.iter().map(Into::into).collect()))
}

/// Keeps a recording past its time, or no longer.
#[utoipa::path(put, path = "/recordings/{id}/legal-hold", tag = "recordings",
    operation_id = "set_legal_hold", request_body = LegalHold,
    params(
        ("id" = uuid::Uuid, Path, description = "The recording."),
        ("if-match" = String, Header, description = "The version that was read."),
        ("x-reason" = String, Header, description = "Why, percent-encoded."),
    ),
    security(("session" = [])),
    responses(
        (status = 200, description = "As it is now.", body = Recording,
            headers(("etag" = String))),
        (status = 404, description = "No such recording."),
        (status = 409, description = "It was deleted."),
        (status = 412, description = "Somebody else decided in between."),
        (status = 422, description = "A reason is missing."),
    ))]
pub async fn set_legal_hold(
    State(app): State<App>,
    signed: Signed<KeepsRecordings>,
    reason: Reason,
    IfMatch(version): IfMatch,
    Param(id): Param<RecordingId>,
    Body(hold): Body<LegalHold>,
) -> Answer<Versioned<Recording>> {
    let decision = if hold.held { Decision::Hold } else { Decision::Release };
    let actor = actor(&app, &signed.person, reason);
    let now = clock::now();
    let after = recording::decide(app.store(), &actor, id, version, decision, now).await?;
    Ok(Versioned { version: after.version, value: Recording::from(&after) })
}

/// Destroys a recording before its time. What is known of it stays.
#[utoipa::path(delete, path = "/recordings/{id}", tag = "recordings",
    operation_id = "delete_recording",
    params(
        ("id" = uuid::Uuid, Path, description = "The recording."),
        ("if-match" = String, Header, description = "The version that was read."),
        ("x-reason" = String, Header, description = "Why, percent-encoded."),
    ),
    security(("session" = [])),
    responses(
        (status = 204, description = "Its sound is destroyed."),
        (status = 404, description = "No such recording."),
        (status = 409, description = "It is under a legal hold, or its call goes on."),
        (status = 412, description = "Somebody else decided in between."),
        (status = 422, description = "A reason is missing."),
    ))]
pub async fn delete(
    State(app): State<App>,
    signed: Signed<KeepsRecordings>,
    reason: Reason,
    IfMatch(version): IfMatch,
    Param(id): Param<RecordingId>,
) -> Answer<StatusCode> {
    let actor = actor(&app, &signed.person, reason);
    let now = clock::now();
    recording::decide(app.store(), &actor, id, version, Decision::Delete, now).await?;
    crate::recordings::remove_due(&app, now).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The person with the reason given, or the call that the person is on.
fn actor(app: &App, person: &Person, reason: Reason) -> Actor {
    let purpose = match reason.0 {
        Some(reason) => Purpose::Reason(reason),
        None => {
            let call = app.exchange().call_of(person.user.into());
            call.map_or(Purpose::Desk, |call| Purpose::Call(call.id))
        }
    };
    records::actor(person, purpose)
}
