//! With an agent: talk, hold, and the agent's audio lost. Pure.

use ids::{Class, LegId};

use super::machine::{Next, Step, unfit};
use super::{
    CallEffect, CallEvent, CallState, EndCause, Interrupted, PROMPT_AGENT_LOST, PROMPT_EMERGENCY,
    PROMPT_PLEASE_WAIT, Talk, UrgentKey,
};

impl Step<'_> {
    pub(super) fn talking(&mut self, talk: Talk, event: CallEvent) -> Next {
        let state = CallState::Talking(talk);
        match event {
            CallEvent::HoldRequested => {
                self.unbridge(talk);
                self.music();
                self.out.push(CallEffect::SetHold { agent: talk.agent, held: true });
                Ok(CallState::OnHold(talk))
            }
            CallEvent::DigitRequested { digit } => {
                self.out.push(CallEffect::SendDigit { leg: self.line.leg, digit });
                Ok(state)
            }
            CallEvent::AgentMediaLost => {
                self.unbridge(talk);
                Ok(self.interrupt(talk, false))
            }
            // The agent's browser was loaded anew before the old leg was missed.
            CallEvent::AgentMediaBack { leg } if leg != talk.leg => {
                self.unbridge(talk);
                Ok(self.bridge(talk, leg))
            }
            CallEvent::AgentGone { leg } if leg == talk.leg => {
                self.unbridge(talk);
                Ok(self.requeue(talk, PROMPT_AGENT_LOST))
            }
            CallEvent::AgentHungUp => Ok(self.hang_up(&state, EndCause::AgentHungUp)),
            // A person is there: `0` asks for nothing more, and `9` cuts nothing. Late ends of music
            // mean nothing.
            CallEvent::DigitPressed { digit } => {
                if UrgentKey::of(digit) == Some(UrgentKey::Emergency) {
                    self.raise_in_talk();
                }
                Ok(state)
            }
            CallEvent::AgentMediaBack { .. }
            | CallEvent::AgentGone { .. }
            | CallEvent::PlayEnded { .. }
            | CallEvent::PlaceChanged { .. }
            | CallEvent::QueueFull
            | CallEvent::Ticked
            | CallEvent::Recorded
            | CallEvent::RecordFailed
            | CallEvent::CallerConfirmed => Ok(state),
            CallEvent::Rerouted { queue, class } => {
                self.rerouted(queue, class);
                Ok(state)
            }
            CallEvent::CallerLeft { how } => Ok(self.left(&state, how)),
            CallEvent::Stopped { cause } => Ok(self.stop(&state, cause)),
            event @ (CallEvent::AgentAccepted { .. } | CallEvent::ResumeRequested) => {
                unfit(state, event)
            }
        }
    }

    pub(super) fn on_hold(&mut self, talk: Talk, event: CallEvent) -> Next {
        let state = CallState::OnHold(talk);
        match event {
            CallEvent::ResumeRequested => Ok(self.end_hold(talk)),
            CallEvent::AgentMediaLost => Ok(self.interrupt(talk, true)),
            CallEvent::AgentMediaBack { leg } => Ok(CallState::OnHold(Talk { leg, ..talk })),
            CallEvent::AgentGone { leg } if leg == talk.leg => {
                Ok(self.requeue(talk, PROMPT_AGENT_LOST))
            }
            CallEvent::AgentHungUp => Ok(self.hang_up(&state, EndCause::AgentHungUp)),
            CallEvent::DigitPressed { digit } => match UrgentKey::of(digit) {
                // Nobody hears the caller: an emergency is not left to music.
                Some(UrgentKey::Emergency) => {
                    self.raise_in_talk();
                    Ok(self.end_hold(talk))
                }
                // The person is coming back.
                Some(UrgentKey::Person) | None => Ok(state),
            },
            CallEvent::AgentGone { .. }
            | CallEvent::PlayEnded { .. }
            | CallEvent::PlaceChanged { .. }
            | CallEvent::QueueFull
            | CallEvent::Ticked
            | CallEvent::Recorded
            | CallEvent::RecordFailed
            | CallEvent::CallerConfirmed => Ok(state),
            CallEvent::Rerouted { queue, class } => {
                self.rerouted(queue, class);
                Ok(state)
            }
            CallEvent::CallerLeft { how } => Ok(self.left(&state, how)),
            CallEvent::Stopped { cause } => Ok(self.stop(&state, cause)),
            event @ (CallEvent::AgentAccepted { .. }
            | CallEvent::HoldRequested
            | CallEvent::DigitRequested { .. }) => unfit(state, event),
        }
    }

    pub(super) fn interrupted(&mut self, interrupted: Interrupted, event: CallEvent) -> Next {
        let state = CallState::Interrupted(interrupted);
        match event {
            CallEvent::AgentMediaBack { leg } => Ok(self.reunite(interrupted, leg)),
            CallEvent::Ticked if self.now >= interrupted.until => {
                Ok(self.requeue(interrupted.talk, PROMPT_PLEASE_WAIT))
            }
            CallEvent::AgentGone { leg } if leg == interrupted.talk.leg => {
                Ok(self.requeue(interrupted.talk, PROMPT_PLEASE_WAIT))
            }
            // No agent hears the caller: the keys mean again what they meant before.
            CallEvent::DigitPressed { digit } => match UrgentKey::of(digit) {
                Some(UrgentKey::Emergency) => {
                    self.line.class = Class::Emergency;
                    Ok(self.requeue(interrupted.talk, PROMPT_EMERGENCY))
                }
                Some(UrgentKey::Person) => Ok(self.requeue(interrupted.talk, PROMPT_PLEASE_WAIT)),
                None => Ok(state),
            },
            CallEvent::PlayEnded { play } => {
                let sound = self.after(interrupted.sound, play);
                Ok(CallState::Interrupted(Interrupted { sound, ..interrupted }))
            }
            CallEvent::AgentHungUp => Ok(self.hang_up(&state, EndCause::AgentHungUp)),
            CallEvent::AgentMediaLost
            | CallEvent::AgentGone { .. }
            | CallEvent::PlaceChanged { .. }
            | CallEvent::QueueFull
            | CallEvent::Ticked
            | CallEvent::Recorded
            | CallEvent::RecordFailed
            | CallEvent::CallerConfirmed => Ok(state),
            CallEvent::Rerouted { queue, class } => {
                self.rerouted(queue, class);
                Ok(state)
            }
            CallEvent::CallerLeft { how } => Ok(self.left(&state, how)),
            CallEvent::Stopped { cause } => Ok(self.stop(&state, cause)),
            event @ (CallEvent::AgentAccepted { .. }
            | CallEvent::HoldRequested
            | CallEvent::ResumeRequested
            | CallEvent::DigitRequested { .. }) => unfit(state, event),
        }
    }

    /// `9` while an agent has the call: the talk goes on, and everybody who should know does.
    fn raise_in_talk(&mut self) {
        if self.line.class != Class::Emergency {
            self.line.class = Class::Emergency;
            self.out.push(CallEffect::RaiseClass { class: Class::Emergency });
        }
    }

    fn end_hold(&mut self, talk: Talk) -> CallState {
        self.out.push(CallEffect::StopPlaying { leg: self.line.leg });
        let next = self.bridge(talk, talk.leg);
        self.out.push(CallEffect::SetHold { agent: talk.agent, held: false });
        next
    }

    fn bridge(&mut self, talk: Talk, leg: LegId) -> CallState {
        self.out.push(CallEffect::Bridge { caller: self.line.leg, agent: leg });
        CallState::Talking(Talk { leg, ..talk })
    }

    pub(super) fn unbridge(&mut self, talk: Talk) {
        self.out.push(CallEffect::Unbridge { caller: self.line.leg, agent: talk.leg });
    }

    fn interrupt(&mut self, talk: Talk, held: bool) -> CallState {
        let sound = self.announce(PROMPT_AGENT_LOST);
        let until = self.now + self.line.config.agent_media_grace;
        CallState::Interrupted(Interrupted { talk, held, until, sound })
    }

    /// The agent's audio is back, perhaps on a new leg: all is as it was.
    fn reunite(&mut self, interrupted: Interrupted, leg: LegId) -> CallState {
        let Interrupted { talk, held, .. } = interrupted;
        if held {
            self.music();
            return CallState::OnHold(Talk { leg, ..talk });
        }
        self.out.push(CallEffect::StopPlaying { leg: self.line.leg });
        self.bridge(talk, leg)
    }

    /// Back to the queue, before all others of the class: the caller lost the agent through no
    /// fault of their own. The agent is released first: a call is on the floor only once.
    fn requeue(&mut self, talk: Talk, prompt: &str) -> CallState {
        let Talk { agent, waiting_since, .. } = talk;
        self.out.push(CallEffect::ReleaseAgent { agent });
        self.join_queue(waiting_since, true, prompt)
    }
}
