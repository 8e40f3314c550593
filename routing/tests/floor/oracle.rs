//! A slow, plain second opinion: follows a floor by its effects alone, and checks that the effects
//! tell the whole truth and that nobody was passed over.

use std::collections::{BTreeMap, BTreeSet};

use ids::{AgentId, CallId, Class, ReservationId, SkillLevel, Timestamp};
use routing::{
    AgentRow, AgentState, Explanation, Floor, FloorEffect, FloorView, Next, StopCause, WaitingRow,
};

/// What a listener knows who heard every effect and nothing else.
pub(crate) struct Oracle {
    agents: BTreeMap<AgentId, (AgentState, Option<Next>)>,
    waiting: BTreeMap<CallId, Class>,
    ringing: BTreeMap<ReservationId, (AgentId, CallId)>,
    /// Declined, and until when.
    cooling: BTreeMap<(CallId, AgentId), Timestamp>,
    before: FloorView,
}

impl Oracle {
    /// Begins to listen to a floor on which nothing has happened.
    pub(crate) fn new(floor: &Floor) -> Self {
        Self {
            agents: BTreeMap::new(),
            waiting: BTreeMap::new(),
            ringing: BTreeMap::new(),
            cooling: BTreeMap::new(),
            before: floor.view(Timestamp::default()),
        }
    }

    /// Hears the effects of one event and compares with the floor as it is now.
    pub(crate) fn hear(
        &mut self,
        now: Timestamp,
        floor: &Floor,
        effects: &[FloorEffect],
    ) -> Result<(), String> {
        for effect in effects {
            self.follow(now, floor, effect)?;
        }
        let after = floor.view(now);
        self.compare(&after)?;
        self.cooling.retain(|(call, _), _| self.waiting.contains_key(call));
        let rung = Rung::of(effects);
        for effect in effects {
            if let FloorEffect::Ring { agent, call, explanation, .. } = effect {
                // An agent who registers may find their place only after timers fired.
                let agents = [self.before.agents.len(), after.agents.len()];
                explanation_adds_up(agents, *agent, explanation)?;
                if !explanation.all_ring {
                    self.nobody_passed_over(&after, &rung, (*agent, *call), explanation)?;
                }
            }
        }
        self.before = after;
        Ok(())
    }

    fn follow(
        &mut self,
        now: Timestamp,
        floor: &Floor,
        effect: &FloorEffect,
    ) -> Result<(), String> {
        match effect {
            FloorEffect::Ring { reservation, agent, call, .. } => {
                if self.ringing.values().any(|(rings, _)| rings == agent) {
                    return Err(format!("agent {agent} has two reservations"));
                }
                self.ringing.insert(*reservation, (*agent, *call));
            }
            FloorEffect::StopRinging { reservation, agent, call, cause } => {
                if self.ringing.remove(reservation) != Some((*agent, *call)) {
                    return Err(format!("reservation {reservation} stopped but did not ring"));
                }
                if *cause == StopCause::Rejected {
                    let until = now + floor.config().reject_cool_down;
                    self.cooling.insert((*call, *agent), until);
                }
            }
            FloorEffect::Connect { reservation, agent, call, .. } => {
                if self.ringing.remove(reservation) != Some((*agent, *call)) {
                    return Err(format!("reservation {reservation} connected but did not ring"));
                }
            }
            FloorEffect::SetAgentState { agent, state, next } => {
                self.agents.insert(*agent, (*state, *next));
            }
            FloorEffect::SetWaiting { call, class, .. } => {
                self.waiting.insert(*call, *class);
            }
            FloorEffect::ClearWaiting { call, .. } => {
                self.waiting.remove(call);
            }
            FloorEffect::Alert { .. } | FloorEffect::Refuse { .. } => {}
        }
        Ok(())
    }

    /// The effects said all there is to say.
    fn compare(&self, after: &FloorView) -> Result<(), String> {
        for row in &after.agents {
            if self.agents.get(&row.agent) != Some(&(row.state, row.next)) {
                let heard = self.agents.get(&row.agent);
                return Err(format!("{row:?} was announced as {heard:?}"));
            }
        }
        let waiting = after.waiting.iter().map(|row| (row.call, row.class)).collect();
        if self.waiting != waiting {
            return Err(format!("announced {:?}, waiting {waiting:?}", self.waiting));
        }
        let mut rings: Vec<_> = after.waiting.iter().flat_map(|row| &row.ringing).collect();
        rings.sort_unstable();
        if !self.ringing.keys().eq(rings) {
            return Err("consoles ring that were not announced".into());
        }
        Ok(())
    }

    /// No caller who waited before and after would have been better for the agent asked, and no
    /// agent who was idle before and after would have been better for the caller.
    fn nobody_passed_over(
        &self,
        after: &FloorView,
        rung: &Rung,
        (agent, call): (AgentId, CallId),
        explanation: &Explanation,
    ) -> Result<(), String> {
        let Some(asked) = after.agents.iter().find(|row| row.agent == agent) else {
            return Err(format!("unknown agent {agent} rings"));
        };
        // Gone again within the same event, or waiting for somebody else by now.
        let Some(chosen) = after.waiting.iter().find(|row| row.call == call) else { return Ok(()) };
        let AgentState::Ringing { idle_since, .. } = asked.state else { return Ok(()) };
        if explanation.knows_caller {
            // Chosen for what was before; another may have been idle for longer.
            return Ok(());
        }
        // A wait may have widened within this event, before or after the ring.
        let before_it = |call: CallId| self.before.waiting.iter().find(|row| row.call == call);
        let unasked = |view: &FloorView, call: CallId| {
            view.waiting.iter().any(|row| row.call == call && row.ringing.is_empty())
        };
        for other in &after.waiting {
            if !rung.callers.contains(&other.call)
                && unasked(&self.before, other.call)
                && unasked(after, other.call)
                && fits(asked, other)
                && before_it(other.call).is_some_and(|before| fits(asked, before))
                && !self.cooling.contains_key(&(other.call, agent))
                && turn(other) < turn(chosen)
            {
                return Err(format!("{} was passed over for {call}", other.call));
            }
        }
        for other in &after.agents {
            let AgentState::Available { since } = other.state else { continue };
            if !rung.agents.contains(&other.agent)
                && self.before.agents.iter().any(|row| row == other)
                && fits(other, chosen)
                && ((other.queues.contains(&chosen.queue) && holds(other, &explanation.needs))
                    || other.queues.iter().any(|own| explanation.widened_to.contains(own)))
                && !self.cooling.contains_key(&(call, other.agent))
                && (since, other.agent) < (idle_since, agent)
            {
                return Err(format!("agent {} was passed over for {agent}", other.agent));
            }
        }
        Ok(())
    }
}

/// Who was asked within one event. They may have been free before and after, and yet not between:
/// many timers can be due at once.
struct Rung {
    agents: BTreeSet<AgentId>,
    callers: BTreeSet<CallId>,
}

impl Rung {
    fn of(effects: &[FloorEffect]) -> Self {
        let mut rung = Self { agents: BTreeSet::new(), callers: BTreeSet::new() };
        for effect in effects {
            if let FloorEffect::Ring { agent, call, .. } = effect {
                rung.agents.insert(*agent);
                rung.callers.insert(*call);
            }
        }
        rung
    }
}

fn turn(row: &WaitingRow) -> (Class, bool, Timestamp) {
    (row.counts_as, !row.head, row.since)
}

fn fits(agent: &AgentRow, caller: &WaitingRow) -> bool {
    ((agent.queues.contains(&caller.queue) && holds(agent, &caller.needs))
        || agent.queues.iter().any(|queue| caller.widened_to.contains(queue)))
        && caller.language.is_none_or(|language| agent.languages.contains(&language))
}

fn holds(agent: &AgentRow, needs: &[SkillLevel]) -> bool {
    let held = |need: &SkillLevel| {
        agent.skills.iter().any(|held| held.skill == need.skill && held.level >= need.level)
    };
    needs.iter().all(held)
}

/// Every agent is either eligible or excluded by exactly one rule.
fn explanation_adds_up(
    agents: [usize; 2],
    agent: AgentId,
    explanation: &Explanation,
) -> Result<(), String> {
    let Explanation { excluded, eligible, candidates, .. } = explanation;
    let sum = eligible
        + excluded.other_queue
        + excluded.lacks_skill
        + excluded.other_language
        + excluded.offline
        + excluded.away
        + excluded.busy
        + excluded.cooling_down;
    if !agents.contains(&(sum as usize)) {
        return Err(format!("{explanation:?} does not add up to {agents:?} agents"));
    }
    let named = candidates.iter().any(|candidate| candidate.agent == agent);
    let first = candidates.first().is_some_and(|first| first.agent == agent);
    if candidates.len() > 5 || !(first || explanation.all_ring && (named || candidates.len() == 5))
    {
        return Err(format!("{explanation:?} does not lead to {agent}"));
    }
    Ok(())
}
