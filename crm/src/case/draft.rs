//! What somebody has typed into a case and not saved: kept every few seconds, back after a reload,
//! merged when the case is saved. Does I/O; the merging is pure.
//!
//! There is one draft for each case and person. Two windows of the same person cannot grow two:
//! each saving names the one it follows, and a window that was overtaken is told so and shown the
//! other's text. The draft of somebody else is never shown.

use core::fmt;

use garde::Validate;
use ids::{CaseId, Timestamp};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, ModelTrait};
use serde::{Deserialize, Serialize};
use store::audit::{Action, Entity};
use store::outbox::Topic;
use store::{Store, time};

use super::{Case, CaseEdit, NOTES_CHARS_MAX, SUMMARY_CHARS_MAX, load, not_found};
use crate::access::{self, Deed};
use crate::actor::Actor;
use crate::entity::case_draft;
use crate::error::{Conflict, CrmError};
use crate::text::{check, clean_option, printable};
use crate::work::Work;

/// The parts of the form that were typed into. An absent part was not touched; an empty text was
/// emptied.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct DraftFields {
    /// See [`super::CaseDetails::summary`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = SUMMARY_CHARS_MAX)))]
    pub summary: Option<String>,
    /// See [`super::CaseDetails::notes`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = NOTES_CHARS_MAX)))]
    pub notes: Option<String>,
    /// See [`super::CaseDetails::category`]; checked when the case is saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = 48)))]
    pub category: Option<String>,
    /// See [`super::CaseDetails::disposition`]; checked when the case is saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = 48)))]
    pub disposition: Option<String>,
    /// The report in preparation; it leaves the draft when it is filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = NOTES_CHARS_MAX)))]
    pub report: Option<String>,
}

/// One saving of a draft.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftSave {
    /// The version of the case that is on the screen.
    pub case_version: i64,
    /// The draft's [`Draft::sequence`] that the window last saw; 0 if it saw none.
    pub sequence: i64,
    /// What was typed into since; parts that are absent stay as they are in the draft.
    pub fields: DraftFields,
}

/// A draft as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// Counts savings; 0 stands for no draft.
    pub sequence: i64,
    /// The version of the case that was on the screen.
    pub case_version: i64,
    /// What was typed.
    pub fields: DraftFields,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// The case has moved on since: who changed it, and when. The draft is safe all the same.
    pub case_changed: Option<Conflict>,
}

/// That there is a draft, without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftStamp {
    /// See [`Draft::sequence`].
    pub sequence: i64,
    /// See [`Draft::saved_at`].
    pub saved_at: Timestamp,
}

/// Shows that there is one, and nothing of what stands in it.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft(sequence {}, case version {})", self.sequence, self.case_version)
    }
}

impl DraftFields {
    /// Nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These fields, and for those absent the older ones.
    #[must_use]
    pub fn over(self, older: Self) -> Self {
        Self {
            summary: self.summary.or(older.summary),
            notes: self.notes.or(older.notes),
            category: self.category.or(older.category),
            disposition: self.disposition.or(older.disposition),
            report: self.report.or(older.report),
        }
    }

    /// The fields as they are kept: every character typed, but for those that cannot be stored.
    fn kept(&self) -> Self {
        let kept = |text: &Option<String>| text.as_deref().map(printable);
        Self {
            summary: kept(&self.summary),
            notes: kept(&self.notes),
            category: kept(&self.category),
            disposition: kept(&self.disposition),
            report: kept(&self.report),
        }
    }

    /// An edit, completed by what was typed and is not in it.
    fn complete(&self, edit: CaseEdit) -> CaseEdit {
        let word = |text: &Option<String>| text.as_deref().map(|text| clean_option(Some(text)));
        CaseEdit {
            summary: edit.summary.or_else(|| self.summary.clone()),
            notes: edit.notes.or_else(|| self.notes.clone()),
            category: edit.category.or_else(|| word(&self.category)),
            disposition: edit.disposition.or_else(|| word(&self.disposition)),
            ..edit
        }
    }

    /// What is left after the parts that an edit names were saved by it.
    fn without(self, edit: &CaseEdit) -> Self {
        Self {
            summary: self.summary.filter(|_| edit.summary.is_none()),
            notes: self.notes.filter(|_| edit.notes.is_none()),
            category: self.category.filter(|_| edit.category.is_none()),
            disposition: self.disposition.filter(|_| edit.disposition.is_none()),
            report: self.report,
        }
    }
}

/// Keeps what was typed. Saving the same again after a lost answer is harmless.
///
/// # Errors
/// [`CrmError::DraftConflict`] with the stored draft if another window saved in between;
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], [`CrmError::Invalid`], or the database's.
pub async fn save(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    save: &DraftSave,
    now: Timestamp,
) -> Result<Draft, CrmError> {
    access::allow(actor, Deed::WriteRecords)?;
    check(&save.fields)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let case = load(&txn, id).await?.ok_or(not_found(id))?;
            save_in(&work, &case, save).await
        })
        .await
}

async fn save_in(work: &Work<'_>, case: &Case, save: &DraftSave) -> Result<Draft, CrmError> {
    if !(1..=case.version).contains(&save.case_version) {
        return Err(CrmError::invalid("case_version", "is not a version of this case"));
    }
    let stored = find(work, case).await?;
    let older = stored.as_ref().map(|draft| draft.fields.clone()).unwrap_or_default();
    let fields = save.fields.kept().over(older);
    let (sequence, version) =
        stored.as_ref().map_or((0, save.case_version), |d| (d.sequence, d.case_version));
    if sequence != save.sequence || save.case_version < version {
        let current = stored.unwrap_or_else(|| nothing(case));
        // The answer to this very saving was lost, and it is sent again.
        let again = current.sequence == save.sequence + 1
            && current.case_version == save.case_version
            && current.fields == fields;
        return if again {
            Ok(current)
        } else {
            Err(CrmError::DraftConflict { current: Box::new(current) })
        };
    }
    let draft = Draft {
        sequence: if fields.is_empty() { 0 } else { sequence + 1 },
        case_version: save.case_version,
        fields,
        saved_at: work.now,
        case_changed: changed_since(case, save.case_version),
    };
    write(work, case.id, &draft).await?;
    Ok(draft)
}

/// Reads the actor's own draft, `None` if there is none. Audited like a read of the case.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], or the database's.
pub async fn get(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    now: Timestamp,
) -> Result<Option<Draft>, CrmError> {
    access::allow(actor, Deed::ReadRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            work.audit(Action::Read, Entity::Case, vec![id.as_uuid()]).await?;
            let case = load(&txn, id).await?.ok_or(not_found(id))?;
            find(&work, &case).await
        })
        .await
}

/// Completes an edit of `case` by the actor's draft, and takes out of the draft what is saved.
///
/// A draft that was typed on an older version completes nothing: it would put back what somebody
/// else has changed. It stays, less what the edit itself names.
pub(crate) async fn merge(
    work: &Work<'_>,
    case: &Case,
    edit: CaseEdit,
) -> Result<CaseEdit, CrmError> {
    let Some(mut draft) = find(work, case).await? else {
        return Ok(edit);
    };
    let edit = if draft.case_version == case.version { draft.fields.complete(edit) } else { edit };
    draft.fields = draft.fields.without(&edit);
    draft.sequence += 1;
    draft.case_version += i64::from(draft.case_version == case.version);
    write(work, case.id, &draft).await?;
    Ok(edit)
}

/// Takes the report out of the actor's draft: it was filed.
pub(crate) async fn drop_report(work: &Work<'_>, case: &Case) -> Result<(), CrmError> {
    if let Some(mut draft) = find(work, case).await?
        && draft.fields.report.take().is_some()
    {
        draft.sequence += 1;
        write(work, case.id, &draft).await?;
    }
    Ok(())
}

/// The actor's draft of a case.
pub(crate) async fn find(work: &Work<'_>, case: &Case) -> Result<Option<Draft>, CrmError> {
    let key = (case.id.as_uuid(), work.user());
    let Some(row) = case_draft::Entity::find_by_id(key).one(work.txn).await? else {
        return Ok(None);
    };
    let fields = serde_json::from_value(row.fields)
        .map_err(|_| CrmError::unreadable("case_drafts", "fields"))?;
    Ok(Some(Draft {
        sequence: row.sequence,
        case_version: row.case_version,
        fields,
        saved_at: time::from_column(row.saved_at),
        case_changed: changed_since(case, row.case_version),
    }))
}

/// The stamp of the actor's draft of a case.
pub(crate) async fn stamp(work: &Work<'_>, case: &Case) -> Result<Option<DraftStamp>, CrmError> {
    let draft = find(work, case).await?;
    Ok(draft.map(|draft| DraftStamp { sequence: draft.sequence, saved_at: draft.saved_at }))
}

/// Stores a draft, or removes it once nothing is in it.
async fn write(work: &Work<'_>, case: CaseId, draft: &Draft) -> Result<(), CrmError> {
    let fields = serde_json::to_value(&draft.fields)
        .map_err(|_| CrmError::unreadable("case_drafts", "fields"))?;
    let row = case_draft::Model {
        case_id: case.as_uuid(),
        user_id: work.user(),
        sequence: draft.sequence,
        case_version: draft.case_version,
        fields,
        saved_at: time::to_column(draft.saved_at),
    };
    if draft.fields.is_empty() {
        row.delete(work.txn).await?;
    } else {
        use case_draft::Column::{CaseId, CaseVersion, Fields, SavedAt, Sequence, UserId};
        let again = OnConflict::columns([CaseId, UserId])
            .update_columns([Sequence, CaseVersion, Fields, SavedAt])
            .to_owned();
        let row = row.into_active_model().reset_all();
        case_draft::Entity::insert(row).on_conflict(again).exec_without_returning(work.txn).await?;
    }
    work.changed(Topic::Case, case.as_uuid());
    Ok(())
}

/// What stands for a draft that is gone: somebody saved it.
fn nothing(case: &Case) -> Draft {
    Draft {
        sequence: 0,
        case_version: case.version,
        fields: DraftFields::default(),
        saved_at: case.updated_at,
        case_changed: None,
    }
}

fn changed_since(case: &Case, version: i64) -> Option<Conflict> {
    (case.version != version).then_some(Conflict {
        expected: version,
        current: case.version,
        changed_by: case.updated_by,
        changed_at: case.updated_at,
    })
}
