//! Agents as the floor keeps them.

use alloc::vec::Vec;

use ids::{AgentId, CallId, Class, SkillLevel, Timestamp};
use serde::{Deserialize, Serialize};

use super::queue::Tier;
use super::table::Table;
use super::{Dropped, LanguageIndex, QueueIndex};
use crate::event::CallerKey;
use crate::state::{AgentState, BreakReason, Next};

/// Where an agent's row is: the order of registration. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AgentSlot(pub(crate) u32);

/// One agent.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) id: AgentId,
    pub(crate) languages: Vec<LanguageIndex>,
    pub(crate) skills: Vec<SkillLevel>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) state: AgentState,
    /// What the agent asked to be once the present work is over.
    pub(crate) next: Option<Next>,
    /// The browser was lost while a call goes on: offline as soon as the call ends.
    pub(crate) lost: bool,
    /// Reservations missed in a row.
    pub(crate) misses: u32,
    /// End of the last work; kept while ringing, and after a miss.
    pub(crate) idle_since: Timestamp,
    /// The console rings for an emergency.
    pub(crate) alarmed: bool,
    /// The call being talked to; present while `talking` and `on_hold`, and only then.
    pub(crate) talk: Option<Talk>,
    /// The report that ends wrap-up; has a meaning in `wrap_up`, and while ringing out of it.
    pub(crate) report: Report,
}

/// Where the report of the call before stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    /// Filed, or not required.
    #[default]
    Filed,
    /// Not filed; the time of wrap-up goes on.
    Due,
    /// Not filed, and the time of wrap-up is over: nothing but the report ends it.
    Overdue,
}

/// What wrap-up needs to know of the call before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Talk {
    pub(crate) class: Class,
    pub(crate) since: Timestamp,
    /// The report is filed already.
    #[serde(default)]
    pub(crate) reported: bool,
    /// The place that a caller who is known had before the talk.
    #[serde(default)]
    pub(crate) place: Option<(CallerKey, Dropped)>,
}

/// A place in a queue's list of members.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) queue: QueueIndex,
    /// The first step of the queue whose skills the agent holds.
    pub(crate) tier: Tier,
    /// Index among the queue's members of the same state.
    pub(crate) at: u32,
}

/// What an agent was before the console rang, and is again if nothing comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub(crate) enum Origin {
    Available,
    WrapUp { call: CallId, until: Timestamp },
    NotResponding { since: Timestamp },
}

/// A state without its facts: the index of a queue's member lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Offline,
    Available,
    /// For a caller below `emergency`.
    Ringing,
    /// For an emergency.
    RingingEmergency,
    Talking,
    OnHold,
    WrapUp,
    Break,
    NotResponding,
}

/// Number of kinds.
pub(crate) const KINDS: usize = 9;

impl Kind {
    pub(crate) fn of(agent: &Agent) -> Self {
        match agent.state {
            AgentState::Offline => Self::Offline,
            AgentState::Available { .. } => Self::Available,
            AgentState::Ringing { .. } if agent.alarmed => Self::RingingEmergency,
            AgentState::Ringing { .. } => Self::Ringing,
            AgentState::Talking { .. } => Self::Talking,
            AgentState::OnHold { .. } => Self::OnHold,
            AgentState::WrapUp { .. } => Self::WrapUp,
            AgentState::Break { .. } => Self::Break,
            AgentState::NotResponding { .. } => Self::NotResponding,
        }
    }
}

impl Next {
    /// The state this wish becomes.
    pub(crate) fn state(self, now: Timestamp) -> AgentState {
        match self {
            Self::Break { reason } => break_state(reason, now),
            Self::Offline => AgentState::Offline,
        }
    }
}

pub(crate) fn break_state(reason: BreakReason, since: Timestamp) -> AgentState {
    AgentState::Break { reason, since }
}

impl Agent {
    /// The end of wrap-up that comes by itself.
    pub(crate) fn wrap_up_ends(&self) -> Option<Timestamp> {
        match (self.state, self.report) {
            (AgentState::WrapUp { until, .. }, Report::Filed | Report::Due) => Some(until),
            _ => None,
        }
    }

    /// What callers may require whom the agent can talk to: no language, or one of the agent's.
    pub(crate) fn requirements(&self) -> impl Iterator<Item = Option<LanguageIndex>> + use<'_> {
        core::iter::once(None).chain(self.languages.iter().copied().map(Some))
    }

    /// What boards show as the next state.
    pub(crate) fn shown_next(&self) -> Option<Next> {
        if self.lost { Some(Next::Offline) } else { self.next }
    }

    /// What a console that stops ringing leads back to.
    pub(crate) fn origin(&self) -> Option<Origin> {
        match self.state {
            AgentState::Available { .. } => Some(Origin::Available),
            AgentState::WrapUp { call, until } => Some(Origin::WrapUp { call, until }),
            AgentState::NotResponding { since } => Some(Origin::NotResponding { since }),
            AgentState::Offline
            | AgentState::Ringing { .. }
            | AgentState::Talking { .. }
            | AgentState::OnHold { .. }
            | AgentState::Break { .. } => None,
        }
    }
}

/// All agents ever registered.
#[derive(Clone, Debug, Default)]
pub(crate) struct AgentTable {
    by_id: Table<AgentId, AgentSlot>,
    pub(crate) rows: Vec<Agent>,
}

impl AgentTable {
    /// Adds an agent who is not in the table.
    pub(crate) fn insert(&mut self, agent: Agent) -> AgentSlot {
        let slot = AgentSlot(u32::try_from(self.rows.len()).expect("agents_max fits in 32 bits"));
        self.by_id.insert(agent.id, slot);
        self.rows.push(agent);
        slot
    }

    pub(crate) fn slot(&self, agent: AgentId) -> Option<AgentSlot> {
        self.by_id.get(&agent).copied()
    }

    pub(crate) fn get(&self, slot: AgentSlot) -> &Agent {
        &self.rows[slot.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, slot: AgentSlot) -> &mut Agent {
        &mut self.rows[slot.0 as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (AgentSlot, &Agent)> {
        (0..).zip(&self.rows).map(|(slot, agent)| (AgentSlot(slot), agent))
    }
}
