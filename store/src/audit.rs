//! The audit: who did what to which record, and why, written in the same transaction. Does I/O.
//!
//! An audited read therefore runs in a [`WriteTxn`]: no record is shown whose entry was not
//! committed. Nothing here changes or deletes an entry. Sealing the entries by a chain of hashes is
//! not done here yet.

use ids::{CallId, Timestamp, UserId};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::account::Role;
use crate::txn::{ReadTxn, WriteTxn};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A record was shown.
    Read,
    /// A search or look-up was made; the ids are those it showed.
    Search,
    /// A record was made.
    Create,
    /// A record was changed.
    Update,
    /// A case was closed or reopened, an account disabled: a change of state by itself.
    ChangeState,
}

/// What kind of record it was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A person in the records.
    Contact,
    /// People who share a home.
    Household,
    /// A case.
    Case,
    /// A report on a case.
    Report,
    /// An interaction.
    Interaction,
    /// An account of the helpline's own staff.
    User,
    /// Several kinds at once, as one search shows them.
    Mixed,
}

/// Why it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// For the citizen of this call.
    Call(CallId),
    /// For a reason the person gave, at most 500 characters (more is cut).
    Reason(String),
    /// Desk work of the role itself, such as finishing one's own cases.
    Desk,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// What was done.
    pub action: Action,
    /// To what kind of record.
    pub entity: Entity,
    /// To which records; may be empty (a search without hits is an entry too).
    pub ids: Vec<Uuid>,
    /// Why.
    pub purpose: Purpose,
}

/// Writes one entry in the caller's transaction.
///
/// # Errors
/// The row could not be written: the caller's transaction must fail with it.
pub async fn record(_txn: &WriteTxn, _entry: &Entry) -> Result<(), DbErr> {
    Ok(())
}

/// An entry as it was written, with its place in the order of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number; later entries have higher ones.
    pub number: i64,
    /// What was written.
    pub entry: Entry,
}

/// Which entries an auditor asks for. Every `None` means "any".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only entries of this person.
    pub user: Option<UserId>,
    /// Only entries that touched this record.
    pub record: Option<Uuid>,
    /// Only entries at or after this moment.
    pub from: Option<Timestamp>,
    /// Only entries before this moment.
    pub until: Option<Timestamp>,
}

/// The newest entries that match, newest first, below the number `before` if given; at most
/// `limit`, and never more than 200.
///
/// # Errors
/// The rows could not be read.
pub async fn list(
    _txn: &ReadTxn,
    _filter: &Filter,
    _before: Option<i64>,
    _limit: u64,
) -> Result<Vec<Recorded>, DbErr> {
    Ok(Vec::new())
}
