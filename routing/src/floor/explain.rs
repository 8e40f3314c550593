//! Why an agent was asked, from counters that are at hand; and the full table, on demand.

use alloc::vec::Vec;

use ids::{AgentId, CallId, Language, QueueId, ReservationId, SkillLevel, Timestamp};
use serde::{Deserialize, Serialize};

use super::Floor;
use super::agent::{Agent, AgentSlot, Kind, Seat};
use super::caller::{Caller, CallerSlot};
use super::queue::{Counts, Idle, Pool, Reach, Tier};
use crate::explanation::{Candidate, Excluded, Explanation};

/// Candidates named in an explanation, at most.
const CANDIDATES_MAX: usize = 5;

/// What the rules say of every agent for one waiting caller, now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullTable {
    /// The caller.
    pub call: CallId,
    /// Version of the rules.
    pub rule_version: u32,
    /// The language in force, if any.
    pub language: Option<Language>,
    /// How far an emergency goes beyond language and silence; 0 is not at all.
    pub relaxation_step: u32,
    /// The step of the queue's skills in force, from 0.
    pub skill_step: u32,
    /// The skills asked for at that step.
    pub needs: Vec<SkillLevel>,
    /// Further queues whose agents can be asked.
    pub widened_to: Vec<QueueId>,
    /// Every agent: those who ring, then the eligible in the order in which they are asked, then
    /// the excluded by id.
    pub rows: Vec<FullTableRow>,
}

/// What the rules say of one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullTableRow {
    /// Who.
    pub agent: AgentId,
    /// Idle since; the end of the last work for those who are not idle.
    pub idle_since: Timestamp,
    /// The verdict.
    pub verdict: Verdict,
}

/// What the rules say of one agent for one caller. The order is the order of the rules: the first
/// that applies decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The console rings for this caller.
    Ringing {
        /// By this reservation.
        reservation: ReservationId,
    },
    /// Can be asked.
    Eligible,
    /// Does not serve the queue.
    OtherQueue,
    /// Does not hold the skills asked for at the step in force.
    LacksSkill,
    /// Does not speak the language in force.
    OtherLanguage,
    /// Not signed in.
    Offline,
    /// On break, or not responding.
    Away,
    /// Ringing for another caller, talking, holding, wrapping up.
    Busy,
    /// Declined this caller a moment ago.
    CoolingDown,
}

impl Floor {
    /// What the rules say of every agent for one waiting caller; nothing if the call does not wait.
    /// Costs time in proportion to the agents: for a person who asks, not for every event. Replay
    /// the journal up to a reservation to see the table of that moment.
    #[must_use]
    pub fn explain(&self, call: CallId) -> Option<FullTable> {
        let slot = self.callers.slot(call)?;
        let caller = self.callers.get(slot);
        let row = |(agent_slot, agent): (AgentSlot, &Agent)| FullTableRow {
            agent: agent.id,
            idle_since: agent.idle_since,
            verdict: self.verdict(slot, agent_slot, agent),
        };
        let mut rows: Vec<FullTableRow> = self.agents.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| {
            let asked = matches!(row.verdict, Verdict::Ringing { .. } | Verdict::Eligible);
            let since = if asked { row.idle_since } else { Timestamp::default() };
            (row.verdict, since, row.agent)
        });
        Some(FullTable {
            call,
            rule_version: self.config.rule_version,
            language: caller.language_in_force().map(|index| self.language(index)),
            relaxation_step: caller.relaxation as u32,
            skill_step: caller.tier.0.into(),
            needs: self.needs(caller.queue, caller.tier).to_vec(),
            widened_to: self.widened_to(caller),
            rows,
        })
    }

    fn verdict(&self, caller: CallerSlot, slot: AgentSlot, agent: &Agent) -> Verdict {
        let row = self.callers.get(caller);
        if let crate::state::AgentState::Ringing { reservation, .. } = agent.state
            && row.ringing.contains(&reservation)
        {
            return Verdict::Ringing { reservation };
        }
        match fitness(row, agent) {
            Fitness::OtherQueue => return Verdict::OtherQueue,
            Fitness::LacksSkill => return Verdict::LacksSkill,
            Fitness::Fits => {}
        }
        if row.language_in_force().is_some_and(|spoken| !agent.languages.contains(&spoken)) {
            return Verdict::OtherLanguage;
        }
        match Kind::of(agent) {
            Kind::Offline => Verdict::Offline,
            Kind::Break | Kind::NotResponding => Verdict::Away,
            Kind::WrapUp if self.all_ring(caller) && !row.is_cooling(slot) => Verdict::Eligible,
            Kind::Ringing
            | Kind::RingingEmergency
            | Kind::Talking
            | Kind::OnHold
            | Kind::WrapUp => Verdict::Busy,
            Kind::Available if row.is_cooling(slot) => Verdict::CoolingDown,
            Kind::Available => Verdict::Eligible,
        }
    }

    /// Why the longest idle agent, or one who knows the caller, was asked for a caller. To be called
    /// before the reservation.
    pub(super) fn explain_choice(&self, slot: CallerSlot) -> Explanation {
        let caller = self.callers.get(slot);
        let known = self.acquaintance(slot);
        let mut idle: Vec<_> =
            self.pools_for(slot).flat_map(|pool| first_idle(pool, caller)).collect();
        if !caller.wider.is_empty() || caller.tier > Tier::default() {
            idle.sort_unstable();
            idle.dedup();
        }
        let known_first = known.map(|agent| self.agents.get(agent));
        let known_first = known_first.map(|row| (row.id, row.idle_since));
        let others = idle.iter().filter(|idle| Some(idle.slot) != known);
        let candidates = known_first.into_iter().chain(others.map(|idle| (idle.id, idle.since)));
        let candidates = candidates
            .take(CANDIDATES_MAX)
            .map(|(agent, idle_since)| Candidate { agent, idle_since })
            .collect();
        let (excluded, available) = self.excluded(slot);
        let explanation = self.explanation(caller, candidates, excluded, available, false);
        Explanation { knows_caller: known.is_some(), ..explanation }
    }

    /// Why these agents ring for an emergency, together with those who ring for it already. To be
    /// called before the reservations.
    pub(super) fn explain_all(&self, slot: CallerSlot, agents: &[AgentSlot]) -> Explanation {
        let caller = self.callers.get(slot);
        let named = agents.iter().take(CANDIDATES_MAX).map(|agent| self.agents.get(*agent));
        let candidates =
            named.map(|row| Candidate { agent: row.id, idle_since: row.idle_since }).collect();
        let (mut excluded, available) = self.excluded(slot);
        // These are asked although they are busy or away; do not count them as excluded.
        let rings = u32::try_from(caller.ringing.len()).unwrap_or(u32::MAX);
        let (mut busy, mut away) = (rings, 0);
        for agent in agents {
            match Kind::of(self.agents.get(*agent)) {
                Kind::WrapUp | Kind::Ringing => busy += 1,
                Kind::NotResponding => away += 1,
                Kind::Offline
                | Kind::Available
                | Kind::RingingEmergency
                | Kind::Talking
                | Kind::OnHold
                | Kind::Break => {}
            }
        }
        excluded.busy = excluded.busy.saturating_sub(busy);
        excluded.away = excluded.away.saturating_sub(away);
        self.explanation(caller, candidates, excluded, available + busy + away, true)
    }

    fn explanation(
        &self,
        caller: &Caller,
        candidates: Vec<Candidate>,
        excluded: Excluded,
        available: u32,
        all_ring: bool,
    ) -> Explanation {
        Explanation {
            rule_version: self.config.rule_version,
            language: caller.language_in_force().map(|index| self.language(index)),
            candidates,
            eligible: available.saturating_sub(excluded.cooling_down),
            excluded,
            relaxation_step: caller.relaxation as u32,
            skill_step: caller.tier.0.into(),
            needs: self.needs(caller.queue, caller.tier).to_vec(),
            widened_to: self.widened_to(caller),
            knows_caller: false,
            all_ring,
        }
    }

    /// Further queues of a caller, by name.
    pub(crate) fn widened_to(&self, caller: &Caller) -> Vec<QueueId> {
        caller.wider.iter().map(|reach| self.queue_at(reach.queue).id).collect()
    }

    /// How many agents the queues leave, how many of those the skills, and whom of those the language
    /// leaves, by state.
    /// Counters, unless the caller overflowed: agents of two queues must not count twice, so then
    /// everybody is looked at.
    fn counts(&self, caller: &Caller) -> (u32, u32, Counts) {
        if caller.wider.is_empty() {
            let (queue, language) = (self.queue_at(caller.queue), caller.language_in_force());
            let skilled = queue.counts(None, caller.tier).total();
            return (queue.everyone().total(), skilled, queue.counts(language, caller.tier));
        }
        let (mut everyone, mut skilled, mut counts) = (0, 0, Counts::default());
        for (_, agent) in self.agents.iter() {
            let fitness = fitness(caller, agent);
            everyone += u32::from(fitness != Fitness::OtherQueue);
            if fitness == Fitness::Fits {
                skilled += 1;
                let spoken = |language| agent.languages.contains(&language);
                if caller.language_in_force().is_none_or(spoken) {
                    *counts.of(Kind::of(agent)) += 1;
                }
            }
        }
        (everyone, skilled, counts)
    }

    /// Agents excluded by each rule; and those available, the cooling among them.
    fn excluded(&self, slot: CallerSlot) -> (Excluded, u32) {
        let caller = self.callers.get(slot);
        let (everyone, skilled, counts) = self.counts(caller);
        let agents = u32::try_from(self.agents.len()).unwrap_or(u32::MAX);
        let cooling = caller.cooling.iter().filter(|(agent, _)| {
            self.verdict(slot, *agent, self.agents.get(*agent)) == Verdict::CoolingDown
        });
        let excluded = Excluded {
            other_queue: agents - everyone,
            lacks_skill: everyone - skilled,
            other_language: skilled - counts.total(),
            offline: counts.offline,
            away: counts.away,
            busy: counts.busy,
            cooling_down: u32::try_from(cooling.count()).unwrap_or(u32::MAX),
        };
        (excluded, counts.available)
    }
}

/// What queues and skills say of an agent for a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fitness {
    OtherQueue,
    LacksSkill,
    Fits,
}

fn fitness(caller: &Caller, agent: &Agent) -> Fitness {
    let any = |fits: fn(Reach, &Seat) -> bool| {
        agent.seats.iter().any(|seat| caller.reach().any(|reach| fits(reach, seat)))
    };
    if any(Reach::includes) {
        Fitness::Fits
    } else if any(|reach, seat| reach.queue == seat.queue) {
        Fitness::LacksSkill
    } else {
        Fitness::OtherQueue
    }
}

/// The first of a pool who can be asked for a caller, as many as an explanation names.
fn first_idle<'a>(pool: &'a Pool, caller: &'a Caller) -> impl Iterator<Item = Idle> + use<'a> {
    let idle = pool.idle.iter().filter(|idle| !caller.is_cooling(idle.slot));
    idle.take(CANDIDATES_MAX).copied()
}
