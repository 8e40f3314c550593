//! `GET /events`: opens the event stream.

#![expect(unused_qualifications, reason = "utoipa writes the paths of parameters out")]

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::response::Response;
use ids::AgentId;
use serde::Deserialize;
use switchboard::AgentProfile;
use utoipa::IntoParams;

use super::connection::Connection;
use super::protocol::{CLIENT_FRAME_MAX, ServerFrame, takes_calls};
use crate::app::App;
use crate::auth::access::WatchesEvents;
use crate::auth::{Person, Signed};
use crate::extract::Queried;
use crate::problem::{Answer, Problem, ProblemKind};

/// Where a stream goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResumeFrom {
    /// The cursor of the last frame that was seen.
    #[serde(default)]
    pub cursor: Option<u64>,
}

/// Opens the event stream, a WebSocket. An agent is on the floor from then on. The frames of the
/// server are `ServerFrame`, those of the client `ClientFrame`; a heartbeat every 5 seconds.
#[utoipa::path(get, path = "/events", tag = "events", operation_id = "open_events", params(ResumeFrom),
    security(("session" = [])),
    responses(
        (status = 101, description = "The stream is open; each message is one of these.",
            body = ServerFrame),
        (status = 503, description = "Too many streams are open; see Retry-After."),
    ))]
pub async fn open(
    State(app): State<App>,
    signed: Signed<WatchesEvents>,
    headers: HeaderMap,
    Queried(from): Queried<ResumeFrom>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Answer<Response> {
    if !app.own_origin().allows(&headers) {
        return Err(Problem::new(
            ProblemKind::CrossSite,
            "Only pages of the helpline may open the stream.",
        ));
    }
    let upgrade =
        upgrade.map_err(|refused| Problem::new(ProblemKind::Malformed, refused.body_text()))?;
    let permit = app.stream_place().ok_or_else(|| {
        Problem::new(ProblemKind::Unavailable, "Too many event streams are open.")
            .retry_after(std::time::Duration::from_secs(5))
    })?;
    let person = signed.person;
    if takes_calls(person.role) {
        app.exchange().agent_online(profile(&app, &person)).await?;
    }
    let connection = Connection::new(app, person, signed.token, from.cursor, permit);
    let upgrade = upgrade.max_message_size(CLIENT_FRAME_MAX).max_frame_size(CLIENT_FRAME_MAX);
    Ok(upgrade.on_upgrade(|socket| connection.run(socket)))
}

/// Who the agent is on the floor: queues that the settings no longer have are left out.
fn profile(app: &App, person: &Person) -> AgentProfile {
    let known = |id: &ids::QueueId| app.settings().queues.iter().any(|queue| queue.id == *id);
    AgentProfile {
        agent: AgentId::from(person.user),
        name: person.name.clone(),
        languages: person.languages.clone(),
        skills: person.skills.clone(),
        queues: person.queues.iter().copied().filter(known).collect(),
    }
}
