//! `/agents/me`: the signed-in agent's own state, audio and wrap-up.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ids::AgentId;
use routing::{AgentState, Wanted};
use serde::{Deserialize, Serialize};
use telephony::driver::station::BadStationAddress;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Signed;
use crate::auth::access::TakesCalls;
use crate::extract::Body;
use crate::problem::{Answer, Problem, ProblemKind};
use crate::records;
use crate::wire::agent::{AgentView, WantedState};

/// Longest address of a telephone, bytes.
const STATION_LEN_MAX: usize = 200;

/// A session description (RFC 8866).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The text, with all candidates in it (no trickle).
    pub sdp: String,
}

/// The state of the agent who asks.
#[utoipa::path(get, path = "/agents/me", tag = "agents", operation_id = "get_own_agent",
    security(("session" = [])),
    responses(
        (status = 200, description = "The state.", body = AgentView),
        (status = 404, description = "The console has not connected its event stream yet."),
    ))]
pub async fn get(State(app): State<App>, signed: Signed<TakesCalls>) -> Answer<Json<AgentView>> {
    let view = app.exchange().agent_view(AgentId::from(signed.person.user));
    let view = view.ok_or_else(|| Problem::not_found("agent on the floor"))?;
    Ok(Json((&view).into()))
}

/// Asks for a state: at once, or after the present work.
#[utoipa::path(put, path = "/agents/me/state", tag = "agents", operation_id = "set_own_state",
    security(("session" = [])), request_body = WantedState,
    responses(
        (status = 200, description = "The state now, with what follows the work.", body = AgentView),
        (status = 409, description = "Not possible now: no audio, or not on the floor."),
    ))]
pub async fn set_state(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Body(wanted): Body<WantedState>,
) -> Answer<Json<AgentView>> {
    let want = wanted.wanted().ok_or_else(|| Problem::field("reason", "A break has a reason."))?;
    let agent = AgentId::from(signed.person.user);
    let view = app.exchange().request_state(agent, want).await?;
    Ok(Json((&view).into()))
}

/// Connects the browser's audio for the shift. Replaces an earlier connection.
#[utoipa::path(post, path = "/agents/me/media", tag = "agents", operation_id = "connect_own_media",
    security(("session" = [])), request_body = Description,
    responses(
        (status = 200, description = "Our answer.", body = Description),
        (status = 409, description = "The agent is not on the floor, or the offer has no G.711."),
    ))]
pub async fn connect_media(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Body(offer): Body<Description>,
) -> Answer<Json<Description>> {
    let agent = AgentId::from(signed.person.user);
    let sdp = app.exchange().connect_agent_media(agent, &offer.sdp).await?;
    Ok(Json(Description { sdp }))
}

/// An operator's telephone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationChoice {
    /// Where it is: `sip:201@10.0.0.5:5060`, an IP address and no name, at most 200 characters;
    /// `null`: none, the browser's audio takes calls.
    pub address: Option<String>,
}

/// Sets the SIP telephone on which the agent takes calls in this shift, instead of the browser's
/// audio: each reservation rings it, and answering it accepts.
#[utoipa::path(put, path = "/agents/me/station", tag = "agents", operation_id = "set_own_station",
    security(("session" = [])), request_body = StationChoice,
    responses(
        (status = 200, description = "The agent, with the telephone.", body = AgentView),
        (status = 409, description = "Not on the floor: the event stream is not connected."),
        (status = 422, description = "It is no address of a telephone, or in no network for them."),
    ))]
pub async fn set_station(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
    Body(choice): Body<StationChoice>,
) -> Answer<Json<AgentView>> {
    let read = |text: String| {
        let short = Some(text).filter(|text| text.len() <= STATION_LEN_MAX);
        short.ok_or(BadStationAddress).and_then(|text| text.parse())
    };
    let address = choice.address.map(read).transpose();
    let address = address.map_err(|wrong| Problem::field("address", wrong.to_string()))?;
    let agent = AgentId::from(signed.person.user);
    Ok(Json((&app.exchange().set_station(agent, address)?).into()))
}

/// Ends wrap-up early, once the form of the call is saved.
#[utoipa::path(post, path = "/agents/me/wrap-up/finish", tag = "agents",
    operation_id = "finish_own_wrap_up", security(("session" = [])),
    responses(
        (status = 204, description = "The agent is available, or in the state asked for before."),
        (status = 409, description = "Not in wrap-up, or the form of the call is not saved."),
    ))]
pub async fn finish_wrap_up(
    State(app): State<App>,
    signed: Signed<TakesCalls>,
) -> Answer<StatusCode> {
    let agent = AgentId::from(signed.person.user);
    let view = app.exchange().agent_view(agent);
    let Some(AgentState::WrapUp { call, until: _ }) = view.as_ref().map(|view| view.state) else {
        return Err(Problem::new(ProblemKind::WrongState, "You are not in wrap-up."));
    };
    if !records::form_is_saved(&app, &signed.person, call).await? {
        return Err(Problem::new(
            ProblemKind::FormUnsaved,
            "File the report of this call with a disposition first.",
        ));
    }
    // The floor knows of a report that was filed in wrap-up or talk, but not of one filed by machine.
    app.exchange().report_filed(agent, call).await?;
    let view = app.exchange().agent_view(agent);
    let Some((AgentState::WrapUp { .. }, next)) = view.map(|view| (view.state, view.next)) else {
        // The report was overdue, and nothing else kept the wrap-up going.
        return Ok(StatusCode::NO_CONTENT);
    };
    // What was asked for during the work comes now; `available` would cancel it, and without it the
    // agent needs sound.
    match next {
        Some(_) => app.exchange().finish_wrap_up(agent).await?,
        None => app.exchange().request_state(agent, Wanted::Available).await.map(|_| ())?,
    }
    Ok(StatusCode::NO_CONTENT)
}
