//! What boards show: the agents, the queues and who waits, at one moment. Plain values out of the
//! floor; nothing here changes it.

use alloc::vec::Vec;
use core::time::Duration;

use ids::{AgentId, CallId, Class, Language, QueueId, ReservationId, SkillLevel, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Floor;
use crate::floor::{Agent, Caller, Line, effective_class};
use crate::state::{AgentState, Next};

/// The whole floor at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorView {
    /// The moment.
    pub at: Timestamp,
    /// Every agent ever registered, in order of registration.
    pub agents: Vec<AgentRow>,
    /// Every queue, in order of configuration.
    pub queues: Vec<QueueRow>,
    /// Every waiting caller (those for whom consoles ring too), by queue and then by position.
    pub waiting: Vec<WaitingRow>,
    /// Calls with an agent now.
    pub talking: u32,
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// Who.
    pub agent: AgentId,
    /// What they do.
    #[serde(flatten)]
    pub state: AgentState,
    /// What they asked to be afterwards.
    pub next: Option<Next>,
    /// Reservations missed in a row.
    pub misses: u32,
    /// Languages spoken.
    pub languages: Vec<Language>,
    /// Skills held, and how well.
    pub skills: Vec<SkillLevel>,
    /// Queues served.
    pub queues: Vec<QueueId>,
}

/// One queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    /// Which.
    pub queue: QueueId,
    /// Callers waiting.
    pub waiting: u32,
    /// Those callers by class.
    pub classes: ClassCounts,
    /// The longest wait among them; zero when nobody waits.
    pub longest_wait: Duration,
    /// Agents of the queue who are not offline.
    pub signed_in: u32,
    /// Agents of the queue who wait for work.
    pub available: u32,
}

/// Callers by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCounts {
    /// Life may be in danger.
    pub emergency: u32,
    /// Needs clinical talk.
    pub clinical: u32,
    /// A promised call-back is due.
    pub callback_due: u32,
    /// Everything else.
    pub standard: u32,
    /// Information only.
    pub info: u32,
}

/// One waiting caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRow {
    /// Which call.
    pub call: CallId,
    /// In which queue.
    pub queue: QueueId,
    /// The class given.
    pub class: Class,
    /// The class it counts as by now, because of its wait.
    pub counts_as: Class,
    /// The required language.
    pub language: Option<Language>,
    /// Waiting since.
    pub since: Timestamp,
    /// Lost an agent through no fault of their own; stands before others of the class.
    pub head: bool,
    /// Callers before this one in the queue, by class and wait; ageing is not counted in.
    pub position: u32,
    /// How long the caller has still to wait, at the pace at which the queue was served of late.
    pub expected_wait: Option<Duration>,
    /// The skills asked for of the queue's own agents; fewer as the wait grows.
    #[serde(default)]
    pub needs: Vec<SkillLevel>,
    /// Further queues whose agents can be asked, because the wait is long.
    pub widened_to: Vec<QueueId>,
    /// Consoles ringing for this caller.
    pub ringing: Vec<ReservationId>,
}

impl Floor {
    /// Everything, for a board. Costs time in proportion to the floor.
    #[must_use]
    pub fn view(&self, now: Timestamp) -> FloorView {
        let mut waiting = Vec::with_capacity(self.callers.len());
        for queue in &self.queues {
            let turns = queue.lines.iter().flat_map(Line::iter);
            for (position, turn) in (0..).zip(turns) {
                waiting.push(self.waiting_row(self.callers.get(turn.slot), position, now));
            }
        }
        FloorView {
            at: now,
            agents: self.agents.rows.iter().map(|agent| self.agent_row(agent)).collect(),
            queues: (0..self.queues.len()).map(|index| self.queue_row(index, now)).collect(),
            waiting,
            talking: u32::try_from(self.talking.len()).unwrap_or(u32::MAX),
        }
    }

    /// One agent, if registered.
    #[must_use]
    pub fn agent(&self, agent: AgentId) -> Option<AgentRow> {
        let slot = self.agents.slot(agent)?;
        Some(self.agent_row(self.agents.get(slot)))
    }

    /// One queue, if configured. Cheap: asked after every change.
    #[must_use]
    pub fn queue(&self, queue: QueueId, now: Timestamp) -> Option<QueueRow> {
        let index = self.queues.iter().position(|known| known.id == queue)?;
        Some(self.queue_row(index, now))
    }

    /// One waiting caller, if it waits.
    #[must_use]
    pub fn waiting(&self, call: CallId, now: Timestamp) -> Option<WaitingRow> {
        let slot = self.callers.slot(call)?;
        let caller = self.callers.get(slot);
        Some(self.waiting_row(caller, self.position(slot), now))
    }

    /// The agent a call talks to, if it has one.
    #[must_use]
    pub fn agent_of(&self, call: CallId) -> Option<AgentId> {
        self.talking.get(&call).map(|slot| self.agents.get(*slot).id)
    }

    fn agent_row(&self, agent: &Agent) -> AgentRow {
        AgentRow {
            agent: agent.id,
            state: agent.state,
            next: agent.shown_next(),
            misses: agent.misses,
            languages: agent.languages.iter().map(|index| self.language(*index)).collect(),
            skills: agent.skills.clone(),
            queues: agent.seats.iter().map(|seat| self.queue_at(seat.queue).id).collect(),
        }
    }

    fn queue_row(&self, index: usize, now: Timestamp) -> QueueRow {
        let queue = &self.queues[index];
        let count = |class: Class| queue.line(class).len();
        let everyone = queue.everyone();
        QueueRow {
            queue: queue.id,
            waiting: queue.waiting(),
            classes: ClassCounts {
                emergency: count(Class::Emergency),
                clinical: count(Class::Clinical),
                callback_due: count(Class::CallbackDue),
                standard: count(Class::Standard),
                info: count(Class::Info),
            },
            longest_wait: queue.oldest().map_or(Duration::ZERO, |since| now.since(since)),
            signed_in: everyone.signed_in(),
            available: everyone.available,
        }
    }

    fn waiting_row(&self, caller: &Caller, position: u32, now: Timestamp) -> WaitingRow {
        WaitingRow {
            call: caller.call,
            queue: self.queue_at(caller.queue).id,
            class: caller.class,
            counts_as: effective_class(&self.config, caller.class, caller.since, now),
            language: caller.language.map(|index| self.language(index)),
            since: caller.since,
            head: caller.head,
            position,
            expected_wait: self.queue_at(caller.queue).pace.expected(position),
            needs: self.needs(caller.queue, caller.tier).to_vec(),
            widened_to: self.widened_to(caller),
            ringing: caller.ringing.iter().copied().collect(),
        }
    }
}
