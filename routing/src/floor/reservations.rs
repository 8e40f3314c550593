//! Events of reservations: accepted, rejected, timed out; and the end of a cool-down.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

use ids::{AgentId, CallId, ReservationId};

use super::Floor;
use super::agent::AgentSlot;
use super::assign::Loose;
use super::caller::CallerSlot;
use crate::effect::{Alert, Effects, FloorEffect, RefusedWhy, StopCause};
use crate::state::AgentState;

impl Floor {
    /// The first acceptance wins: the other consoles stop, and a later acceptance finds its
    /// reservation over.
    pub(super) fn reservation_accepted(
        &mut self,
        id: ReservationId,
        agent: AgentId,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        self.check_ringing(id, agent)?;
        let accepted = self.forget(id);
        let (queue, now) = (self.callers.get(accepted.caller).queue, self.now);
        let queue = self.queue_at_mut(queue);
        queue.pace.taken(now, queue.waiting() > 1);
        let mut caller = self.remove_caller(accepted.caller);
        caller.ringing.remove(&id);
        self.connect(accepted.agent, &caller);
        if let Some(key) = caller.key {
            self.acquainted.keep(key, agent, self.now, self.config.sticky_within);
        }
        out.push(FloorEffect::Connect {
            reservation: id,
            agent,
            call: caller.call,
            waiting_since: caller.since,
        });
        self.announce(accepted.agent, out);
        self.announce_gone(&caller, out);
        let agents = self.stop_all(&caller.ringing, caller.call, StopCause::TakenByAnother, out);
        self.bring_together(Loose { agents, callers: Vec::new() }, out);
        Ok(())
    }

    pub(super) fn reservation_rejected(
        &mut self,
        id: ReservationId,
        agent: AgentId,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        self.check_ringing(id, agent)?;
        let rejected = self.end_reservation(id, StopCause::Rejected, out);
        let until = self.now + self.config.reject_cool_down;
        let caller = self.callers.get_mut(rejected.caller);
        caller.cooling.push((rejected.agent, until));
        let timer = caller.cool_down_timer(rejected.caller, rejected.agent);
        self.timers.insert((until, timer));
        self.agents.get_mut(rejected.agent).misses = 0;
        self.stand_down(rejected.agent, rejected.origin);
        self.requeue(rejected.caller, out);
        let (agents, callers) = (vec![rejected.agent], vec![rejected.caller]);
        self.bring_together(Loose { agents, callers }, out);
        Ok(())
    }

    /// Nobody answered this console: the agent gets nothing more until they say so, the caller goes
    /// back to the head.
    pub(super) fn ring_timed_out(&mut self, id: ReservationId, out: &mut Effects) {
        let missed = self.end_reservation(id, StopCause::TimedOut, out);
        let agent = self.agents.get_mut(missed.agent);
        agent.misses = agent.misses.saturating_add(1);
        if agent.misses == 2 {
            out.push(FloorEffect::Alert { alert: Alert::MissedTwice { agent: agent.id } });
        }
        // A break that was asked for stands: there, too, nothing rings.
        self.next_or(missed.agent, AgentState::NotResponding { since: self.now });
        self.requeue(missed.caller, out);
        let (agents, callers) = (vec![missed.agent], vec![missed.caller]);
        self.bring_together(Loose { agents, callers }, out);
    }

    /// The agent may be asked again for the caller they declined.
    pub(super) fn cooled_down(&mut self, slot: CallerSlot, agent: AgentSlot, out: &mut Effects) {
        let caller = self.callers.get_mut(slot);
        caller.cooling.retain(|(cooling, _)| *cooling != agent);
        let mut callers = Vec::new();
        if caller.ringing.is_empty() {
            callers.push(slot);
        } else {
            self.seek_emergency(agent, &mut callers, out);
        }
        self.bring_together(Loose { agents: Vec::new(), callers }, out);
    }

    /// Ends all these reservations of one caller who is gone. The agents are to be settled.
    pub(super) fn stop_all(
        &mut self,
        ids: &BTreeSet<ReservationId>,
        call: CallId,
        cause: StopCause,
        out: &mut Effects,
    ) -> Vec<AgentSlot> {
        let mut freed = Vec::with_capacity(ids.len());
        for id in ids {
            let reservation = self.forget(*id);
            let agent = self.agents.get(reservation.agent).id;
            out.push(FloorEffect::StopRinging { reservation: *id, agent, call, cause });
            self.stand_down(reservation.agent, reservation.origin);
            freed.push(reservation.agent);
        }
        freed
    }

    fn check_ringing(&self, id: ReservationId, agent: AgentId) -> Result<(), RefusedWhy> {
        let slot = self.agents.slot(agent).ok_or(RefusedWhy::UnknownAgent)?;
        match self.reservations.get(&id) {
            Some(reservation) if reservation.agent == slot => Ok(()),
            Some(_) | None => Err(RefusedWhy::ReservationOver),
        }
    }
}
