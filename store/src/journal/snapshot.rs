//! Saved states of a stream, so that a start need not replay everything. Does I/O.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::{Journal, JournalError};
use crate::Store;
use crate::row::{journal_head, journal_snapshot};
use crate::txn::{TxnError, WriteTxn};

/// How many snapshots of a stream are kept; older ones go when a new one is saved.
pub const SNAPSHOTS_KEPT: u64 = 3;
/// Largest snapshot, in bytes.
pub const SNAPSHOT_LEN_MAX: usize = 256 * 1024 * 1024;

/// The state of a stream after all entries up to `position`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that the state includes.
    pub position: i64,
    /// The state, in the owner's own format.
    pub state: Vec<u8>,
}

/// Why a snapshot was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Another leader has taken over.
    #[error("epoch {ours} is stale, epoch {current} leads")]
    StaleEpoch {
        /// The epoch of this journal.
        ours: i64,
        /// The epoch that leads now.
        current: i64,
    },
    /// The stream has no such position yet: its entries must be durable first.
    #[error("position {position} is beyond the end of the stream, {last}")]
    Beyond {
        /// The position of the snapshot.
        position: i64,
        /// The last position of the stream.
        last: i64,
    },
    /// Larger than [`SNAPSHOT_LEN_MAX`].
    #[error("the snapshot is larger than allowed")]
    TooLarge,
    /// A statement failed.
    #[error("the snapshot's row could not be written")]
    Sql(#[from] DbErr),
    /// The transaction failed.
    #[error("the snapshot's transaction failed")]
    Txn(#[from] TxnError),
}

impl Journal {
    /// Saves the state after all entries up to `position`, and deletes all but the newest
    /// [`SNAPSHOTS_KEPT`]. A snapshot of the same position is replaced.
    ///
    /// # Errors
    /// See [`SnapshotError`].
    pub async fn save_snapshot(&self, position: i64, state: &[u8]) -> Result<(), SnapshotError> {
        if state.len() > SNAPSHOT_LEN_MAX {
            return Err(SnapshotError::TooLarge);
        }
        self.store
            .write_txn(|txn| async move {
                self.check_snapshot(&txn, position).await?;
                self.insert_snapshot(&txn, position, state).await?;
                self.prune_snapshots(&txn).await?;
                Ok(())
            })
            .await
    }

    /// The newest snapshot of this stream: see [`latest_snapshot`].
    ///
    /// # Errors
    /// The row could not be read.
    pub async fn latest_snapshot(&self) -> Result<Option<Snapshot>, JournalError> {
        latest_snapshot(&self.store, &self.stream).await
    }

    async fn check_snapshot(&self, txn: &WriteTxn, position: i64) -> Result<(), SnapshotError> {
        let head = journal_head::Entity::find_by_id(self.stream.as_str()).one(txn).await?;
        let (current, last) = head.map_or((0, 0), |head| (head.epoch, head.position));
        if current != self.epoch {
            return Err(SnapshotError::StaleEpoch { ours: self.epoch, current });
        }
        if position > last {
            return Err(SnapshotError::Beyond { position, last });
        }
        Ok(())
    }

    async fn insert_snapshot(
        &self,
        txn: &WriteTxn,
        position: i64,
        state: &[u8],
    ) -> Result<(), DbErr> {
        let row = journal_snapshot::ActiveModel {
            stream: Set(self.stream.clone()),
            position: Set(position),
            state: Set(state.to_vec()),
        };
        let key = [journal_snapshot::Column::Stream, journal_snapshot::Column::Position];
        let replace =
            OnConflict::columns(key).update_column(journal_snapshot::Column::State).to_owned();
        journal_snapshot::Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(txn)
            .await?;
        Ok(())
    }

    async fn prune_snapshots(&self, txn: &WriteTxn) -> Result<(), DbErr> {
        let oldest_kept: Option<i64> = journal_snapshot::Entity::find()
            .select_only()
            .column(journal_snapshot::Column::Position)
            .filter(journal_snapshot::Column::Stream.eq(self.stream.as_str()))
            .order_by_desc(journal_snapshot::Column::Position)
            .offset(SNAPSHOTS_KEPT - 1)
            .into_tuple()
            .one(txn)
            .await?;
        let Some(oldest_kept) = oldest_kept else { return Ok(()) };
        journal_snapshot::Entity::delete_many()
            .filter(journal_snapshot::Column::Stream.eq(self.stream.as_str()))
            .filter(journal_snapshot::Column::Position.lt(oldest_kept))
            .exec(txn)
            .await?;
        Ok(())
    }
}

/// The newest snapshot of `stream`, if there is one.
///
/// # Errors
/// The row could not be read.
pub async fn latest_snapshot(
    store: &Store,
    stream: &str,
) -> Result<Option<Snapshot>, JournalError> {
    snapshot_at(store, stream, i64::MAX).await
}

/// The newest snapshot of `stream` that includes no entry after `position`, if there is one.
///
/// # Errors
/// The row could not be read.
pub async fn snapshot_at(
    store: &Store,
    stream: &str,
    position: i64,
) -> Result<Option<Snapshot>, JournalError> {
    store
        .read_txn(|txn| async move {
            let row = journal_snapshot::Entity::find()
                .filter(journal_snapshot::Column::Stream.eq(stream))
                .filter(journal_snapshot::Column::Position.lte(position))
                .order_by_desc(journal_snapshot::Column::Position)
                .one(&txn)
                .await?;
            Ok(row.map(|row| Snapshot { position: row.position, state: row.state }))
        })
        .await
}
