//! Agents and the floor on the wire. Pure.

use std::collections::BTreeMap;

use ids::{AgentId, CallId, QueueId, ReservationId, Timestamp};
use routing::{AgentState, Next, Wanted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Moment;
use super::alert::AlertView;
use super::call::CallView;
use super::words::{BreakReason, Class, ForceReason};

/// The states of an agent, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentStateName {
    /// Not signed in to the floor.
    Offline,
    /// Waits for work.
    Available,
    /// The console rings.
    Ringing,
    /// On a call.
    Talking,
    /// On a call, the caller hears music.
    OnHold,
    /// Finishes the work of a call that ended.
    WrapUp,
    /// Away, with a reason.
    Break,
    /// Did not answer.
    NotResponding,
}

/// What follows the present work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "next", rename_all = "snake_case")]
#[schema(as = NextState)]
pub enum NextState {
    /// A break.
    Break {
        /// Why.
        reason: BreakReason,
    },
    /// Off the floor.
    Offline,
}

impl From<Next> for NextState {
    fn from(next: Next) -> Self {
        match next {
            Next::Break { reason } => Self::Break { reason: reason.into() },
            Next::Offline => Self::Offline,
        }
    }
}

/// What an agent asks to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// Ready for work.
    Available,
    /// A break; needs a reason.
    Break,
    /// Off the floor.
    Offline,
}

/// `PUT agents/me/state`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WantedAgentState)]
pub struct WantedState {
    /// What.
    pub want: Want,
    /// Why, with `break`.
    pub reason: Option<BreakReason>,
}

impl WantedState {
    /// The wish in the floor's terms; `None` when a break lacks its reason.
    #[must_use]
    pub fn wanted(self) -> Option<Wanted> {
        match (self.want, self.reason) {
            (Want::Available, _) => Some(Wanted::Available),
            (Want::Break, Some(reason)) => Some(Wanted::Break { reason: reason.into() }),
            (Want::Break, None) => None,
            (Want::Offline, _) => Some(Wanted::Offline),
        }
    }
}

/// `PUT agents/{id}/state`: what a supervisor makes of an agent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ForcedAgentState)]
pub struct ForcedState {
    /// What.
    pub want: Want,
    /// Which break, with `break`.
    pub break_reason: Option<BreakReason>,
    /// Why the supervisor does it.
    pub reason: ForceReason,
}

/// An agent as boards and the agent's own console show them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentView {
    /// Who.
    #[schema(value_type = uuid::Uuid)]
    pub agent: AgentId,
    /// The name shown to colleagues.
    pub name: String,
    /// Queues served.
    #[schema(value_type = Vec<String>)]
    pub queues: Vec<QueueId>,
    /// What the agent is doing.
    pub state: AgentStateName,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Moment>,
    /// Until when, in `wrap_up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Moment>,
    /// Why, on `break`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<BreakReason>,
    /// What follows the present work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextState>,
    /// The call the agent is on or wraps up, or whose caller the console rings for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub call_id: Option<CallId>,
    /// The reservation that rings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub reservation_id: Option<ReservationId>,
    /// Whether the audio of the agent's browser is connected.
    pub media_connected: bool,
    /// The telephone that rings instead of the browser, if one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<StationView>,
}

/// An agent's SIP telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StationView {
    /// Its address.
    pub address: String,
    /// What it is doing.
    pub state: StationState,
}

/// What an agent's telephone is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StationState {
    /// Nothing.
    Ready,
    /// It is called and has not said that it rings.
    Calling,
    /// It rings.
    Ringing,
    /// It was answered.
    Answered,
    /// It could not be reached when it was called last.
    Unreachable,
}

impl From<&switchboard::StationView> for StationView {
    fn from(view: &switchboard::StationView) -> Self {
        use switchboard::StationState as State;
        let state = match view.state {
            State::Ready => StationState::Ready,
            State::Calling => StationState::Calling,
            State::Ringing => StationState::Ringing,
            State::Answered => StationState::Answered,
            State::Unreachable => StationState::Unreachable,
        };
        Self { address: view.address.clone(), state }
    }
}

impl AgentView {
    fn bare(view: &switchboard::AgentView, state: AgentStateName) -> Self {
        Self {
            agent: view.agent,
            name: view.name.clone(),
            queues: view.queues.clone(),
            state,
            since: Some(Moment(view.since)),
            until: None,
            reason: None,
            next: view.next.map(Into::into),
            call_id: view.rings_for,
            reservation_id: None,
            media_connected: view.media_connected,
            station: view.station.as_ref().map(Into::into),
        }
    }
}

impl From<&switchboard::AgentView> for AgentView {
    fn from(view: &switchboard::AgentView) -> Self {
        use AgentStateName as Name;
        let bare = |name| Self::bare(view, name);
        match view.state {
            AgentState::Offline => bare(Name::Offline),
            AgentState::Available { since: _ } => bare(Name::Available),
            AgentState::Ringing { reservation, idle_since: _ } => {
                Self { reservation_id: Some(reservation), ..bare(Name::Ringing) }
            }
            AgentState::Talking { call, since: _ } => {
                Self { call_id: Some(call), ..bare(Name::Talking) }
            }
            AgentState::OnHold { call, since: _ } => {
                Self { call_id: Some(call), ..bare(Name::OnHold) }
            }
            AgentState::WrapUp { call, until } => {
                Self { call_id: Some(call), until: Some(Moment(until)), ..bare(Name::WrapUp) }
            }
            AgentState::Break { reason, since: _ } => {
                Self { reason: Some(reason.into()), ..bare(Name::Break) }
            }
            AgentState::NotResponding { since: _ } => bare(Name::NotResponding),
        }
    }
}

/// A queue as boards show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueView {
    /// Its key.
    #[schema(value_type = String)]
    pub id: QueueId,
    /// Its English name.
    pub name: String,
    /// Callers waiting.
    pub waiting: u32,
    /// The longest wait among them, milliseconds; 0 when nobody waits.
    pub longest_wait_ms: u64,
    /// Callers waiting, by class.
    pub classes: BTreeMap<Class, u32>,
}

impl QueueView {
    /// The queue at `now`, under the name given by the settings.
    #[must_use]
    pub fn at(view: &switchboard::QueueView, name: &str, now: Timestamp) -> Self {
        Self {
            id: view.id,
            name: name.to_owned(),
            waiting: view.waiting,
            longest_wait_ms: view.longest_since.map_or(0, |from| millis(now.since(from))),
            classes: view.classes.iter().map(|(class, n)| ((*class).into(), *n)).collect(),
        }
    }
}

/// The floor. Those who may not see their colleagues get the queues and the number of calls alone.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FloorView {
    /// Agents; empty for operators and doctors.
    pub agents: Vec<AgentView>,
    /// Queues.
    pub queues: Vec<QueueView>,
    /// How many calls are alive.
    pub calls: u32,
    /// The calls alive, oldest first; empty for operators and doctors.
    pub calls_alive: Vec<CallView>,
    /// Alerts, newest first; empty for operators and doctors.
    pub alerts: Vec<AlertView>,
}

/// A span as whole milliseconds.
#[must_use]
pub fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_needs_a_reason_and_nothing_else_does() {
        let want = |want, reason| WantedState { want, reason }.wanted();
        assert!(want(Want::Break, None).is_none());
        assert!(want(Want::Break, Some(BreakReason::Meal)).is_some());
        assert!(want(Want::Available, None).is_some());
        assert!(want(Want::Offline, None).is_some());
    }

    #[test]
    fn a_state_shows_its_own_facts_and_no_others() {
        let view = switchboard::AgentView {
            agent: AgentId::from_number(1),
            name: "Asha".to_owned(),
            queues: vec![],
            since: Timestamp::from_micros(0),
            rings_for: None,
            state: AgentState::Break {
                reason: routing::BreakReason::Rest,
                since: Timestamp::from_micros(0),
            },
            next: None,
            media_connected: false,
            station: None,
        };
        let wire = serde_json::to_value(AgentView::from(&view)).expect("json");
        assert_eq!(wire["state"], "break");
        assert_eq!(wire["reason"], "rest");
        assert!(wire.get("call_id").is_none());
        assert!(wire.get("until").is_none());
    }
}
