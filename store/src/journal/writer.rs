//! The background task of a journal: takes what is queued, writes it in one transaction, tells all
//! who wait. Does I/O; decides nothing but how much goes into one commit.

use std::sync::Arc;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use tokio::sync::mpsc;

use super::{Append, AppendError, Entry, JournalError, Turns};
use crate::row::{journal, journal_head};
use crate::txn::{TxnError, WriteTxn};
use crate::{Store, time};

/// Most entries of one commit, unless a single append has more.
const BATCH_ENTRIES_MAX: usize = 1_000;
/// Rows of one statement: each takes five of the 32 766 values that SQLite allows.
const ROWS_PER_INSERT: usize = 1_000;

/// What the task needs to know.
pub(super) struct Writer {
    pub(super) store: Store,
    pub(super) stream: String,
    pub(super) epoch: i64,
    pub(super) turns: Arc<Turns>,
}

/// Why a batch was not written: the epoch, or the database.
enum BatchError {
    Stale { current: i64 },
    Failed(JournalError),
}

impl Writer {
    /// Runs until the journal is dropped and everything queued is dealt with.
    pub(super) async fn run(self, mut appends: mpsc::Receiver<Append>) {
        let mut carried = None;
        loop {
            let first = match carried.take() {
                Some(append) => append,
                None => match appends.recv().await {
                    Some(append) => append,
                    None => return,
                },
            };
            let mut batch = Vec::new();
            let mut entries = first.entries.len();
            batch.push(first);
            while let Ok(next) = appends.try_recv() {
                if entries + next.entries.len() > BATCH_ENTRIES_MAX {
                    carried = Some(next);
                    break;
                }
                entries += next.entries.len();
                batch.push(next);
            }
            self.write(batch).await;
        }
    }

    /// Writes one batch and resolves its appends.
    async fn write(&self, batch: Vec<Append>) {
        let (batch, late): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|append| self.turns.is_current(append.turn));
        for append in late {
            drop(append.done.send(Err(AppendError::Halted)));
        }
        let Some(first) = batch.first() else { return };
        let turn = first.turn;
        let entries: Vec<&Entry> = batch.iter().flat_map(|append| &append.entries).collect();
        let entries = entries.as_slice();
        let outcome = self.store.write_txn(|txn| self.insert(txn, entries)).await;
        metrics::histogram!("helpline_journal_commit_entries").record(entries.len() as f64);
        match outcome {
            Ok(mut position) => {
                for append in batch {
                    position += length(&append.entries);
                    // Whoever appended may have gone; the entry stays durable all the same.
                    drop(append.done.send(Ok(position)));
                }
            }
            Err(error) => {
                self.turns.end(turn);
                let error = self.refusal(error);
                tracing::error!(stream = %self.stream, %error, "a journal commit failed");
                for append in batch {
                    drop(append.done.send(Err(error.clone())));
                }
            }
        }
    }

    /// Checks the epoch and inserts, in one transaction. Returns the position before the first.
    async fn insert(&self, txn: WriteTxn, entries: &[&Entry]) -> Result<i64, BatchError> {
        let head = journal_head::Entity::find_by_id(self.stream.as_str()).one(&txn).await?;
        let (current, start) = head.map_or((0, 0), |head| (head.epoch, head.position));
        if current != self.epoch {
            return Err(BatchError::Stale { current });
        }
        for (index, rows) in entries.chunks(ROWS_PER_INSERT).enumerate() {
            let before = start + (index * ROWS_PER_INSERT) as i64;
            let rows =
                rows.iter().zip(before + 1..).map(|(entry, position)| journal::ActiveModel {
                    stream: Set(self.stream.clone()),
                    position: Set(position),
                    epoch: Set(self.epoch),
                    at: Set(time::to_column(entry.at)),
                    event: Set(entry.event.clone()),
                });
            journal::Entity::insert_many(rows).exec_without_returning(&txn).await?;
        }
        // Moving the head locks its row: on PostgreSQL a new leader waits for this commit or this
        // transaction is refused and tried again, and then meets the new epoch.
        journal_head::Entity::update_many()
            .col_expr(journal_head::Column::Position, Expr::value(start + length(entries)))
            .filter(journal_head::Column::Stream.eq(self.stream.as_str()))
            .exec(&txn)
            .await?;
        Ok(start)
    }

    fn refusal(&self, error: BatchError) -> AppendError {
        match error {
            BatchError::Stale { current } => AppendError::StaleEpoch { ours: self.epoch, current },
            BatchError::Failed(error @ JournalError::Txn(TxnError::Commit(_))) => {
                AppendError::Unknown(Arc::new(error))
            }
            BatchError::Failed(error) => AppendError::NotWritten(Arc::new(error)),
        }
    }
}

impl<E: Into<JournalError>> From<E> for BatchError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn length<T>(entries: &[T]) -> i64 {
    i64::try_from(entries.len()).expect("a batch is far smaller than 2^63")
}
