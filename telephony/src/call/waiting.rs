//! Waiting for a person. Pure.

use ids::{AgentId, Class, LegId};

use super::machine::{Next, Step, unfit};
use super::{
    CallEffect, CallEvent, CallState, PROMPT_EMERGENCY, PROMPT_STILL_WAITING, Talk, UrgentKey,
    Waiting,
};

impl Step<'_> {
    pub(super) fn waiting(&mut self, waiting: Waiting, event: CallEvent) -> Next {
        let state = CallState::Waiting(waiting);
        match event {
            CallEvent::AgentAccepted { agent, leg } => Ok(self.connect(waiting, agent, leg)),
            CallEvent::DigitPressed { digit } => match UrgentKey::of(digit) {
                Some(UrgentKey::Emergency) => Ok(self.raise(waiting)),
                // Who waits already has asked for a person.
                Some(UrgentKey::Person) | None => Ok(state),
            },
            CallEvent::Rerouted { queue, class } => {
                self.rerouted(queue, class);
                Ok(state)
            }
            CallEvent::PlayEnded { play } => {
                let sound = self.after(waiting.sound, play);
                Ok(CallState::Waiting(Waiting { sound, ..waiting }))
            }
            CallEvent::Ticked if self.now >= waiting.announce_at => {
                let sound = self.announce(PROMPT_STILL_WAITING);
                let announce_at = self.now + self.line.config.announce_every;
                Ok(CallState::Waiting(Waiting { sound, announce_at, ..waiting }))
            }
            CallEvent::Ticked
            | CallEvent::Recorded
            | CallEvent::RecordFailed
            | CallEvent::CallerConfirmed => Ok(state),
            CallEvent::CallerLeft { how } => Ok(self.left(&state, how)),
            CallEvent::Stopped { cause } => Ok(self.stop(&state, cause)),
            event @ (CallEvent::AgentMediaLost
            | CallEvent::AgentMediaBack { .. }
            | CallEvent::AgentHungUp
            | CallEvent::HoldRequested
            | CallEvent::ResumeRequested
            | CallEvent::DigitRequested { .. }) => unfit(state, event),
        }
    }

    fn connect(&mut self, waiting: Waiting, agent: AgentId, leg: LegId) -> CallState {
        let caller = self.line.leg;
        self.out.push(CallEffect::StopPlaying { leg: caller });
        self.out.push(CallEffect::Bridge { caller, agent: leg });
        self.out.push(CallEffect::MarkTalking { agent });
        CallState::Talking(Talk { agent, leg, waiting_since: waiting.since })
    }

    fn raise(&mut self, waiting: Waiting) -> CallState {
        if self.line.class == Class::Emergency {
            return CallState::Waiting(waiting);
        }
        self.line.class = Class::Emergency;
        self.out.push(CallEffect::RaiseClass { class: Class::Emergency });
        let sound = self.announce(PROMPT_EMERGENCY);
        CallState::Waiting(Waiting { sound, ..waiting })
    }
}
