//! Writes the floor's events in their order, through a disk that may be late.
//!
//! Effects wait for their events to be durable, but not for ever: a caller is worth more than a row.
//! After [`PATIENCE`] the exchange goes on, and the events are written as soon as that works again.

use std::error::Error;
use std::time::Duration;

use store::journal::{APPEND_ENTRIES_MAX, AppendError, Entry, Journal, Pending};
use tokio::time::timeout;

/// How long effects wait for the disk.
const PATIENCE: Duration = Duration::from_secs(2);
/// Events kept for a disk that does not answer; beyond it the oldest are given up, and counted.
const BACKLOG_LEN_MAX: usize = 100_000;

pub(crate) struct Writer {
    journal: Journal,
    /// The last position known to be durable.
    position: i64,
    backlog: Vec<Entry>,
    /// A write under way. It is never given up: whether it came through would be unknown, and an
    /// event written twice would spoil the replay.
    writing: Option<(Vec<Entry>, Pending)>,
    /// The disk did not answer in time. Until it does, effects do not wait for it.
    late: bool,
}

impl Writer {
    pub(crate) fn new(journal: Journal) -> Self {
        let position = journal.start();
        Self { journal, position, backlog: Vec::new(), writing: None, late: false }
    }

    /// Writes these after all before them; returns when they are durable or patience is over.
    pub(crate) async fn write(&mut self, entries: impl Iterator<Item = Entry>) {
        self.backlog.extend(entries);
        let patience = if self.late { Duration::ZERO } else { PATIENCE };
        match timeout(patience, self.write_backlog()).await {
            Ok(Ok(())) => self.late = false,
            Ok(Err(error)) => self.be_late(&error),
            Err(elapsed) => self.be_late(&elapsed),
        }
    }

    /// The position of the first of the last `count` entries given to [`Self::write`]; `None` while
    /// some of them are not durable.
    pub(crate) fn first_of_last(&self, count: usize) -> Option<i64> {
        let count = i64::try_from(count).ok()?;
        (!self.late).then_some(self.position - count + 1)
    }

    /// Saves the state after everything written so far, unless something is not written.
    pub(crate) async fn save_snapshot(&self, state: &[u8]) {
        if self.late {
            return;
        }
        match timeout(PATIENCE, self.journal.save_snapshot(self.position, state)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn Error, "no snapshot of the floor");
            }
            Err(_) => tracing::warn!("no snapshot of the floor: the disk is late"),
        }
    }

    /// Writes what is left, one last time with patience.
    pub(crate) async fn close(mut self) {
        self.late = false;
        self.write(std::iter::empty()).await;
        if self.late {
            tracing::error!(events = self.backlog.len(), "events of the floor stay unwritten");
        }
        self.journal.close().await;
    }

    async fn write_backlog(&mut self) -> Result<(), AppendError> {
        while self.writing.is_some() || !self.backlog.is_empty() {
            self.write_once().await?;
        }
        Ok(())
    }

    async fn write_once(&mut self) -> Result<(), AppendError> {
        let (entries, pending) = self.writing.get_or_insert_with(|| {
            let next = self.backlog.len().min(APPEND_ENTRIES_MAX);
            let entries: Vec<_> = self.backlog.drain(..next).collect();
            let pending = self.journal.append(entries.clone());
            (entries, pending)
        });
        let outcome = pending.await;
        let entries = std::mem::take(entries);
        self.writing = None;
        match outcome {
            Ok(position) => {
                self.position = position;
                Ok(())
            }
            Err(AppendError::Unknown(_)) if self.came_through(&entries).await => Ok(()),
            Err(error) => {
                self.backlog.splice(..0, entries);
                self.journal.resume();
                Err(error)
            }
        }
    }

    /// After a commit that was not confirmed: are these entries durable?
    async fn came_through(&mut self, entries: &[Entry]) -> bool {
        let count = entries.len() as u64;
        match self.journal.read_from(self.position, count).await {
            Ok(found) if found.len() == entries.len() => {
                self.position = found.last().map_or(self.position, |last| last.position);
                self.journal.resume();
                true
            }
            Ok(_) | Err(_) => false,
        }
    }

    fn be_late(&mut self, error: &(dyn Error + 'static)) {
        if !self.late {
            tracing::error!(error, "the journal cannot be written; calls go on without it");
        }
        self.late = true;
        metrics::counter!("helpline_journal_late_total").increment(1);
        let surplus = self.backlog.len().saturating_sub(BACKLOG_LEN_MAX);
        if surplus > 0 {
            metrics::counter!("helpline_journal_given_up_total").increment(surplus as u64);
            self.backlog.drain(..surplus);
        }
    }
}
