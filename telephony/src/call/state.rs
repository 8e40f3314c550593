//! Where a call can be, and what is known there. Pure.

use std::time::Duration;

use ids::{AgentId, LegId, Timestamp};

use super::{Digit, EndCause, PlayId};
use crate::flow::FlowRun;

/// Where a call is. Each state carries exactly its own facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallState {
    /// It came in; the interaction is being written.
    Arriving(Arriving),
    /// It was answered; the caller's side has not confirmed.
    Answering(Answering),
    /// The caller hears the greeting.
    Greeting(Greeting),
    /// The caller waits for a person.
    Waiting(Waiting),
    /// Caller and agent talk.
    Talking(Talk),
    /// The agent put the caller on hold.
    OnHold(Talk),
    /// The agent's audio is lost and may come back.
    Interrupted(Interrupted),
    /// Over. Nothing leaves this state.
    Ended {
        /// How it ended.
        cause: EndCause,
    },
}

/// The interaction is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arriving {
    /// Answered at the latest then: a caller is worth more than a row.
    pub until: Timestamp,
    /// What came before its time.
    pub early: Early,
}

/// What may come while the interaction is being written: a web caller is connected already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Early {
    /// The caller's side has confirmed.
    pub confirmed: bool,
    /// The most urgent key pressed.
    pub key: Option<UrgentKey>,
}

/// The keys that mean the same at every moment before talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UrgentKey {
    /// `0`: a person, now.
    Person,
    /// `9`: an emergency.
    Emergency,
}

impl UrgentKey {
    /// What a key means at every moment; `None` for all others.
    #[must_use]
    pub const fn of(digit: Digit) -> Option<Self> {
        match digit.as_char() {
            '0' => Some(Self::Person),
            '9' => Some(Self::Emergency),
            _ => None,
        }
    }
}

/// The key by which a waiting caller wishes to be called back: the one in the middle, that fingers
/// find without looking.
pub const CALLBACK_KEY: char = '5';

/// Answered, not yet confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answering {
    /// The set-up has failed then.
    pub until: Timestamp,
}

/// The caller hears the greeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Where in the greeting.
    pub run: FlowRun,
    /// The playlist whose end moves it on.
    pub play: PlayId,
}

/// The caller waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Since; earlier than the arrival in this state for a caller who returned.
    pub since: Timestamp,
    /// What the caller hears.
    pub sound: Sound,
    /// The next announcement is due, as soon as …
    pub announce_at: Timestamp,
    /// … the caller may be spoken to again.
    pub quiet_until: Timestamp,
    /// What is known of the caller's place.
    pub place: Place,
    /// The place last said, as callers before this one.
    pub said: Option<u32>,
    /// The caller was told the first place.
    pub introduced: bool,
}

/// What is known of a waiting caller's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The floor was asked to take the caller and has not answered.
    Asked {
        /// The queue was full before.
        again: bool,
    },
    /// On the floor.
    Known {
        /// Callers before this one; 0 is next.
        before: u32,
        /// How long the caller will wait, as the floor last told.
        expected_wait: Option<Duration>,
    },
    /// The queue is full: the caller is not on the floor, and tries again.
    Outside {
        /// When the floor is asked again.
        retry_at: Timestamp,
    },
}

impl Waiting {
    /// The caller is on the floor, as far as the call knows.
    #[must_use]
    pub const fn on_floor(&self) -> bool {
        !matches!(self.place, Place::Outside { .. })
    }

    /// When the caller is spoken to next.
    pub(super) fn words_at(&self) -> Timestamp {
        self.announce_at.max(self.quiet_until)
    }
}

/// What a caller hears who is not spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Words; music follows their end.
    Announcement(PlayId),
    /// Music, without an end.
    Music(PlayId),
}

/// Caller and agent are in this call together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk {
    /// Who.
    pub agent: AgentId,
    /// The leg of the agent's shift.
    pub leg: LegId,
    /// The caller had waited since; kept for a return to the queue.
    pub waiting_since: Timestamp,
}

/// The agent's audio is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// The talk that was.
    pub talk: Talk,
    /// The caller was on hold.
    pub held: bool,
    /// The caller goes back to the queue then.
    pub until: Timestamp,
    /// What the caller hears.
    pub sound: Sound,
}

impl CallState {
    /// The agent whom the call holds, if any.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        match self {
            Self::Talking(talk) | Self::OnHold(talk) => Some(talk.agent),
            Self::Interrupted(interrupted) => Some(interrupted.talk.agent),
            Self::Arriving(_)
            | Self::Answering(_)
            | Self::Greeting(_)
            | Self::Waiting(_)
            | Self::Ended { .. } => None,
        }
    }

    /// When time alone changes something here.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match self {
            Self::Arriving(arriving) => Some(arriving.until),
            Self::Answering(answering) => Some(answering.until),
            Self::Greeting(greeting) => Some(greeting.run.poll_timeout()),
            Self::Waiting(waiting) => Some(match waiting.place {
                Place::Outside { retry_at } => waiting.words_at().min(retry_at),
                Place::Asked { .. } | Place::Known { .. } => waiting.words_at(),
            }),
            Self::Interrupted(interrupted) => Some(interrupted.until),
            Self::Talking(_) | Self::OnHold(_) | Self::Ended { .. } => None,
        }
    }
}
