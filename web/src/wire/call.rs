//! Calls on the wire. The caller's number is whole for the agent on the call and masked for all
//! others. Pure.

use ids::{AgentId, CallId, CaseId, ContactId, InteractionId, Language, QueueId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Moment;
use super::agent::millis;
use super::record::recording::CallRecording;
use super::words::{CallState, Class, Medium};

/// A call.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CallView {
    /// Which call.
    #[schema(value_type = uuid::Uuid)]
    pub id: CallId,
    /// Its row in the records.
    #[schema(value_type = uuid::Uuid)]
    pub interaction_id: InteractionId,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub case_id: Option<CaseId>,
    /// Whom it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<ContactId>,
    /// What it is doing.
    pub state: CallState,
    /// By which way it came.
    pub medium: Medium,
    /// The caller's number, E.164; absent if withheld, or for one who is not on the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The number with all but its last four digits hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_masked: Option<String>,
    /// The number dialled.
    pub dialled: String,
    /// Its queue.
    #[schema(value_type = String)]
    pub queue: QueueId,
    /// How urgent.
    pub class: Class,
    /// The language chosen or remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// The agent on it, or who was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub agent: Option<AgentId>,
    /// Since when the caller waits or waited for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waiting_since: Option<Moment>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub arrived_at: Moment,
    /// How long the caller waited for a person (until now, if still waiting), milliseconds.
    pub waited_ms: u64,
    /// Since when an agent talks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub talking_since: Option<Moment>,
    /// Its recording, once somebody talks on a line that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<CallRecording>,
}

impl std::fmt::Debug for CallView {
    /// Never the number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallView").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Who looks at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// The agent who handles it, or whose console it rings.
    Handling,
    /// Anybody else who may see it.
    Watching,
}

impl Eyes {
    /// The eyes of `viewer` on a call whose agent is `agent`.
    #[must_use]
    pub fn of(viewer: AgentId, agent: Option<AgentId>) -> Self {
        if agent == Some(viewer) { Self::Handling } else { Self::Watching }
    }
}

impl CallView {
    /// The call as seen at `now` with these eyes.
    #[must_use]
    pub fn seen(view: &switchboard::CallView, eyes: Eyes, now: Timestamp) -> Self {
        let number = match eyes {
            Eyes::Handling => view.number.map(|number| number.expose().to_owned()),
            Eyes::Watching => None,
        };
        Self {
            id: view.id,
            interaction_id: view.interaction_id,
            case_id: view.case_id,
            contact_id: view.contact_id,
            state: view.state.into(),
            medium: view.medium.into(),
            number,
            number_masked: view.number.map(|number| mask(number.expose())),
            dialled: view.dialled.clone(),
            queue: view.queue,
            class: view.class.into(),
            language: view.language,
            agent: view.agent,
            waiting_since: view.queued_at.map(Into::into),
            arrived_at: view.arrived_at.into(),
            waited_ms: millis(view.waited(now)),
            talking_since: view.talking_at.map(Into::into),
            recording: view.recording.map(Into::into),
        }
    }
}

/// Hides all digits but the last four.
#[must_use]
pub fn mask(number: &str) -> String {
    let count = number.chars().count();
    let hide = |(n, c): (usize, char)| if c == '+' || n + 4 >= count { c } else { '•' };
    number.chars().enumerate().map(hide).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_number_shows_its_last_four_digits() {
        assert_eq!(mask("+919876543210"), "+••••••••3210");
        assert_eq!(mask("104"), "104");
        assert_eq!(mask(""), "");
    }
}
