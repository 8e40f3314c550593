//! Reading and changing one case. Does I/O.

use ids::{CaseId, Timestamp};
use store::Store;
use store::audit::{Action, Entity};

use super::draft;
use super::state::{CaseState, CaseStep, Refused, RefusedWhy, ReportStanding};
use super::{Case, CaseDetails, CaseEdit, Deed, Revision, load, not_found, revise};
use crate::access;
use crate::actor::Actor;
use crate::contact;
use crate::error::{Conflict, CrmError};
use crate::text::clean;
use crate::work::Work;

/// Reads a case. The read is audited in its own transaction.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], or the database's.
pub async fn get(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    now: Timestamp,
) -> Result<Case, CrmError> {
    access::allow(actor, access::Deed::ReadRecords)?;
    store.write_txn(|txn| async move { get_in(&Work::new(&txn, actor, now), id).await }).await
}

pub(crate) async fn get_in(work: &Work<'_>, id: CaseId) -> Result<Case, CrmError> {
    work.audit(Action::Read, Entity::Case, vec![id.as_uuid()]).await?;
    let case = load(work.txn, id).await?.ok_or(not_found(id))?;
    stamped(work, case).await
}

/// Changes a case, if it is still at the version `expected`, and merges the actor's draft into it:
/// what the edit does not name is taken from the draft. A new case is open afterwards.
///
/// # Errors
/// [`CrmError::Conflict`] if it is at another version; [`CrmError::Refused`] if the state does not
/// allow the step, or the case is closed; [`CrmError::NotAllowed`], [`CrmError::NotFound`],
/// [`CrmError::Invalid`], or the database's.
pub async fn update(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    expected: i64,
    edit: &CaseEdit,
    now: Timestamp,
) -> Result<Case, CrmError> {
    access::allow(actor, access::Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let before = load(&txn, id).await?.ok_or(not_found(id))?;
            check_version(&before, expected)?;
            edit_in(&work, before, edit.clone()).await
        })
        .await
}

/// Ends a case. Refused until a report tells what was done since it was opened or last reopened.
///
/// # Errors
/// As [`update`], without [`CrmError::Conflict`]: closing overwrites nothing.
pub async fn close(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    now: Timestamp,
) -> Result<Case, CrmError> {
    take_step(store, actor, id, CaseStep::Close, now).await
}

/// Takes a closed case up again, within seven days of its closing. A new report will be due.
///
/// # Errors
/// As [`close`].
pub async fn reopen(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    now: Timestamp,
) -> Result<Case, CrmError> {
    take_step(store, actor, id, CaseStep::Reopen, now).await
}

async fn take_step(
    store: &Store,
    actor: &Actor,
    id: CaseId,
    step: CaseStep,
    now: Timestamp,
) -> Result<Case, CrmError> {
    access::allow(actor, access::Deed::WriteRecords)?;
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let before = load(&txn, id).await?.ok_or(not_found(id))?;
            let edit = CaseEdit { step: Some(step), ..CaseEdit::default() };
            edit_in(&work, before, edit).await
        })
        .await
}

pub(crate) async fn edit_in(
    work: &Work<'_>,
    before: Case,
    edit: CaseEdit,
) -> Result<Case, CrmError> {
    let step = edit.step;
    check_open(&before, step)?;
    let edit = draft::merge(work, &before, edit).await?;
    let mut revision = Revision::of(&before, Deed::Edited);
    if let Some(contact) = edit.contact {
        if let Some(id) = contact {
            contact::exists_in(work, id).await?;
        }
        revision.contact = contact;
    }
    revision.owner = edit.owner.unwrap_or(revision.owner);
    revision.details = edited(revision.details, edit);
    revision.state = next_state(work.now, &before, step)?;
    // What was done before says nothing about what will be done now.
    revision.report_due = before.report_due || step == Some(CaseStep::Reopen);
    let after = revise(work, before, revision).await?;
    stamped(work, after).await
}

/// A closed case takes no change but its reopening.
pub(crate) fn check_open(case: &Case, step: Option<CaseStep>) -> Result<(), Refused> {
    match case.state {
        state @ CaseState::Closed { .. } if step.is_none() => {
            Err(Refused { state, step: CaseStep::Work, why: RefusedWhy::WrongState })
        }
        CaseState::Closed { .. }
        | CaseState::New
        | CaseState::Open
        | CaseState::Pending { .. }
        | CaseState::Escalated { .. }
        | CaseState::Resolved { .. } => Ok(()),
    }
}

pub(crate) fn next_state(
    now: Timestamp,
    case: &Case,
    step: Option<CaseStep>,
) -> Result<CaseState, Refused> {
    let report = if case.report_due { ReportStanding::Due } else { ReportStanding::Filed };
    match (step, case.state) {
        (Some(step), state) => state.step(now, report, step),
        // Whoever writes into a new case works on it.
        (None, CaseState::New) => CaseState::New.step(now, report, CaseStep::Work),
        (None, state) => Ok(state),
    }
}

pub(crate) fn edited(details: CaseDetails, edit: CaseEdit) -> CaseDetails {
    CaseDetails {
        category: edit.category.unwrap_or(details.category),
        disposition: edit.disposition.unwrap_or(details.disposition),
        class: edit.class.unwrap_or(details.class),
        summary: edit.summary.map_or(details.summary, |text| clean(&text)),
        notes: edit.notes.map_or(details.notes, |text| clean(&text)),
    }
}

const fn check_version(case: &Case, expected: i64) -> Result<(), Conflict> {
    if case.version == expected {
        return Ok(());
    }
    Err(Conflict {
        expected,
        current: case.version,
        changed_by: case.updated_by,
        changed_at: case.updated_at,
    })
}

/// The case, with the stamp of the actor's own draft.
pub(crate) async fn stamped(work: &Work<'_>, case: Case) -> Result<Case, CrmError> {
    let draft = draft::stamp(work, &case).await?;
    Ok(Case { draft, ..case })
}
