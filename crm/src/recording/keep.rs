//! How long recordings are kept: legal holds, deletion by people and by time. Does I/O.
//!
//! The row goes first: from then on nobody hears the sound. Then whoever has the files removes it and
//! says so with [`file_gone`]; until then [`due`] names it again and again.

use ids::{RecordingId, Timestamp, UserId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use store::audit::{Action, Entity};
use store::{Store, time};
use uuid::Uuid;

use super::row::load;
use super::{Consent, Deleted, DeletedBecause, Recording, RecordingRefused, State};
use crate::access;
use crate::actor::{Actor, Purpose, Role};
use crate::entity::recording::{self as rows, ActiveModel, Column};
use crate::error::{Conflict, CrmError};
use crate::work::Work;

/// Who decides when it is the program itself.
const NOBODY: UserId = UserId::from_uuid(Uuid::nil());

/// A recording whose file is to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub id: RecordingId,
    /// The file's name.
    pub file: Option<String>,
    /// Whether the row says so already, and only the file is left.
    pub deleted: bool,
}

/// Recordings whose time is over, and those deleted whose file is still there; at most `limit`.
///
/// # Errors
/// The database's.
pub async fn due(store: &Store, now: Timestamp, limit: u64) -> Result<Vec<Due>, CrmError> {
    let over = Condition::all()
        .add(Column::DeletedAt.is_null())
        .add(Column::LegalHold.eq(false))
        .add(Column::State.ne(State::Recording.as_str()))
        .add(Column::KeepUntil.lte(time::to_column(now)));
    let over = &Condition::any().add(over).add(Column::DeletedAt.is_not_null());
    store
        .read_txn(|txn| async move {
            let found = rows::Entity::find()
                .filter(Column::FileGone.eq(false))
                .filter(over.clone())
                .order_by_asc(Column::KeepUntil)
                .limit(limit)
                .all(&txn)
                .await?;
            let due = found.into_iter().map(|row| Due {
                id: RecordingId::from_uuid(row.id),
                file: row.file,
                deleted: row.deleted_at.is_some(),
            });
            Ok(due.collect())
        })
        .await
}

/// Deletes a recording because its time is over, or the caller took the consent back. False if it is
/// not to be deleted any more: a legal hold came in between. Audited in the name of nobody, as the
/// program's own work.
///
/// # Errors
/// [`CrmError::NotFound`], or the database's.
pub async fn delete_due(store: &Store, id: RecordingId, now: Timestamp) -> Result<bool, CrmError> {
    let nobody = &Actor {
        user: NOBODY,
        role: Role::Admin,
        purpose: Purpose::Reason("the time for which it is kept is over".to_owned()),
    };
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, nobody, now);
            let before = load(&txn, id).await?;
            if before.deleted.is_some() {
                return Ok(true);
            }
            if before.legal_hold || before.keep_until > now {
                return Ok(false);
            }
            let because = match before.consent {
                Some(Consent::Withdrawn) => DeletedBecause::Withdrawn,
                Some(Consent::Given | Consent::Refused) | None => DeletedBecause::TimeOver,
            };
            delete_in(&work, before, because).await?;
            Ok(true)
        })
        .await
}

/// What a person decides about a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is deleted.
    Delete,
    /// It is not deleted, whatever the time.
    Hold,
    /// The legal hold is over.
    Release,
}

/// Does what a person decided, and said why, about the version that was read.
///
/// # Errors
/// [`CrmError::NotAllowed`], [`CrmError::NotFound`], [`CrmError::Conflict`];
/// [`CrmError::Recording`] without a reason, or for a deletion under a legal hold or while the call
/// goes on; or the database's.
pub async fn decide(
    store: &Store,
    actor: &Actor,
    id: RecordingId,
    expected: i64,
    decision: Decision,
    now: Timestamp,
) -> Result<Recording, CrmError> {
    access::allow(actor, access::Deed::KeepRecordings)?;
    if !matches!(actor.purpose, Purpose::Reason(_)) {
        return Err(RecordingRefused::ReasonRequired.into());
    }
    store
        .write_txn(|txn| async move {
            let work = Work::new(&txn, actor, now);
            let before = load(&txn, id).await?;
            check(&before, expected, decision)?;
            match decision {
                Decision::Delete => delete_in(&work, before, DeletedBecause::Ordered).await,
                Decision::Hold => hold_in(&work, before, true).await,
                Decision::Release => hold_in(&work, before, false).await,
            }
        })
        .await
}

fn check(before: &Recording, expected: i64, decision: Decision) -> Result<(), CrmError> {
    if before.version != expected {
        let (changed_by, changed_at) = before.decided.unwrap_or((NOBODY, before.started_at));
        let current = before.version;
        return Err(Conflict { expected, current, changed_by, changed_at }.into());
    }
    if before.deleted.is_some() {
        return Err(RecordingRefused::Deleted.into());
    }
    if decision == Decision::Delete && before.legal_hold {
        return Err(RecordingRefused::LegalHold.into());
    }
    if decision == Decision::Delete && before.state == State::Recording {
        return Err(RecordingRefused::StillRecording.into());
    }
    Ok(())
}

/// The file of a deleted recording is no more.
///
/// # Errors
/// The database's.
pub async fn file_gone(store: &Store, id: RecordingId) -> Result<(), CrmError> {
    store
        .write_txn(|txn| async move {
            let row =
                ActiveModel { id: Set(id.as_uuid()), file_gone: Set(true), ..Default::default() };
            row.update_without_returning(&txn).await?;
            Ok(())
        })
        .await
}

async fn delete_in(
    work: &Work<'_>,
    before: Recording,
    because: DeletedBecause,
) -> Result<Recording, CrmError> {
    let deleted = Some(Deleted { at: work.now, because });
    let after = Recording { deleted, ..decided(work, before) };
    let row = ActiveModel {
        deleted_at: Set(Some(work.moment())),
        deleted_because: Set(Some(because.as_str().to_owned())),
        ..changed(work, &after)
    };
    row.update_without_returning(work.txn).await?;
    work.audit(Action::Delete, Entity::Recording, touched(&after)).await?;
    Ok(after)
}

async fn hold_in(work: &Work<'_>, before: Recording, held: bool) -> Result<Recording, CrmError> {
    let after = Recording { legal_hold: held, ..decided(work, before) };
    let row = ActiveModel { legal_hold: Set(held), ..changed(work, &after) };
    row.update_without_returning(work.txn).await?;
    work.audit(Action::Update, Entity::Recording, touched(&after)).await?;
    Ok(after)
}

fn decided(work: &Work<'_>, before: Recording) -> Recording {
    let version = before.version + 1;
    Recording { version, decided: Some((work.actor.user, work.now)), ..before }
}

/// The columns that every decision changes.
fn changed(work: &Work<'_>, after: &Recording) -> ActiveModel {
    ActiveModel {
        id: Set(after.id.as_uuid()),
        version: Set(after.version),
        decided_by: Set(Some(work.user())),
        decided_at: Set(Some(work.moment())),
        ..Default::default()
    }
}

fn touched(recording: &Recording) -> Vec<Uuid> {
    vec![recording.id.as_uuid(), recording.interaction.as_uuid()]
}
