//! The journal: what happened to an aggregate, in order, durable before its effects leave.
//! Does I/O, by one background task for each open journal.
//!
//! One leader appends to a stream. [`Journal::open`] takes the lead by raising the stream's epoch;
//! whoever led before is refused from then on, in the transaction of the append itself, however late
//! it wakes. Appends that arrive while a commit is under way are committed together by the next one,
//! so a sync is shared by all who wait for it and nobody waits for a timer.
//!
//! Order is kept through failure: when an append fails, every later one fails as well until the
//! leader has seen it and says [`Journal::resume`]. Otherwise an event could be durable whose
//! predecessor was lost, and a replay would not come out the same.
//!
//! What an event means is not known here: it is text, JSON by custom.

mod moment;
mod snapshot;
mod writer;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use ids::Timestamp;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::row::{journal, journal_head};
use crate::txn::{TxnError, WriteTxn};
use crate::{Store, time};

pub use moment::last_before;
pub use snapshot::{
    SNAPSHOT_LEN_MAX, SNAPSHOTS_KEPT, Snapshot, SnapshotError, latest_snapshot, snapshot_at,
};

/// Most entries of one append.
pub const APPEND_ENTRIES_MAX: usize = 1_000;
/// Longest event, in bytes.
pub const EVENT_LEN_MAX: usize = 256 * 1024;
/// Most entries that [`read`] returns at once.
pub const READ_MAX: u64 = 10_000;
/// Appends that may wait for the background task; one more is refused as [`AppendError::Full`].
pub const QUEUE_LEN_MAX: usize = 4_096;

/// One event to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened, at most [`EVENT_LEN_MAX`] bytes.
    pub event: String,
}

/// One event as it was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the stream: 1, 2, 3 … without gaps.
    pub position: i64,
    /// The epoch of the leader that appended it.
    pub epoch: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: String,
}

/// Why the rows of a journal could not be read, or its lead not be taken.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A statement failed.
    #[error("the journal's rows could not be read or written")]
    Sql(#[from] DbErr),
    /// The transaction failed.
    #[error("the journal's transaction failed")]
    Txn(#[from] TxnError),
}

/// Why an append was refused. The causes are shared by all appends of one commit.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// Another leader has taken over. It stays so: this journal must be given up.
    #[error("epoch {ours} is stale, epoch {current} leads")]
    StaleEpoch {
        /// The epoch of this journal.
        ours: i64,
        /// The epoch that leads now.
        current: i64,
    },
    /// Too many appends are waiting. Nothing was written; later appends are refused until
    /// [`Journal::resume`].
    #[error("too many appends are waiting")]
    Full,
    /// The append is larger than a limit of this module. Nothing was written; later appends are
    /// refused until [`Journal::resume`].
    #[error("the append is larger than allowed")]
    TooLarge,
    /// Nothing was written, and the same entries may be appended again after [`Journal::resume`].
    #[error("the entries were not written")]
    NotWritten(#[source] Arc<JournalError>),
    /// The commit was not confirmed: the entries may be durable or not. The stream must be read
    /// again, or the journal opened again, before anything else is appended.
    #[error("the commit of the entries was not confirmed")]
    Unknown(#[source] Arc<JournalError>),
    /// An earlier append failed and the leader has not yet said [`Journal::resume`]. Nothing was
    /// written.
    #[error("an earlier append failed")]
    Halted,
    /// The background task is gone, as at the end of the program. Nothing was written.
    #[error("the journal is closed")]
    Closed,
}

/// The lead of one stream.
#[derive(Debug)]
pub struct Journal {
    store: Store,
    stream: String,
    epoch: i64,
    start: i64,
    queue: mpsc::Sender<Append>,
    turns: Arc<Turns>,
    writer: JoinHandle<()>,
}

/// One append on its way to the background task.
#[derive(Debug)]
struct Append {
    turn: u64,
    entries: Vec<Entry>,
    done: oneshot::Sender<Result<i64, AppendError>>,
}

/// A failure ends a turn. Appends carry the turn in which the leader believed itself to be.
#[derive(Debug, Default)]
struct Turns {
    current: AtomicU64,
    leader: AtomicU64,
}

/// An append under way; resolves once its entries are durable, to the position of the last of them.
#[derive(Debug)]
#[must_use = "an append is durable only when this has resolved to Ok"]
pub struct Pending {
    done: oneshot::Receiver<Result<i64, AppendError>>,
}

impl Journal {
    /// Takes the lead of `stream`: raises its epoch, so that whoever led before is refused. A stream
    /// that does not exist begins, with position 0.
    ///
    /// # Errors
    /// The epoch could not be raised.
    pub async fn open(store: &Store, stream: &str) -> Result<Self, JournalError> {
        let (epoch, start) = store.write_txn(|txn| raise_epoch(txn, stream)).await?;
        let (queue, appends) = mpsc::channel(QUEUE_LEN_MAX);
        let turns = Arc::new(Turns::default());
        let writer = writer::Writer {
            store: store.clone(),
            stream: stream.to_owned(),
            epoch,
            turns: Arc::clone(&turns),
        };
        let writer = tokio::spawn(writer.run(appends));
        let (store, stream) = (store.clone(), stream.to_owned());
        Ok(Self { store, stream, epoch, start, queue, turns, writer })
    }

    /// Queues `entries` behind all earlier appends, at once; the future only waits.
    ///
    /// Entries of one append are durable together or not at all. An empty append waits until
    /// everything before it is durable.
    pub fn append(&self, entries: Vec<Entry>) -> Pending {
        let (done, pending) = oneshot::channel();
        let turn = self.turns.leader.load(Ordering::Acquire);
        let too_large = entries.len() > APPEND_ENTRIES_MAX
            || entries.iter().any(|entry| entry.event.len() > EVENT_LEN_MAX);
        if too_large {
            self.refuse(turn, done, AppendError::TooLarge);
            return Pending { done: pending };
        }
        match self.queue.try_send(Append { turn, entries, done }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(append)) => {
                self.refuse(turn, append.done, AppendError::Full);
            }
            Err(mpsc::error::TrySendError::Closed(append)) => {
                drop(append.done.send(Err(AppendError::Closed)));
            }
        }
        Pending { done: pending }
    }

    /// Takes appends again after one has failed. The leader calls it when it has seen the failure and
    /// is about to append again, in order, what was not written.
    pub fn resume(&self) {
        let current = self.turns.current.load(Ordering::Acquire);
        self.turns.leader.store(current, Ordering::Release);
    }

    /// The epoch under which this journal appends.
    #[must_use]
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// The last position of the stream when the lead was taken; 0 if it was empty.
    #[must_use]
    pub fn start(&self) -> i64 {
        self.start
    }

    /// The entries after position `after`, oldest first: see [`read`].
    ///
    /// # Errors
    /// The rows could not be read.
    pub async fn read_from(&self, after: i64, limit: u64) -> Result<Vec<Recorded>, JournalError> {
        read(&self.store, &self.stream, after, limit).await
    }

    /// Waits until everything queued is written or refused, and ends the background task.
    pub async fn close(self) {
        let Self { queue, writer, .. } = self;
        drop(queue);
        if let Err(error) = writer.await {
            tracing::error!(%error, "the journal's writer ended by a panic");
        }
    }

    /// Refuses an append before it reached the queue, and all after it: their order would be broken.
    fn refuse(&self, turn: u64, done: oneshot::Sender<Result<i64, AppendError>>, why: AppendError) {
        self.turns.end(turn);
        drop(done.send(Err(why)));
    }
}

impl Turns {
    /// Ends `turn`, if it is still the current one.
    fn end(&self, turn: u64) {
        let next = turn + 1;
        let _ended_before =
            self.current.compare_exchange(turn, next, Ordering::AcqRel, Ordering::Acquire);
    }

    fn is_current(&self, turn: u64) -> bool {
        self.current.load(Ordering::Acquire) == turn
    }
}

impl Future for Pending {
    type Output = Result<i64, AppendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let done = Pin::new(&mut self.done);
        done.poll(context).map(|done| done.unwrap_or(Err(AppendError::Closed)))
    }
}

/// Raises the epoch of `stream`; returns it with the last position.
async fn raise_epoch(txn: WriteTxn, stream: &str) -> Result<(i64, i64), JournalError> {
    let Some(head) = journal_head::Entity::find_by_id(stream).one(&txn).await? else {
        let head = journal_head::ActiveModel {
            stream: Set(stream.to_owned()),
            epoch: Set(1),
            position: Set(0),
        };
        journal_head::Entity::insert(head).exec_without_returning(&txn).await?;
        return Ok((1, 0));
    };
    let (epoch, position) = (head.epoch + 1, head.position);
    let mut raised = journal_head::ActiveModel::from(head);
    raised.epoch = Set(epoch);
    journal_head::Entity::update(raised).exec(&txn).await?;
    Ok((epoch, position))
}

/// The entries of `stream` after position `after` (0: from the beginning), oldest first; at most
/// `limit`, and never more than [`READ_MAX`]. Fewer than asked for means that the end was reached.
///
/// # Errors
/// The rows could not be read.
pub async fn read(
    store: &Store,
    stream: &str,
    after: i64,
    limit: u64,
) -> Result<Vec<Recorded>, JournalError> {
    let rows = store.read_txn(|txn| async move {
        let rows = journal::Entity::find()
            .filter(journal::Column::Stream.eq(stream))
            .filter(journal::Column::Position.gt(after))
            .order_by_asc(journal::Column::Position)
            .limit(limit.min(READ_MAX))
            .all(&txn)
            .await?;
        Ok::<_, JournalError>(rows)
    });
    Ok(rows.await?.into_iter().map(recorded).collect())
}

fn recorded(row: journal::Model) -> Recorded {
    Recorded {
        position: row.position,
        epoch: row.epoch,
        at: time::from_column(row.at),
        event: row.event,
    }
}
