//! Why something could not be done with the records. Pure.
//!
//! One enum for the crate: the edges translate it once, in one table. No text of a citizen's record
//! and no number ever stands in an error.

use ids::{Timestamp, UserId};
use sea_orm::DbErr;
use store::TxnError;
use store::audit::Entity;
use thiserror::Error;
use uuid::Uuid;

use crate::access::NotAllowed;
use crate::case::Refused;
use crate::case::draft::Draft;
use crate::recording::RecordingRefused;

/// Somebody else changed the record in between. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the record was changed by {changed_by} in between: it is at version {current}, \
     this change was made for version {expected}"
)]
pub struct Conflict {
    /// The version that the change was made for.
    pub expected: i64,
    /// The version that is stored.
    pub current: i64,
    /// Who made that version.
    pub changed_by: UserId,
    /// When.
    pub changed_at: Timestamp,
}

/// One field of a request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path: `phones[1].label`.
    pub field: String,
    /// A sentence for whoever filled it in.
    pub message: String,
}

/// Why something could not be done with the records.
#[derive(Debug, Error)]
pub enum CrmError {
    /// The role may not.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// There is no such record.
    #[error("there is no such record")]
    NotFound {
        /// What kind was looked for.
        entity: Entity,
        /// By which id.
        id: Uuid,
    },
    /// The record is at another version than the change was made for.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// Another tab or device of the same person saved this draft in between.
    #[error("this draft was saved from another window in between")]
    DraftConflict {
        /// The draft as it is stored.
        current: Box<Draft>,
    },
    /// Fields that cannot be accepted.
    #[error("a field cannot be accepted")]
    Invalid(Vec<FieldError>),
    /// The case's state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// What is known of the recording does not allow it.
    #[error(transparent)]
    Recording(#[from] RecordingRefused),
    /// The cursor of a list was not made by this list.
    #[error("the cursor is not one of this list")]
    BadCursor,
    /// A row holds what this program cannot read: the database is newer or damaged.
    #[error("a row of {table} has an unreadable {column}")]
    UnreadableRow {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A statement failed.
    #[error("a statement on the records failed")]
    Sql(#[from] DbErr),
    /// The transaction could not be begun or committed.
    #[error("a transaction on the records failed")]
    Txn(#[from] TxnError),
}

impl CrmError {
    /// One field that cannot be accepted.
    pub(crate) fn invalid(field: &str, message: &str) -> Self {
        let error = FieldError { field: field.to_owned(), message: message.to_owned() };
        Self::Invalid(vec![error])
    }

    pub(crate) const fn unreadable(table: &'static str, column: &'static str) -> Self {
        Self::UnreadableRow { table, column }
    }
}
