//! Overflow: a long wait widens who is asked, step by step, and takes nobody away.

use alloc::vec;
use alloc::vec::Vec;

use ids::Class;

use super::Floor;
use super::assign::Loose;
use super::caller::CallerSlot;
use super::queue::QueueIndex;
use super::reservation::Timer;
use crate::effect::Effects;

impl Floor {
    /// Sets the steps in force for a caller by its queue, class and wait, and the timer of the next.
    /// To be called while the caller is not sought.
    pub(super) fn set_reach(&mut self, slot: CallerSlot) {
        self.stop_widening(slot);
        let caller = self.callers.get(slot);
        let steps = self.config.overflow_of(self.queue_at(caller.queue).id);
        if steps.is_empty() {
            self.callers.get_mut(slot).wider = Vec::new();
            return;
        }
        let emergency = caller.class == Class::Emergency;
        let since = caller.since;
        let in_force = steps.partition_point(|step| emergency || since + step.after <= self.now);
        let next = steps.get(in_force).map(|step| since + step.after);
        let wider = self.queues_of_steps(caller.queue, in_force);
        let caller = self.callers.get_mut(slot);
        (caller.wider, caller.widens_at) = (wider, next);
        self.time_widening(slot);
    }

    /// The queues of the first steps of a queue's overflow.
    pub(crate) fn queues_of_steps(&self, queue: QueueIndex, steps: usize) -> Vec<QueueIndex> {
        let overflow = self.config.overflow_of(self.queue_at(queue).id).iter().take(steps);
        overflow.filter_map(|step| self.queue_index(step.queue)).collect()
    }

    /// The next step is due: more agents are asked for a caller for whom nothing rings.
    pub(super) fn widened(&mut self, slot: CallerSlot, out: &mut Effects) {
        self.callers.get_mut(slot).widens_at = None;
        self.unseek(slot);
        self.set_reach(slot);
        self.seek(slot);
        self.bring_together(Loose { agents: Vec::new(), callers: vec![slot] }, out);
    }

    pub(super) fn stop_widening(&mut self, slot: CallerSlot) {
        let caller = self.callers.get_mut(slot);
        let arrival = caller.arrival;
        if let Some(at) = caller.widens_at.take() {
            self.timers.remove(&(at, Timer::Widen { arrival, caller: slot }));
        }
    }

    pub(crate) fn time_widening(&mut self, slot: CallerSlot) {
        let caller = self.callers.get(slot);
        if let Some(at) = caller.widens_at {
            self.timers.insert((at, Timer::Widen { arrival: caller.arrival, caller: slot }));
        }
    }
}
