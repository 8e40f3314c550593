//! Events of agents: registered, asking for a state or put into one, lost.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

use ids::{AgentId, Language, QueueId, SkillLevel, Timestamp};

use super::Floor;
use super::agent::{Agent, AgentSlot, Report, Seat, break_state};
use super::assign::Loose;
use super::caller::CallerSlot;
use super::queue::{LanguageIndex, QueueIndex};
use crate::effect::{Effects, RefusedWhy, StopCause};
use crate::event::Wanted;
use crate::state::{AgentState, Next};

/// Most languages of one agent.
const SPOKEN_MAX: usize = 32;

/// Most skills of one agent.
const SKILLS_MAX: usize = 256;

impl Floor {
    pub(super) fn agent_registered(
        &mut self,
        id: AgentId,
        languages: &[Language],
        skills: &[SkillLevel],
        queues: &[QueueId],
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let known = self.agents.slot(id);
        let full = self.agents.len() >= self.config.agents_max as usize;
        if languages.len() > SPOKEN_MAX || skills.len() > SKILLS_MAX || (known.is_none() && full) {
            return Err(RefusedWhy::Full);
        }
        let skills = best_of_each(skills);
        let seats = self.seats(queues, &skills)?;
        let languages = self.intern(languages)?;
        let slot = match known {
            Some(slot) => {
                self.unseat(slot);
                let agent = self.agents.get_mut(slot);
                (agent.languages, agent.skills, agent.seats) = (languages, skills, seats);
                agent.lost = false;
                slot
            }
            None => self.agents.insert(new_agent(id, languages, skills, seats, self.now)),
        };
        self.seat(slot);
        let mut callers = Vec::from_iter(self.stop_if_unfit(slot, out));
        callers.extend(self.reach_for_stranded());
        self.bring_together(Loose { agents: vec![slot], callers }, out);
        Ok(())
    }

    /// Ends what rings on an agent's console if the agent no longer serves that caller.
    fn stop_if_unfit(&mut self, slot: AgentSlot, out: &mut Effects) -> Option<CallerSlot> {
        let AgentState::Ringing { reservation, .. } = self.agents.get(slot).state else {
            return None;
        };
        let caller = self.reservations.get(&reservation)?.caller;
        if self.serves(slot, caller) {
            return None;
        }
        let ended = self.end_reservation(reservation, StopCause::Replaced, out);
        self.stand_down(slot, ended.origin);
        self.requeue(caller, out);
        Some(caller)
    }

    pub(super) fn agent_state_requested(
        &mut self,
        id: AgentId,
        want: Wanted,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let slot = self.agents.slot(id).ok_or(RefusedWhy::UnknownAgent)?;
        match self.agents.get(slot).state {
            AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => self.want_now(slot, want),
            AgentState::WrapUp { .. }
                if want == Wanted::Available && self.agents.get(slot).report != Report::Filed =>
            {
                return Err(RefusedWhy::ReportUnfiled);
            }
            AgentState::WrapUp { .. } if want == Wanted::Available => {
                self.agents.get_mut(slot).next = None;
                self.finish_work(slot, self.now);
            }
            AgentState::Ringing { .. }
            | AgentState::Talking { .. }
            | AgentState::OnHold { .. }
            | AgentState::WrapUp { .. } => {
                self.agents.get_mut(slot).lost = false;
                self.wish(slot, want, out);
                return Ok(());
            }
        }
        self.bring_together(Loose { agents: vec![slot], callers: Vec::new() }, out);
        Ok(())
    }

    /// A supervisor decides. What rings stops, wrap-up ends; a live call goes on.
    pub(super) fn agent_state_forced(
        &mut self,
        id: AgentId,
        want: Wanted,
        out: &mut Effects,
    ) -> Result<(), RefusedWhy> {
        let slot = self.agents.slot(id).ok_or(RefusedWhy::UnknownAgent)?;
        let mut callers = Vec::new();
        match self.agents.get(slot).state {
            // Nobody is put to work who has not signed in.
            AgentState::Offline => return Err(RefusedWhy::WrongState),
            AgentState::Ringing { .. } if want == Wanted::Available => {
                self.wish(slot, want, out);
                return Ok(());
            }
            AgentState::Talking { .. } | AgentState::OnHold { .. } => {
                self.wish(slot, want, out);
                return Ok(());
            }
            AgentState::Ringing { reservation, .. } => {
                let ended = self.end_reservation(reservation, StopCause::Withdrawn, out);
                self.requeue(ended.caller, out);
                callers.push(ended.caller);
            }
            AgentState::Available { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => {}
        }
        self.agents.get_mut(slot).next = None;
        self.want_now(slot, want);
        self.bring_together(Loose { agents: vec![slot], callers }, out);
        Ok(())
    }

    /// Notes what an agent is to be once the present work is over.
    fn wish(&mut self, slot: AgentSlot, want: Wanted, out: &mut Effects) {
        self.agents.get_mut(slot).next = match want {
            Wanted::Available => None,
            Wanted::Break { reason } => Some(Next::Break { reason }),
            Wanted::Offline => Some(Next::Offline),
        };
        self.announce(slot, out);
    }

    /// Gives an agent without work the state asked for. Asking for what is already so changes
    /// nothing, and is announced again: the console may have missed it.
    fn want_now(&mut self, slot: AgentSlot, want: Wanted) {
        let now = self.now;
        match (self.agents.get(slot).state, want) {
            (AgentState::Available { .. }, Wanted::Available) => {}
            // A miss does not send the agent to the end of those who are idle.
            (AgentState::NotResponding { .. }, Wanted::Available) => {
                self.set_available(slot, self.agents.get(slot).idle_since);
            }
            (_, Wanted::Available) => self.set_available(slot, now),
            (AgentState::Break { reason: old, .. }, Wanted::Break { reason }) if old == reason => {}
            (_, Wanted::Break { reason }) => self.set_state(slot, break_state(reason, now)),
            (_, Wanted::Offline) => self.set_state(slot, AgentState::Offline),
        }
    }

    pub(super) fn agent_lost(&mut self, id: AgentId, out: &mut Effects) -> Result<(), RefusedWhy> {
        let slot = self.agents.slot(id).ok_or(RefusedWhy::UnknownAgent)?;
        let agent = self.agents.get_mut(slot);
        let mut callers = Vec::new();
        match agent.state {
            AgentState::Offline => return Err(RefusedWhy::WrongState),
            AgentState::Talking { .. } | AgentState::OnHold { .. } if agent.lost => {
                return Err(RefusedWhy::WrongState);
            }
            // The call is never cut: the state follows when it ends.
            AgentState::Talking { .. } | AgentState::OnHold { .. } => {
                agent.lost = true;
                self.announce(slot, out);
                return Ok(());
            }
            AgentState::Ringing { reservation, .. } => {
                let ended = self.end_reservation(reservation, StopCause::AgentLost, out);
                self.requeue(ended.caller, out);
                callers.push(ended.caller);
            }
            AgentState::Available { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => {}
        }
        self.sign_out(slot);
        self.bring_together(Loose { agents: vec![slot], callers }, out);
        Ok(())
    }

    /// Off the floor at once, wishes forgotten.
    pub(super) fn sign_out(&mut self, slot: AgentSlot) {
        let agent = self.agents.get_mut(slot);
        agent.next = None;
        agent.lost = false;
        self.set_state(slot, AgentState::Offline);
    }

    pub(crate) fn new_seat(&self, queue: QueueIndex, skills: &[SkillLevel]) -> Seat {
        Seat { queue, tier: self.tier(queue, skills), at: 0 }
    }

    fn seats(&self, queues: &[QueueId], skills: &[SkillLevel]) -> Result<Vec<Seat>, RefusedWhy> {
        if queues.len() > self.queues.len() {
            return Err(RefusedWhy::Full);
        }
        let index = |id: &QueueId| self.queue_index(*id).ok_or(RefusedWhy::UnknownQueue);
        let mut indexes: Vec<QueueIndex> = queues.iter().map(index).collect::<Result<_, _>>()?;
        indexes.sort_unstable();
        indexes.dedup();
        Ok(indexes.into_iter().map(|queue| self.new_seat(queue, skills)).collect())
    }
}

/// Each skill once, at the highest level named.
fn best_of_each(skills: &[SkillLevel]) -> Vec<SkillLevel> {
    let mut skills = skills.to_vec();
    skills.sort_unstable_by_key(|held| (held.skill, Reverse(held.level)));
    skills.dedup_by_key(|held| held.skill);
    skills
}

fn new_agent(
    id: AgentId,
    languages: Vec<LanguageIndex>,
    skills: Vec<SkillLevel>,
    seats: Vec<Seat>,
    now: Timestamp,
) -> Agent {
    Agent {
        id,
        languages,
        skills,
        seats,
        state: AgentState::Offline,
        next: None,
        lost: false,
        misses: 0,
        idle_since: now,
        alarmed: false,
        talk: None,
        report: Report::Filed,
    }
}
