//! A second floor beside the first: runs what the journal holds, counts it, and checks the promises.
//!
//! It hears each line once it is durable, and applies it to a floor of its own. So the checks, which
//! cost in proportion to the floor, never delay a caller; a replay is proven event by event while the
//! exchange runs; and the queues' metrics are a projection that a restart rebuilds from the journal. A
//! watch that falls behind, or a journal that is late, makes it blind for a while: then it begins again
//! from the journal.
//!
//! What it finds broken is an alert, a metric and a file with the events that led there, which
//! `helpline replay --file` and the simulator run.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ids::{CallId, Timestamp};
use routing::metrics::Metrics;
use routing::{Alert, FloorConfig, FloorView, Violation};
use store::Store;
use store::journal::{Entry, Recorded};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::bus::{Audience, Happening};
use crate::hub::Hub;
use crate::replay::repro::Repro;
use crate::replay::{self, Replayer, Stretch, Unheard};

/// Lines that may wait for the watch. Beyond it they are dropped, and read from the journal later.
const LINES_MAX: usize = 16_384;
/// Lines taken at once.
const GROUP_LEN_MAX: usize = 512;
/// The shortest time between two looks at the whole floor.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a look that took some time, so many times as long passes until the next: at most a
/// twentieth of one processor.
const REST: u32 = 19;
/// Lines of a file; then it begins with a newer state.
const FILE_LINES_MAX: usize = 10_000;
/// Between two tries to read a journal that cannot be read.
const RETRY_AFTER: Duration = Duration::from_secs(10);
/// Files written in one run of the program; a fault that repeats fills no disk.
const FILES_MAX: usize = 20;

/// One line of the journal on its way to the watch.
struct Told {
    /// Its place; `None` while the journal is late.
    position: Option<i64>,
    entry: Entry,
}

/// Tells the watch what was written. Cheap to clone; never waits.
#[derive(Clone)]
pub(crate) struct WatchPort {
    lines: mpsc::Sender<Told>,
    counted: Arc<Mutex<Option<Metrics>>>,
}

/// The receiving end of a [`WatchPort`].
pub(crate) struct WatchInbox {
    lines: mpsc::Receiver<Told>,
    counted: Arc<Mutex<Option<Metrics>>>,
}

/// A port and its receiving end.
pub(crate) fn channel() -> (WatchPort, WatchInbox) {
    let (sender, lines) = mpsc::channel(LINES_MAX);
    let counted = Arc::default();
    (WatchPort { lines: sender, counted: Arc::clone(&counted) }, WatchInbox { lines, counted })
}

impl WatchPort {
    /// A line was written at this position; `None` if it is not known whether it was.
    pub(crate) fn tell(&self, position: Option<i64>, entry: Entry) {
        if self.lines.try_send(Told { position, entry }).is_err() {
            metrics::counter!("helpline_watch_missed_total").increment(1);
        }
    }

    /// What was counted since yesterday's midnight, up to `now`; `None` until the journal is read.
    pub(crate) fn metrics(&self, now: Timestamp) -> Option<Metrics> {
        let mut metrics = lock(&self.counted).clone()?;
        metrics.settle(now);
        Some(metrics)
    }
}

/// What the watch is started with.
pub(crate) struct WatchConfig {
    /// The floor's settings, for journals that do not name them.
    pub(crate) floor: FloorConfig,
    /// Where files of breaches go.
    pub(crate) folder: PathBuf,
}

/// The watch, started.
#[derive(Clone)]
pub(crate) struct Watch {
    /// Where lines are told and counts asked for.
    pub(crate) port: WatchPort,
    task: AbortHandle,
}

impl Watch {
    /// Begins to watch: reads the journal, then hears what [`WatchPort::tell`] says.
    pub(crate) fn start(hub: &Arc<Hub>, store: Store, config: WatchConfig) -> Self {
        let (port, inbox) = channel();
        let task = tokio::spawn(run(inbox, Arc::clone(hub), store, config)).abort_handle();
        Self { port, task }
    }

    /// Ends the watch at once: it holds nothing that the journal does not hold.
    pub(crate) fn stop(&self) {
        self.task.abort();
    }
}

/// Runs until every port is gone.
async fn run(mut inbox: WatchInbox, hub: Arc<Hub>, store: Store, config: WatchConfig) {
    let counted = Arc::clone(&inbox.counted);
    let mut watch = Watcher {
        hub,
        store,
        config,
        counted,
        shadow: None,
        suspects: BTreeSet::new(),
        known: BTreeSet::new(),
        heard: false,
        blind_until: None,
    };
    watch.begin().await;
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut group = Vec::with_capacity(GROUP_LEN_MAX);
    loop {
        tokio::select! {
            count = inbox.lines.recv_many(&mut group, GROUP_LEN_MAX) => {
                if count == 0 {
                    return;
                }
                for told in group.drain(..) {
                    watch.hears(told).await;
                }
            }
            _ = ticks.tick() => {
                let took = watch.look().await;
                ticks.reset_after(LOOK_EVERY.max(took * REST));
            }
        }
    }
}

/// A promise found broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Breach {
    /// The floor contradicts itself, or somebody waits whom an idle agent could take.
    Floor(String),
    /// The counts do not add up.
    Counts(String),
    /// An event did not have the effects that it had in the exchange.
    Replay(i64),
    /// The floor keeps, and perhaps rings for, a caller whose call is over.
    DeadCaller(CallId),
}

impl Breach {
    fn kind(&self) -> &'static str {
        match self {
            Self::Floor(_) => "floor",
            Self::Counts(_) => "counts",
            Self::Replay(_) => "replay",
            Self::DeadCaller(_) => "dead_caller",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Floor(text) | Self::Counts(text) => text.clone(),
            Self::Replay(position) => format!("the effects at position {position} differ"),
            Self::DeadCaller(call) => format!("call {call} is over and still on the floor"),
        }
    }
}

/// The second floor.
struct Shadow {
    replayer: Replayer,
    repro: Repro,
}

struct Watcher {
    hub: Arc<Hub>,
    store: Store,
    config: WatchConfig,
    counted: Arc<Mutex<Option<Metrics>>>,
    /// `None` while blind.
    shadow: Option<Shadow>,
    /// Calls on the floor that the exchange did not have at the last look.
    suspects: BTreeSet<CallId>,
    /// Breaches told already.
    known: BTreeSet<Breach>,
    /// Something happened since the last look.
    heard: bool,
    /// The journal could not be read; it is left alone until then.
    blind_until: Option<Instant>,
}

impl Watcher {
    /// Reads the journal from yesterday's midnight on.
    async fn begin(&mut self) {
        if self.blind_until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        self.blind_until = None;
        let now = self.hub.clock.now();
        let begin = yesterday(now);
        let read =
            replay::stretch(&self.store, &self.config.floor, begin, i64::MAX, &mut Unheard).await;
        match read {
            Ok(Stretch { replayer, metrics, .. }) => {
                *lock(&self.counted) = Some(metrics);
                let repro = Repro::beginning(&replayer.floor, replayer.position);
                self.shadow = Some(Shadow { replayer, repro });
                self.heard = true;
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the watch of the floor cannot read the journal");
                metrics::counter!("helpline_watch_blind_total").increment(1);
                self.blind_until = Some(Instant::now() + RETRY_AFTER);
            }
        }
    }

    async fn hears(&mut self, told: Told) {
        let Some(position) = told.position else {
            self.shadow = None;
            return;
        };
        match self.shadow.as_ref().map(|shadow| shadow.replayer.position) {
            Some(known) if position <= known => return,
            Some(known) if position == known + 1 => {}
            // Lines were missed: all that is durable by now is read, this one included.
            Some(_) | None => return self.begin().await,
        }
        let Entry { at, event } = told.entry;
        self.applies(Recorded { position, epoch: 0, at, event });
    }

    fn applies(&mut self, line: Recorded) {
        let Some(shadow) = &mut self.shadow else { return };
        let mut counted = lock(&self.counted);
        let applied = shadow.replayer.apply(&line, &mut |at, event, effects| {
            if let Some(metrics) = counted.as_mut() {
                metrics.hear(at, event, effects);
            }
        });
        drop(counted);
        self.heard = true;
        shadow.repro.push(line);
        if let Err(error) = applied {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the watch cannot apply a line of the journal");
            self.shadow = None;
        }
    }

    /// Checks everything; how long it took.
    async fn look(&mut self) -> Duration {
        if !self.heard {
            return Duration::ZERO;
        }
        let began = Instant::now();
        self.heard = false;
        let now = self.hub.clock.now();
        let mut breaches = self.breaches(now).await;
        breaches.retain(|breach| self.known.insert(breach.clone()));
        for breach in breaches {
            self.tell(now, &breach).await;
        }
        let took = began.elapsed();
        self.rest(now);
        metrics::gauge!("helpline_watch_look_seconds").set(took.as_secs_f64());
        took
    }

    /// The floor's promises and its view, worked out where it delays nobody.
    async fn examine(&mut self, now: Timestamp) -> Option<(Option<Violation>, FloorView)> {
        let shadow = self.shadow.take()?;
        let examined = tokio::task::spawn_blocking(move || {
            let floor = &shadow.replayer.floor;
            let (broken, view) = (floor.check().err(), floor.view(now));
            (shadow, broken, view)
        });
        match examined.await {
            Ok((shadow, broken, view)) => {
                self.shadow = Some(shadow);
                Some((broken, view))
            }
            Err(error) => {
                tracing::error!(%error, "the check of the floor ended by a panic");
                None
            }
        }
    }

    async fn breaches(&mut self, now: Timestamp) -> Vec<Breach> {
        let Some((broken, view)) = self.examine(now).await else { return Vec::new() };
        let mut found = Vec::new();
        found.extend(broken.map(|violation| Breach::Floor(violation.to_string())));
        let mismatch = self.shadow.as_ref().and_then(|shadow| shadow.replayer.mismatch);
        found.extend(mismatch.map(Breach::Replay));
        if let Some(metrics) = lock(&self.counted).as_ref() {
            found.extend(metrics.unreconciled().map(|key| {
                Breach::Counts(format!("what {} was offered does not add up", key.queue))
            }));
            if metrics.waiting() as usize != view.waiting.len() {
                let (counted, waiting) = (metrics.waiting(), view.waiting.len());
                found.push(Breach::Counts(format!("{waiting} wait, {counted} are counted")));
            }
        }
        // The exchange hears of an end before the floor does, so once is no fault.
        let gone = |call: &CallId| self.hub.registry.call_view(*call).is_none();
        let waiting = view.waiting.iter().map(|row| row.call);
        let gone: BTreeSet<CallId> = waiting.filter(gone).collect();
        let dead = gone.iter().filter(|call| self.suspects.contains(call));
        found.extend(dead.map(|call| Breach::DeadCaller(*call)));
        // A second look is needed even if nothing more happens.
        self.heard |= !gone.is_empty();
        self.suspects = gone;
        found
    }

    async fn tell(&self, now: Timestamp, breach: &Breach) {
        let Some(shadow) = &self.shadow else { return };
        let position = shadow.replayer.position;
        let (kind, text) = (breach.kind(), breach.text());
        metrics::counter!("helpline_breaches_total", "kind" => kind).increment(1);
        let alert = Alert::PromiseBroken { position };
        self.hub.bus.publish(now, Audience::Supervisors, Happening::Alerted(alert));
        let path = self.config.folder.join(format!("breach-{position}-{kind}.jsonl"));
        if self.known.len() > FILES_MAX {
            tracing::error!(kind, position, %text, "a promise of the floor is broken");
            return;
        }
        let lines = shadow.repro.to_lines(&text);
        let written = write(&self.config.folder, &path, lines).await;
        match written {
            Ok(()) => {
                let file = path.display();
                tracing::error!(kind, position, %text, %file, "a promise of the floor is broken");
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(kind, position, %text, error, "a promise is broken; no file");
            }
        }
    }

    /// Lets go of what is old.
    fn rest(&mut self, now: Timestamp) {
        if let Some(metrics) = lock(&self.counted).as_mut() {
            metrics.forget_before(yesterday(now));
        }
        if let Some(Shadow { replayer, repro }) = &mut self.shadow
            && repro.len() >= FILE_LINES_MAX
        {
            *repro = Repro::beginning(&replayer.floor, replayer.position);
        }
    }
}

fn yesterday(now: Timestamp) -> Timestamp {
    let today = replay::day_begin(now);
    replay::day_begin(Timestamp::from_micros(today.as_micros() - 1))
}

async fn write(
    folder: &std::path::Path,
    path: &std::path::Path,
    lines: String,
) -> std::io::Result<()> {
    let partial = path.with_extension("partial");
    tokio::fs::create_dir_all(folder).await?;
    tokio::fs::write(&partial, lines).await?;
    tokio::fs::rename(partial, path).await
}

fn lock(counted: &Mutex<Option<Metrics>>) -> MutexGuard<'_, Option<Metrics>> {
    // A panic while holding this lock leaves counts that the next rebuild replaces.
    counted.lock().unwrap_or_else(PoisonError::into_inner)
}
