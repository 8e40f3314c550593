//! What the floor asks of the world. Imperative; done after the event is durable.

use alloc::vec::Vec;
use core::time::Duration;

use ids::{AgentId, CallId, Class, QueueId, ReservationId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::FloorEvent;
use crate::explanation::Explanation;
use crate::state::{AgentState, Next};

/// Effects of one event, in the order in which they are to be done.
pub type Effects = Vec<FloorEffect>;

/// Why a console stops ringing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopCause {
    /// Somebody else was first.
    TakenByAnother,
    /// The caller hung up.
    CallerLeft,
    /// Rang for the whole ring time.
    TimedOut,
    /// This agent declined.
    Rejected,
    /// This agent's browser was lost.
    AgentLost,
    /// A more urgent caller needs this agent, or the caller's class changed and all are rung anew.
    Replaced,
    /// A supervisor took this agent away, or moved the caller to another queue.
    Withdrawn,
}

/// Why an event could not happen here. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedWhy {
    /// The floor does not know the agent.
    UnknownAgent,
    /// The floor does not know the call.
    UnknownCall,
    /// The queue is not configured.
    UnknownQueue,
    /// The reservation is over, was never made, or belongs to another agent.
    ReservationOver,
    /// The agent's state does not allow it.
    WrongState,
    /// The call is on the floor already.
    AlreadyWaiting,
    /// A caller can only become more urgent.
    NotMoreUrgent,
    /// An emergency stays one until somebody answers.
    StaysEmergency,
    /// The caller is of this class, or waits in this queue, already.
    Unchanged,
    /// The report of the call is not filed yet.
    ReportUnfiled,
    /// The floor or the queue is full; see `FloorConfig`.
    Full,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum FloorEffect {
    /// Ring this agent's console for this caller.
    Ring {
        /// The reservation made.
        reservation: ReservationId,
        /// Who rings.
        agent: AgentId,
        /// For whom.
        call: CallId,
        /// The caller's queue.
        queue: QueueId,
        /// The caller's class.
        class: Class,
        /// Waiting since.
        waiting_since: Timestamp,
        /// Rings until.
        expires_at: Timestamp,
        /// Why this agent.
        explanation: Explanation,
    },
    /// Stop ringing.
    StopRinging {
        /// Which reservation ended.
        reservation: ReservationId,
        /// Whose console.
        agent: AgentId,
        /// For whom it rang.
        call: CallId,
        /// Why.
        cause: StopCause,
    },
    /// Connect caller and agent.
    Connect {
        /// Which reservation was accepted.
        reservation: ReservationId,
        /// Who took it.
        agent: AgentId,
        /// Whom.
        call: CallId,
        /// How long the caller had waited: since.
        waiting_since: Timestamp,
    },
    /// An agent's state or next state changed.
    SetAgentState {
        /// Who.
        agent: AgentId,
        /// The state now.
        state: AgentState,
        /// What follows the present work, if anything was asked.
        next: Option<Next>,
    },
    /// A caller waits (again, or at another class).
    SetWaiting {
        /// Which call.
        call: CallId,
        /// In which queue.
        queue: QueueId,
        /// At which class.
        class: Class,
        /// Callers before this one, of the same queue; 0 is next.
        position: u32,
        /// How long until an agent takes the caller, at the pace at which this queue was served of
        /// late. `None` until the floor has seen it served while callers waited.
        expected_wait: Option<Duration>,
    },
    /// A caller no longer waits.
    ClearWaiting {
        /// Which call.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
    },
    /// A supervisor should look: nobody signed in, second miss in a row.
    Alert {
        /// What.
        alert: Alert,
    },
    /// The event could not happen; tell whoever caused it.
    Refuse {
        /// The event, unchanged.
        event: FloorEvent,
        /// Why.
        why: RefusedWhy,
    },
}

/// What a supervisor should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alert", rename_all = "snake_case")]
pub enum Alert {
    /// An agent did not answer twice in a row.
    MissedTwice {
        /// Who.
        agent: AgentId,
    },
    /// The time of wrap-up is over, and the report is not filed.
    ReportOverdue {
        /// Who wraps up.
        agent: AgentId,
        /// Which call.
        call: CallId,
    },
    /// A caller who talks with an agent, or is on hold, pressed the key of an emergency.
    EmergencyInTalk {
        /// Who talks.
        agent: AgentId,
        /// Which call.
        call: CallId,
    },
    /// A caller waits and no agent of the queue is signed in.
    NobodySignedIn {
        /// Which queue.
        queue: QueueId,
        /// For whom.
        call: CallId,
    },
    /// An emergency ended before anybody talked with the caller. Raised by the exchange, not by the
    /// floor.
    EmergencyUnserved {
        /// Which.
        call: CallId,
    },
    /// The live check found a promise of the floor broken: a fault of the program.
    PromiseBroken {
        /// The position in the journal up to which everything was applied; it names the file with the
        /// events.
        position: i64,
    },
    /// A recording that was paused as long as it may goes on. Raised by the exchange, not by the floor.
    RecordingPauseOver {
        /// Who paused it.
        agent: AgentId,
        /// Whose recording.
        call: CallId,
    },
    /// A call that should be recorded is not. Raised by the exchange, not by the floor.
    RecordingFailed {
        /// Which.
        call: CallId,
    },
}
