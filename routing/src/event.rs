//! What happens to the floor. Past tense; each is journaled before its effects leave.

use alloc::vec::Vec;

use ids::{
    AgentId, CallId, Class, Language, QueueId, ReservationId, SkillLevel, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::state::BreakReason;

/// What an agent asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "snake_case")]
pub enum Wanted {
    /// Ready for work; also ends wrap-up, a break and `not_responding`, and cancels a `next` state.
    Available,
    /// A break, at once or after the present work.
    Break {
        /// Why.
        reason: BreakReason,
    },
    /// Off the floor, at once or after the present work.
    Offline,
}

/// A caller, told apart from others and nothing more: a keyed hash of the number, made outside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallerKey(pub u64);

impl core::fmt::Debug for CallerKey {
    /// Not the hash: a log must not tell callers apart over days.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("CallerKey")
    }
}

/// Why a supervisor changed an agent's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForceReason {
    /// More callers wait than agents work.
    Coverage,
    /// The shift is over.
    EndOfShift,
    /// Went away without saying so.
    LeftDesk,
    /// To rest after a distressing call, or unwell.
    Wellbeing,
    /// Headset, computer or network trouble.
    Technical,
    /// Something else, told to the agent.
    Other,
}

/// Why a caller left the floor without an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveCause {
    /// Hung up while waiting.
    Abandoned,
    /// The call failed: network, media, our own fault.
    Failed,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FloorEvent {
    /// An agent is known to the floor from now on, `offline`. Repeating it replaces
    /// languages, skills and queues.
    AgentRegistered {
        /// Who.
        agent: AgentId,
        /// Languages spoken. A caller's required language must be among them.
        languages: Vec<Language>,
        /// Skills held, and how well. A name alone, as older journals have it, is level 3.
        skills: Vec<SkillLevel>,
        /// Queues served.
        queues: Vec<QueueId>,
    },
    /// An agent asked for a state.
    AgentStateRequested {
        /// Who.
        agent: AgentId,
        /// What.
        want: Wanted,
    },
    /// A supervisor put an agent into a state. A live call is never cut: the state follows as `next`.
    /// A ringing console stops, the caller goes to the head; wrap-up ends. An agent who is offline
    /// cannot be put to work.
    AgentStateForced {
        /// Who is put into a state.
        agent: AgentId,
        /// Which.
        want: Wanted,
        /// By whom.
        by: UserId,
        /// Why.
        reason: ForceReason,
    },
    /// Nothing was heard of an agent's browser for the heartbeat's limit. A live call is never cut:
    /// the state follows when the call machine ends it.
    AgentLost {
        /// Who.
        agent: AgentId,
    },
    /// A caller waits for a person.
    CallerArrived {
        /// Which call.
        call: CallId,
        /// In which queue.
        queue: QueueId,
        /// How urgent.
        class: Class,
        /// The language that an agent must speak, if it is known.
        language: Option<Language>,
        /// Waiting since; earlier than `now` for a caller who returns after losing an agent.
        since: Timestamp,
        /// Stands before all others of the class: lost the agent through no fault of their own.
        head: bool,
        /// Who calls, if the number is known.
        #[serde(default)]
        caller: Option<CallerKey>,
    },
    /// A caller became more urgent, waiting or with an agent. A talk goes on.
    CallerRaised {
        /// Which call.
        call: CallId,
        /// The new class; a less urgent one is refused.
        class: Class,
    },
    /// A supervisor moved a waiting caller to another queue; the wait stays as it is.
    CallerMoved {
        /// Which call.
        call: CallId,
        /// To which queue.
        queue: QueueId,
    },
    /// A supervisor gave a waiting caller another class, more or less urgent. The wait stays as it is.
    CallerReclassed {
        /// Which call.
        call: CallId,
        /// The new class. An emergency stays one, and what asks otherwise is refused.
        class: Class,
    },
    /// A waiting caller is gone.
    CallerLeft {
        /// Which call.
        call: CallId,
        /// Why.
        cause: LeaveCause,
    },
    /// An agent took the caller.
    ReservationAccepted {
        /// Which.
        reservation: ReservationId,
        /// Who says so.
        agent: AgentId,
    },
    /// An agent declined.
    ReservationRejected {
        /// Which.
        reservation: ReservationId,
        /// Who says so.
        agent: AgentId,
    },
    /// The caller of a talking agent was put on hold.
    CallHeld {
        /// Which call.
        call: CallId,
    },
    /// The caller was taken off hold.
    CallResumed {
        /// Which call.
        call: CallId,
    },
    /// A call that had an agent is over (or went back to waiting): the agent wraps up.
    CallEnded {
        /// Which call.
        call: CallId,
    },
    /// A call that had an agent is over because the line failed or we did: nobody said goodbye. The agent
    /// wraps up; a caller who calls again within the grace has the wait of before.
    CallDropped {
        /// Which call.
        call: CallId,
    },
    /// The report of a call was filed, by its agent, during the talk or in wrap-up.
    ReportFiled {
        /// Which call.
        call: CallId,
        /// Whose report.
        agent: AgentId,
    },
    /// An agent ended wrap-up before its time: what was asked to come next comes now, else the agent
    /// is available. Refused while the report is owed.
    WrapUpFinished {
        /// Who.
        agent: AgentId,
    },
    /// Time passed; see `Floor::poll_timeout`.
    Ticked,
}
