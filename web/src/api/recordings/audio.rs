//! `/recordings/{id}/audio`: the sound, decrypted as it is sent, and kept nowhere else.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use crm::recording;
use ids::RecordingId;

use super::actor;
use crate::app::App;
use crate::auth::Signed;
use crate::auth::access::HearsRecordings;
use crate::auth::purpose::Reason;
use crate::clock;
use crate::extract::Param;
use crate::problem::{Answer, Problem, ProblemKind};
use crate::recordings::{self, Part, Wanted};

/// A recording as a WAV file of two channels: left the caller, right what the caller heard. Pauses are
/// silence. One range of bytes may be asked for.
#[utoipa::path(get, path = "/recordings/{id}/audio", tag = "recordings",
    operation_id = "get_recording_audio",
    params(
        ("id" = uuid::Uuid, Path, description = "The recording."),
        ("x-reason" = Option<String>, Header,
            description = "Why, percent-encoded; needed by whoever was not on the call."),
        ("range" = Option<String>, Header, description = "`bytes=first-last`."),
    ),
    security(("session" = [])),
    responses(
        (status = 200, description = "The whole.", content_type = "audio/wav", body = Vec<u8>),
        (status = 206, description = "The part asked for.", content_type = "audio/wav",
            body = Vec<u8>),
        (status = 404, description = "No such recording."),
        (status = 409, description = "The call goes on, or there is no sound (any more)."),
        (status = 416, description = "There is no such part."),
        (status = 422, description = "A reason is missing."),
    ))]
pub async fn get(
    State(app): State<App>,
    signed: Signed<HearsRecordings>,
    reason: Reason,
    Param(id): Param<RecordingId>,
    headers: HeaderMap,
) -> Answer<Response<Body>> {
    let actor = actor(&app, &signed.person, reason);
    let heard = recording::hear(app.store(), &actor, id, clock::now()).await?;
    let sound = recordings::open(&app, &heard.recording).await?;
    let whole = Part { first: 0, last: sound.bytes() - 1 };
    let asked = headers.get(RANGE).and_then(|range| range.to_str().ok());
    let part = match asked.map_or(Wanted::Whole, |range| Part::of(range, sound.bytes())) {
        Wanted::Whole => None,
        Wanted::Part(part) => Some(part),
        Wanted::NoPart => {
            return Err(Problem::new(ProblemKind::NoSuchRange, "The sound has no such part."));
        }
    };
    let bytes = sound.bytes();
    let sent = part.unwrap_or(whole);
    let mut response = Response::new(sound.stream(sent));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(sent.len()));
    if part.is_some() {
        let range = format!("bytes {}-{}/{bytes}", sent.first, sent.last);
        headers.insert(CONTENT_RANGE, HeaderValue::from_str(&range).map_err(Problem::fault)?);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}
