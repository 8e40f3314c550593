//! Nobody is dropped without a trace: which calls leave a wish to be called back. Pure.
//!
//! Watches the effects of one call as the recording's witness does; the call knows nothing of it. The
//! number, queue and class come from the call's view, the row from `crm::callback`.

use crm::callback::{Cause, Kind};
use ids::Class;
use telephony::call::{
    CallEffect, EndCause, PROMPT_QUEUE_FULL, Playlist, PromptName, says_long_wait,
};

/// Said by greetings on a closed line.
const PROMPTS_CLOSED: [&str; 2] = ["closed", "holiday"];

/// A wish to be noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) kind: Kind,
    pub(crate) cause: Cause,
}

/// Watches one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct WishWitness {
    told: Told,
    part: Part,
}

/// What the caller was last told that keeps a person away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Told {
    #[default]
    Nothing,
    LongWait,
    QueueFull,
    Closed,
}

/// How far the caller came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Part {
    #[default]
    Greeting,
    Waiting,
    Talking,
}

impl WishWitness {
    /// The call asks for something. The wish to note, if that makes one; `class` is asked at the end.
    pub(crate) fn effect(
        &mut self,
        class: impl FnOnce() -> Class,
        effect: &CallEffect,
    ) -> Option<Noted> {
        match effect {
            CallEffect::Play { playlist, .. } => {
                self.told = self.told.after(playlist);
                None
            }
            CallEffect::JoinQueue { .. } => {
                self.part = Part::Waiting;
                None
            }
            CallEffect::MarkTalking { .. } => {
                (self.part, self.told) = (Part::Talking, Told::Nothing);
                None
            }
            CallEffect::WishCallback => Some(Noted { kind: Kind::Asked, cause: self.told.cause() }),
            CallEffect::End { cause, .. } => self.unserved(class(), *cause),
            CallEffect::Answer { .. }
            | CallEffect::Refuse { .. }
            | CallEffect::HangUp { .. }
            | CallEffect::StopPlaying { .. }
            | CallEffect::Bridge { .. }
            | CallEffect::Unbridge { .. }
            | CallEffect::SendDigit { .. }
            | CallEffect::RememberLanguage { .. }
            | CallEffect::RaiseClass { .. }
            | CallEffect::LeaveQueue { .. }
            | CallEffect::ReleaseAgent { .. }
            | CallEffect::SetHold { .. } => None,
        }
    }

    /// The call is over. Whoever waited for a person in vain was not served; so was everybody whom we
    /// had to end, an emergency wherever it ended before a talk, and who hung up on "closed".
    fn unserved(self, class: Class, end: EndCause) -> Option<Noted> {
        let by_us = match end {
            EndCause::Stopped => Some(Cause::Stopped),
            EndCause::Panicked => Some(Cause::Fault),
            EndCause::CallerLost => Some(Cause::LineLost).filter(|_| self.part != Part::Talking),
            // Never answered, or served.
            EndCause::Refused { .. } | EndCause::AgentHungUp => return None,
            EndCause::CallerHungUp
            | EndCause::CancelledBeforeAnswer
            | EndCause::AbandonedInGreeting
            | EndCause::AbandonedInQueue
            | EndCause::SetUpTimedOut => None,
        };
        let cause = match (by_us, self.part) {
            (Some(cause @ (Cause::Stopped | Cause::Fault)), _) => cause,
            (_, Part::Talking) => return None,
            (by_us, Part::Waiting) => by_us.unwrap_or(self.told.cause()),
            (by_us, Part::Greeting) if class == Class::Emergency || self.told == Told::Closed => {
                by_us.unwrap_or(self.told.cause())
            }
            (_, Part::Greeting) => return None,
        };
        Some(Noted { kind: Kind::Unserved, cause })
    }
}

impl Told {
    fn after(self, playlist: &Playlist) -> Self {
        let told = |name: &PromptName| match name.0.as_str() {
            PROMPT_QUEUE_FULL => Some(Self::QueueFull),
            name if PROMPTS_CLOSED.contains(&name) => Some(Self::Closed),
            _ if says_long_wait(name) => Some(Self::LongWait),
            _ => None,
        };
        playlist.prompts.iter().filter_map(|(_, name)| told(name)).next_back().unwrap_or(self)
    }

    const fn cause(self) -> Cause {
        match self {
            Self::Nothing => Cause::Waited,
            Self::LongWait => Cause::LongWait,
            Self::QueueFull => Cause::QueueFull,
            Self::Closed => Cause::Closed,
        }
    }
}

#[cfg(test)]
mod tests;
