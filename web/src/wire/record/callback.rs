//! Call-back wishes on the wire. Pure.

use crm::callback as stored;
use ids::{InteractionId, Language, QueueId, UserId, WishId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::Moment;
use crate::wire::words::Class;

/// What became of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallbackState {
    /// Somebody should call.
    Open,
    /// Somebody did.
    Done,
    /// The caller reached a person meanwhile, or no longer wants it.
    Withdrawn,
}

/// How a wish came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallbackKind {
    /// The caller pressed the key for it.
    Asked,
    /// The caller was not served, and said nothing of it.
    Unserved,
}

/// What kept the caller from a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallbackCause {
    /// The wait.
    Waited,
    /// A long wait, and the caller was told so.
    LongWait,
    /// The queue was full, and the caller was told so.
    QueueFull,
    /// The line was closed, and the caller was told so.
    Closed,
    /// The caller's line failed.
    LineLost,
    /// The helpline stopped and had to end the call.
    Stopped,
    /// A fault of the helpline ended the call.
    Fault,
}

/// The wish of a caller to be called back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Callback {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub id: WishId,
    /// For `If-Match`.
    pub version: i64,
    /// The last call in which it was wished.
    #[schema(value_type = uuid::Uuid)]
    pub interaction_id: InteractionId,
    /// The number to call, in E.164; absent if it was withheld: then nobody can call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The number that the caller dialled.
    pub line: String,
    /// The queue of the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub queue: Option<QueueId>,
    /// The most urgent class that the caller had.
    pub class: Class,
    /// The language to speak.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// How it came about.
    pub kind: CallbackKind,
    /// What kept the caller from a person, the last time.
    pub cause: CallbackCause,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub wished_at: Moment,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last_wished_at: Moment,
    /// In how many calls.
    pub times: u32,
    /// What became of it.
    pub state: CallbackState,
    /// Who decided that; the agent whom the caller reached, if that withdrew it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub decided_by: Option<UserId>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Moment>,
}

/// How many wishes are open.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct OpenCallbacks {
    /// All.
    pub open: u64,
    /// Those of emergencies.
    pub emergency: u64,
    /// Since when the oldest waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest: Option<Moment>,
}

impl From<&stored::Wish> for Callback {
    fn from(one: &stored::Wish) -> Self {
        Self {
            id: one.id,
            version: one.version,
            interaction_id: one.last_interaction,
            number: one.number.map(|number| number.expose().to_owned()),
            line: one.line.clone(),
            queue: one.queue,
            class: one.class.into(),
            language: one.language,
            kind: match one.kind {
                stored::Kind::Asked => CallbackKind::Asked,
                stored::Kind::Unserved => CallbackKind::Unserved,
            },
            cause: one.cause.into(),
            wished_at: one.wished_at.into(),
            last_wished_at: one.last_wished_at.into(),
            times: one.times,
            state: one.state.into(),
            decided_by: one.decided.map(|(by, _)| by),
            decided_at: one.decided.map(|(_, at)| at.into()),
        }
    }
}

impl From<stored::Cause> for CallbackCause {
    fn from(cause: stored::Cause) -> Self {
        match cause {
            stored::Cause::Waited => Self::Waited,
            stored::Cause::LongWait => Self::LongWait,
            stored::Cause::QueueFull => Self::QueueFull,
            stored::Cause::Closed => Self::Closed,
            stored::Cause::LineLost => Self::LineLost,
            stored::Cause::Stopped => Self::Stopped,
            stored::Cause::Fault => Self::Fault,
        }
    }
}

impl From<stored::State> for CallbackState {
    fn from(state: stored::State) -> Self {
        match state {
            stored::State::Open => Self::Open,
            stored::State::Done => Self::Done,
            stored::State::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<CallbackState> for stored::State {
    fn from(state: CallbackState) -> Self {
        match state {
            CallbackState::Open => Self::Open,
            CallbackState::Done => Self::Done,
            CallbackState::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<stored::OpenWishes> for OpenCallbacks {
    fn from(open: stored::OpenWishes) -> Self {
        let oldest = open.oldest.map(Into::into);
        Self { open: open.all, emergency: open.emergency, oldest }
    }
}
