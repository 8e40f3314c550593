//! What agents do with their time, and the work that a call is to its agent.

use alloc::vec::Vec;
use core::time::Duration;

use ids::{CallId, QueueId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Key;
use crate::state::AgentState;

/// Time of agents by what they did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentTimes {
    /// Waiting for work.
    pub available: Duration,
    /// The console rang.
    pub ringing: Duration,
    /// On a call, without hold.
    pub talking: Duration,
    /// On a call, the caller on hold.
    pub on_hold: Duration,
    /// Wrap-up.
    pub wrap_up: Duration,
    /// On break: time away by choice (NPT).
    pub on_break: Duration,
    /// Did not answer and has not said so since.
    pub not_responding: Duration,
}

impl AgentTimes {
    /// Everything but offline.
    #[must_use]
    pub fn signed_in(&self) -> Duration {
        let work = self.available + self.ringing + self.talking + self.on_hold + self.wrap_up;
        work + self.on_break + self.not_responding
    }

    /// Adds the times of another.
    pub fn add(&mut self, other: &Self) {
        self.available += other.available;
        self.ringing += other.ringing;
        self.talking += other.talking;
        self.on_hold += other.on_hold;
        self.wrap_up += other.wrap_up;
        self.on_break += other.on_break;
        self.not_responding += other.not_responding;
    }

    /// The time of this state, if it counts.
    pub(super) fn of(&mut self, state: AgentState) -> Option<&mut Duration> {
        match state {
            AgentState::Offline => None,
            AgentState::Available { .. } => Some(&mut self.available),
            AgentState::Ringing { .. } => Some(&mut self.ringing),
            AgentState::Talking { .. } => Some(&mut self.talking),
            AgentState::OnHold { .. } => Some(&mut self.on_hold),
            AgentState::WrapUp { .. } => Some(&mut self.wrap_up),
            AgentState::Break { .. } => Some(&mut self.on_break),
            AgentState::NotResponding { .. } => Some(&mut self.not_responding),
        }
    }
}

/// One agent, as the metrics follow them.
#[derive(Clone, Debug)]
pub(super) struct AgentClock {
    pub(super) state: AgentState,
    /// Counted up to here.
    pub(super) since: Timestamp,
    pub(super) queues: Vec<QueueId>,
    pub(super) work: Option<Work>,
}

/// A call, as the work of the agent who has it or wraps it up.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) call: CallId,
    /// Where the contact counts.
    pub(super) key: Key,
    pub(super) talk: Duration,
    pub(super) hold: Duration,
    pub(super) wrap_up: Duration,
}

impl Work {
    pub(super) fn new(call: CallId, key: Key) -> Self {
        let zero = Duration::ZERO;
        Self { call, key, talk: zero, hold: zero, wrap_up: zero }
    }

    pub(super) fn spent(&mut self, state: AgentState, span: Duration) {
        match state {
            AgentState::Talking { call, .. } if call == self.call => self.talk += span,
            AgentState::OnHold { call, .. } if call == self.call => self.hold += span,
            AgentState::WrapUp { call, .. } if call == self.call => self.wrap_up += span,
            AgentState::Talking { .. }
            | AgentState::OnHold { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Ringing { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => {}
        }
    }

    /// Whether the work goes on in this state. A console that rings during wrap-up may go back to it.
    pub(super) fn goes_on_in(&self, state: AgentState) -> bool {
        match state {
            AgentState::Talking { call, .. }
            | AgentState::OnHold { call, .. }
            | AgentState::WrapUp { call, .. } => call == self.call,
            AgentState::Ringing { .. } => true,
            AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => false,
        }
    }
}
