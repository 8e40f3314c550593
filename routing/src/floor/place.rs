//! Keeps the indexes of the floor in step with its tables. No rule is decided here; every change of
//! an agent's state and of a caller's place goes through these few functions.

use alloc::vec::Vec;

use ids::{Class, Language, ReservationId, Timestamp};

use super::Floor;
use super::agent::{Agent, AgentSlot, Kind};
use super::caller::{Caller, CallerSlot};
use super::line::Line;
use super::queue::{Idle, LanguageIndex, Pool, Queue, QueueIndex, Reach, Tier};
use super::reservation::Timer;
use crate::effect::{Effects, FloorEffect, RefusedWhy};
use crate::state::AgentState;

impl Floor {
    /// Puts an agent into a state, with its timer, its counts and its place among the idle. Says
    /// nothing to the world: see [`Self::announce`].
    pub(super) fn set_state(&mut self, slot: AgentSlot, state: AgentState) {
        self.change_state(slot, state, false);
    }

    /// Notes that an agent's console rings.
    pub(super) fn set_ringing(&mut self, slot: AgentSlot, id: ReservationId, alarmed: bool) {
        let idle_since = self.agents.get(slot).idle_since;
        self.change_state(slot, AgentState::Ringing { reservation: id, idle_since }, alarmed);
    }

    fn change_state(&mut self, slot: AgentSlot, state: AgentState, alarmed: bool) {
        if let Some(until) = self.agents.get(slot).wrap_up_ends() {
            self.timers.remove(&(until, Timer::WrapUp(slot)));
        }
        self.unseat(slot);
        let agent = self.agents.get_mut(slot);
        (agent.state, agent.alarmed) = (state, alarmed);
        self.seat(slot);
        if let Some(until) = self.agents.get(slot).wrap_up_ends() {
            self.timers.insert((until, Timer::WrapUp(slot)));
        }
    }

    /// Tells the world what an agent does now.
    pub(super) fn announce(&self, slot: AgentSlot, out: &mut Effects) {
        let agent = self.agents.get(slot);
        let (state, next) = (agent.state, agent.shown_next());
        out.push(FloorEffect::SetAgentState { agent: agent.id, state, next });
    }

    /// Enters an agent into the lists of its queues, as its state demands.
    pub(crate) fn seat(&mut self, slot: AgentSlot) {
        let agent = &mut self.agents.rows[slot.0 as usize];
        let kind = Kind::of(agent);
        for at in 0..agent.seats.len() {
            let queue = &mut self.queues[usize::from(agent.seats[at].queue.0)];
            let members = &mut queue.members[kind as usize];
            agent.seats[at].at = u32::try_from(members.len()).expect("agents_max fits in 32 bits");
            members.push(slot);
            for_each_pool(queue, agent, agent.seats[at].tier, |pool| {
                *pool.counts.of(kind) += 1;
                if let AgentState::Available { since } = agent.state {
                    pool.idle.insert(Idle { since, id: agent.id, slot });
                }
            });
        }
    }

    /// Takes an agent out of the lists of its queues.
    pub(super) fn unseat(&mut self, slot: AgentSlot) {
        let Self { agents, queues, .. } = self;
        let agent = agents.get(slot);
        let kind = Kind::of(agent);
        for seat in &agent.seats {
            let queue = &mut queues[usize::from(seat.queue.0)];
            for_each_pool(queue, agent, seat.tier, |pool| {
                *pool.counts.of(kind) -= 1;
                if let AgentState::Available { since } = agent.state {
                    pool.idle.remove(&Idle { since, id: agent.id, slot });
                }
            });
        }
        for at in 0..agents.get(slot).seats.len() {
            let seat = agents.get(slot).seats[at];
            let members = &mut queues[usize::from(seat.queue.0)].members[kind as usize];
            members.swap_remove(seat.at as usize);
            // The last member took the free place.
            if let Some(moved) = members.get(seat.at as usize) {
                let seats = &mut agents.get_mut(*moved).seats;
                if let Some(other) = seats.iter_mut().find(|other| other.queue == seat.queue) {
                    other.at = seat.at;
                }
            }
        }
    }

    /// Enters a caller where those look who search for one: among the unasked, or, for an emergency
    /// that rings, where freed agents join.
    pub(crate) fn seek(&mut self, slot: CallerSlot) {
        let Self { callers, queues, .. } = self;
        let caller = callers.get(slot);
        for reach in caller.reach() {
            if let Some(line) = sought_line(queues, reach, caller) {
                line.insert(caller.turn(slot));
            }
        }
    }

    /// Takes a caller out of there. To be called before anything changes that decides the place.
    pub(super) fn unseek(&mut self, slot: CallerSlot) {
        let Self { callers, queues, .. } = self;
        let caller = callers.get(slot);
        for reach in caller.reach() {
            if let Some(line) = sought_line(queues, reach, caller) {
                let was_there = line.remove(&caller.turn(slot));
                debug_assert!(was_there, "a caller is where its state says");
            }
        }
    }

    /// The line of one queue in which a caller is sought, to look at.
    pub(crate) fn sought_in(&self, reach: Reach, caller: &Caller) -> Option<&Line> {
        let queue = self.queue_at(reach.queue);
        let pool = queue.pool_index(caller.language_in_force(), reach.tier);
        match (caller.class, caller.ringing.is_empty()) {
            (Class::Emergency, true) => Some(&queue.unrung),
            (Class::Emergency, false) => Some(&queue.pools[pool].joinable),
            (class, true) => queue.pools[pool].lane(class),
            (_, false) => None,
        }
    }

    /// Enters a caller into the order of its queue.
    pub(crate) fn line_up(&mut self, slot: CallerSlot) {
        let caller = self.callers.get(slot);
        let (queue, class, turn) = (caller.queue, caller.class, caller.turn(slot));
        self.queue_at_mut(queue).line_mut(class).insert(turn);
    }

    /// Takes a caller out of the order of its queue.
    pub(super) fn leave_line(&mut self, slot: CallerSlot) {
        let caller = self.callers.get(slot);
        let (queue, class, turn) = (caller.queue, caller.class, caller.turn(slot));
        let was_there = self.queue_at_mut(queue).line_mut(class).remove(&turn);
        debug_assert!(was_there, "a waiting caller stands in line");
    }

    /// Callers before this one in its queue, by class and wait.
    pub(crate) fn position(&self, slot: CallerSlot) -> u32 {
        let caller = self.callers.get(slot);
        let queue = self.queue_at(caller.queue);
        let lines = &queue.lines[..caller.class as usize];
        let more_urgent: u32 = lines.iter().map(Line::len).sum();
        more_urgent + queue.line(caller.class).rank(&caller.turn(slot))
    }

    /// Takes a caller off the floor, with its timers. Its reservations are the business of whoever
    /// calls.
    pub(super) fn remove_caller(&mut self, slot: CallerSlot) -> Caller {
        self.unseek(slot);
        self.leave_line(slot);
        self.stop_relaxing(slot);
        let caller = self.callers.remove(slot);
        self.note_if_emptied(caller.queue);
        for (agent, until) in &caller.cooling {
            let timer = caller.cool_down_timer(slot, *agent);
            self.timers.remove(&(*until, timer));
        }
        caller
    }

    /// A queue where nobody waits any more has no pace until two callers wait again.
    pub(super) fn note_if_emptied(&mut self, queue: QueueIndex) {
        let queue = self.queue_at_mut(queue);
        if queue.waiting() == 0 {
            queue.pace.emptied();
        }
    }

    /// The indexes of languages, making room for new ones. Nothing changes if one does not fit.
    pub(super) fn intern(
        &mut self,
        languages: &[Language],
    ) -> Result<Vec<LanguageIndex>, RefusedWhy> {
        let mut indexes = Vec::with_capacity(languages.len());
        let known = self.languages.len();
        for language in languages {
            let at = self.languages.iter().position(|known| known == language);
            let at = at.unwrap_or_else(|| {
                self.languages.push(*language);
                self.languages.len() - 1
            });
            indexes.push(LanguageIndex(u16::try_from(at).unwrap_or(u16::MAX)));
        }
        if self.languages.len() > usize::from(self.config.languages_max) {
            self.languages.truncate(known);
            return Err(RefusedWhy::Full);
        }
        if self.languages.len() > known {
            for queue in &mut self.queues {
                queue.make_pools(self.languages.len());
            }
        }
        indexes.sort_unstable();
        indexes.dedup();
        Ok(indexes)
    }

    /// Notes that an agent waits for work since then, without yet looking for any.
    pub(super) fn set_available(&mut self, slot: AgentSlot, since: Timestamp) {
        self.agents.get_mut(slot).idle_since = since;
        self.set_state(slot, AgentState::Available { since });
    }
}

/// The line of a queue in which a caller is sought.
fn sought_line<'a>(queues: &'a mut [Queue], reach: Reach, caller: &Caller) -> Option<&'a mut Line> {
    let queue = &mut queues[usize::from(reach.queue.0)];
    let pool = queue.pool_index(caller.language_in_force(), reach.tier);
    match (caller.class, caller.ringing.is_empty()) {
        (Class::Emergency, true) => Some(&mut queue.unrung),
        (Class::Emergency, false) => Some(&mut queue.pools[pool].joinable),
        (class, true) => queue.pools[pool].lane_mut(class),
        (_, false) => None,
    }
}

/// Does something to each pool of a queue that an agent belongs to.
fn for_each_pool(queue: &mut Queue, agent: &Agent, tier: Tier, mut change: impl FnMut(&mut Pool)) {
    for language in agent.requirements() {
        let pool = queue.pool_index(language, tier);
        change(&mut queue.pools[pool]);
    }
}
