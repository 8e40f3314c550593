//! What happens to a call. Past tense.

use std::time::Duration;

use ids::{AgentId, Class, LegId, QueueId};
use serde::{Deserialize, Serialize};

use super::PlayId;

/// A key of a telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct Digit(char);

impl Digit {
    /// The key `0`–`9`, `*`, `#`, `A`–`D`; `None` for anything else.
    #[must_use]
    pub const fn new(key: char) -> Option<Self> {
        match key {
            '0'..='9' | '*' | '#' | 'A'..='D' => Some(Self(key)),
            _ => None,
        }
    }

    /// The key as a character.
    #[must_use]
    pub const fn as_char(self) -> char {
        self.0
    }
}

impl TryFrom<char> for Digit {
    type Error = String;

    fn try_from(key: char) -> Result<Self, String> {
        Self::new(key).ok_or_else(|| format!("{key:?} is not a key of a telephone"))
    }
}

impl From<Digit> for char {
    fn from(digit: Digit) -> Self {
        digit.0
    }
}

/// How the caller's leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftHow {
    /// BYE, or the web page hung up.
    HungUp,
    /// CANCEL before the answer.
    Cancelled,
    /// No audio for the limit, and no BYE.
    MediaLost,
    /// The signalling failed: no ACK, transport gone.
    SignallingLost,
}

/// One thing that happened to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum CallEvent {
    /// The interaction is durable: the call may be answered.
    Recorded,
    /// The interaction could not be written within its deadline. The call goes on all the same: a
    /// caller is worth more than a row, which is written later.
    RecordFailed,
    /// The caller's side confirmed the answer (ACK; for a web call, the peer is connected).
    CallerConfirmed,
    /// The caller's leg ended.
    CallerLeft {
        /// How.
        how: LeftHow,
    },
    /// The caller pressed a key.
    DigitPressed {
        /// Which.
        digit: Digit,
    },
    /// A playlist came to its end. One that was stopped or replaced does not report.
    PlayEnded {
        /// Which.
        play: PlayId,
    },
    /// The caller waits on the floor, or waits at another place now.
    PlaceChanged {
        /// Callers before this one; 0 is next.
        position: u32,
        /// How long the caller will wait from now, where the floor can tell.
        expected_wait: Option<Duration>,
    },
    /// The queue takes nobody more of this class.
    QueueFull,
    /// The floor gave the call to an agent, whose audio is this leg.
    AgentAccepted {
        /// Who.
        agent: AgentId,
        /// The leg of the agent's shift, or of the telephone on which the agent answered.
        leg: LegId,
    },
    /// A supervisor moved the caller to another queue, or gave another class: the floor's word, kept
    /// for a return to the queue.
    Rerouted {
        /// The queue now.
        queue: QueueId,
        /// The class now. Nothing takes an emergency away.
        class: Class,
    },
    /// Audio of the agent's leg is lost; the call is kept for a while.
    AgentMediaLost,
    /// The agent's leg is back, perhaps as a new leg.
    AgentMediaBack {
        /// The leg now.
        leg: LegId,
    },
    /// The agent's leg is gone and will not come back: a telephone that died.
    AgentGone {
        /// Which leg; of an agent before this one it means nothing any more.
        leg: LegId,
    },
    /// The agent hung up.
    AgentHungUp,
    /// The agent pressed hold.
    HoldRequested,
    /// The agent ended the hold.
    ResumeRequested,
    /// The agent pressed a key for the caller's side to hear.
    DigitRequested {
        /// Which.
        digit: Digit,
    },
    /// Our side must end the call: shutdown without drain, a panic, an administrator.
    Stopped {
        /// Why.
        cause: super::EndCause,
    },
    /// Time passed; see `Call::poll_timeout`.
    Ticked,
}
