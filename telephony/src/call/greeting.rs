//! The greeting inside the call. Pure.

use std::sync::Arc;

use ids::Class;

use super::machine::{Next, Step, unfit};
use super::{
    CallEffect, CallEvent, CallState, Digit, Greeting, PROMPT_EMERGENCY, PROMPT_PLEASE_WAIT,
    PlayId, UrgentKey,
};
use crate::flow::{FlowNext, FlowOutput, FlowRun};

impl Step<'_> {
    /// The caller is there: the greeting begins.
    pub(super) fn greet(&mut self) -> CallState {
        let mut said = Vec::new();
        let flow = Arc::clone(&self.line.flow);
        let (language, hours) = (self.line.language, self.line.hours);
        let notice = self.line.notice.clone().filter(|_| self.line.class != Class::Emergency);
        let next = FlowRun::start(flow, language, hours, notice, self.now, &mut said);
        self.follow(next, said, PlayId::default())
    }

    pub(super) fn greeting(&mut self, greeting: Greeting, event: CallEvent) -> Next {
        match event {
            CallEvent::DigitPressed { digit } => Ok(self.pressed(greeting, digit)),
            CallEvent::PlayEnded { play } if play == greeting.play => {
                Ok(self.walk(greeting, FlowRun::play_ended))
            }
            CallEvent::Ticked => Ok(self.walk(greeting, FlowRun::tick)),
            // The late end of a playlist that was replaced; a row later than its deadline; the
            // confirmation of a re-INVITE.
            CallEvent::PlayEnded { .. }
            | CallEvent::Recorded
            | CallEvent::RecordFailed
            | CallEvent::CallerConfirmed => Ok(CallState::Greeting(greeting)),
            CallEvent::CallerLeft { how } => Ok(self.left(&CallState::Greeting(greeting), how)),
            CallEvent::Stopped { cause } => Ok(self.stop(&CallState::Greeting(greeting), cause)),
            event @ (CallEvent::PlaceChanged { .. }
            | CallEvent::QueueFull
            | CallEvent::AgentAccepted { .. }
            | CallEvent::Rerouted { .. }
            | CallEvent::AgentMediaLost
            | CallEvent::AgentMediaBack { .. }
            | CallEvent::AgentGone { .. }
            | CallEvent::AgentHungUp
            | CallEvent::HoldRequested
            | CallEvent::ResumeRequested
            | CallEvent::DigitRequested { .. }) => unfit(CallState::Greeting(greeting), event),
        }
    }

    /// `9` or `0`, before the caller waits.
    pub(super) fn urgent(&mut self, key: UrgentKey) -> CallState {
        let prompt = match key {
            UrgentKey::Emergency => {
                self.line.class = Class::Emergency;
                PROMPT_EMERGENCY
            }
            UrgentKey::Person => PROMPT_PLEASE_WAIT,
        };
        self.join_queue(self.now, false, prompt)
    }

    fn pressed(&mut self, greeting: Greeting, digit: Digit) -> CallState {
        match UrgentKey::of(digit) {
            Some(key) => self.urgent(key),
            None => self.walk(greeting, |run, now, said| run.digit(digit, now, said)),
        }
    }

    fn walk(
        &mut self,
        greeting: Greeting,
        step: impl FnOnce(FlowRun, ids::Timestamp, &mut Vec<FlowOutput>) -> FlowNext,
    ) -> CallState {
        let mut said = Vec::new();
        let closing = greeting.run.is_closing();
        let next = step(greeting.run, self.now, &mut said);
        if closing && matches!(next, FlowNext::Done(_)) {
            self.line.notice = None;
        }
        self.follow(next, said, greeting.play)
    }

    fn follow(&mut self, next: FlowNext, said: Vec<FlowOutput>, before: PlayId) -> CallState {
        let mut play = before;
        for output in said {
            match output {
                FlowOutput::Play(prompts) => play = self.play(prompts, false),
                FlowOutput::ChooseLanguage(language) => {
                    self.line.language = Some(language);
                    self.out.push(CallEffect::RememberLanguage { language });
                }
                // Software may not lower an emergency.
                FlowOutput::SetClass(class) if self.line.class != Class::Emergency => {
                    self.line.class = class;
                }
                FlowOutput::SetClass(_) => {}
            }
        }
        match next {
            FlowNext::Goes(run) => CallState::Greeting(Greeting { run, play }),
            FlowNext::Done(queue) => {
                self.line.queue = queue;
                self.join_queue(self.now, false, PROMPT_PLEASE_WAIT)
            }
        }
    }
}
