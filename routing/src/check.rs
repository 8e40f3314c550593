//! What is always true of a floor, checked from the outside after any event.
//!
//! Pure and free of effects: the tests run it after every step, and a live floor may run it now and
//! then. Costs time in proportion to the floor.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use ids::{AgentId, CallId, Class, QueueId, ReservationId};

use crate::floor::{Agent, AgentSlot, Caller, CallerSlot, Counts, Floor, Kind, Line, Seat, Timer};
use crate::state::AgentState;

/// A promise that the floor broke: a fault of this crate, never of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A call both waits and has an agent, or is not where its row says.
    CallMisplaced(CallId),
    /// An agent is not in the lists of their queues exactly once, or in the wrong one.
    AgentMisplaced(AgentId),
    /// The counters or the lines of a queue do not add up.
    QueueMiscounted(QueueId),
    /// A line is out of order.
    OutOfOrder(QueueId),
    /// A reservation has not exactly one ringing agent and one waiting caller.
    ReservationBroken(ReservationId),
    /// An agent rings without a live reservation, or talks without a call.
    AgentAstray(AgentId),
    /// A caller below `emergency` has two reservations.
    RingsTwice(CallId),
    /// A state that ends by itself has no timer, or a timer is left over.
    TimersWrong,
    /// What is remembered of callers who are gone does not agree with its order.
    MemoryBroken,
    /// A caller waits although this agent could be asked.
    Unserved {
        /// Who waits.
        call: CallId,
        /// Who could be asked.
        agent: AgentId,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CallMisplaced(call) => write!(f, "call {call} is in two places or in none"),
            Self::AgentMisplaced(agent) => write!(f, "agent {agent} is in the wrong list"),
            Self::QueueMiscounted(queue) => write!(f, "the counters of {queue} do not add up"),
            Self::OutOfOrder(queue) => write!(f, "a line of {queue} is out of order"),
            Self::ReservationBroken(id) => write!(f, "reservation {id} lacks its agent or caller"),
            Self::AgentAstray(agent) => write!(f, "agent {agent} rings or talks with nobody"),
            Self::RingsTwice(call) => write!(f, "call {call} has two reservations"),
            Self::TimersWrong => f.write_str("a timer is missing or left over"),
            Self::MemoryBroken => f.write_str("the memory of callers who are gone is broken"),
            Self::Unserved { call, agent } => {
                write!(f, "call {call} waits although agent {agent} could be asked")
            }
        }
    }
}

impl core::error::Error for Violation {}

impl Floor {
    /// Checks every promise that the floor makes; see the crate's documentation for the list.
    ///
    /// # Errors
    /// The first promise found broken.
    pub fn check(&self) -> Result<(), Violation> {
        self.check_sound()?;
        self.callers.iter().try_for_each(|(slot, caller)| self.check_served(slot, caller))
    }

    /// Checks everything but that nobody waits in vain.
    pub(crate) fn check_sound(&self) -> Result<(), Violation> {
        self.check_agents()?;
        self.check_queues()?;
        self.check_callers()?;
        self.check_reservations()?;
        self.check_timers()?;
        if !self.dropped.is_sound() || !self.acquainted.is_sound() {
            return Err(Violation::MemoryBroken);
        }
        Ok(())
    }

    fn check_agents(&self) -> Result<(), Violation> {
        for (slot, agent) in self.agents.iter() {
            let misplaced = Err(Violation::AgentMisplaced(agent.id));
            if self.agents.slot(agent.id) != Some(slot) {
                return misplaced;
            }
            let kind = Kind::of(agent);
            for seat in &agent.seats {
                let queue = self.queue_at(seat.queue);
                if queue.members(kind).get(seat.at as usize) != Some(&slot) {
                    return misplaced;
                }
                let idle = matches!(agent.state, AgentState::Available { .. });
                let mut pools = self.pools(seat, agent).map(|pool| &queue.pools[pool]);
                if pools.any(|pool| pool.is_idle(slot, agent) != idle)
                    || seat.tier != self.tier(seat.queue, &agent.skills)
                {
                    return misplaced;
                }
            }
            self.check_work(slot, agent)?;
        }
        Ok(())
    }

    fn check_work(&self, slot: AgentSlot, agent: &Agent) -> Result<(), Violation> {
        let (talks, at_work) = match agent.state {
            AgentState::Ringing { reservation, .. } => {
                let row = self.reservations.get(&reservation);
                (false, row.is_some_and(|row| row.agent == slot))
            }
            AgentState::Talking { call, .. } | AgentState::OnHold { call, .. } => {
                (true, self.talking.get(&call) == Some(&slot))
            }
            AgentState::WrapUp { .. } => (false, true),
            AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => (false, agent.next.is_none()),
        };
        if at_work && agent.talk.is_some() == talks && (talks || !agent.lost) {
            Ok(())
        } else {
            Err(Violation::AgentAstray(agent.id))
        }
    }

    fn check_queues(&self) -> Result<(), Violation> {
        let mut counted: Vec<Vec<Counts>> =
            self.queues.iter().map(|queue| vec![Counts::default(); queue.pools.len()]).collect();
        for (_, agent) in self.agents.iter() {
            for seat in &agent.seats {
                for pool in self.pools(seat, agent) {
                    *counted[usize::from(seat.queue.0)][pool].of(Kind::of(agent)) += 1;
                }
            }
        }
        for (queue, counted) in self.queues.iter().zip(counted) {
            let pools = queue.pools.iter().zip(&counted);
            let members: usize = queue.members.iter().map(Vec::len).sum();
            let right = members == queue.everyone().total() as usize
                && (queue.waiting() > 0 || !queue.pace.is_running())
                && pools.into_iter().all(|(pool, counted)| {
                    pool.counts == *counted && pool.idle.len() == counted.available as usize
                });
            if !right {
                return Err(Violation::QueueMiscounted(queue.id));
            }
            let lanes =
                queue.pools.iter().flat_map(|pool| pool.lanes.iter().chain([&pool.joinable]));
            if !lanes.chain(&queue.lines).chain([&queue.unrung]).all(Line::is_sound) {
                return Err(Violation::OutOfOrder(queue.id));
            }
        }
        Ok(())
    }

    fn check_callers(&self) -> Result<(), Violation> {
        let mut lined_up = vec![0_u32; self.queues.len()];
        let mut sought = vec![0_u32; self.queues.len()];
        for (slot, caller) in self.callers.iter() {
            let queue = self.queue_at(caller.queue);
            let turn = caller.turn(slot);
            let emergency = caller.class == Class::Emergency;
            let mut sought_in = caller.reach().map(|reach| self.sought_in(reach, caller));
            let in_place = sought_in.all(|line| line.is_none_or(|line| line.contains(&turn)))
                && queue.line(caller.class).contains(&turn)
                && !self.talking.contains_key(&caller.call)
                && self.callers.slot(caller.call) == Some(slot);
            if !in_place {
                return Err(Violation::CallMisplaced(caller.call));
            }
            if caller.ringing.len() > 1 && !emergency {
                return Err(Violation::RingsTwice(caller.call));
            }
            lined_up[usize::from(caller.queue.0)] += 1;
            for reach in caller.reach() {
                let is_sought = self.sought_in(reach, caller).is_some();
                sought[usize::from(reach.queue.0)] += u32::from(is_sought);
            }
        }
        for ((queue, lined_up), sought) in self.queues.iter().zip(lined_up).zip(sought) {
            let in_line: u32 = queue.lines.iter().map(Line::len).sum();
            let lanes =
                queue.pools.iter().flat_map(|pool| pool.lanes.iter().chain([&pool.joinable]));
            let in_lanes: u32 = lanes.chain([&queue.unrung]).map(Line::len).sum();
            if in_line != lined_up || in_lanes != sought {
                return Err(Violation::QueueMiscounted(queue.id));
            }
        }
        Ok(())
    }

    fn check_reservations(&self) -> Result<(), Violation> {
        let ringing: usize = self.callers.iter().map(|(_, caller)| caller.ringing.len()).sum();
        let talking = self.agents.iter().filter(|(_, agent)| agent.talk.is_some()).count();
        if let Some((call, _)) = self.talking.iter().find(|_| talking != self.talking.len()) {
            return Err(Violation::CallMisplaced(*call));
        }
        for (id, row) in self.reservations.iter() {
            let agent = self.agents.get(row.agent);
            let rings = matches!(agent.state, AgentState::Ringing { reservation, .. }
                if reservation == *id);
            let caller = self.callers.find(row.caller);
            let waits = caller.is_some_and(|caller| {
                caller.ringing.contains(id) && agent.alarmed == (caller.class == Class::Emergency)
            });
            if !rings || !waits || ringing != self.reservations.len() {
                return Err(Violation::ReservationBroken(*id));
            }
        }
        Ok(())
    }

    fn check_timers(&self) -> Result<(), Violation> {
        let mut expected = 0;
        let mut running = |deadline, timer| {
            expected += 1;
            self.timers.contains(&(deadline, timer))
        };
        let rings =
            self.reservations.iter().all(|(id, row)| running(row.expires_at, Timer::Ring(*id)));
        let wrap_ups = self.agents.iter().all(|(slot, agent)| {
            let until = agent.wrap_up_ends();
            until.is_none_or(|until| running(until, Timer::WrapUp(slot)))
        });
        let relaxations = self.callers.iter().all(|(slot, caller)| {
            let relax = Timer::Relax { arrival: caller.arrival, caller: slot };
            // Without a timer nothing more is asked for.
            let last = self.queue_at(caller.queue).last_tier();
            caller.relaxes_at.map_or(caller.tier == last, |at| running(at, relax))
        });
        let cool_downs = self.callers.iter().all(|(slot, caller)| {
            caller
                .cooling
                .iter()
                .all(|(agent, until)| running(*until, caller.cool_down_timer(slot, *agent)))
        });
        let all_run =
            rings && wrap_ups && relaxations && cool_downs && expected == self.timers.len();
        if all_run { Ok(()) } else { Err(Violation::TimersWrong) }
    }

    /// The pools of a queue that an agent belongs to.
    fn pools(&self, seat: &Seat, agent: &Agent) -> impl Iterator<Item = usize> {
        let (queue, tier) = (self.queue_at(seat.queue), seat.tier);
        agent.requirements().map(move |language| queue.pool_index(language, tier))
    }

    /// Nobody waits for whom an agent could be asked.
    pub(crate) fn check_served(&self, slot: CallerSlot, caller: &Caller) -> Result<(), Violation> {
        let members = |kind| {
            caller.reach().flat_map(move |reach| self.queue_at(reach.queue).members(kind)).copied()
        };
        let free = |agent: &AgentSlot| !caller.is_cooling(*agent);
        let found = match (caller.class, caller.ringing.is_empty()) {
            (Class::Emergency, true) => {
                [Kind::Available, Kind::WrapUp, Kind::Ringing, Kind::NotResponding]
                    .into_iter()
                    .flat_map(members)
                    .find(free)
            }
            (Class::Emergency, false) => {
                let speaks = |agent: &AgentSlot| {
                    let spoken = &self.agents.get(*agent).languages;
                    caller.language_in_force().is_none_or(|language| spoken.contains(&language))
                };
                let mut joining = [Kind::Available, Kind::WrapUp].into_iter().flat_map(members);
                joining.find(|agent| free(agent) && speaks(agent))
            }
            (_, true) => self.longest_idle(slot).map(|idle| idle.slot),
            (_, false) => None,
        };
        found.map_or(Ok(()), |agent| {
            Err(Violation::Unserved { call: caller.call, agent: self.agents.get(agent).id })
        })
    }
}
