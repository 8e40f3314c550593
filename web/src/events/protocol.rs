//! The frames of the event stream, and which of them a viewer gets. Pure.

use ids::{AgentId, CallId, CaseId, QueueId, ReservationId, Timestamp};
use routing::StopCause;
use serde::{Deserialize, Serialize};
use store::account::Role;
use switchboard::Audience;
use utoipa::ToSchema;

use crate::wire::Moment;
use crate::wire::agent::{AgentView, FloorView, QueueView};
use crate::wire::alert::AlertView;
use crate::wire::call::CallView;
use crate::wire::quality::{AudioVerdict, QualityWord, SideQuality};
use crate::wire::ringing::Ringing;
use crate::wire::trunk::TrunkHealth;
use crate::wire::words::EndCause;

/// Longest frame taken from a client, bytes: a heartbeat is 20.
pub const CLIENT_FRAME_MAX: usize = 4096;

/// Bad frames taken from one client before its stream is closed.
pub const BAD_FRAMES_MAX: u32 = 3;

/// Why the server closes a stream, as WebSocket close codes of the range for applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The session is over.
    SignedOut,
    /// The client did not take its events; it may come back with its cursor.
    TooSlow,
    /// The client sent frames that cannot be read.
    BadFrames,
    /// The program stops; come back.
    Stopping,
}

impl Closing {
    /// The close code.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::SignedOut => 4401,
            Self::TooSlow => 4408,
            Self::BadFrames => 4400,
            Self::Stopping => 1012,
        }
    }

    /// The reason, a word.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::TooSlow => "too-slow",
            Self::BadFrames => "bad-frames",
            Self::Stopping => "stopping",
        }
    }
}

/// What a client may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The console lives; every 5 seconds.
    Heartbeat {},
}

impl ClientFrame {
    /// Reads a frame; `None` if it is not one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// What the server sends.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServerFrame {
    /// The place in the order of events, to resume after. Absent on frames that cannot be resumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<u64>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
    /// What.
    #[serde(flatten)]
    pub news: News,
}

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum News {
    /// The first frame of a stream that begins anew: everything as it is.
    Snapshot {
        /// The agent; absent for those who take no calls.
        #[serde(skip_serializing_if = "Option::is_none")]
        agent: Option<Box<AgentView>>,
        /// What rings at this console.
        #[serde(skip_serializing_if = "Option::is_none")]
        reservation: Option<Box<Ringing>>,
        /// The agent's call.
        #[serde(skip_serializing_if = "Option::is_none")]
        call: Option<CallView>,
        /// All queues.
        queues: Vec<QueueView>,
        /// The whole floor; absent for those who do not watch it.
        #[serde(skip_serializing_if = "Option::is_none")]
        floor: Option<Box<FloorView>>,
        /// The server's clock, to measure one's own against.
        #[schema(value_type = String, format = DateTime)]
        server_time: Moment,
    },
    /// The first frame of a stream that goes on after the cursor given; the missed frames follow.
    Resumed {},
    /// An agent's state, next state or audio changed.
    AgentStateChanged {
        /// The agent.
        agent: AgentView,
    },
    /// The console must ring.
    ReservationRinging {
        /// For whom, and why.
        reservation: Box<Ringing>,
    },
    /// The console must stop ringing.
    ReservationStopped {
        /// Which reservation.
        #[schema(value_type = u64)]
        reservation_id: ReservationId,
        /// Why.
        cause: Stopped,
    },
    /// A call changed.
    CallChanged {
        /// The call.
        call: CallView,
    },
    /// A call is over.
    CallEnded {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        call_id: CallId,
        /// How.
        cause: EndCause,
    },
    /// How a talk sounded over the last second.
    CallQuality {
        /// Which call.
        #[schema(value_type = uuid::Uuid)]
        call_id: CallId,
        /// Packets received from the caller.
        received: u32,
        /// Packets of the caller lost.
        lost: u32,
        /// Jitter of the caller's audio, milliseconds.
        jitter_ms: f32,
        /// In a word, for the worse direction.
        word: QualityWord,
        /// What comes from the caller.
        caller: SideQuality,
        /// What comes from the operator.
        operator: SideQuality,
        /// What is wrong, for the operator; absent if nothing is.
        #[serde(skip_serializing_if = "Option::is_none")]
        verdict: Option<AudioVerdict>,
    },
    /// A trunk's health is another now.
    TrunkChanged {
        /// Which trunk, by its name.
        trunk: String,
        /// How it is doing.
        health: TrunkHealth,
        /// Since when.
        #[schema(value_type = String, format = DateTime)]
        since: Moment,
    },
    /// A queue's length changed.
    QueueChanged {
        /// Which.
        #[schema(value_type = String)]
        queue: QueueId,
        /// Callers waiting.
        waiting: u32,
        /// The longest wait among them, milliseconds.
        longest_wait_ms: u64,
    },
    /// A supervisor should look.
    Alert(AlertView),
    /// Somebody has seen to an alert.
    AlertAcknowledged(AlertView),
    /// The program stops: no more calls come, and those alive are ended at a moment.
    ServerStopping {
        /// When.
        #[schema(value_type = String, format = DateTime)]
        until: Moment,
    },
    /// The audio of an agent's browser was lost.
    MediaLost {
        /// Whose.
        #[schema(value_type = uuid::Uuid)]
        agent: AgentId,
    },
    /// A case was saved, by whomever.
    CaseSaved {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        case_id: CaseId,
        /// Its version now.
        version: i64,
    },
    /// The last frame of the client cannot be read.
    Error {
        /// The problem's word, as `type` of a problem over HTTP.
        problem: String,
    },
}

/// Why a console stops ringing, seen from that console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// This agent took the caller.
    Accepted,
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
    /// Rung anew at another class, or a more urgent caller came first.
    Replaced,
    /// A supervisor changed this agent's state, or moved the caller.
    Withdrawn,
}

impl From<Option<StopCause>> for Stopped {
    fn from(cause: Option<StopCause>) -> Self {
        match cause {
            None => Self::Accepted,
            Some(StopCause::TakenByAnother) => Self::TakenByAnother,
            Some(StopCause::CallerLeft) => Self::CallerLeft,
            Some(StopCause::TimedOut) => Self::TimedOut,
            Some(StopCause::Rejected) => Self::Rejected,
            Some(StopCause::AgentLost) => Self::AgentLost,
            Some(StopCause::Replaced) => Self::Replaced,
            Some(StopCause::Withdrawn) => Self::Withdrawn,
        }
    }
}

/// Who looks at the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub agent: AgentId,
    /// As what.
    pub role: Role,
}

impl Viewer {
    /// Whether this person takes calls.
    #[must_use]
    pub const fn takes_calls(&self) -> bool {
        takes_calls(self.role)
    }

    /// Whether this person watches the whole floor.
    #[must_use]
    pub const fn watches(&self) -> bool {
        watches(self.role)
    }

    /// Whether an event for this audience is for this viewer.
    #[must_use]
    pub fn hears(&self, audience: Audience) -> bool {
        match audience {
            Audience::Everyone => true,
            Audience::Supervisors => self.watches(),
            Audience::Agent(agent) => agent == self.agent || self.watches(),
        }
    }
}

/// Whether people of this role take calls.
#[must_use]
pub const fn takes_calls(role: Role) -> bool {
    match role {
        Role::Operator | Role::Doctor => true,
        Role::Supervisor
        | Role::Admin
        | Role::MedicalDirector
        | Role::Facility
        | Role::CardDesk
        | Role::Field
        | Role::Auditor => false,
    }
}

/// Whether people of this role watch the whole floor.
#[must_use]
pub const fn watches(role: Role) -> bool {
    match role {
        Role::Supervisor | Role::Admin => true,
        Role::Operator
        | Role::Doctor
        | Role::MedicalDirector
        | Role::Facility
        | Role::CardDesk
        | Role::Field
        | Role::Auditor => false,
    }
}

impl ServerFrame {
    /// A frame that cannot be resumed.
    #[must_use]
    pub fn passing(at: Timestamp, news: News) -> Self {
        Self { cursor: None, at: at.into(), news }
    }

    /// The frame as text.
    #[must_use]
    pub fn text(&self) -> String {
        // Maps have text keys and numbers are finite but for jitter, which becomes null.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(agent: u128, role: Role) -> Viewer {
        Viewer { agent: AgentId::from_number(agent), role }
    }

    #[test]
    fn an_agent_hears_of_itself_and_a_supervisor_of_everybody() {
        let own = Audience::Agent(AgentId::from_number(1));
        let others = Audience::Agent(AgentId::from_number(2));
        let operator = viewer(1, Role::Operator);
        assert!(operator.hears(own) && operator.hears(Audience::Everyone));
        assert!(!operator.hears(others) && !operator.hears(Audience::Supervisors));
        let supervisor = viewer(9, Role::Supervisor);
        assert!(supervisor.hears(own) && supervisor.hears(Audience::Supervisors));
        assert!(!viewer(9, Role::Auditor).hears(own));
    }

    #[test]
    fn a_heartbeat_is_read_and_nothing_else() {
        assert_eq!(ClientFrame::read(r#"{"type":"heartbeat"}"#), Some(ClientFrame::Heartbeat {}));
        for bad in ["", "{}", "null", "[]", r#"{"type":"fly"}"#, r#"{"type":"heartbeat","x":1}"#] {
            assert_eq!(ClientFrame::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_frame_is_flat() {
        let at = Timestamp::from_micros(0);
        let frame = ServerFrame { cursor: Some(7), at: at.into(), news: News::Resumed {} };
        assert_eq!(
            frame.text(),
            r#"{"cursor":7,"at":"1970-01-01T05:30:00.000+05:30","type":"resumed"}"#
        );
    }
}
