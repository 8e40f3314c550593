//! Emergencies: every console that can ring rings, together, until one is answered.
//!
//! A live call is never cut. Everything else gives way, in rounds, until somebody can be asked:
//! those who speak the language before those who do not, the free (and those in wrap-up) before
//! those whose console rings for a less urgent caller, and last those who did not answer before. If
//! nobody of its queues is signed in, all who are signed in count as theirs. A
//! round that asked anybody is the last; when all of them declined or were silent the rounds begin
//! again.

use alloc::vec::Vec;

use ids::{AgentId, Class, Timestamp};

use super::Floor;
use super::agent::{AgentSlot, Kind};
use super::caller::{CallerSlot, Relaxation};
use crate::effect::{Effects, StopCause};
use crate::state::AgentState;

/// Whom each round asks.
const ROUNDS: [(Relaxation, &[Kind]); 5] = [
    (Relaxation::None, &[Kind::Available, Kind::WrapUp]),
    (Relaxation::None, &[Kind::Ringing]),
    (Relaxation::AnyLanguage, &[Kind::Available, Kind::WrapUp]),
    (Relaxation::AnyLanguage, &[Kind::Ringing]),
    (Relaxation::NotResponding, &[Kind::NotResponding]),
];

impl Floor {
    /// Rings everybody of the first round that finds anybody, for an emergency for whom nothing
    /// rings. Less urgent callers who lose an agent to it are added to `displaced`.
    pub(super) fn ring_together(
        &mut self,
        caller: CallerSlot,
        displaced: &mut Vec<CallerSlot>,
        out: &mut Effects,
    ) {
        self.alert_if_deserted(caller, out);
        for (relaxation, kinds) in ROUNDS {
            let agents = self.askable(caller, relaxation, kinds);
            if !agents.is_empty() {
                self.callers.get_mut(caller).relaxation = relaxation;
                self.ring_each(caller, &agents, displaced, out);
                return;
            }
        }
    }

    /// Has an agent ring for an emergency, if there is one that the agent can be asked for: first
    /// those for whom nothing rings, then those that others ring for already.
    pub(super) fn seek_emergency(
        &mut self,
        agent: AgentSlot,
        displaced: &mut Vec<CallerSlot>,
        out: &mut Effects,
    ) {
        let askable = |kind| match kind {
            Kind::Available | Kind::WrapUp | Kind::Ringing | Kind::NotResponding => true,
            Kind::Offline | Kind::RingingEmergency | Kind::Talking | Kind::OnHold | Kind::Break => {
                false
            }
        };
        while askable(Kind::of(self.agents.get(agent)))
            && let Some(caller) = self.oldest_unrung(agent)
        {
            // Asks this agent, or another who is better placed; so this ends.
            self.ring_together(caller, displaced, out);
        }
        if matches!(Kind::of(self.agents.get(agent)), Kind::Available | Kind::WrapUp)
            && let Some(caller) = self.oldest_joinable(agent)
        {
            let explanation = self.explain_all(caller, &[agent]);
            self.reserve(agent, caller, explanation, out);
        }
    }

    fn ring_each(
        &mut self,
        caller: CallerSlot,
        agents: &[AgentSlot],
        displaced: &mut Vec<CallerSlot>,
        out: &mut Effects,
    ) {
        let explanation = self.explain_all(caller, agents);
        for agent in agents {
            if let AgentState::Ringing { reservation, .. } = self.agents.get(*agent).state {
                let reservation = self.end_reservation(reservation, StopCause::Replaced, out);
                // Back to what it was, for an instant, whatever the agent wants to be next.
                let since = self.agents.get(*agent).idle_since;
                self.set_available(*agent, since);
                self.requeue(reservation.caller, out);
                displaced.push(reservation.caller);
            }
            self.reserve(*agent, caller, explanation.clone(), out);
        }
    }

    /// The agents of one round, best first.
    fn askable(&self, slot: CallerSlot, relaxation: Relaxation, kinds: &[Kind]) -> Vec<AgentSlot> {
        let caller = self.callers.get(slot);
        let language = caller.language.filter(|_| relaxation == Relaxation::None);
        let queues = caller.reach().map(|reach| self.queue_at(reach.queue));
        let members = queues.flat_map(|queue| kinds.iter().flat_map(|kind| queue.members(*kind)));
        let mut agents: Vec<AgentSlot> = members
            .copied()
            .filter(|agent| {
                let spoken = &self.agents.get(*agent).languages;
                language.is_none_or(|language| spoken.contains(&language))
                    && !caller.is_cooling(*agent)
            })
            .collect();
        agents.sort_unstable_by_key(|agent| self.idle_key(*agent));
        // Whoever serves two of the queues is asked once.
        agents.dedup();
        agents
    }

    fn oldest_unrung(&self, agent: AgentSlot) -> Option<CallerSlot> {
        let seats = self.agents.get(agent).seats.iter();
        let lines = seats.map(|seat| &self.queue_at(seat.queue).unrung);
        lines.filter_map(|line| self.first_for(agent, line)).min().map(|turn| turn.slot)
    }

    fn oldest_joinable(&self, agent: AgentSlot) -> Option<CallerSlot> {
        let lines = self.pools_of(agent).map(|pool| &pool.joinable);
        lines.filter_map(|line| self.first_for(agent, line)).min().map(|turn| turn.slot)
    }

    /// The order in which agents are asked.
    pub(super) fn idle_key(&self, slot: AgentSlot) -> (Timestamp, AgentId) {
        let agent = self.agents.get(slot);
        (agent.idle_since, agent.id)
    }

    /// Whether all eligible agents ring together for a caller.
    pub(super) fn all_ring(&self, caller: CallerSlot) -> bool {
        self.callers.get(caller).class == Class::Emergency
    }
}
