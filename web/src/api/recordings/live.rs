//! `/calls/{id}/recording`: the recording of the call that goes on, in the hands of its agent.

use axum::extract::State;
use axum::http::StatusCode;
use crm::recording::PauseReason;
use ids::{AgentId, CallId};
use serde::Deserialize;
use switchboard::RecordingWish;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Signed;
use crate::auth::access::TakesCalls;
use crate::extract::{Body, Param};
use crate::problem::Answer;

/// Why nothing is to be kept for a while.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseBecause {
    /// The caller asks for it.
    Asked,
    /// Something is said that must not be kept: a card's number, a password.
    Secret,
}

/// A pause.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseRecording {
    /// Why.
    pub because: PauseBecause,
}

/// The end of a recording before its call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopRecording {
    /// The caller no longer agrees: what was recorded is destroyed, if the settings say so.
    pub withdrawn: bool,
}

/// Keeps nothing of the call for a while, at most `recording.pause_max_s`. Answered once nothing more
/// of it can reach the disk.
#[utoipa::path(post, path = "/calls/{id}/recording/pause", tag = "recordings",
    operation_id = "pause_recording", request_body = PauseRecording,
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    responses(
        (status = 204, description = "Nothing is kept."),
        (status = 409, description = "The call is not yours, or is not being recorded."),
        (status = 503, description = "The recorder did not hear it: everything is still kept."),
    ))]
pub async fn pause(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<CallId>,
    Body(pause): Body<PauseRecording>,
) -> Answer<StatusCode> {
    let because = match pause.because {
        PauseBecause::Asked => PauseReason::Asked,
        PauseBecause::Secret => PauseReason::Secret,
    };
    wish(&app, &signed, id, RecordingWish::Pause(because)).await
}

/// Keeps everything again.
#[utoipa::path(post, path = "/calls/{id}/recording/resume", tag = "recordings",
    operation_id = "resume_recording",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    responses(
        (status = 204, description = "Everything is kept again."),
        (status = 409, description = "The call is not yours, or its recording is not paused."),
    ))]
pub async fn resume(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<CallId>,
) -> Answer<StatusCode> {
    wish(&app, &signed, id, RecordingWish::Resume).await
}

/// Keeps nothing more of this call.
#[utoipa::path(post, path = "/calls/{id}/recording/stop", tag = "recordings",
    operation_id = "stop_recording", request_body = StopRecording,
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    responses(
        (status = 204, description = "The recording is over."),
        (status = 409, description = "The call is not yours, or is not being recorded."),
    ))]
pub async fn stop(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Param(id): Param<CallId>,
    Body(stop): Body<StopRecording>,
) -> Answer<StatusCode> {
    wish(&app, &signed, id, RecordingWish::Stop { withdrawn: stop.withdrawn }).await
}

async fn wish(
    app: &App,
    signed: &Signed<TakesCalls>,
    call: CallId,
    wish: RecordingWish,
) -> Answer<StatusCode> {
    app.exchange().wish_recording(AgentId::from(signed.person.user), call, wish).await?;
    Ok(StatusCode::NO_CONTENT)
}
