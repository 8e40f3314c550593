//! What a call asks of the world. Imperative.

use ids::{AgentId, CallId, Class, Language, LegId, QueueId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Digit;

/// Numbers the playlists of a call, so that a late "ended" of a replaced one is known as such.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PlayId(pub u32);

/// The name of a prompt: the file `prompts/<language>/<name>.wav`. Music is the prompt `music`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PromptName(pub String);

/// Prompts played one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playlist {
    /// Each prompt with the language to say it in.
    pub prompts: Vec<(Language, PromptName)>,
    /// Begin again at the end, until stopped; such a playlist never reports an end.
    pub repeat: bool,
}

/// Why a call is refused, in our words; `driver::sip` translates each to a status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No codec in common: SIP 488.
    NoCommonCodec,
    /// The session description cannot be read: SIP 400.
    BadDescription,
    /// No port, no place, too many calls: SIP 503 with Retry-After.
    Busy,
    /// The number is not ours: SIP 404.
    UnknownNumber,
    /// We are stopping: SIP 503 with Retry-After.
    Stopping,
    /// A fault of ours: SIP 500.
    Fault,
}

/// How a call ended. The interaction keeps it as its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum EndCause {
    /// Talked, then the caller hung up.
    CallerHungUp,
    /// Talked, then the agent hung up.
    AgentHungUp,
    /// The caller hung up before the answer (CANCEL).
    CancelledBeforeAnswer,
    /// The caller hung up in the greeting.
    AbandonedInGreeting,
    /// The caller hung up while waiting (also: while an agent rang).
    AbandonedInQueue,
    /// The caller's audio or signalling was lost.
    CallerLost,
    /// The call was refused.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The set-up took longer than its timer allows.
    SetUpTimedOut,
    /// The program stopped.
    Stopped,
    /// The task of the call panicked; supervision ended the call.
    Panicked,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum CallEffect {
    /// Answer the caller's leg (200 OK; for a web call, the answer is out already: nothing).
    Answer {
        /// The caller's leg.
        leg: LegId,
    },
    /// Refuse the caller's leg.
    Refuse {
        /// The caller's leg.
        leg: LegId,
        /// Why.
        refusal: Refusal,
    },
    /// End the caller's leg (BYE, or CANCEL's 487).
    HangUp {
        /// The caller's leg.
        leg: LegId,
    },
    /// Play to a leg, replacing what it hears.
    Play {
        /// Who hears it.
        leg: LegId,
        /// The number under which the end is reported.
        play: PlayId,
        /// What.
        playlist: Playlist,
    },
    /// Stop playing to a leg.
    StopPlaying {
        /// Which leg.
        leg: LegId,
    },
    /// Join two legs: each hears the other, packets are forwarded without decoding.
    Bridge {
        /// The caller's leg.
        caller: LegId,
        /// The agent's leg.
        agent: LegId,
    },
    /// Part the two legs again.
    Unbridge {
        /// The caller's leg.
        caller: LegId,
        /// The agent's leg.
        agent: LegId,
    },
    /// Send a key (RFC 4733) to a leg.
    SendDigit {
        /// Which leg.
        leg: LegId,
        /// The key.
        digit: Digit,
    },
    /// Remember the language for this caller's number.
    RememberLanguage {
        /// The language chosen.
        language: Language,
    },
    /// Tell the floor that the caller waits.
    JoinQueue {
        /// The queue of the number dialled.
        queue: QueueId,
        /// The class.
        class: Class,
        /// The language that the agent must speak.
        language: Option<Language>,
        /// Waiting since (earlier than now for a caller who returns).
        since: Timestamp,
        /// To the head of the class.
        head: bool,
    },
    /// Remember that this caller wishes to be called back. At most once in a call.
    WishCallback,
    /// Tell the floor that the caller became more urgent, waiting or with an agent.
    RaiseClass {
        /// The new class.
        class: Class,
    },
    /// Tell the floor that the caller no longer waits.
    LeaveQueue {
        /// True when the caller hung up, false when the call failed.
        abandoned: bool,
    },
    /// Tell the floor that the agent's part is over: wrap-up begins.
    ReleaseAgent {
        /// Who.
        agent: AgentId,
    },
    /// Tell the floor that the caller is on hold, or no longer.
    SetHold {
        /// The agent who holds.
        agent: AgentId,
        /// On or off.
        held: bool,
    },
    /// The talk with an agent began: for the interaction's times.
    MarkTalking {
        /// Who.
        agent: AgentId,
    },
    /// The call is over; the last effect of every call, once.
    End {
        /// Which call.
        call: CallId,
        /// How it ended.
        cause: EndCause,
    },
}
