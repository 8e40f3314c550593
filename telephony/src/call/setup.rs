//! Before the caller hears anything: arriving, answering. Pure.

use super::machine::{Next, Step, unfit};
use super::{Answering, Arriving, CallEffect, CallEvent, CallState, Early, UrgentKey};

impl Step<'_> {
    pub(super) fn arriving(&mut self, arriving: Arriving, event: CallEvent) -> Next {
        let Arriving { until, early } = arriving;
        match event {
            // The row failed or is late: the caller is answered all the same.
            CallEvent::Recorded | CallEvent::RecordFailed => Ok(self.answer(early)),
            CallEvent::Ticked if self.now >= until => Ok(self.answer(early)),
            CallEvent::Ticked => Ok(CallState::Arriving(arriving)),
            CallEvent::CallerConfirmed => {
                let early = Early { confirmed: true, ..early };
                Ok(CallState::Arriving(Arriving { until, early }))
            }
            CallEvent::DigitPressed { digit } => {
                let early = Early { key: early.key.max(UrgentKey::of(digit)), ..early };
                Ok(CallState::Arriving(Arriving { until, early }))
            }
            CallEvent::CallerLeft { how } => Ok(self.left(&CallState::Arriving(arriving), how)),
            CallEvent::Stopped { cause } => Ok(self.stop(&CallState::Arriving(arriving), cause)),
            event @ (CallEvent::PlayEnded { .. }
            | CallEvent::PlaceChanged { .. }
            | CallEvent::QueueFull
            | CallEvent::AgentAccepted { .. }
            | CallEvent::Rerouted { .. }
            | CallEvent::AgentMediaLost
            | CallEvent::AgentMediaBack { .. }
            | CallEvent::AgentGone { .. }
            | CallEvent::AgentHungUp
            | CallEvent::HoldRequested
            | CallEvent::ResumeRequested
            | CallEvent::DigitRequested { .. }) => unfit(CallState::Arriving(arriving), event),
        }
    }

    fn answer(&mut self, early: Early) -> CallState {
        self.out.push(CallEffect::Answer { leg: self.line.leg });
        match early {
            Early { key: Some(key), .. } => self.urgent(key),
            Early { key: None, confirmed: true } => self.greet(),
            Early { key: None, confirmed: false } => {
                let until = self.now + self.line.config.set_up_timeout;
                CallState::Answering(Answering { until })
            }
        }
    }

    pub(super) fn answering(&mut self, answering: Answering, event: CallEvent) -> Next {
        let state = CallState::Answering(answering);
        match event {
            CallEvent::CallerConfirmed => Ok(self.greet()),
            // A key proves that the caller hears us, whatever became of the ACK.
            CallEvent::DigitPressed { digit } => match UrgentKey::of(digit) {
                Some(key) => Ok(self.urgent(key)),
                None => Ok(state),
            },
            CallEvent::Ticked if self.now >= answering.until => Ok(self.set_up_timed_out()),
            CallEvent::Ticked => Ok(state),
            // The row came later than its deadline.
            CallEvent::Recorded | CallEvent::RecordFailed => Ok(state),
            CallEvent::CallerLeft { how } => Ok(self.left(&state, how)),
            CallEvent::Stopped { cause } => Ok(self.stop(&state, cause)),
            event @ (CallEvent::PlayEnded { .. }
            | CallEvent::PlaceChanged { .. }
            | CallEvent::QueueFull
            | CallEvent::AgentAccepted { .. }
            | CallEvent::Rerouted { .. }
            | CallEvent::AgentMediaLost
            | CallEvent::AgentMediaBack { .. }
            | CallEvent::AgentGone { .. }
            | CallEvent::AgentHungUp
            | CallEvent::HoldRequested
            | CallEvent::ResumeRequested
            | CallEvent::DigitRequested { .. }) => unfit(state, event),
        }
    }
}
