//! Waiting for a person. Pure.

use std::time::Duration;

use ids::{AgentId, Class, LegId, Timestamp};

use super::machine::{Line, Next, Step, Wish, unfit};
use super::{
    CALLBACK_KEY, CallEffect, CallEvent, CallState, Digit, PROMPT_CALLBACK_NOTED, PROMPT_EMERGENCY,
    Place, Talk, UrgentKey, Waiting,
};

/// How soon an emergency that found the queue full, or a caller who pressed `0`, tries again.
const RETRY_MIN: Duration = Duration::from_secs(1);

impl Step<'_> {
    pub(super) fn waiting(&mut self, waiting: Waiting, event: CallEvent) -> Next {
        let next = match event {
            CallEvent::AgentAccepted { agent, leg } => {
                return Ok(self.connect(waiting, agent, leg));
            }
            CallEvent::DigitPressed { digit } => self.pressed_while_waiting(waiting, digit),
            CallEvent::PlaceChanged { position, expected_wait } => {
                self.placed(waiting, position, expected_wait)
            }
            CallEvent::Rerouted { queue, class } => {
                // A place of another queue: the caller is told it anew.
                let said = waiting.said.filter(|_| queue == self.line.queue);
                self.rerouted(queue, class);
                Waiting { said, ..waiting }
            }
            CallEvent::QueueFull => self.kept_outside(waiting),
            CallEvent::PlayEnded { play } => self.words_ended(waiting, play),
            CallEvent::Ticked => self.waited(waiting),
            CallEvent::Recorded | CallEvent::RecordFailed | CallEvent::CallerConfirmed => waiting,
            CallEvent::CallerLeft { how } => {
                return Ok(self.left(&CallState::Waiting(waiting), how));
            }
            CallEvent::Stopped { cause } => {
                return Ok(self.stop(&CallState::Waiting(waiting), cause));
            }
            event @ (CallEvent::AgentMediaLost
            | CallEvent::AgentMediaBack { .. }
            | CallEvent::AgentGone { .. }
            | CallEvent::AgentHungUp
            | CallEvent::HoldRequested
            | CallEvent::ResumeRequested
            | CallEvent::DigitRequested { .. }) => {
                return unfit(CallState::Waiting(waiting), event);
            }
        };
        Ok(CallState::Waiting(next))
    }

    /// The caller begins to wait.
    pub(super) fn join_queue(&mut self, since: Timestamp, head: bool, prompt: &str) -> CallState {
        self.ask_floor(since, head);
        let notice = self.line.notice.take();
        let sound = self.first_words(prompt, head, notice.as_ref());
        let waiting = Waiting {
            since,
            sound,
            announce_at: self.now,
            quiet_until: self.now,
            place: Place::Asked { again: false },
            said: None,
            introduced: false,
        };
        CallState::Waiting(self.speaking(waiting))
    }

    fn ask_floor(&mut self, since: Timestamp, head: bool) {
        let Line { queue, class, language, .. } = *self.line;
        self.out.push(CallEffect::JoinQueue { queue, class, language, since, head });
    }

    fn connect(&mut self, waiting: Waiting, agent: AgentId, leg: LegId) -> CallState {
        let caller = self.line.leg;
        self.out.push(CallEffect::StopPlaying { leg: caller });
        self.out.push(CallEffect::Bridge { caller, agent: leg });
        self.out.push(CallEffect::MarkTalking { agent });
        CallState::Talking(Talk { agent, leg, waiting_since: waiting.since })
    }

    fn pressed_while_waiting(&mut self, waiting: Waiting, digit: Digit) -> Waiting {
        match (UrgentKey::of(digit), waiting.place) {
            (Some(UrgentKey::Emergency), _) => self.raise(waiting),
            // Not more than once a second, however often the key is pressed.
            (Some(UrgentKey::Person), Place::Outside { retry_at })
                if self.now + (self.line.config.full_retry - RETRY_MIN) >= retry_at =>
            {
                self.try_again(waiting)
            }
            (None, _) if digit.as_char() == CALLBACK_KEY => self.wish(waiting),
            // Who waits already has asked for a person.
            (Some(UrgentKey::Person) | None, _) => waiting,
        }
    }

    /// The caller wishes to be called back, and waits on all the same.
    fn wish(&mut self, waiting: Waiting) -> Waiting {
        match self.line.wish {
            // What is not offered to them changes nothing for them.
            _ if self.line.class == Class::Emergency => return waiting,
            Wish::Unreachable => return waiting,
            Wish::Open => {
                self.line.wish = Wish::Noted;
                self.out.push(CallEffect::WishCallback);
            }
            // Whoever presses again wants to hear again that it is noted.
            Wish::Noted => {}
        }
        let sound = self.announce(PROMPT_CALLBACK_NOTED);
        self.speaking(Waiting { sound, ..waiting })
    }

    fn raise(&mut self, waiting: Waiting) -> Waiting {
        if self.line.class == Class::Emergency {
            return waiting;
        }
        self.line.class = Class::Emergency;
        let waiting = if waiting.on_floor() {
            self.out.push(CallEffect::RaiseClass { class: Class::Emergency });
            waiting
        } else {
            self.try_again(waiting)
        };
        let sound = self.announce(PROMPT_EMERGENCY);
        self.speaking(Waiting { sound, ..waiting })
    }

    /// A full queue did not take the caller: nobody is sent away, the caller stays and tries again.
    fn kept_outside(&mut self, waiting: Waiting) -> Waiting {
        // The floor answers each question once; what comes without one is late.
        let Place::Asked { again } = waiting.place else { return waiting };
        let pause = match self.line.class {
            Class::Emergency => RETRY_MIN,
            Class::Clinical | Class::CallbackDue | Class::Standard | Class::Info => {
                self.line.config.full_retry
            }
        };
        let waiting = Waiting { place: Place::Outside { retry_at: self.now + pause }, ..waiting };
        if again { waiting } else { self.say(waiting) }
    }

    fn try_again(&mut self, waiting: Waiting) -> Waiting {
        self.ask_floor(waiting.since, false);
        Waiting { place: Place::Asked { again: true }, ..waiting }
    }

    /// Time passed.
    fn waited(&mut self, waiting: Waiting) -> Waiting {
        let waiting = match waiting.place {
            Place::Outside { retry_at } if self.now >= retry_at => self.try_again(waiting),
            Place::Outside { .. } | Place::Asked { .. } | Place::Known { .. } => waiting,
        };
        if self.now >= waiting.words_at() { self.say(waiting) } else { waiting }
    }
}
