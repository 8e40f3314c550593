//! What the people do about an effect: answer or not, talk, hang up, file a report.

use std::time::Duration;

use ids::{AgentId, CallId, ReservationId, Timestamp};
use rand::Rng;
use routing::{AgentState, Alert, FloorEffect, FloorEvent, StopCause};

use super::super::people::{self, Fate, Reply, seconds};
use super::{Happening, World};

impl World {
    /// The people hear of an effect, and plan what they do about it.
    pub(super) fn meets(&mut self, effect: FloorEffect) -> Result<(), String> {
        match effect {
            FloorEffect::Ring { reservation, agent, expires_at, explanation, .. } => {
                self.report.rings += 1;
                self.report.relaxed += u32::from(explanation.relaxation_step > 0);
                self.report.widened += u32::from(!explanation.widened_to.is_empty());
                self.report.eased += u32::from(explanation.skill_step == 1);
                self.report.known += u32::from(explanation.knows_caller);
                self.replies(reservation, agent, expires_at);
            }
            FloorEffect::StopRinging { cause, .. } => match cause {
                StopCause::TimedOut => self.report.missed += 1,
                StopCause::Rejected => self.report.rejected += 1,
                StopCause::AgentLost => self.report.lost += 1,
                StopCause::TakenByAnother => self.report.taken += 1,
                StopCause::Replaced => self.report.replaced += 1,
                StopCause::Withdrawn => self.report.withdrawn += 1,
                StopCause::CallerLeft => {}
            },
            FloorEffect::Connect { agent, call, waiting_since, .. } => {
                self.is_connected(agent, call, waiting_since)?;
            }
            FloorEffect::SetAgentState { agent, state, .. } => self.agent_is(agent, state),
            FloorEffect::Refuse { event: FloorEvent::ReservationAccepted { .. }, .. } => {
                self.report.late += 1;
            }
            FloorEffect::SetWaiting { expected_wait, .. } => {
                self.report.estimated += u32::from(expected_wait.is_some());
            }
            FloorEffect::Alert { alert: Alert::ReportOverdue { .. } } => self.report.overdue += 1,
            FloorEffect::ClearWaiting { .. }
            | FloorEffect::Alert { .. }
            | FloorEffect::Refuse { .. } => {}
        }
        Ok(())
    }

    fn replies(&mut self, reservation: ReservationId, agent: AgentId, expires_at: Timestamp) {
        let soon = seconds(&mut self.rng, 0.5..9.0);
        if self.rng.random_bool(0.02) {
            self.plan_in(soon / 2, Happening::IsForced(agent));
        }
        let answers = |accept| Happening::Answers { reservation, agent, accept };
        match people::reply(&mut self.rng) {
            Reply::Accept => self.plan_in(soon, answers(true)),
            Reply::AcceptTwice => {
                self.plan_in(soon, answers(true));
                self.plan_in(soon, answers(true));
            }
            Reply::AcceptLate => {
                let late = expires_at.since(self.now) + self.a_moment();
                self.plan_in(late, answers(true));
            }
            Reply::Reject => self.plan_in(soon, answers(false)),
            Reply::Ignore => {}
            Reply::Vanish => self.plan_in(soon, Happening::Vanishes(agent)),
        }
    }

    fn is_connected(
        &mut self,
        agent: AgentId,
        id: CallId,
        waiting_since: Timestamp,
    ) -> Result<(), String> {
        let citizen = self.citizens.get_mut(&id).expect("every call has a citizen");
        if citizen.fate != Fate::Waiting || citizen.since != waiting_since {
            return Err(format!("call {id} is connected, but {citizen:?}"));
        }
        citizen.fate = Fate::Talking;
        let talk = citizen.talk;
        match self.rng.random_range(0..100) {
            0..10 => {
                self.plan_in(talk / 3, Happening::Holds(id));
                self.plan_in(talk / 2, Happening::Resumes(id));
            }
            10..14 => self.plan_in(talk / 2, Happening::IsCutOff(id)),
            14..17 => self.plan_in(talk / 2, Happening::Vanishes(agent)),
            17..24 => self.plan_in(talk / 2, Happening::Wishes(agent)),
            24..26 => self.plan_in(talk / 2, Happening::IsForced(agent)),
            // In the midst of wrap-up.
            26..28 => {
                self.plan_in(talk + Duration::from_secs(3), Happening::IsForced(agent));
            }
            _ => {}
        }
        self.plan_in(talk, Happening::TalkEnds(id));
        // Most reports are filed in time, some during the talk, and some very late.
        let after = match self.rng.random_range(0..10) {
            0 => talk / 2,
            1 => talk + Duration::from_secs(200),
            _ => talk + seconds(&mut self.rng, 1.0..25.0),
        };
        self.plan_in(after, Happening::Reports(id, agent));
        Ok(())
    }

    /// Whoever is away comes back some time; some do not wait for the end of wrap-up.
    fn agent_is(&mut self, agent: AgentId, state: AgentState) {
        let back = match state {
            AgentState::Offline => 20.0..300.0,
            AgentState::NotResponding { .. } => 3.0..60.0,
            AgentState::Break { .. } => 60.0..600.0,
            AgentState::WrapUp { .. } if self.rng.random_bool(0.3) => 2.0..25.0,
            AgentState::Available { .. }
            | AgentState::Ringing { .. }
            | AgentState::Talking { .. }
            | AgentState::OnHold { .. }
            | AgentState::WrapUp { .. } => return,
        };
        let when = seconds(&mut self.rng, back);
        self.plan_in(when, Happening::ComesBack(agent));
    }
}
