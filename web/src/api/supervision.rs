//! What a supervisor does on the floor: `/agents/{id}/state`, `/calls/{id}/move`, `/calls/{id}/reclass`.
//! Each is in the audit before it is done: who asked for what, of whom.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ids::{AgentId, CallId, QueueId};
use routing::RefusedWhy;
use serde::{Deserialize, Serialize};
use store::audit::{self, Action, Entity, Entry, Purpose};
use switchboard::ExchangeError;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::DirectsFloor;
use crate::auth::{Person, Signed};
use crate::clock;
use crate::extract::{Body, Param};
use crate::problem::{Answer, Problem, ProblemKind};
use crate::wire::agent::{AgentView, ForcedState, WantedState};
use crate::wire::words::Class;

/// Where a caller is to wait.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovedCaller {
    /// The queue's key.
    #[schema(value_type = String)]
    pub queue: QueueId,
}

/// How urgent a caller is to be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReclassedCaller {
    /// The class.
    pub class: Class,
}

/// Puts an agent into a state. A live call is never cut: the state follows it as `next`.
#[utoipa::path(put, path = "/agents/{id}/state", tag = "agents", operation_id = "force_agent_state",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The agent.")),
    request_body = ForcedState,
    responses(
        (status = 200, description = "The state now, with what follows the work.", body = AgentView),
        (status = 404, description = "No such agent on the floor."),
        (status = 409, description = "Not signed in, or without audio, and so not to be available."),
    ))]
pub async fn force_state(
    State(app): State<App>,
    signed: Signed<DirectsFloor>,
    Param(agent): Param<AgentId>,
    Body(forced): Body<ForcedState>,
) -> Answer<Json<AgentView>> {
    let ForcedState { want, break_reason, reason } = forced;
    let want = WantedState { want, reason: break_reason }.wanted();
    let want = want.ok_or_else(|| Problem::field("break_reason", "A break has a reason."))?;
    if app.exchange().agent_view(agent).is_none() {
        return Err(Problem::not_found("agent on the floor"));
    }
    let why = serde_json::to_string(&reason).map_err(Problem::fault)?;
    let purpose = Purpose::Reason(why.trim_matches('"').to_owned());
    let entry = entry(&signed.person, Action::ChangeState, Entity::User, agent.as_uuid(), purpose);
    note(&app, entry).await?;
    let by = signed.person.user;
    let view =
        app.exchange().force_state(agent, want, by, reason.into()).await.map_err(of_agent)?;
    Ok(Json((&view).into()))
}

/// Moves a waiting caller to another queue; class and wait stay as they are.
#[utoipa::path(post, path = "/calls/{id}/move", tag = "calls", operation_id = "move_call",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    request_body = MovedCaller,
    responses(
        (status = 204, description = "The caller waits there."),
        (status = 404, description = "The call is over."),
        (status = 409, description = "The caller does not wait, or waits there already."),
    ))]
pub async fn move_caller(
    State(app): State<App>,
    signed: Signed<DirectsFloor>,
    Param(call): Param<CallId>,
    Body(MovedCaller { queue }): Body<MovedCaller>,
) -> Answer<StatusCode> {
    if !app.settings().queues.iter().any(|known| known.id == queue) {
        return Err(Problem::field("queue", "There is no such queue."));
    }
    note_call(&app, &signed.person, call).await?;
    app.exchange().move_caller(call, queue).await.map_err(of_caller)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a waiting caller another class. An emergency stays one until somebody answers.
#[utoipa::path(post, path = "/calls/{id}/reclass", tag = "calls", operation_id = "reclass_call",
    security(("session" = [])), params(("id" = uuid::Uuid, Path, description = "The call.")),
    request_body = ReclassedCaller,
    responses(
        (status = 204, description = "The caller waits at that class."),
        (status = 404, description = "The call is over."),
        (status = 409, description = "The caller does not wait, has that class, or is an emergency."),
    ))]
pub async fn reclass_caller(
    State(app): State<App>,
    signed: Signed<DirectsFloor>,
    Param(call): Param<CallId>,
    Body(ReclassedCaller { class }): Body<ReclassedCaller>,
) -> Answer<StatusCode> {
    note_call(&app, &signed.person, call).await?;
    app.exchange().reclass_caller(call, class.into()).await.map_err(of_caller)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is refused of an agent, told to the one who is not that agent.
fn of_agent(error: ExchangeError) -> Problem {
    let state = |detail: &'static str| Problem::new(ProblemKind::WrongState, detail);
    match error {
        ExchangeError::Refused(RefusedWhy::WrongState) => state("The agent is not signed in."),
        ExchangeError::NoAudio => state("The agent has neither browser's audio nor a telephone."),
        other @ (ExchangeError::Refused(_)
        | ExchangeError::NotYourCall
        | ExchangeError::NotOnTheFloor
        | ExchangeError::AnswerTheTelephone
        | ExchangeError::StationNotAllowed
        | ExchangeError::CallRefused(_)
        | ExchangeError::Unavailable
        | ExchangeError::Recording(_)) => other.into(),
    }
}

/// What is refused of a caller.
fn of_caller(error: ExchangeError) -> Problem {
    match error {
        ExchangeError::Refused(RefusedWhy::WrongState | RefusedWhy::UnknownCall) => {
            Problem::new(ProblemKind::WrongState, "The caller does not wait.")
        }
        other @ (ExchangeError::Refused(_)
        | ExchangeError::NoAudio
        | ExchangeError::NotYourCall
        | ExchangeError::NotOnTheFloor
        | ExchangeError::AnswerTheTelephone
        | ExchangeError::StationNotAllowed
        | ExchangeError::CallRefused(_)
        | ExchangeError::Unavailable
        | ExchangeError::Recording(_)) => other.into(),
    }
}

async fn note_call(app: &App, person: &Person, call: CallId) -> Answer<()> {
    let view = app.exchange().call_view(call).ok_or_else(|| Problem::not_found("call"))?;
    let interaction = view.interaction_id.as_uuid();
    let purpose = Purpose::Call(call);
    note(app, entry(person, Action::Update, Entity::Interaction, interaction, purpose)).await
}

fn entry(
    person: &Person,
    action: Action,
    entity: Entity,
    id: uuid::Uuid,
    purpose: Purpose,
) -> Entry {
    let (user, role) = (person.user, person.role);
    Entry { at: clock::now(), user, role, action, entity, ids: vec![id], purpose }
}

async fn note(app: &App, entry: Entry) -> Answer<()> {
    let entry = &entry;
    let write = |txn| async move { Answer::Ok(audit::record(&txn, entry).await?) };
    app.store().write_txn(write).await
}
