//! What a long wait changes: less skill is asked for, and agents of further queues are asked, step by
//! step. Nobody is ever taken away.

use alloc::vec;
use alloc::vec::Vec;

use ids::{Class, SkillLevel, Timestamp};

use super::Floor;
use super::assign::Loose;
use super::caller::{Caller, CallerSlot};
use super::queue::{QueueIndex, Reach, Tier};
use super::reservation::Timer;
use crate::effect::Effects;

impl Floor {
    /// Sets the steps in force for a caller by its queue, class and wait, and the timer of the next.
    /// To be called while the caller is not sought.
    pub(crate) fn set_reach(&mut self, slot: CallerSlot) {
        self.stop_relaxing(slot);
        let Caller { queue, class, since, .. } = *self.callers.get(slot);
        let own = self.queue_at(queue);
        let (skills, overflow) = (self.config.skills_of(own.id), self.config.overflow_of(own.id));
        // An emergency has all steps at once.
        let due = |after| class == Class::Emergency || since + after <= self.now;
        let eased = skills.partition_point(|step| due(step.after));
        let widened = overflow.partition_point(|step| due(step.after));
        let tier = Tier::of_step(eased.saturating_sub(1));
        let next = skills.get(eased).map(|step| step.after);
        let next = next.into_iter().chain(overflow.get(widened).map(|step| step.after)).min();
        let wider = overflow[..widened].iter().filter_map(|step| self.queue_index(step.queue));
        // The agents of another queue have its skills, not those asked for here.
        let wider = wider.map(|queue| Reach { queue, tier: self.queue_at(queue).last_tier() });
        let wider = wider.collect();
        let caller = self.callers.get_mut(slot);
        (caller.tier, caller.wider) = (tier, wider);
        self.relax_at(slot, next.map(|after| since + after));
        if class == Class::Emergency
            && (self.callers.get(slot).everywhere || self.is_deserted(slot))
        {
            self.reach_everywhere(slot);
        }
    }

    /// Whether nobody of the queues that a caller reaches is signed in.
    pub(super) fn is_deserted(&self, slot: CallerSlot) -> bool {
        let staffed = |reach: Reach| self.queue_at(reach.queue).everyone().signed_in() > 0;
        !self.callers.get(slot).reach().any(staffed)
    }

    /// Has everybody asked, of whatever queue: for an emergency any person is better than none.
    fn reach_everywhere(&mut self, slot: CallerSlot) {
        let own = self.callers.get(slot).queue;
        let others = (0..).map(QueueIndex).zip(&self.queues).filter(|(index, _)| *index != own);
        let wider = others.map(|(queue, row)| Reach { queue, tier: row.last_tier() }).collect();
        let caller = self.callers.get_mut(slot);
        (caller.everywhere, caller.wider) = (true, wider);
    }

    /// The agents of a queue are not who they were: emergencies that reach nobody any more reach
    /// everybody else. They are to be rung for.
    pub(super) fn reach_for_stranded(&mut self) -> Vec<CallerSlot> {
        let lines = self.queues.iter().flat_map(|queue| queue.line(Class::Emergency).iter());
        let stranded =
            |slot: &CallerSlot| !self.callers.get(*slot).everywhere && self.is_deserted(*slot);
        let mut stranded: Vec<CallerSlot> = lines.map(|turn| turn.slot).filter(stranded).collect();
        stranded.sort_unstable_by_key(|slot| self.callers.get(*slot).turn(*slot));
        for slot in &stranded {
            self.unseek(*slot);
            self.set_reach(*slot);
            self.seek(*slot);
        }
        stranded
    }

    /// The skills that are asked of a queue's own agents at a step.
    pub(crate) fn needs(&self, queue: QueueIndex, tier: Tier) -> &[SkillLevel] {
        let queue = self.queue_at(queue);
        if queue.last_tier() == tier {
            return &[];
        }
        let step = self.config.skills_of(queue.id).get(usize::from(tier.0));
        step.map_or(&[], |step| &step.needs)
    }

    /// The first step of a queue whose skills an agent holds.
    pub(crate) fn tier(&self, queue: QueueIndex, held: &[SkillLevel]) -> Tier {
        let holds = |need: &SkillLevel| {
            held.iter().any(|held| held.skill == need.skill && held.level >= need.level)
        };
        let steps = self.config.skills_of(self.queue_at(queue).id);
        let first = steps.iter().position(|step| step.needs.iter().all(holds));
        first.map_or(self.queue_at(queue).last_tier(), Tier::of_step)
    }

    /// The next step is due: more agents are asked for a caller for whom nothing rings.
    pub(super) fn relaxed(&mut self, slot: CallerSlot, out: &mut Effects) {
        self.callers.get_mut(slot).relaxes_at = None;
        self.unseek(slot);
        self.set_reach(slot);
        self.seek(slot);
        self.bring_together(Loose { agents: Vec::new(), callers: vec![slot] }, out);
    }

    pub(super) fn stop_relaxing(&mut self, slot: CallerSlot) {
        let caller = self.callers.get_mut(slot);
        let arrival = caller.arrival;
        if let Some(at) = caller.relaxes_at.take() {
            self.timers.remove(&(at, Timer::Relax { arrival, caller: slot }));
        }
    }

    pub(crate) fn relax_at(&mut self, slot: CallerSlot, at: Option<Timestamp>) {
        self.stop_relaxing(slot);
        let caller = self.callers.get_mut(slot);
        caller.relaxes_at = at;
        let arrival = caller.arrival;
        self.timers.extend(at.map(|at| (at, Timer::Relax { arrival, caller: slot })));
    }
}
