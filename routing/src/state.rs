//! The words of the floor: classes of callers and states of agents.

use ids::{CallId, ReservationId, Timestamp};
use serde::{Deserialize, Serialize};

/// Why an agent is on break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakReason {
    /// A meal.
    Meal,
    /// Tea, water, a breath of air.
    Rest,
    /// Training or a meeting.
    Training,
    /// After a distressing call; protected, never counted against the agent.
    Wellbeing,
    /// Prayer.
    Prayer,
    /// Headset, computer or network trouble.
    Technical,
}

/// What an agent is doing. Each state carries exactly its own facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AgentState {
    /// Not signed in.
    Offline,
    /// Waiting for work since the end of the last.
    Available {
        /// Idle since: decides who is asked first.
        since: Timestamp,
    },
    /// The console rings.
    Ringing {
        /// What is offered.
        reservation: ReservationId,
        /// Idle since, kept: a missed or rejected call does not send the agent to the end.
        idle_since: Timestamp,
    },
    /// On a call.
    Talking {
        /// With whom.
        call: CallId,
        /// Since when.
        since: Timestamp,
    },
    /// On a call, the caller hears music.
    OnHold {
        /// With whom.
        call: CallId,
        /// Held since.
        since: Timestamp,
    },
    /// Finishing the work of a call that ended.
    WrapUp {
        /// Which call.
        call: CallId,
        /// Ends by itself then; an emergency may ring before.
        until: Timestamp,
    },
    /// Away, with a reason.
    Break {
        /// Why.
        reason: BreakReason,
        /// Since when.
        since: Timestamp,
    },
    /// Did not answer; gets nothing until the agent says so.
    NotResponding {
        /// Since when.
        since: Timestamp,
    },
}

/// What an agent wants to be once the present work is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "next", rename_all = "snake_case")]
pub enum Next {
    /// A break.
    Break {
        /// Why.
        reason: BreakReason,
    },
    /// Leave the floor.
    Offline,
}
