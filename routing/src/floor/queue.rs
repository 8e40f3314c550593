//! A queue: its callers in order, its agents by state, and its pools.
//!
//! A *pool* is what one queue holds for one language: the agents who serve the queue and speak the
//! language, and the callers of the queue who require it. Pool 0 is the queue's own: all its
//! agents, and the callers who require no language. Who can be asked is always "the first idle agent of the
//! caller's pool", and who is next always "the best first caller of the agent's pools": no search.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use ids::{AgentId, Class, QueueId, Timestamp};

use super::agent::{Agent, AgentSlot, KINDS, Kind};
use super::caller::BELOW_EMERGENCY;
use super::line::Line;
use super::pace::Pace;

/// Index of a queue, in order of configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct QueueIndex(pub(crate) u16);

/// Index of a language, in order of first mention. Never compared to decide anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LanguageIndex(pub(crate) u16);

impl LanguageIndex {
    /// Index of the pool of callers who require this language, or none.
    pub(crate) fn pool(language: Option<Self>) -> usize {
        language.map_or(0, |index| usize::from(index.0) + 1)
    }
}

/// An agent who waits for work. The order of the fields is the order in which agents are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Idle {
    pub(crate) since: Timestamp,
    pub(crate) id: AgentId,
    pub(crate) slot: AgentSlot,
}

/// Agents of a pool by what they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) offline: u32,
    pub(crate) away: u32,
    pub(crate) busy: u32,
    pub(crate) available: u32,
}

impl Counts {
    pub(crate) fn of(&mut self, kind: Kind) -> &mut u32 {
        match kind {
            Kind::Offline => &mut self.offline,
            Kind::Break | Kind::NotResponding => &mut self.away,
            Kind::Ringing
            | Kind::RingingEmergency
            | Kind::Talking
            | Kind::OnHold
            | Kind::WrapUp => &mut self.busy,
            Kind::Available => &mut self.available,
        }
    }

    pub(crate) fn signed_in(&self) -> u32 {
        self.away + self.busy + self.available
    }

    pub(crate) fn total(&self) -> u32 {
        self.offline + self.signed_in()
    }
}

/// What a queue holds for one language.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    pub(crate) counts: Counts,
    /// Agents waiting for work, longest idle first.
    pub(crate) idle: BTreeSet<Idle>,
    /// Callers below `emergency` for whom nothing rings, by class.
    pub(crate) lanes: [Line; BELOW_EMERGENCY.len()],
    /// Emergencies for whom consoles ring already; an agent who becomes free rings too.
    pub(crate) joinable: Line,
}

impl Pool {
    pub(crate) fn is_idle(&self, slot: AgentSlot, agent: &Agent) -> bool {
        self.idle.contains(&Idle { since: agent.idle_since, id: agent.id, slot })
    }

    /// The callers of a class below `emergency`.
    pub(crate) fn lane(&self, class: Class) -> Option<&Line> {
        lane_index(class).map(|index| &self.lanes[index])
    }

    pub(crate) fn lane_mut(&mut self, class: Class) -> Option<&mut Line> {
        lane_index(class).map(|index| &mut self.lanes[index])
    }
}

fn lane_index(class: Class) -> Option<usize> {
    BELOW_EMERGENCY.iter().position(|below| *below == class)
}

/// One queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) id: QueueId,
    /// Every waiting caller by class, rung for or not: the order that callers are told.
    pub(crate) lines: [Line; 1 + BELOW_EMERGENCY.len()],
    /// Emergencies for whom nothing rings.
    pub(crate) unrung: Line,
    /// Agents who serve the queue, by state, in no order that means anything.
    pub(crate) members: [Vec<AgentSlot>; KINDS],
    /// Pool 0 for the whole queue, then one for each language.
    pub(crate) pools: Vec<Pool>,
    /// How fast its callers are taken.
    pub(crate) pace: Pace,
}

impl Queue {
    pub(crate) fn new(id: QueueId, languages: usize) -> Self {
        Self {
            id,
            lines: Default::default(),
            unrung: Line::default(),
            members: Default::default(),
            pools: (0..=languages).map(|_| Pool::default()).collect(),
            pace: Pace::default(),
        }
    }

    pub(crate) fn line(&self, class: Class) -> &Line {
        &self.lines[class as usize]
    }

    pub(crate) fn line_mut(&mut self, class: Class) -> &mut Line {
        &mut self.lines[class as usize]
    }

    pub(crate) fn members(&self, kind: Kind) -> &[AgentSlot] {
        &self.members[kind as usize]
    }

    /// Callers who wait, rung for or not.
    pub(crate) fn waiting(&self) -> u32 {
        self.lines.iter().map(Line::len).sum()
    }

    /// Since when the caller waits who has waited longest.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        let ends = self.lines.iter().flat_map(|line| [line.first(), line.first_of_tail()]);
        ends.flatten().map(|turn| turn.since).min()
    }
}
