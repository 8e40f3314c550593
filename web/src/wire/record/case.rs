//! Cases, drafts, reports and timelines on the wire. Pure.

use crm::case::draft::{Draft as StoredDraft, DraftFields};
use crm::case::{self, CaseEdit, CaseState as StoredState, CaseStep};
use ids::{CaseId, ContactId, InteractionId, ReportId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::present;
use crate::wire::Moment;
use crate::wire::words::Class;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Opened; nobody has written into it yet.
    New,
    /// Somebody works on it.
    Open,
    /// It waits for a moment.
    Pending,
    /// A doctor or a supervisor was asked.
    Escalated,
    /// Done, as far as we know.
    Resolved,
    /// Over.
    Closed,
}

impl From<case::StateName> for CaseState {
    fn from(name: case::StateName) -> Self {
        match name {
            case::StateName::New => Self::New,
            case::StateName::Open => Self::Open,
            case::StateName::Pending => Self::Pending,
            case::StateName::Escalated => Self::Escalated,
            case::StateName::Resolved => Self::Resolved,
            case::StateName::Closed => Self::Closed,
        }
    }
}

impl From<CaseState> for case::StateName {
    fn from(name: CaseState) -> Self {
        match name {
            CaseState::New => Self::New,
            CaseState::Open => Self::Open,
            CaseState::Pending => Self::Pending,
            CaseState::Escalated => Self::Escalated,
            CaseState::Resolved => Self::Resolved,
            CaseState::Closed => Self::Closed,
        }
    }
}

/// A case.
#[derive(Clone, Serialize, ToSchema)]
pub struct Case {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub id: CaseId,
    /// Counts changes; `If-Match` of the next one.
    pub version: i64,
    /// The number that the citizen is told: `C-2611-0042`.
    pub number: String,
    /// Whom it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<ContactId>,
    /// Where it stands.
    pub state: CaseState,
    /// Until when it waits, in `pending`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub pending_until: Option<Moment>,
    /// A report must be filed before it can be closed.
    pub report_due: bool,
    /// What it is about: a key of the vocabulary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How it ended: a key of the vocabulary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// How urgent it is.
    pub class: Class,
    /// Whose work it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub owner: Option<UserId>,
    /// One line.
    pub summary: String,
    /// Everything else.
    pub notes: String,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Moment,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Moment,
    /// When it was last closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Moment>,
    /// When one's own unsaved draft was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub draft_saved_at: Option<Moment>,
    /// One's own unsaved draft; only where one case is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
}

impl From<&case::Case> for Case {
    fn from(case: &case::Case) -> Self {
        let pending_until = match case.state {
            StoredState::Pending { until } => Some(until.into()),
            StoredState::New
            | StoredState::Open
            | StoredState::Escalated { since: _ }
            | StoredState::Resolved { at: _ }
            | StoredState::Closed { at: _ } => None,
        };
        Self {
            id: case.id,
            version: case.version,
            number: case.number.as_str().to_owned(),
            contact_id: case.contact,
            state: case.state.name().into(),
            pending_until,
            report_due: case.report_due,
            category: case.details.category.clone(),
            disposition: case.details.disposition.clone(),
            class: case.details.class.into(),
            owner: case.owner,
            summary: case.details.summary.clone(),
            notes: case.details.notes.clone(),
            opened_at: case.opened_at.into(),
            updated_at: case.updated_at.into(),
            closed_at: case.closed_at.map(Into::into),
            draft_saved_at: case.draft.map(|draft| draft.saved_at.into()),
            draft: None,
        }
    }
}

/// A case to be opened.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewCase {
    /// Whom it is about; if absent, the contact of the interaction.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<ContactId>,
    /// For which interaction. It has one case: if it has one already, that is the answer.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub interaction_id: Option<InteractionId>,
    /// What it is about.
    pub category: Option<String>,
}

/// A step of a case's state, by hand. Closing and reopening have paths of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CaseStep)]
pub enum WantedState {
    /// Begin, or go on, to work on it.
    Open,
    /// Put it aside until `pending_until`.
    Pending,
    /// Ask a doctor or a supervisor.
    Escalated,
    /// Say that it is done.
    Resolved,
}

/// A change of a case: an absent part stays, null empties it.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CaseEdit)]
pub struct Edit {
    /// Whom it is about.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<Option<ContactId>>,
    /// Whose work it is.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub owner: Option<Option<UserId>>,
    /// What it is about.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub category: Option<Option<String>>,
    /// How it ended.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub disposition: Option<Option<String>>,
    /// How urgent.
    pub class: Option<Class>,
    /// One line.
    pub summary: Option<String>,
    /// Everything else.
    pub notes: Option<String>,
    /// A step of the state, taken after the rest was written.
    pub state: Option<WantedState>,
    /// Until when, with `pending`.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub pending_until: Option<Moment>,
}

impl Edit {
    /// The edit in the records' terms; `None` if it says `pending` and not until when.
    #[must_use]
    pub fn read(self) -> Option<CaseEdit> {
        let step = match (self.state, self.pending_until) {
            (None, _) => None,
            (Some(WantedState::Open), _) => Some(CaseStep::Work),
            (Some(WantedState::Pending), Some(until)) => Some(CaseStep::Wait { until: until.0 }),
            (Some(WantedState::Pending), None) => return None,
            (Some(WantedState::Escalated), _) => Some(CaseStep::Escalate),
            (Some(WantedState::Resolved), _) => Some(CaseStep::Resolve),
        };
        Some(CaseEdit {
            contact: self.contact_id,
            owner: self.owner,
            category: self.category,
            disposition: self.disposition,
            class: self.class.map(Into::into),
            summary: self.summary,
            notes: self.notes,
            step,
        })
    }
}

/// The parts of the form that were typed into; an absent part was not touched.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = DraftFields)]
pub struct Fields {
    /// One line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// The report in preparation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

impl From<Fields> for DraftFields {
    fn from(fields: Fields) -> Self {
        Self {
            summary: fields.summary,
            notes: fields.notes,
            category: fields.category,
            disposition: fields.disposition,
            report: fields.report,
        }
    }
}

impl From<DraftFields> for Fields {
    fn from(fields: DraftFields) -> Self {
        Self {
            summary: fields.summary,
            notes: fields.notes,
            category: fields.category,
            disposition: fields.disposition,
            report: fields.report,
        }
    }
}

/// One saving of a draft.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftSave {
    /// The version of the case that is on the screen.
    pub base_version: i64,
    /// The draft's `sequence` last seen by this window. If absent, the last writer wins.
    #[serde(default)]
    pub sequence: Option<i64>,
    /// What was typed into.
    pub fields: Fields,
}

/// A draft.
#[derive(Clone, Serialize, ToSchema)]
pub struct Draft {
    /// Counts savings.
    pub sequence: i64,
    /// The version of the case that was on the screen.
    pub base_version: i64,
    /// What was typed.
    pub fields: Fields,
    /// When it was kept.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Moment,
    /// The case's version, if it has moved on since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_changed_to: Option<i64>,
}

impl From<StoredDraft> for Draft {
    fn from(draft: StoredDraft) -> Self {
        Self {
            sequence: draft.sequence,
            base_version: draft.case_version,
            fields: draft.fields.into(),
            saved_at: draft.saved_at.into(),
            case_changed_to: draft.case_changed.map(|conflict| conflict.current),
        }
    }
}

/// A report to be filed. Once filed it never changes; another one is another version.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// What was done.
    pub text: String,
    /// How it ended: a key of the vocabulary.
    pub disposition: String,
}

/// A report as it was filed.
#[derive(Clone, Serialize, ToSchema)]
pub struct Report {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub id: ReportId,
    /// On which case.
    #[schema(value_type = uuid::Uuid)]
    pub case_id: CaseId,
    /// Counts the case's reports from 1.
    pub version: i64,
    /// What was done.
    pub text: String,
    /// How it ended.
    pub disposition: String,
    /// By whom.
    #[schema(value_type = uuid::Uuid)]
    pub filed_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Moment,
}

impl From<crm::report::Report> for Report {
    fn from(report: crm::report::Report) -> Self {
        Self {
            id: report.id,
            case_id: report.case,
            version: report.version,
            text: report.text,
            disposition: report.disposition,
            filed_by: report.filed_by,
            filed_at: report.filed_at.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_needs_a_moment() {
        let edit = |json: &str| serde_json::from_str::<Edit>(json).expect("an edit").read();
        assert!(edit(r#"{"state":"pending"}"#).is_none());
        let until = r#"{"state":"pending","pending_until":"2026-11-22T10:00:00+05:30"}"#;
        assert!(matches!(edit(until).and_then(|e| e.step), Some(CaseStep::Wait { .. })));
        assert!(edit("{}").expect("an empty edit").step.is_none());
    }

    #[test]
    fn a_case_cannot_be_closed_by_an_edit() {
        assert!(serde_json::from_str::<Edit>(r#"{"state":"closed"}"#).is_err());
    }
}
