//! Recordings on the wire: what is known of them. The sound goes its own way. Pure.

use crm::recording as stored;
use ids::{InteractionId, RecordingId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::Moment;

/// What is known of the recording of a call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Recording {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub id: RecordingId,
    /// For `If-Match`.
    pub version: i64,
    /// The contact whose sound it is.
    #[schema(value_type = uuid::Uuid)]
    pub interaction_id: InteractionId,
    /// Whose talk with the caller it is: 1, operators; 2, doctors.
    pub tier: u8,
    /// `announced` or `consent`.
    pub rule: String,
    /// The caller heard to its end that the talk is recorded, before a person answered.
    pub announced: bool,
    /// `given`, `refused` or `withdrawn`; absent if the caller said nothing to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// `recording` (the call goes on), `kept`, `not_made`, `failed` or `deleted`.
    pub state: String,
    /// When the talk began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Moment,
    /// When the recording ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Moment>,
    /// Length of both channels, pauses included.
    pub seconds: u32,
    /// What is not in it.
    pub pauses: Vec<Pause>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Destroyed after this moment, unless there is a legal hold.
    #[schema(value_type = String, format = DateTime)]
    pub keep_until: Moment,
    /// Not to be destroyed, whatever the time.
    pub legal_hold: bool,
    /// When the sound was destroyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deleted_at: Option<Moment>,
    /// `time_over`, `withdrawn` or `ordered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_because: Option<String>,
}

/// A part of a call that is not in its recording.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Pause {
    /// From, milliseconds since the recording began.
    pub from_ms: u64,
    /// Until; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
    /// `asked`, `secret` or `hold`.
    pub because: String,
}

impl From<&stored::Recording> for Recording {
    fn from(one: &stored::Recording) -> Self {
        let state = if one.deleted.is_some() { "deleted" } else { one.state.as_str() };
        let pause = |pause: &stored::Pause| Pause {
            from_ms: pause.from_ms,
            until_ms: pause.until_ms,
            because: pause.because.as_str().to_owned(),
        };
        Self {
            id: one.id,
            version: one.version,
            interaction_id: one.interaction,
            tier: one.tier,
            rule: one.rule.as_str().to_owned(),
            announced: one.announced,
            consent: one.consent.map(|consent| consent.as_str().to_owned()),
            state: state.to_owned(),
            started_at: one.started_at.into(),
            ended_at: one.ended_at.map(Into::into),
            seconds: one.seconds,
            pauses: one.pauses.iter().map(pause).collect(),
            fault: one.fault.clone(),
            keep_until: one.keep_until.into(),
            legal_hold: one.legal_hold,
            deleted_at: one.deleted.map(|deleted| deleted.at.into()),
            deleted_because: one.deleted.map(|deleted| deleted.because.as_str().to_owned()),
        }
    }
}

/// What the agent on a call sees of its recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallRecording {
    /// What it is doing.
    pub state: RecordingState,
    /// When it goes on by itself, while it is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub paused_until: Option<Moment>,
    /// The caller has heard that the talk is recorded. If not, the agent says so.
    pub announced: bool,
}

/// What the recording of a call is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// What is said is kept.
    On,
    /// The agent paused it.
    Paused,
    /// The caller did not agree, or no longer does.
    NoConsent,
    /// It was ended before the call.
    Stopped,
    /// It could not be made.
    Failed,
}

impl From<switchboard::RecordingView> for CallRecording {
    fn from(view: switchboard::RecordingView) -> Self {
        use switchboard::RecordingState as State;
        let state = match view.state {
            State::On => RecordingState::On,
            State::Paused => RecordingState::Paused,
            State::NoConsent => RecordingState::NoConsent,
            State::Stopped => RecordingState::Stopped,
            State::Failed => RecordingState::Failed,
        };
        let paused_until = view.paused_until.map(Into::into);
        Self { state, paused_until, announced: view.announced }
    }
}
