//! Interactions on the wire. The citizen's number is masked: whoever handles the call has it there.
//! Pure.

use crm::interaction as stored;
use ids::{AgentId, CallId, CaseId, ContactId, InteractionId, Language, QueueId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::Moment;
use crate::wire::call::mask;
use crate::wire::quality::LineQuality;
use crate::wire::ringing::PreviousContact;
use crate::wire::words::{Class, Medium};

/// One contact with the helpline.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Interaction {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub id: InteractionId,
    /// The call, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub call_id: Option<CallId>,
    /// The case that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub case_id: Option<CaseId>,
    /// Whom it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<ContactId>,
    /// `inbound` or `outbound`; absent while its beginning is not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// By which means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<Medium>,
    /// The citizen's number with all but its last four digits hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_masked: Option<String>,
    /// The number dialled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialled: Option<String>,
    /// The queue it waited in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub queue: Option<QueueId>,
    /// The most urgent class it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// The language chosen or remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// It reached us.
    #[schema(value_type = String, format = DateTime)]
    pub arrived_at: Moment,
    /// The greeting began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Moment>,
    /// The wait for a person began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub queued_at: Option<Moment>,
    /// The talk with a person began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub talking_at: Option<Moment>,
    /// It ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Moment>,
    /// Who talked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub agent: Option<AgentId>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// How its sound was; absent if nobody talked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_quality: Option<LineQuality>,
    /// How long it waited for a person, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u64>,
    /// It happened on paper and was entered later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entered: Option<EnteredLater>,
}

/// Who entered an interaction that had happened on paper, and when.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnteredLater {
    /// Who.
    #[schema(value_type = uuid::Uuid)]
    pub by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
    /// Why so late, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl From<&stored::Entered> for EnteredLater {
    fn from(entered: &stored::Entered) -> Self {
        Self { by: entered.by, at: entered.at.into(), why: entered.why.clone() }
    }
}

impl From<stored::Medium> for Medium {
    fn from(medium: stored::Medium) -> Self {
        match medium {
            stored::Medium::Call => Self::Call,
            stored::Medium::WebCall => Self::WebCall,
        }
    }
}

impl From<&stored::Interaction> for Interaction {
    fn from(interaction: &stored::Interaction) -> Self {
        let origin = interaction.origin.as_ref();
        let times = interaction.times;
        Self {
            id: interaction.id,
            call_id: interaction.call,
            case_id: interaction.case,
            contact_id: interaction.contact,
            direction: origin.map(|origin| origin.direction.as_str().to_owned()),
            medium: origin.map(|origin| origin.medium.into()),
            from_masked: origin.and_then(|o| o.from).map(|from| mask(from.expose())),
            dialled: origin.map(|origin| origin.dialled.clone()),
            queue: interaction.queue,
            class: interaction.class.map(Into::into),
            language: interaction.language,
            arrived_at: times.arrived_at.into(),
            answered_at: times.answered_at.map(Into::into),
            queued_at: times.queued_at.map(Into::into),
            talking_at: times.talking_at.map(Into::into),
            ended_at: times.ended_at.map(Into::into),
            agent: interaction.agent,
            outcome: interaction.outcome.clone(),
            line_quality: interaction.line_quality.as_ref().map(Into::into),
            wait_ms: interaction.wait_ms(),
            entered: interaction.entered.as_ref().map(Into::into),
        }
    }
}

impl From<&stored::PreviousContact> for PreviousContact {
    fn from(previous: &stored::PreviousContact) -> Self {
        let summary = previous.case.as_ref().map(|case| case.summary.clone());
        let medium = previous.medium.unwrap_or(stored::Medium::Call);
        Self {
            at: previous.at.into(),
            medium: medium.as_str().to_owned(),
            summary: summary.filter(|summary| !summary.is_empty()),
            outcome: previous.outcome.clone(),
            case_id: previous.case.as_ref().map(|case| case.id),
            case_number: previous.case.as_ref().map(|case| case.number.as_str().to_owned()),
        }
    }
}
