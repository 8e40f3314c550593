//! The indexer: follows the outbox and keeps the index at most a second behind the records.
//!
//! Does I/O. It decides nothing about documents: what changed comes from the outbox, what to index
//! from `load`. The cursor lives in the index, in the same commit as the documents; the store is
//! told of it now and then, only so that it knows which rows of the outbox nobody needs any more.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use store::{ReadTxn, Store, TxnError, WriteTxn, outbox};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::document::{DocumentId, Kind};
use super::generation::{Change, IndexError};
use super::index::{Rebuild, RebuildReason, SearchIndex};
use super::load::{self, LOAD_MAX};

/// After a wake-up the indexer waits that long, so that what is committed together is indexed
/// together: a commit of the index costs tens of milliseconds.
const GATHER: Duration = Duration::from_millis(60);
/// Two commits begin at least so long apart. Without it a busy helpline, whose calls write rows all the
/// time, would commit without pause. New text is found within a second all the same.
const APART: Duration = Duration::from_millis(600);
/// How often it looks without being woken: another node's commit wakes nobody here.
const POLL: Duration = Duration::from_secs(1);
/// Pause after a failure.
const RETRY: Duration = Duration::from_secs(2);
/// How often the store is told how far the index is.
const TELL_EVERY: Duration = Duration::from_secs(30);
/// Rows of the outbox looked at together.
const BATCH: u64 = 500;
/// Most documents of one commit. A person with a thousand calls who gets a new name takes two.
const COMMIT_MAX: usize = 500;

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
    /// Taken while a blocking thread works for this indexer, so that the end can wait for it.
    busy: Arc<Semaphore>,
}

/// Blocking threads at once: one that follows, one that rebuilds.
const BLOCKING: u32 = 2;

impl Indexer {
    /// An indexer. `consumer` names it in the store, one name per node.
    #[must_use]
    pub fn new(store: Store, index: SearchIndex, consumer: &str) -> Self {
        let busy = Arc::new(Semaphore::new(BLOCKING as usize));
        Self { store, index, consumer: consumer.to_owned(), busy }
    }

    /// Follows until `stop` says `true` or is dropped; rebuilds first what must be rebuilt, while
    /// new records go on being indexed. A failure is logged and tried again. When it returns,
    /// nothing holds the index on its behalf.
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
        // A commit under way cannot be called back; whoever opens the folder next finds it done.
        drop(self.busy.acquire_many(BLOCKING).await);
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
        let (mut cursor, total) = self.store.read_txn(rebuild_start).await?;
        let index = self.index.clone();
        let mut rebuild = self.blocking(move || index.begin_rebuild()).await?;
        let mut done = 0;
        progress(Progress { done, total });
        for kind in Kind::ALL {
            let mut after = None;
            loop {
                let changes = self.store.read_txn(|txn| next_changes(txn, kind, after)).await?;
                let Some(last) = changes.last() else { break };
                after = Some(last.id().id);
                done += changes.len() as u64;
                rebuild = self.added(rebuild, changes).await?;
                progress(Progress { done, total });
            }
        }
        loop {
            let (touched, next) = self.touched_after(cursor).await?;
            for some in touched.chunks(LOAD_MAX) {
                rebuild = self.added(rebuild, self.documents(some).await?).await?;
            }
            if next == cursor {
                break;
            }
            cursor = next;
        }
        self.blocking(move || rebuild.finish(cursor)).await
    }

    /// Indexes everything the outbox tells after the cursor. Returns once nothing is left.
    ///
    /// # Errors
    /// The records could not be read or the index not written.
    pub async fn catch_up(&self) -> Result<(), IndexerError> {
        loop {
            let cursor = self.index.cursor();
            let (touched, next) = self.touched_after(cursor).await?;
            if next == cursor {
                return Ok(());
            }
            let commits: Vec<&[DocumentId]> = touched.chunks(COMMIT_MAX).collect();
            let (last, before) = commits.split_last().map_or((&[][..], &[][..]), |(l, b)| (*l, b));
            for some in before {
                self.apply_after(cursor, some, cursor).await?;
            }
            // The cursor moves with the last commit: cut short, all of it is done again.
            self.apply_after(cursor, last, next).await?;
        }
    }

    async fn follow(&self) {
        let mut wake = self.store.outbox_changed();
        let mut told = Instant::now();
        let mut told_cursor = None;
        let mut next_commit = Instant::now();
        loop {
            let (before, began) = (self.index.cursor(), Instant::now());
            self.retried("brought up to date", || self.catch_up()).await;
            let cursor = self.index.cursor();
            if cursor != before {
                next_commit = began + APART;
            }
            if told.elapsed() >= TELL_EVERY && told_cursor != Some(cursor) {
                self.retried("reported", || self.tell(cursor)).await;
                (told, told_cursor) = (Instant::now(), Some(cursor));
            }
            tokio::select! {
                woken = wake.changed() => match woken {
                    Ok(()) => sleep_until(next_commit.max(Instant::now() + GATHER)).await,
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
            self.blocking(move || index.apply(&[], last)).await?;
        }
        Ok(())
    }

    async fn tell(&self, cursor: i64) -> Result<(), IndexerError> {
        let consumer = self.consumer.as_str();
        self.store
            .write_txn(
                |txn: WriteTxn| async move { Ok(outbox::advance(&txn, consumer, cursor).await?) },
            )
            .await
    }

    /// What the rows of the outbox after a cursor touch, and the cursor after them; the same
    /// cursor if there are none.
    async fn touched_after(&self, cursor: i64) -> Result<(Vec<DocumentId>, i64), IndexerError> {
        self.store
            .read_txn(|txn| async move {
                let rows = outbox::take(&txn, cursor, BATCH).await?;
                let next = rows.last().map_or(cursor, |row| row.position);
                Ok((load::touched(&txn, &rows).await?, next))
            })
            .await
    }

    async fn documents(&self, ids: &[DocumentId]) -> Result<Vec<Change>, IndexerError> {
        let mut changes = Vec::with_capacity(ids.len());
        for some in ids.chunks(LOAD_MAX) {
            changes.extend(self.store.read_txn(|txn| loaded(txn, some)).await?);
        }
        Ok(changes)
    }

    async fn apply_after(
        &self,
        after: i64,
        ids: &[DocumentId],
        cursor: i64,
    ) -> Result<(), IndexerError> {
        let changes = self.documents(ids).await?;
        let index = self.index.clone();
        // `false` means that a rebuilt index took over: its own cursor is asked next time.
        self.blocking(move || index.apply_after(after, &changes, cursor)).await.map(|_| ())
    }

    /// Gives the rebuild away to a blocking thread and takes it back.
    async fn added(&self, rebuild: Rebuild, changes: Vec<Change>) -> Result<Rebuild, IndexerError> {
        self.blocking(move || rebuild.add(&changes).map(|()| rebuild)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexerError> {
        let busy = Arc::clone(&self.busy).acquire_owned().await;
        let work = move || {
            let _busy = busy;
            work()
        };
        Ok(tokio::task::spawn_blocking(work).await??)
    }

    async fn retried<F>(&self, what: &'static str, mut attempt: impl FnMut() -> F)
    where
        F: Future<Output = Result<(), IndexerError>>,
    {
        while let Err(error) = attempt().await {
            warn(&error, what);
            sleep(RETRY).await;
        }
    }
}

fn warn(error: &IndexerError, what: &str) {
    let error: &dyn std::error::Error = error;
    let cause = error.source();
    tracing::warn!(error, cause, "the search index could not be {what}; trying again");
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
