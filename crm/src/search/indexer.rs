//! The indexer: follows the outbox and keeps the index at most a second behind the records.
//!
//! Does I/O. It decides nothing about documents: what changed comes from the outbox, what to index
//! from `load`. The cursor lives in the index, in the same commit as the documents; the store is
//! told of it now and then, only so that it knows which rows of the outbox nobody needs any more.

use std::time::Duration;

use sea_orm::DbErr;
use store::{ReadTxn, Store, TxnError, WriteTxn, outbox};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::document::{DocumentId, Kind};
use super::generation::{Change, IndexError};
use super::index::{Rebuild, RebuildReason, SearchIndex};
use super::load::{self, LOAD_MAX};

/// After a wake-up the indexer waits that long, so that what is committed together is indexed
/// together: a commit of the index costs tens of milliseconds.
const GATHER: Duration = Duration::from_millis(60);
/// How often it looks without being woken: another node's commit wakes nobody here.
const POLL: Duration = Duration::from_secs(1);
/// Pause after a failure.
const RETRY: Duration = Duration::from_secs(2);
/// How often the store is told how far the index is.
const TELL_EVERY: Duration = Duration::from_secs(30);
/// Rows of the outbox handled in one commit.
const BATCH: u64 = 500;

/// Why the index could not follow, or be rebuilt. It is tried again; nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    /// The index could not be written.
    #[error("the search index could not follow the records")]
    Index(#[from] IndexError),
    /// The records could not be read.
    #[error("the records could not be read for the search index")]
    Sql(#[from] DbErr),
    /// A transaction failed.
    #[error("a transaction for the search index failed")]
    Txn(#[from] TxnError),
    /// The blocking part panicked.
    #[error("the search index stopped in the middle of its work")]
    Stopped(#[from] tokio::task::JoinError),
}

/// How far a rebuild has come, in documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Indexed so far.
    pub done: u64,
    /// As many as there were at the beginning. `done` may pass it: records are made meanwhile.
    pub total: u64,
}

/// Follows the outbox for one index.
pub struct Indexer {
    store: Store,
    index: SearchIndex,
    consumer: String,
}

impl Indexer {
    /// An indexer. `consumer` names it in the store, one name per node.
    #[must_use]
    pub fn new(store: Store, index: SearchIndex, consumer: &str) -> Self {
        Self { store, index, consumer: consumer.to_owned() }
    }

    /// Follows until `stop` says `true` or is dropped; rebuilds first what must be rebuilt, while
    /// new records go on being indexed. A failure is logged and tried again.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let work = async {
            self.retried("checked", || self.check()).await;
            tokio::join!(self.follow(), self.rebuild_if_needed());
        };
        tokio::select! {
            () = work => {}
            // A sender that is gone can never say stop, so it means the same.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Rebuilds the whole index from the records beside the serving one, which goes on serving and
    /// following; then the new one takes over. `progress` is called after every batch.
    ///
    /// # Errors
    /// The records could not be read or the index not written; the old index goes on serving.
    pub async fn rebuild(
        &self,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<(), IndexerError> {
        // From here on the outbox tells what changes while the records are read.
        let (start, total) = self.store.read_txn(rebuild_start).await?;
        let index = self.index.clone();
        let mut rebuild =
            blocking(move || index.begin_rebuild(start)).await?;
        let mut done = 0;
        progress(Progress { done, total });
        for kind in Kind::ALL {
            let mut after = None;
            loop {
                let changes =
                    self.store.read_txn(|txn| next_changes(txn, kind, after)).await?;
                let Some(last) = changes.last() else { break };
                after = Some(last.id().id);
                done += changes.len() as u64;
                rebuild = staged(rebuild, changes, start).await?;
                progress(Progress { done, total });
            }
        }
        let mut cursor = start;
        loop {
            let (changes, next) = self.changes_after(cursor).await?;
            if next == cursor {
                break;
            }
            cursor = next;
            rebuild = staged(rebuild, changes, cursor).await?;
        }
        blocking(move || rebuild.finish(cursor)).await
    }

    /// Indexes everything the outbox tells after the cursor. Returns once nothing is left.
    ///
    /// # Errors
    /// The records could not be read or the index not written.
    pub async fn catch_up(&self) -> Result<(), IndexerError> {
        loop {
            let cursor = self.index.cursor();
            let (changes, next) = self.changes_after(cursor).await?;
            if next == cursor {
                return Ok(());
            }
            let index = self.index.clone();
            // `false` means that a rebuilt index took over: its own cursor is asked next time.
            blocking(move || index.apply_after(cursor, &changes, next)).await?;
        }
    }

    async fn follow(&self) {
        let mut wake = self.store.outbox_changed();
        let mut told = Instant::now();
        let mut told_cursor = None;
        loop {
            self.retried("brought up to date", || self.catch_up()).await;
            let cursor = self.index.cursor();
            if told.elapsed() >= TELL_EVERY && told_cursor != Some(cursor) {
                self.retried("reported", || self.tell(cursor)).await;
                (told, told_cursor) = (Instant::now(), Some(cursor));
            }
            tokio::select! {
                woken = wake.changed() => match woken {
                    Ok(()) => sleep(GATHER).await,
                    // The store is gone with all its clones but ours: look by the clock alone.
                    Err(_) => sleep(POLL).await,
                },
                () = sleep(POLL) => {}
            }
        }
    }

    async fn rebuild_if_needed(&self) {
        let Some(reason) = self.index.must_rebuild() else { return };
        tracing::info!(?reason, "the search index is being rebuilt");
        self.retried("rebuilt", || self.rebuild(|_| ())).await;
    }

    /// Compares the past that the index knows with that of the store.
    async fn check(&self) -> Result<(), IndexerError> {
        let consumer = self.consumer.clone();
        let (last, told) = self
            .store
            .read_txn(|txn| async move {
                let last = outbox::last(&txn).await?;
                let told = outbox::cursor(&txn, &consumer).await?;
                Ok::<_, IndexerError>((last.max(told), told))
            })
            .await?;
        let cursor = self.index.cursor();
        // Ahead of the store: the database was restored. Behind what it was told: the index was,
        // and rows of the outbox that it needs may be gone.
        if cursor > last || cursor < told {
            self.index.distrust(RebuildReason::OtherPast);
        }
        if self.index.must_rebuild().is_some() {
            // The rebuild reads all records; the past need not be followed twice.
            let index = self.index.clone();
            blocking(move || index.apply(&[], last)).await?;
        }
        Ok(())
    }

    async fn tell(&self, cursor: i64) -> Result<(), IndexerError> {
        let consumer = self.consumer.as_str();
        self.store
            .write_txn(|txn: WriteTxn| async move {
                Ok(outbox::advance(&txn, consumer, cursor).await?)
            })
            .await
    }

    /// The changes after a cursor and the cursor after them; the same cursor if there are none.
    async fn changes_after(&self, cursor: i64) -> Result<(Vec<Change>, i64), IndexerError> {
        let (next, touched) = self
            .store
            .read_txn(|txn| async move {
                let rows = outbox::take(&txn, cursor, BATCH).await?;
                let next = rows.last().map_or(cursor, |row| row.position);
                Ok::<_, IndexerError>((next, load::touched(&txn, &rows).await?))
            })
            .await?;
        let mut changes = Vec::with_capacity(touched.len());
        for some in touched.chunks(LOAD_MAX) {
            changes.extend(self.store.read_txn(|txn| loaded(txn, some)).await?);
        }
        Ok((changes, next))
    }

    async fn retried<F>(&self, what: &'static str, mut attempt: impl FnMut() -> F)
    where
        F: Future<Output = Result<(), IndexerError>>,
    {
        while let Err(error) = attempt().await {
            let error: &dyn std::error::Error = &error;
            let cause = error.source();
            tracing::warn!(error, cause, "the search index could not be {what}; trying again");
            sleep(RETRY).await;
        }
    }
}

async fn rebuild_start(txn: ReadTxn) -> Result<(i64, u64), IndexerError> {
    Ok((outbox::last(&txn).await?, load::count(&txn).await?))
}

async fn next_changes(
    txn: ReadTxn,
    kind: Kind,
    after: Option<uuid::Uuid>,
) -> Result<Vec<Change>, IndexerError> {
    let ids = load::next_ids(&txn, kind, after).await?;
    let ids: Vec<_> = ids.into_iter().map(|id| DocumentId { kind, id }).collect();
    Ok(load::load(&txn, &ids).await?)
}

async fn loaded(txn: ReadTxn, ids: &[DocumentId]) -> Result<Vec<Change>, IndexerError> {
    Ok(load::load(&txn, ids).await?)
}

/// Gives the rebuild away to a blocking thread and takes it back.
async fn staged(
    rebuild: Rebuild,
    changes: Vec<Change>,
    cursor: i64,
) -> Result<Rebuild, IndexerError> {
    blocking(move || rebuild.apply(&changes, cursor).map(|()| rebuild)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IndexError> + Send + 'static,
) -> Result<T, IndexerError> {
    Ok(tokio::task::spawn_blocking(work).await??)
}
