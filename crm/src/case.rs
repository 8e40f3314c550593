//! A case: what is being done for a citizen, over one or many contacts with the helpline.
//!
//! `state` (the machine), `number` (its text) and the types here are pure; `open`, `edit`, `list`,
//! `draft` and `record` do the I/O. Reports are in `report`, the story of a case in `timeline`.

pub mod draft;
mod edit;
mod list;
mod number;
mod open;
mod record;
pub mod state;

use core::fmt;

use garde::Validate;
use ids::{CaseId, Class, ContactId, InteractionId, ReportId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::error::CrmError;
use crate::text::words;
use crate::vocabulary::Vocabulary;

pub(crate) use edit::{check_open, edit_in, edited, get_in, next_state, stamped};
pub use edit::{close, get, reopen, update};
pub use list::{Mine, list_mine};
pub use number::CaseNumber;
pub(crate) use number::queue_up;
pub use open::{CaseChoice, attach, open, open_for_call};
pub(crate) use open::{attach_in, open_in};
pub(crate) use record::{Revision, from_row, load, not_found, revise};
pub use state::{CaseState, CaseStep, Refused, RefusedWhy, StateName};

/// Longest summary, in characters.
pub const SUMMARY_CHARS_MAX: usize = 300;
/// Longest notes and longest report, in characters.
pub const NOTES_CHARS_MAX: usize = 20_000;

/// A case as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    /// The id.
    pub id: CaseId,
    /// Counts changes from 1; an update names the one it was made for.
    pub version: i64,
    /// The number that the citizen is told.
    pub number: CaseNumber,
    /// Who it is about, if known.
    pub contact: Option<ContactId>,
    /// Where it stands.
    pub state: CaseState,
    /// No report was filed since it was opened, or last reopened: it cannot be closed.
    pub report_due: bool,
    /// Whose work it is.
    pub owner: Option<UserId>,
    /// What was written into it.
    pub details: CaseDetails,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// By whom.
    pub updated_by: UserId,
    /// When it was last closed; also kept after a reopening.
    pub closed_at: Option<Timestamp>,
    /// The actor's own unsaved draft, if there is one; its text is [`draft::get`].
    pub draft: Option<draft::DraftStamp>,
    /// Made up, for demonstrations.
    pub synthetic: bool,
}

/// What is written into a case.
#[derive(Clone, PartialEq, Eq, Validate)]
pub struct CaseDetails {
    /// What it is about: a key of the vocabulary.
    #[garde(skip)]
    pub category: Option<String>,
    /// How it ended: a key of the vocabulary.
    #[garde(skip)]
    pub disposition: Option<String>,
    /// How urgent it is.
    #[garde(skip)]
    pub class: Class,
    /// One line. At most 300 characters.
    #[garde(length(chars, max = SUMMARY_CHARS_MAX))]
    pub summary: String,
    /// Everything else. At most 20 000 characters.
    #[garde(length(chars, max = NOTES_CHARS_MAX))]
    pub notes: String,
}

/// A case to be opened.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewCase {
    /// The interaction that it is opened for. An interaction has one case: if this one has one
    /// already, that case is the answer and nothing is opened.
    pub interaction: Option<InteractionId>,
    /// Who it is about; if absent, the contact of the interaction.
    pub contact: Option<ContactId>,
    /// What it is about.
    pub category: Option<String>,
    /// How urgent; if absent, the class of the interaction, else `standard`.
    pub class: Option<Class>,
}

/// A change of a case. `None` leaves a thing as it is (or as the draft has it); where a thing may
/// be empty, `Some(None)` empties it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CaseEdit {
    /// Who it is about.
    pub contact: Option<Option<ContactId>>,
    /// Whose work it is.
    pub owner: Option<Option<UserId>>,
    /// See [`CaseDetails::category`].
    pub category: Option<Option<String>>,
    /// See [`CaseDetails::disposition`].
    pub disposition: Option<Option<String>>,
    /// See [`CaseDetails::class`].
    pub class: Option<Class>,
    /// See [`CaseDetails::summary`].
    pub summary: Option<String>,
    /// See [`CaseDetails::notes`].
    pub notes: Option<String>,
    /// A step of the state, taken after the rest was written.
    pub step: Option<CaseStep>,
}

words! {
    /// A part of a case that can change.
    Field {
        /// [`Case::contact`].
        Contact = "contact",
        /// [`Case::owner`].
        Owner = "owner",
        /// [`CaseDetails::category`].
        Category = "category",
        /// [`CaseDetails::disposition`].
        Disposition = "disposition",
        /// [`CaseDetails::class`].
        Class = "class",
        /// [`CaseDetails::summary`].
        Summary = "summary",
        /// [`CaseDetails::notes`].
        Notes = "notes",
    }
}

/// What one change of a case did. Kept for ever beside the case, one for each version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What was done.
    #[serde(flatten)]
    pub deed: Deed,
    /// The parts that have another value now; texts themselves are not kept here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// The state before and after, if it is another now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Move>,
}

/// What was done to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// It was opened.
    Opened,
    /// It was edited, or its state was changed.
    Edited,
    /// An interaction was attached to it.
    Attached {
        /// Which.
        interaction: InteractionId,
    },
    /// A report was filed on it.
    ReportFiled {
        /// Which.
        report: ReportId,
    },
}

/// A change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The state before.
    pub from: CaseState,
    /// The state after.
    pub to: CaseState,
}

/// Shows which record it is and nothing of what stands in it.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({}, version {}, {})", self.id, self.version, self.state.name().as_str())
    }
}

/// Refuses words that nobody may choose: unknown or retired. What a case has already may stay.
pub(crate) fn check_words(before: &CaseDetails, after: &CaseDetails) -> Result<(), CrmError> {
    let vocabulary = Vocabulary::built_in();
    if after.category != before.category
        && let Some(key) = &after.category
        && vocabulary.category(key).is_none_or(|category| category.retired)
    {
        return Err(CrmError::invalid("category", "is not a category of the vocabulary"));
    }
    if after.disposition != before.disposition
        && let Some(key) = &after.disposition
        && vocabulary.disposition(key).is_none_or(|disposition| disposition.retired)
    {
        return Err(CrmError::invalid("disposition", "is not a disposition of the vocabulary"));
    }
    Ok(())
}
