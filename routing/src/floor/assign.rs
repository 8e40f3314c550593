//! Who is asked to take whom: the longest idle agent for the most urgent, longest waiting caller.
//!
//! Both directions keep the same promise: after every event, nobody waits whom an available agent
//! could take.

use alloc::vec::Vec;

use ids::{Class, ReservationId};

use super::Floor;
use super::agent::{AgentSlot, Kind, Origin, Report};
use super::caller::{BELOW_EMERGENCY, CallerSlot, effective_class};
use super::line::{Line, Turn};
use super::queue::{Idle, Pool, Reach};
use super::reservation::{Reservation, Timer};
use crate::effect::{Alert, Effects, FloorEffect, StopCause};
use crate::explanation::Explanation;
use crate::state::AgentState;

/// Agents and callers whom an event set free: each in its state and place, none yet sought for.
#[derive(Default)]
pub(super) struct Loose {
    pub(super) agents: Vec<AgentSlot>,
    pub(super) callers: Vec<CallerSlot>,
}

impl Floor {
    /// Brings together whom an event set free. Emergencies first; then the agents, longest idle
    /// first, each with the best of all who wait; then the callers for whom nothing rings yet.
    pub(super) fn bring_together(&mut self, loose: Loose, out: &mut Effects) {
        let Loose { mut agents, mut callers } = loose;
        let mut displaced = Vec::new();
        callers.sort_unstable_by_key(|slot| self.turn_key(*slot));
        for caller in &callers {
            let row = self.callers.get(*caller);
            if row.class == Class::Emergency && row.ringing.is_empty() {
                self.ring_together(*caller, &mut displaced, out);
            }
        }
        agents.sort_unstable_by_key(|slot| self.idle_key(*slot));
        for agent in agents {
            self.settle(agent, &mut displaced, out);
        }
        if !displaced.is_empty() {
            callers.append(&mut displaced);
            callers.sort_unstable_by_key(|slot| self.turn_key(*slot));
        }
        for caller in callers {
            self.seek_agent(caller, out);
        }
    }

    /// Asks the longest idle agent to take a caller for whom nothing rings; says so if nobody is
    /// signed in.
    fn seek_agent(&mut self, caller: CallerSlot, out: &mut Effects) {
        if !self.callers.get(caller).ringing.is_empty() {
            return;
        }
        match self.agent_for(caller) {
            Some(agent) => {
                let explanation = self.explain_choice(caller);
                self.reserve(agent, caller, explanation, out);
            }
            None => self.alert_if_deserted(caller, out),
        }
    }

    /// Finds work for an agent whose state changed, and tells the world the outcome.
    fn settle(&mut self, agent: AgentSlot, displaced: &mut Vec<CallerSlot>, out: &mut Effects) {
        self.seek_emergency(agent, displaced, out);
        while let Some(caller) = self.best_caller(agent) {
            // Another may be idle for longer, or know the caller, who came in the same event.
            let asked = self.agent_for(caller).unwrap_or(agent);
            let explanation = self.explain_choice(caller);
            self.reserve(asked, caller, explanation, out);
        }
        match Kind::of(self.agents.get(agent)) {
            // Announced when it began to ring.
            Kind::Ringing | Kind::RingingEmergency => {}
            Kind::Offline => {
                self.agents.get_mut(agent).misses = 0;
                self.announce(agent, out);
                for caller in self.reach_for_stranded() {
                    self.ring_together(caller, displaced, out);
                }
                self.alert_of_deserted_queues(agent, out);
            }
            Kind::Available
            | Kind::Talking
            | Kind::OnHold
            | Kind::WrapUp
            | Kind::Break
            | Kind::NotResponding => self.announce(agent, out),
        }
    }

    /// The order in which callers are served.
    fn turn_key(&self, slot: CallerSlot) -> (Class, Turn) {
        let caller = self.callers.get(slot);
        let class = effective_class(&self.config, caller.class, caller.since, self.now);
        (class, caller.turn(slot))
    }

    /// The agent to ask for a caller below `emergency`.
    fn agent_for(&self, slot: CallerSlot) -> Option<AgentSlot> {
        self.acquaintance(slot).or_else(|| self.longest_idle(slot).map(|idle| idle.slot))
    }

    pub(crate) fn longest_idle(&self, slot: CallerSlot) -> Option<Idle> {
        let caller = self.callers.get(slot);
        let first =
            |pool: &Pool| pool.idle.iter().find(|idle| !caller.is_cooling(idle.slot)).copied();
        self.pools_for(slot).filter_map(first).min()
    }

    /// The agent who knows the caller, if that counts still and the agent can be asked.
    pub(super) fn acquaintance(&self, slot: CallerSlot) -> Option<AgentSlot> {
        let caller = self.callers.get(slot);
        let (agent, until) = caller.sticky?;
        let available = Kind::of(self.agents.get(agent)) == Kind::Available;
        let asked = self.now < until && available && !caller.is_cooling(agent);
        (asked && self.serves(agent, slot)).then_some(agent)
    }

    /// The caller below `emergency` to offer to an agent who is available: the highest class, then
    /// the longest wait, over all queues and languages of the agent.
    fn best_caller(&self, slot: AgentSlot) -> Option<CallerSlot> {
        let agent = self.agents.get(slot);
        if Kind::of(agent) != Kind::Available {
            return None;
        }
        let mut best: Option<(Class, Turn)> = None;
        let counts_as =
            |class, turn: Turn| (effective_class(&self.config, class, turn.since, self.now), turn);
        for pool in self.pools_of(slot) {
            for (lane, class) in pool.lanes.iter().zip(BELOW_EMERGENCY) {
                let Some(first) = lane.first() else { continue };
                // The head may have waited less than the tail, and ageing goes by the wait.
                if first.tail && best.is_some_and(|best| best < counts_as(class, *first)) {
                    continue;
                }
                for turn in [self.first_for(slot, lane), self.first_of_tail_for(slot, lane)] {
                    let found = turn.map(|turn| counts_as(class, turn));
                    best = best.into_iter().chain(found).min();
                }
            }
        }
        best.map(|(_, turn)| turn.slot)
    }

    /// The first in line whom this agent did not decline a moment ago.
    pub(super) fn first_for(&self, agent: AgentSlot, line: &Line) -> Option<Turn> {
        self.not_cooling(agent, line.iter())
    }

    fn first_of_tail_for(&self, agent: AgentSlot, line: &Line) -> Option<Turn> {
        // Without anybody at the head, the first of the tail is the first of all.
        let first = line.first()?;
        if first.tail { None } else { self.not_cooling(agent, line.tail()) }
    }

    fn not_cooling<'a>(
        &self,
        agent: AgentSlot,
        mut turns: impl Iterator<Item = &'a Turn>,
    ) -> Option<Turn> {
        turns.find(|turn| !self.callers.get(turn.slot).is_cooling(agent)).copied()
    }

    /// Makes a reservation and rings the console.
    pub(super) fn reserve(
        &mut self,
        agent: AgentSlot,
        caller: CallerSlot,
        explanation: Explanation,
        out: &mut Effects,
    ) {
        self.reservations_made += 1;
        let id = ReservationId(self.reservations_made);
        let origin = self.agents.get(agent).origin().expect("only an agent who can be asked is");
        self.unseek(caller);
        self.callers.get_mut(caller).ringing.insert(id);
        self.seek(caller);
        let row = self.callers.get(caller);
        let class = row.class;
        let mut ring = self.config.ring_for(class);
        if explanation.knows_caller {
            ring = ring.min(self.config.sticky_for);
        }
        let expires_at = self.now + ring;
        out.push(FloorEffect::Ring {
            reservation: id,
            agent: self.agents.get(agent).id,
            call: row.call,
            queue: self.queue_at(row.queue).id,
            class,
            waiting_since: row.since,
            expires_at,
            explanation,
        });
        self.reservations.insert(id, Reservation { agent, caller, expires_at, origin });
        self.timers.insert((expires_at, Timer::Ring(id)));
        self.set_ringing(agent, id, class == Class::Emergency);
        self.announce(agent, out);
    }

    /// Ends a reservation that nobody accepted. The caller is back among those who are sought for;
    /// the agent is left for the caller of this function to put into a state.
    pub(super) fn end_reservation(
        &mut self,
        id: ReservationId,
        cause: StopCause,
        out: &mut Effects,
    ) -> Reservation {
        let reservation = self.forget(id);
        self.unseek(reservation.caller);
        let caller = self.callers.get_mut(reservation.caller);
        caller.ringing.remove(&id);
        if caller.ringing.is_empty() {
            caller.relaxation = super::Relaxation::None;
        }
        let call = caller.call;
        self.seek(reservation.caller);
        let agent = self.agents.get(reservation.agent).id;
        out.push(FloorEffect::StopRinging { reservation: id, agent, call, cause });
        reservation
    }

    /// Takes a live reservation and its timer out of the tables.
    pub(super) fn forget(&mut self, id: ReservationId) -> Reservation {
        let reservation = self.reservations.remove(&id).expect("a ringing reservation is live");
        self.timers.remove(&(reservation.expires_at, Timer::Ring(id)));
        reservation
    }

    /// Puts an agent whose console stopped ringing back to what it was, or to what the agent asked
    /// to be next. Says nothing yet: [`Self::bring_together`] follows.
    pub(super) fn stand_down(&mut self, slot: AgentSlot, origin: Origin) {
        match origin {
            Origin::WrapUp { call, until } if until > self.now => {
                self.set_state(slot, AgentState::WrapUp { call, until });
            }
            Origin::WrapUp { call, until } if self.agents.get(slot).report != Report::Filed => {
                self.back_to_the_report(slot, call, until);
            }
            Origin::WrapUp { until, .. } => self.finish_work(slot, until),
            Origin::Available => {
                let since = self.agents.get(slot).idle_since;
                self.finish_work(slot, since);
            }
            Origin::NotResponding { since } => {
                self.next_or(slot, AgentState::NotResponding { since });
            }
        }
    }

    /// Ends an agent's work: the next state if one was asked for, else available since then. Says
    /// nothing yet: [`Self::bring_together`] follows.
    pub(super) fn finish_work(&mut self, slot: AgentSlot, since: ids::Timestamp) {
        if self.agents.get(slot).next.is_none() {
            self.agents.get_mut(slot).idle_since = since;
        }
        self.next_or(slot, AgentState::Available { since });
    }

    /// Enters the next state if one was asked for, else the given one.
    pub(super) fn next_or(&mut self, slot: AgentSlot, state: AgentState) {
        let next = self.agents.get_mut(slot).next.take();
        self.set_state(slot, next.map_or(state, |next| next.state(self.now)));
    }

    /// A caller lost the agent who was asked: back to the head, wait intact. An emergency for whom
    /// other consoles ring just waits for them.
    pub(super) fn requeue(&mut self, caller: CallerSlot, out: &mut Effects) {
        if !self.callers.get(caller).ringing.is_empty() {
            return;
        }
        if !self.callers.get(caller).head {
            self.unseek(caller);
            self.leave_line(caller);
            self.callers.get_mut(caller).head = true;
            self.line_up(caller);
            self.seek(caller);
        }
        self.announce_waiting(caller, out);
    }

    pub(super) fn announce_waiting(&self, slot: CallerSlot, out: &mut Effects) {
        let caller = self.callers.get(slot);
        let (queue, position) = (self.queue_at(caller.queue), self.position(slot));
        out.push(FloorEffect::SetWaiting {
            call: caller.call,
            queue: queue.id,
            class: caller.class,
            position,
            expected_wait: queue.pace.expected(position),
        });
    }

    /// Tells a supervisor, once for each caller, that nobody of the queue is signed in.
    pub(super) fn alert_if_deserted(&mut self, slot: CallerSlot, out: &mut Effects) {
        let caller = self.callers.get(slot);
        if caller.alerted || !(caller.everywhere || self.is_deserted(slot)) {
            return;
        }
        let queue = self.queue_at(caller.queue);
        let alert = Alert::NobodySignedIn { queue: queue.id, call: caller.call };
        out.push(FloorEffect::Alert { alert });
        self.callers.get_mut(slot).alerted = true;
    }

    /// The last agent of a queue left: the caller who is next stands for all who wait.
    fn alert_of_deserted_queues(&mut self, slot: AgentSlot, out: &mut Effects) {
        for at in 0..self.agents.get(slot).seats.len() {
            let queue = self.queue_at(self.agents.get(slot).seats[at].queue);
            if let Some(turn) = queue.lines.iter().find_map(Line::first).copied() {
                self.alert_if_deserted(turn.slot, out);
            }
        }
    }

    /// Whether an agent serves the queue of a caller, holds the skills and speaks the language in force.
    pub(super) fn serves(&self, agent: AgentSlot, caller: CallerSlot) -> bool {
        let (agent, caller) = (self.agents.get(agent), self.callers.get(caller));
        let spoken = |language| agent.languages.contains(&language);
        agent.seats.iter().any(|seat| caller.reach().any(|reach| reach.includes(seat)))
            && caller.language_in_force().is_none_or(spoken)
    }

    /// The pools where a caller's agents are, as the rules are relaxed for it now.
    pub(crate) fn pools_for(&self, slot: CallerSlot) -> impl Iterator<Item = &Pool> {
        let caller = self.callers.get(slot);
        let language = caller.language_in_force();
        caller
            .reach()
            .flat_map(move |Reach { queue, tier }| self.queue_at(queue).agents_for(language, tier))
    }

    /// The pools whose callers an agent can be asked for.
    pub(super) fn pools_of(&self, slot: AgentSlot) -> impl Iterator<Item = &Pool> {
        let agent = self.agents.get(slot);
        agent.seats.iter().flat_map(move |seat| {
            let queue = self.queue_at(seat.queue);
            agent.requirements().flat_map(|language| queue.callers_for(language, seat.tier))
        })
    }
}
