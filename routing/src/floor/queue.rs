//! A queue: its callers in order, its agents by state, and its pools.
//!
//! A *pool* is what one queue holds for one language and one tier. Its agents serve the queue, speak the
//! language, and hold the skills of the tier's step but of none before; its callers require the language
//! and have waited to that step. The first pools are those of no language: all agents, and the callers
//! who require none. Steps become easier, so a caller's agents are the idle of its tier and of those
//! before, and an agent's callers stand in its tier and in those after: a few firsts, no search.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use ids::{AgentId, Class, QueueId, Timestamp};

use super::agent::{Agent, AgentSlot, KINDS, Kind, Seat};
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
    /// Index of the pools of callers who require this language, or none, in units of all tiers.
    fn pool(language: Option<Self>) -> usize {
        language.map_or(0, |index| usize::from(index.0) + 1)
    }
}

/// A step of a queue's skills, from the hardest, 0. A queue that asks for none has this one alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tier(pub(crate) u8);

impl Tier {
    pub(crate) fn of_step(step: usize) -> Self {
        Self(u8::try_from(step).unwrap_or(u8::MAX))
    }
}

/// Agents of one queue who can be asked: those of the tier, and those of the tiers before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) queue: QueueIndex,
    pub(crate) tier: Tier,
}

impl Reach {
    pub(crate) fn includes(self, seat: &Seat) -> bool {
        self.queue == seat.queue && seat.tier <= self.tier
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

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            offline: self.offline + other.offline,
            away: self.away + other.away,
            busy: self.busy + other.busy,
            available: self.available + other.available,
        }
    }

    pub(crate) fn signed_in(&self) -> u32 {
        self.away + self.busy + self.available
    }

    pub(crate) fn total(&self) -> u32 {
        self.offline + self.signed_in()
    }
}

/// What a queue holds for one language and one tier.
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
    /// One for each tier, of no language; then of the first language, and so on.
    pub(crate) pools: Vec<Pool>,
    tiers: u8,
    /// How fast its callers are taken.
    pub(crate) pace: Pace,
}

impl Queue {
    pub(crate) fn new(id: QueueId, tiers: u8, languages: usize) -> Self {
        let mut queue = Self {
            id,
            lines: Default::default(),
            unrung: Line::default(),
            members: Default::default(),
            pools: Vec::new(),
            tiers,
            pace: Pace::default(),
        };
        queue.make_pools(languages);
        queue
    }

    /// Makes the pools of languages that have none yet.
    pub(crate) fn make_pools(&mut self, languages: usize) {
        self.pools.resize_with((languages + 1) * usize::from(self.tiers), Pool::default);
    }

    /// The easiest step: any agent of the queue.
    pub(crate) fn last_tier(&self) -> Tier {
        Tier(self.tiers - 1)
    }

    pub(crate) fn pool_index(&self, language: Option<LanguageIndex>, tier: Tier) -> usize {
        LanguageIndex::pool(language) * usize::from(self.tiers) + usize::from(tier.0)
    }

    /// The pools whose agents can be asked for a caller of this tier.
    pub(crate) fn agents_for(&self, language: Option<LanguageIndex>, tier: Tier) -> &[Pool] {
        let first = self.pool_index(language, Tier(0));
        &self.pools[first..=first + usize::from(tier.0)]
    }

    /// The pools whose callers an agent of this tier can be asked for.
    pub(crate) fn callers_for(&self, language: Option<LanguageIndex>, tier: Tier) -> &[Pool] {
        let first = self.pool_index(language, Tier(0));
        &self.pools[first + usize::from(tier.0)..first + usize::from(self.tiers)]
    }

    /// The agents of this tier and those before who speak the language, or any, by what they do.
    pub(crate) fn counts(&self, language: Option<LanguageIndex>, tier: Tier) -> Counts {
        let pools = self.agents_for(language, tier).iter();
        pools.fold(Counts::default(), |sum, pool| sum.plus(pool.counts))
    }

    /// All agents of the queue, by what they do.
    pub(crate) fn everyone(&self) -> Counts {
        self.counts(None, self.last_tier())
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
