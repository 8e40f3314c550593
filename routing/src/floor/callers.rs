//! Events of callers and their calls: arrived, raised, moved, left; held, resumed, ended.

use alloc::vec;
use alloc::vec::Vec;

use ids::{CallId, Class, Language, QueueId, Timestamp};

use super::agent::{AgentSlot, Report, Talk};
use super::assign::Loose;
use super::caller::{Caller, CallerSlot, Relaxation};
use super::{Dropped, Floor};
use crate::effect::{Alert, Effects, FloorEffect, RefusedWhy, StopCause};
use crate::event::CallerKey;
use crate::state::AgentState;

/// The facts of [`crate::FloorEvent::CallerArrived`].
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) call: CallId,
    pub(super) queue: QueueId,
    pub(super) class: Class,
    pub(super) language: Option<Language>,
    pub(super) since: Timestamp,
    pub(super) head: bool,
    pub(super) key: Option<CallerKey>,
}

impl Floor {
    pub(super) fn caller_arrived(
        &mut self,
        arrival: Arrival,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let Arrival { call, queue, class, language, since, head, key } = arrival;
        let queue = self.queue_index(queue).ok_or(RefusedWhy::UnknownQueue)?;
        if self.callers.slot(call).is_some() || self.talking.contains_key(&call) {
            return Err(RefusedWhy::AlreadyWaiting);
        }
        let waiting_max = self.config.waiting_max as usize;
        let insistent = class == Class::Emergency || head;
        if self.callers.len() >= if insistent { 2 * waiting_max } else { waiting_max } {
            return Err(RefusedWhy::Full);
        }
        let id = self.queue_at(queue).id;
        // A call that returns from an agent has its own wait.
        let place = key.filter(|_| !head).and_then(|key| self.left_place(key, id));
        let full = self.queue_at(queue).waiting() >= self.config.waiting_max_of(id);
        if full && !insistent && place.is_none() {
            return Err(RefusedWhy::Full);
        }
        let language = self.intern(language.as_slice())?.first().copied();
        self.arrivals += 1;
        let slot = self.callers.insert(Caller {
            call,
            queue,
            class,
            language,
            since: since.min(self.now).min(place.unwrap_or(since)),
            head,
            arrival: self.arrivals,
            relaxation: Relaxation::None,
            key,
            sticky: key.and_then(|key| self.known_agent(key)),
            tier: Default::default(),
            wider: Vec::new(),
            relaxes_at: None,
            everywhere: false,
            alerted: false,
            ringing: Default::default(),
            cooling: Default::default(),
        });
        if let Some(key) = key.filter(|_| !head) {
            self.dropped.forget(key);
        }
        self.set_reach(slot);
        self.line_up(slot);
        self.seek(slot);
        self.announce_waiting(slot, out);
        self.bring_together(Loose { agents: Vec::new(), callers: vec![slot] }, out);
        Ok(())
    }

    /// Since when a caller had waited in this queue, who hung up not long ago.
    fn left_place(&self, key: CallerKey, queue: QueueId) -> Option<Timestamp> {
        let dropped = self.dropped.recall(key, self.now, self.config.return_grace)?;
        (dropped.queue == queue).then_some(dropped.since)
    }

    /// The agent with whom a caller talked not long ago, and until when that counts.
    fn known_agent(&self, key: CallerKey) -> Option<(AgentSlot, Timestamp)> {
        let agent = self.acquainted.recall(key, self.now, self.config.sticky_within)?;
        Some((self.agents.slot(agent)?, self.now + self.config.sticky_for))
    }

    pub(super) fn caller_raised(
        &mut self,
        call: CallId,
        class: Class,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        if let Some(agent) = self.talking.get(&call).copied() {
            return self.talk_raised(agent, call, class, out);
        }
        let slot = self.waiting_slot(call)?;
        if class >= self.callers.get(slot).class {
            return Err(RefusedWhy::NotMoreUrgent);
        }
        self.set_class(slot, class, out);
        Ok(())
    }

    /// The talk goes on; the agent will have the wrap-up of the new class, and a supervisor knows.
    fn talk_raised(
        &mut self,
        slot: AgentSlot,
        call: CallId,
        class: Class,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let agent = self.agents.get_mut(slot);
        let talk = agent.talk.as_mut().expect("an agent with a call knows its class");
        if class >= talk.class {
            return Err(RefusedWhy::NotMoreUrgent);
        }
        talk.class = class;
        if class == Class::Emergency {
            let alert = Alert::EmergencyInTalk { agent: agent.id, call };
            out.push(FloorEffect::Alert { alert });
        }
        Ok(())
    }

    pub(super) fn caller_reclassed(
        &mut self,
        call: CallId,
        class: Class,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let slot = self.waiting_slot(call)?;
        match self.callers.get(slot).class {
            same if same == class => return Err(RefusedWhy::Unchanged),
            Class::Emergency => return Err(RefusedWhy::StaysEmergency),
            Class::Clinical | Class::CallbackDue | Class::Standard | Class::Info => {}
        }
        self.set_class(slot, class, out);
        Ok(())
    }

    fn set_class(&mut self, slot: CallerSlot, class: Class, out: &mut Effects) {
        let caller = self.callers.get(slot);
        // An emergency rings everybody, so the one console that rings now starts anew with them.
        let replaced =
            if class == Class::Emergency { caller.ringing.first().copied() } else { None };
        let freed = replaced.map(|id| {
            let reservation = self.end_reservation(id, StopCause::Replaced, out);
            self.stand_down(reservation.agent, reservation.origin);
            reservation.agent
        });
        self.unseek(slot);
        self.leave_line(slot);
        self.callers.get_mut(slot).class = class;
        self.set_reach(slot);
        self.line_up(slot);
        self.seek(slot);
        self.announce_waiting(slot, out);
        self.bring_together(Loose { agents: Vec::from_iter(freed), callers: vec![slot] }, out);
    }

    /// The consoles that ring stop, for others may serve the other queue. Neither wait nor class nor
    /// a place at the head is lost.
    pub(super) fn caller_moved(
        &mut self,
        call: CallId,
        queue: QueueId,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let slot = self.waiting_slot(call)?;
        let to = self.queue_index(queue).ok_or(RefusedWhy::UnknownQueue)?;
        let from = self.callers.get(slot).queue;
        if from == to {
            return Err(RefusedWhy::Unchanged);
        }
        let rings: Vec<_> = self.callers.get(slot).ringing.iter().copied().collect();
        let mut agents = Vec::with_capacity(rings.len());
        for id in rings {
            let reservation = self.end_reservation(id, StopCause::Withdrawn, out);
            self.stand_down(reservation.agent, reservation.origin);
            agents.push(reservation.agent);
        }
        self.unseek(slot);
        self.leave_line(slot);
        self.note_if_emptied(from);
        self.announce_gone(self.callers.get(slot), out);
        let caller = self.callers.get_mut(slot);
        (caller.queue, caller.alerted, caller.everywhere) = (to, false, false);
        self.set_reach(slot);
        self.line_up(slot);
        self.seek(slot);
        self.announce_waiting(slot, out);
        self.bring_together(Loose { agents, callers: vec![slot] }, out);
        Ok(())
    }

    pub(super) fn caller_left(
        &mut self,
        call: CallId,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let slot = self.waiting_slot(call)?;
        let caller = self.remove_caller(slot);
        if let Some(key) = caller.key {
            let place = Dropped { queue: self.queue_at(caller.queue).id, since: caller.since };
            self.dropped.keep(key, place, self.now, self.config.return_grace);
        }
        self.announce_gone(&caller, out);
        let agents = self.stop_all(&caller.ringing, call, StopCause::CallerLeft, out);
        self.bring_together(Loose { agents, callers: Vec::new() }, out);
        Ok(())
    }

    pub(super) fn call_held(&mut self, call: CallId, out: &mut Effects) -> Result<(), RefusedWhy> {
        let slot = self.talking_slot(call)?;
        let AgentState::Talking { .. } = self.agents.get(slot).state else {
            return Err(RefusedWhy::WrongState);
        };
        self.set_state(slot, AgentState::OnHold { call, since: self.now });
        self.announce(slot, out);
        Ok(())
    }

    pub(super) fn call_resumed(
        &mut self,
        call: CallId,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let slot = self.talking_slot(call)?;
        let agent = self.agents.get(slot);
        let (AgentState::OnHold { .. }, Some(talk)) = (agent.state, agent.talk) else {
            return Err(RefusedWhy::WrongState);
        };
        self.set_state(slot, AgentState::Talking { call, since: talk.since });
        self.announce(slot, out);
        Ok(())
    }

    pub(super) fn call_ended(&mut self, call: CallId, out: &mut Effects) -> Result<(), RefusedWhy> {
        let slot = self.talking_slot(call)?;
        self.talking.remove(&call);
        let agent = self.agents.get_mut(slot);
        let talk = agent.talk.take().expect("an agent with a call knows its class");
        let span = self.config.wrap_up_after(talk.class);
        if agent.lost {
            self.sign_out(slot);
        } else if span.is_zero() {
            self.finish_work(slot, self.now);
        } else {
            let due = self.config.report_required && !talk.reported;
            agent.report = if due { Report::Due } else { Report::Filed };
            self.set_state(slot, AgentState::WrapUp { call, until: self.now + span });
            // Idle, as seen from an emergency that may ring before the end.
            self.agents.get_mut(slot).idle_since = self.now + span;
        }
        self.bring_together(Loose { agents: vec![slot], callers: Vec::new() }, out);
        Ok(())
    }

    /// The talk broke off: whoever comes back stands where they stood before it.
    pub(super) fn call_dropped(
        &mut self,
        call: CallId,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let talk = self.agents.get(self.talking_slot(call)?).talk;
        self.call_ended(call, out)?;
        if let Some((key, place)) = talk.and_then(|talk| talk.place) {
            self.dropped.keep(key, place, self.now, self.config.return_grace);
        }
        Ok(())
    }

    /// Hands a caller who waits no more to an agent.
    pub(super) fn connect(&mut self, agent: AgentSlot, caller: &Caller) {
        let Caller { call, class, since, .. } = *caller;
        let place = Dropped { queue: self.queue_at(caller.queue).id, since };
        let place = caller.key.map(|key| (key, place));
        self.talking.insert(call, agent);
        let row = self.agents.get_mut(agent);
        row.talk = Some(Talk { class, since: self.now, reported: false, place });
        row.report = Report::Filed;
        row.misses = 0;
        self.set_state(agent, AgentState::Talking { call, since: self.now });
    }

    pub(super) fn announce_gone(&self, caller: &Caller, out: &mut Effects) {
        let queue = self.queue_at(caller.queue).id;
        out.push(FloorEffect::ClearWaiting { call: caller.call, queue });
    }

    fn waiting_slot(&self, call: CallId) -> Result<CallerSlot, RefusedWhy> {
        self.callers.slot(call).ok_or_else(|| match self.talking.get(&call) {
            Some(_) => RefusedWhy::WrongState,
            None => RefusedWhy::UnknownCall,
        })
    }

    fn talking_slot(&self, call: CallId) -> Result<AgentSlot, RefusedWhy> {
        self.talking.get(&call).copied().ok_or_else(|| match self.callers.slot(call) {
            Some(_) => RefusedWhy::WrongState,
            None => RefusedWhy::UnknownCall,
        })
    }
}
