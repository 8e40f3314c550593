//! Reports on a case: what was done, in a person's words, filed for good. Does I/O.
//!
//! A filed report never changes; a correction is the next version. There is no way to change one
//! here, and the database refuses one from anywhere (step 2 of the schema).

use core::fmt;

use garde::Validate;
use ids::{CaseId, ReportId, Timestamp, UserId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use store::audit::{Action, Entity};
use store::{Store, time};

use crate::access;
use crate::actor::Actor;
use crate::case::{self, Case, CaseDetails, CaseEdit, Deed, Revision};
use crate::entity::case_report;
use crate::error::CrmError;
use crate::text::{check, clean};
use crate::work::Work;

/// A report as it was filed.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// The id.
    pub id: ReportId,
    /// On which case.
    pub case: CaseId,
    /// Counts the reports of the case from 1.
    pub version: i64,
    /// The words.
    pub text: String,
    /// How it ended, at this point.
    pub disposition: String,
    /// By whom.
    pub filed_by: UserId,
    /// When.
    pub filed_at: Timestamp,
}

/// A report to be filed.
#[derive(Clone, PartialEq, Eq, Validate)]
pub struct NewReport {
    /// The id it will have.
    #[garde(skip)]
    pub id: ReportId,
    /// On which case.
    #[garde(skip)]
    pub case: CaseId,
    /// The words; 1 to 20 000 characters.
    #[garde(length(chars, min = 1, max = case::NOTES_CHARS_MAX))]
    pub text: String,
    /// How it ended: a key of the vocabulary. The case takes it over.
    #[garde(length(chars, min = 1, max = 48))]
    pub disposition: String,
}

/// What filing gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The report.
    pub report: Report,
    /// The case afterwards: at its next version, with the disposition, free to be closed.
    pub case: Case,
}

/// Shows which record it is and nothing of its text.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Report({}, version {})", self.id, self.version)
    }
}

/// Files a report as the next version on its case, and merges the actor's draft into the case. The
/// same `id` again gives the report filed before.
///
/// # Errors
/// [`CrmError::Refused`] if the case is closed; [`CrmError::NotAllowed`], [`CrmError::NotFound`],
/// [`CrmError::Invalid`], or the database's.
pub async fn file(
    store: &Store,
    actor: &Actor,
    new: &NewReport,
    now: Timestamp,
) -> Result<Filed, CrmError> {
    access::allow(actor, access::Deed::WriteRecords)?;
    store.write_txn(|txn| async move { file_in(&Work::new(&txn, actor, now), new).await }).await
}

pub(crate) async fn file_in(work: &Work<'_>, new: &NewReport) -> Result<Filed, CrmError> {
    let new = NewReport { text: clean(&new.text), ..new.clone() };
    check(&new)?;
    let before = case::load(work.txn, new.case).await?.ok_or(case::not_found(new.case))?;
    let filed = of_case(work, new.case).await?;
    if let Some(report) = filed.iter().find(|report| report.id == new.id) {
        let case = case::get_in(work, new.case).await?;
        return Ok(Filed { report: report.clone(), case });
    }
    case::check_open(&before, None)?;
    case::check_words(&before.details, &after_words(&before, &new.disposition))?;
    let report = Report {
        id: new.id,
        case: new.case,
        version: filed.last().map_or(1, |last| last.version + 1),
        text: new.text,
        disposition: new.disposition,
        filed_by: work.actor.user,
        filed_at: work.now,
    };
    insert(work, &report).await?;
    let case = take_over(work, before, &report).await?;
    Ok(Filed { report, case })
}

/// What the case would say with that disposition.
fn after_words(case: &Case, disposition: &str) -> CaseDetails {
    CaseDetails { disposition: Some(disposition.to_owned()), ..case.details.clone() }
}

/// The case's next version: the report's disposition, the draft merged, no report due.
async fn take_over(work: &Work<'_>, before: Case, report: &Report) -> Result<Case, CrmError> {
    let edit =
        CaseEdit { disposition: Some(Some(report.disposition.clone())), ..CaseEdit::default() };
    let edit = case::draft::merge(work, &before, edit).await?;
    case::draft::drop_report(work, &before).await?;
    let mut revision = Revision::of(&before, Deed::ReportFiled { report: report.id });
    revision.details = case::edited(revision.details, edit);
    revision.state = case::next_state(work.now, &before, None)?;
    revision.report_due = false;
    let after = case::revise(work, before, revision).await?;
    case::stamped(work, after).await
}

/// The reports of a case, oldest first. Audited like a read of the case.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], or the database's.
pub async fn list(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    now: Timestamp,
) -> Result<Vec<Report>, CrmError> {
    access::allow(actor, access::Deed::ReadRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let case = case::load(&txn, id).await?.ok_or(case::not_found(id))?;
            let reports = of_case(&work, case.id).await?;
            let shown = reports.iter().map(|report| report.id.as_uuid()).collect();
            work.audit(Action::Read, Entity::Report, shown).await?;
            Ok(reports)
        })
        .await
}

async fn insert(work: &Work<'_>, report: &Report) -> Result<(), CrmError> {
    let row = case_report::Model {
        id: report.id.as_uuid(),
        case_id: report.case.as_uuid(),
        version: report.version,
        text: report.text.clone(),
        disposition: report.disposition.clone(),
        filed_by: report.filed_by.as_uuid(),
        filed_at: time::to_column(report.filed_at),
    };
    let row = row.into_active_model().reset_all();
    case_report::Entity::insert(row).exec_without_returning(work.txn).await?;
    work.audit(Action::Create, Entity::Report, vec![report.id.as_uuid()]).await
}

async fn of_case(work: &Work<'_>, case: CaseId) -> Result<Vec<Report>, CrmError> {
    let rows = case_report::Entity::find()
        .filter(case_report::Column::CaseId.eq(case.as_uuid()))
        .order_by_asc(case_report::Column::Version)
        .all(work.txn)
        .await?;
    Ok(rows.into_iter().map(from_row).collect())
}

pub(crate) fn from_row(row: case_report::Model) -> Report {
    Report {
        id: ReportId::from_uuid(row.id),
        case: CaseId::from_uuid(row.case_id),
        version: row.version,
        text: row.text,
        disposition: row.disposition,
        filed_by: UserId::from_uuid(row.filed_by),
        filed_at: time::from_column(row.filed_at),
    }
}
