//! Alerts on the wire. Pure.

use ids::{AgentId, CallId, QueueId, UserId};
use routing::Alert;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Moment;

/// What a supervisor should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertWord {
    /// An agent did not answer twice in a row.
    MissedTwice,
    /// A caller waits and no agent of the queue is signed in.
    NobodySignedIn,
    /// The time of wrap-up is over, and the report of the call is not filed.
    ReportOverdue,
    /// A caller pressed the key of an emergency while talking or on hold.
    EmergencyInTalk,
    /// An emergency ended before anybody talked with the caller; a call-back wish is open.
    EmergencyUnserved,
    /// A recording that was paused as long as it may goes on.
    RecordingPauseOver,
    /// A call that should be recorded is not.
    RecordingFailed,
    /// The live check found a promise of the floor broken; the log names the file with the events.
    PromiseBroken,
}

/// An alert that was raised, and who has seen to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertView {
    /// Which; greater than those raised before. Counts anew when the program starts.
    pub id: u64,
    /// What.
    pub alert: AlertWord,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Moment,
    /// About whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub agent: Option<AgentId>,
    /// About which queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub queue: Option<QueueId>,
    /// About which call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub call_id: Option<CallId>,
    /// Who has seen to it; absent while nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
}

/// Who has seen to an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acknowledged {
    /// Whose account.
    #[schema(value_type = uuid::Uuid)]
    pub by: UserId,
    /// The name shown to colleagues.
    pub name: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
}

/// What an alert is about.
#[derive(Default)]
struct About {
    agent: Option<AgentId>,
    queue: Option<QueueId>,
    call: Option<CallId>,
}

fn words(alert: Alert) -> (AlertWord, About) {
    match alert {
        Alert::MissedTwice { agent } => {
            (AlertWord::MissedTwice, About { agent: Some(agent), ..About::default() })
        }
        Alert::NobodySignedIn { queue, call } => {
            let about = About { queue: Some(queue), call: Some(call), ..About::default() };
            (AlertWord::NobodySignedIn, about)
        }
        Alert::ReportOverdue { agent, call } => {
            let about = About { agent: Some(agent), call: Some(call), ..About::default() };
            (AlertWord::ReportOverdue, about)
        }
        Alert::EmergencyInTalk { agent, call } => {
            let about = About { agent: Some(agent), call: Some(call), ..About::default() };
            (AlertWord::EmergencyInTalk, about)
        }
        Alert::EmergencyUnserved { call } => {
            (AlertWord::EmergencyUnserved, About { call: Some(call), ..About::default() })
        }
        Alert::RecordingPauseOver { agent, call } => {
            let about = About { agent: Some(agent), call: Some(call), ..About::default() };
            (AlertWord::RecordingPauseOver, about)
        }
        Alert::RecordingFailed { call } => {
            (AlertWord::RecordingFailed, About { call: Some(call), ..About::default() })
        }
        Alert::PromiseBroken { position: _ } => (AlertWord::PromiseBroken, About::default()),
    }
}

impl AlertView {
    /// An alert that was raised a moment ago: nobody has seen to it.
    #[must_use]
    pub fn raised(id: u64, at: ids::Timestamp, alert: Alert) -> Self {
        let (word, about) = words(alert);
        Self {
            id,
            alert: word,
            raised_at: at.into(),
            agent: about.agent,
            queue: about.queue,
            call_id: about.call,
            acknowledged: None,
        }
    }
}

impl From<&switchboard::AlertView> for AlertView {
    fn from(view: &switchboard::AlertView) -> Self {
        let acknowledged = view.acknowledged.as_ref().map(|who| Acknowledged {
            by: who.by,
            name: who.name.clone(),
            at: who.at.into(),
        });
        Self { acknowledged, ..Self::raised(view.id, view.raised_at, view.alert) }
    }
}
