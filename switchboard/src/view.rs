//! What others may see of the exchange: plain values, copied out, never a handle into it.

use std::collections::BTreeMap;

use crm::phone::E164;
use ids::{AgentId, CallId, CaseId, Class, ContactId, InteractionId, Language, QueueId};
use ids::{ReservationId, Timestamp};
use routing::{AgentState, Next};
use serde::Serialize;
use telephony::call::{self, Call};

use crate::recording::RecordingView;

/// An agent as the boards show them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgentView {
    /// Who.
    pub agent: AgentId,
    /// The name shown to colleagues.
    pub name: String,
    /// Queues served.
    pub queues: Vec<QueueId>,
    /// What the agent is doing.
    pub state: AgentState,
    /// Since when.
    pub since: Timestamp,
    /// The call whose caller the console rings for.
    pub rings_for: Option<CallId>,
    /// What follows the present work, if the agent asked for something.
    pub next: Option<Next>,
    /// Whether the browser's audio is connected.
    pub media_connected: bool,
    /// The telephone that rings instead, if one is set.
    pub station: Option<StationView>,
}

impl AgentView {
    /// Whether there is a way to talk with this agent.
    #[must_use]
    pub const fn has_audio(&self) -> bool {
        self.media_connected || self.station.is_some()
    }
}

/// An agent's telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StationView {
    /// Its address.
    pub address: String,
    /// What it is doing.
    pub state: StationState,
}

/// What an agent's telephone is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StationState {
    /// Nothing.
    Ready,
    /// We call it; it has not said that it rings.
    Calling,
    /// It rings.
    Ringing,
    /// It is off the hook, with a call of ours.
    Answered,
    /// It could not be reached when it was called last.
    Unreachable,
}

/// What a call is doing, in the words that a console shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Hears the greeting.
    Greeting,
    /// Waits for a person.
    Waiting,
    /// Talks with an agent.
    Talking,
    /// Hears music because the agent pressed hold.
    OnHold,
    /// Lost the agent's audio; it may come back, else the caller goes to the head of the queue.
    Interrupted,
    /// Over.
    Ended,
}

impl CallState {
    /// The word for where a call is.
    #[must_use]
    pub fn of(call: &Call) -> Self {
        match call.state() {
            call::CallState::Arriving(_)
            | call::CallState::Answering(_)
            | call::CallState::Greeting(_) => Self::Greeting,
            call::CallState::Waiting(_) => Self::Waiting,
            call::CallState::Talking(_) => Self::Talking,
            call::CallState::OnHold(_) => Self::OnHold,
            call::CallState::Interrupted(_) => Self::Interrupted,
            call::CallState::Ended { .. } => Self::Ended,
        }
    }
}

/// By which way a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// A telephone, over the trunk.
    Call,
    /// The citizen page.
    WebCall,
}

/// A call as those who handle it see it.
#[derive(Clone, Debug)]
pub struct CallView {
    /// Which call.
    pub id: CallId,
    /// Its row in the records.
    pub interaction_id: InteractionId,
    /// The case it belongs to, once there is one.
    pub case_id: Option<CaseId>,
    /// Whom it is about, once somebody said.
    pub contact_id: Option<ContactId>,
    /// What it is doing.
    pub state: CallState,
    /// By which way it came.
    pub medium: Medium,
    /// The caller's number, where the trunk gave one that is a number.
    pub number: Option<E164>,
    /// The number dialled.
    pub dialled: String,
    /// The queue of that number.
    pub queue: QueueId,
    /// How urgent.
    pub class: Class,
    /// The language chosen or remembered.
    pub language: Option<Language>,
    /// When the INVITE or the offer came.
    pub arrived_at: Timestamp,
    /// When it was answered: its row was durable then.
    pub answered_at: Option<Timestamp>,
    /// Since when the caller waits or waited for a person.
    pub queued_at: Option<Timestamp>,
    /// Since when an agent talks.
    pub talking_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// The agent on it.
    pub agent: Option<AgentId>,
    /// Callers of the queue before this one; 0 is next.
    pub position: Option<u32>,
    /// Its recording, once somebody talks on a line that is recorded.
    pub recording: Option<RecordingView>,
}

impl CallView {
    /// How long the caller waited for a person, until now if still waiting.
    #[must_use]
    pub fn waited(&self, now: Timestamp) -> std::time::Duration {
        let until = self.talking_at.or(self.ended_at).unwrap_or(now);
        self.queued_at.map_or(std::time::Duration::ZERO, |from| until.since(from))
    }
}

/// A queue as the boards show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueView {
    /// Which queue.
    pub id: QueueId,
    /// Callers waiting.
    pub waiting: u32,
    /// Longest wait among them: since.
    pub longest_since: Option<Timestamp>,
    /// Callers waiting, by class.
    pub classes: BTreeMap<Class, u32>,
}

/// The whole floor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FloorBoard {
    /// Every agent known.
    pub agents: Vec<AgentView>,
    /// Every queue.
    pub queues: Vec<QueueView>,
    /// Calls alive.
    pub calls: u32,
}

/// A reservation that rings now.
#[derive(Clone, Debug)]
pub struct RingingView {
    /// Which reservation.
    pub reservation: ReservationId,
    /// The caller.
    pub call: CallView,
    /// Rings since.
    pub rang_at: Timestamp,
    /// Rings until.
    pub expires_at: Timestamp,
    /// Why this agent.
    pub explanation: routing::Explanation,
}
