//! The end of a call, from every state. Pure.

use super::machine::Step;
use super::{CallEffect, CallState, EndCause, LeftHow, Refusal};

/// What is to be done with the caller's leg.
#[derive(Clone, Copy)]
enum CallerLeg {
    /// It ended by itself.
    Gone,
    /// It is up: hang up, or refuse if it was never answered.
    Up,
}

impl Step<'_> {
    /// The caller's leg ended.
    pub(super) fn left(&mut self, state: &CallState, how: LeftHow) -> CallState {
        let (leg, abandoned) = match how {
            LeftHow::HungUp | LeftHow::Cancelled => (CallerLeg::Gone, true),
            LeftHow::SignallingLost => (CallerLeg::Gone, false),
            // The audio is gone, but nobody said BYE: the signalling may well be up.
            LeftHow::MediaLost => (CallerLeg::Up, false),
        };
        self.end(state, cause_of(state, how), leg, abandoned)
    }

    /// Our side ends the call.
    pub(super) fn stop(&mut self, state: &CallState, cause: EndCause) -> CallState {
        self.end(state, cause, CallerLeg::Up, false)
    }

    /// The agent ends the call.
    pub(super) fn hang_up(&mut self, state: &CallState, cause: EndCause) -> CallState {
        self.end(state, cause, CallerLeg::Up, false)
    }

    /// The caller's side never confirmed the answer.
    pub(super) fn set_up_timed_out(&mut self) -> CallState {
        let cause = EndCause::SetUpTimedOut;
        self.out.push(CallEffect::HangUp { leg: self.line.leg });
        self.out.push(CallEffect::End { call: self.line.id, cause });
        CallState::Ended { cause }
    }

    /// Gives back what the state holds, then ends.
    fn end(
        &mut self,
        state: &CallState,
        cause: EndCause,
        leg: CallerLeg,
        abandoned: bool,
    ) -> CallState {
        if let CallState::Talking(talk) = state {
            self.unbridge(*talk);
        }
        if let CallerLeg::Up = leg {
            self.drop_leg(state, cause);
        }
        if let CallState::Waiting(waiting) = state
            && waiting.on_floor()
        {
            self.out.push(CallEffect::LeaveQueue { abandoned });
        }
        if let Some(agent) = state.agent() {
            self.out.push(CallEffect::ReleaseAgent { agent });
        }
        self.out.push(CallEffect::End { call: self.line.id, cause });
        CallState::Ended { cause }
    }

    fn drop_leg(&mut self, state: &CallState, cause: EndCause) {
        let leg = self.line.leg;
        let effect = match state {
            CallState::Arriving(_) => CallEffect::Refuse { leg, refusal: refusal_of(cause) },
            CallState::Answering(_)
            | CallState::Greeting(_)
            | CallState::Waiting(_)
            | CallState::Talking(_)
            | CallState::OnHold(_)
            | CallState::Interrupted(_)
            | CallState::Ended { .. } => CallEffect::HangUp { leg },
        };
        self.out.push(effect);
    }
}

/// How a call ended whose caller left, by where it was.
fn cause_of(state: &CallState, how: LeftHow) -> EndCause {
    match (how, state) {
        (LeftHow::MediaLost | LeftHow::SignallingLost, _) => EndCause::CallerLost,
        (LeftHow::HungUp | LeftHow::Cancelled, CallState::Arriving(_))
        | (LeftHow::Cancelled, CallState::Answering(_)) => EndCause::CancelledBeforeAnswer,
        (LeftHow::HungUp, CallState::Answering(_))
        | (LeftHow::HungUp | LeftHow::Cancelled, CallState::Greeting(_)) => {
            EndCause::AbandonedInGreeting
        }
        (LeftHow::HungUp | LeftHow::Cancelled, CallState::Waiting(_)) => EndCause::AbandonedInQueue,
        (
            LeftHow::HungUp | LeftHow::Cancelled,
            CallState::Talking(_) | CallState::OnHold(_) | CallState::Interrupted(_),
        ) => EndCause::CallerHungUp,
        // Not reached: an ended call takes no event.
        (LeftHow::HungUp | LeftHow::Cancelled, CallState::Ended { cause }) => *cause,
    }
}

/// How the trunk is told of a call that ends before its answer.
fn refusal_of(cause: EndCause) -> Refusal {
    match cause {
        EndCause::Refused { refusal } => refusal,
        EndCause::Stopped => Refusal::Stopping,
        EndCause::CallerHungUp
        | EndCause::AgentHungUp
        | EndCause::CancelledBeforeAnswer
        | EndCause::AbandonedInGreeting
        | EndCause::AbandonedInQueue
        | EndCause::CallerLost
        | EndCause::SetUpTimedOut
        | EndCause::Panicked => Refusal::Fault,
    }
}
