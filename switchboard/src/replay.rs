//! Runs the floor's journal again: after a start, for a day's metrics, and to prove that a day comes
//! out the same. Reads the database; decides nothing.

pub mod repro;

use ids::Timestamp;
use routing::metrics::Metrics;
use routing::replay::DayBook;
use routing::{ConfigError, Effects, Floor, FloorConfig, FloorEvent, RestoreError};
use store::Store;
use store::journal::{self, JournalError, Recorded, Snapshot};

use crate::floor_journal::{Digest, Kept, Line, PROGRAM, STREAM, reconfigured};

/// Events read at once.
const PAGE: u64 = 10_000;

/// Why a journal could not be run again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal's rows could not be read.
    #[error("the journal could not be read")]
    Journal(#[from] JournalError),
    /// The floor's settings are not possible.
    #[error("the floor's settings are not possible")]
    Config(#[from] ConfigError),
    /// The snapshot is not of a floor of this program.
    #[error("the snapshot of the floor at position {position} cannot be read")]
    SnapshotText {
        /// The last position that it includes.
        position: i64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The snapshot contradicts itself.
    #[error("the snapshot of the floor at position {position} cannot be restored")]
    Snapshot {
        /// The last position that it includes.
        position: i64,
        /// Why.
        #[source]
        source: RestoreError,
    },
    /// An event is from another program.
    #[error("the event at position {position} cannot be read")]
    Event {
        /// Its place in the journal.
        position: i64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// A floor on its way through the journal.
pub(crate) struct Replayer {
    pub(crate) floor: Floor,
    /// The last position applied.
    pub(crate) position: i64,
    /// Events applied.
    pub(crate) events: u64,
    /// The first position whose effects were not those of the first run.
    pub(crate) mismatch: Option<i64>,
    /// Events whose line says nothing of their effects, or what another version of the program did.
    pub(crate) unproven: u64,
    /// The lines are this version's.
    ours: bool,
    effects: Effects,
}

impl Replayer {
    /// The floor as of the newest snapshot that includes nothing after `position`.
    pub(crate) async fn at(
        store: &Store,
        position: i64,
        config: &FloorConfig,
    ) -> Result<Self, ReplayError> {
        match journal::snapshot_at(store, STREAM, position).await? {
            Some(snapshot) => Self::from_snapshot(&snapshot, config),
            // The first line, if any, says whose it is.
            None => Ok(Self::new(Floor::new(config.clone())?, 0, true)),
        }
    }

    fn from_snapshot(snapshot: &Snapshot, config: &FloorConfig) -> Result<Self, ReplayError> {
        let position = snapshot.position;
        let kept = Kept::parse(&snapshot.state, config)
            .map_err(|source| ReplayError::SnapshotText { position, source })?;
        let floor = Floor::restore(kept.config, kept.floor)
            .map_err(|source| ReplayError::Snapshot { position, source })?;
        Ok(Self::new(floor, position, kept.program.as_deref() == Some(PROGRAM)))
    }

    pub(crate) fn new(floor: Floor, position: i64, ours: bool) -> Self {
        let effects = Effects::new();
        Self { floor, position, events: 0, mismatch: None, unproven: 0, ours, effects }
    }

    /// Applies everything up to `last`, telling each event to `hear`.
    pub(crate) async fn run_to(
        &mut self,
        store: &Store,
        last: i64,
        mut hear: impl FnMut(Timestamp, &FloorEvent, &Effects),
    ) -> Result<(), ReplayError> {
        while self.position < last {
            let wanted = u64::try_from(last - self.position).unwrap_or(PAGE).min(PAGE);
            let page = journal::read(store, STREAM, self.position, wanted).await?;
            if page.is_empty() {
                return Ok(());
            }
            for recorded in page {
                self.apply(&recorded, &mut hear)?;
            }
            // A long replay in a program that serves lets others run.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Applies one line, which must be the next.
    pub(crate) fn apply(
        &mut self,
        recorded: &Recorded,
        hear: &mut impl FnMut(Timestamp, &FloorEvent, &Effects),
    ) -> Result<(), ReplayError> {
        let position = recorded.position;
        let line = Line::parse(&recorded.event)
            .map_err(|source| ReplayError::Event { position, source })?;
        self.position = position;
        match line {
            Line::Configured { config, program } => {
                self.floor = reconfigured(&self.floor, config)?;
                self.ours = program.as_deref() == Some(PROGRAM);
            }
            Line::Happened { event, effects } => {
                self.effects.clear();
                self.floor.handle(recorded.at, event.clone(), &mut self.effects);
                self.events += 1;
                match effects.filter(|_| self.ours) {
                    Some(expected) if expected == Digest::of(&self.effects) => {}
                    Some(_) => {
                        self.mismatch.get_or_insert(position);
                    }
                    None => self.unproven += 1,
                }
                hear(recorded.at, &event, &self.effects);
            }
        }
        Ok(())
    }
}

/// A stretch of time, run again.
#[derive(Debug)]
pub struct Replayed {
    /// What was counted, settled at the end of the stretch or at the last event.
    pub metrics: Metrics,
    /// The settings at the end.
    pub config: FloorConfig,
    /// The first position of the stretch; one more than `last` if nothing happened.
    pub first: i64,
    /// The last position.
    pub last: i64,
    /// Events of the stretch.
    pub events: u64,
    /// Events since the snapshot from which the run began, the stretch included.
    pub run: u64,
    /// The first position whose effects were not those of the first run: an alarm. Events are missing,
    /// or the rules have changed and the version of the program has not.
    pub mismatch: Option<i64>,
    /// Events that were journaled without a digest of their effects, or by another version.
    pub unproven: u64,
}

/// Runs what happened from `begin` on and before `end`, from the newest snapshot before it; compares
/// the effects of each event with those of the first run. `config` serves journals that do not name
/// their settings. `observer` hears each event of the stretch, after the floor as it was at its begin.
///
/// # Errors
/// [`ReplayError`].
pub async fn replay(
    store: &Store,
    config: &FloorConfig,
    begin: Timestamp,
    end: Timestamp,
    mut observer: impl Observer,
) -> Result<Replayed, ReplayError> {
    let last = journal::last_before(store, STREAM, end).await?;
    let Stretch { replayer, metrics, first, before } =
        stretch(store, config, begin, last, &mut observer).await?;
    Ok(Replayed {
        metrics,
        config: replayer.floor.config().clone(),
        first,
        last,
        events: replayer.events - before,
        run: replayer.events,
        mismatch: replayer.mismatch,
        unproven: replayer.unproven,
    })
}

/// A floor run through a stretch of the journal, with what was counted.
pub(crate) struct Stretch {
    pub(crate) replayer: Replayer,
    pub(crate) metrics: Metrics,
    pub(crate) first: i64,
    /// Events applied before the stretch.
    before: u64,
}

/// Runs from the newest snapshot before `begin` up to position `last`; counts from `begin` on.
pub(crate) async fn stretch(
    store: &Store,
    config: &FloorConfig,
    begin: Timestamp,
    last: i64,
    observer: &mut impl Observer,
) -> Result<Stretch, ReplayError> {
    let first = journal::last_before(store, STREAM, begin).await? + 1;
    let mut replayer = Replayer::at(store, first - 1, config).await?;
    replayer.run_to(store, first - 1, |_, _, _| {}).await?;
    let before = replayer.events;
    let mut metrics = Metrics::starting(&replayer.floor.view(begin));
    observer.begins(&replayer.floor, begin);
    let mut latest = begin;
    let hear = |at: Timestamp, event: &FloorEvent, effects: &Effects| {
        metrics.hear(at, event, effects);
        observer.hears(at, event, effects);
        latest = latest.max(at);
    };
    replayer.run_to(store, last, hear).await?;
    metrics.settle(latest);
    metrics.forget_before(begin);
    Ok(Stretch { replayer, metrics, first, before })
}

/// Local time of the helpline: UTC+05:30, no summer time.
const OFFSET_MICROS: i64 = 19_800 * 1_000_000;
const DAY_MICROS: i64 = 86_400 * 1_000_000;

/// The begin of the local day (Asia/Kolkata) in which a moment lies.
#[must_use]
pub fn day_begin(at: Timestamp) -> Timestamp {
    let local = at.as_micros() + OFFSET_MICROS;
    Timestamp::from_micros(local.div_euclid(DAY_MICROS) * DAY_MICROS - OFFSET_MICROS)
}

/// Hears a stretch of the journal as it is run again.
pub trait Observer: Send {
    /// The floor as it was before the first event.
    fn begins(&mut self, floor: &Floor, at: Timestamp);

    /// One event with its effects.
    fn hears(&mut self, at: Timestamp, event: &FloorEvent, effects: &Effects);
}

/// Notes a day so that it can be run again with changes; empty until the day has begun.
#[derive(Clone, Debug, Default)]
pub struct Notes(pub Option<DayBook>);

impl Observer for &mut Notes {
    fn begins(&mut self, floor: &Floor, at: Timestamp) {
        self.0 = Some(DayBook::beginning(floor, at));
    }

    fn hears(&mut self, at: Timestamp, event: &FloorEvent, effects: &Effects) {
        if let Some(book) = &mut self.0 {
            book.hear(at, event, effects);
        }
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unheard;

impl Observer for Unheard {
    fn begins(&mut self, _floor: &Floor, _at: Timestamp) {}

    fn hears(&mut self, _at: Timestamp, _event: &FloorEvent, _effects: &Effects) {}
}

#[cfg(test)]
mod tests;
