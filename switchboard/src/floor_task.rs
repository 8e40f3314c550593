//! The task that owns the floor: events in, effects out, each event durable before its effects leave.
//!
//! Two tasks in a row. The first applies events in memory and never waits. The second writes them,
//! as many together as gathered while the last write was under way (group commit), and only then
//! hands out effects and answers. So a slow disk makes groups larger, not callers lost.

use std::time::Duration;

use ids::Timestamp;
use routing::{Effects, Floor, FloorEffect, FloorEvent, FloorView, RefusedWhy};
use store::journal::{Entry, Journal};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::clock::Clock;
use crate::floor_journal::{self, Digest, Kept};
use crate::journal_writer::Writer;
use crate::watch::WatchPort;

/// Events that may wait for the floor. Beyond it the sender waits.
const INBOX_LEN: usize = 4096;
/// Groups of applied events that may wait to be written.
const UNWRITTEN_LEN: usize = 4096;
/// Events written in one transaction at most.
const GROUP_LEN_MAX: usize = 512;
/// How long one who asks waits for the answer.
const ANSWER_PATIENCE: Duration = Duration::from_secs(5);
/// A snapshot every so many events.
const SNAPSHOT_EVERY: u64 = 10_000;

/// The answer to one event: accepted, or why not.
pub(crate) type FloorAnswer = Result<(), RefusedWhy>;

enum Input {
    Event { event: FloorEvent, answer: Option<oneshot::Sender<FloorAnswer>> },
    View(oneshot::Sender<FloorView>),
    Stop,
}

/// An event that was applied, with what is to happen once it is written.
struct Applied {
    entry: Entry,
    effects: Effects,
    answer: Option<oneshot::Sender<FloorAnswer>>,
    snapshot: Option<Kept>,
}

/// Speaks to the floor. Cheap to clone.
#[derive(Clone)]
pub(crate) struct FloorPort {
    inbox: mpsc::Sender<Input>,
}

impl FloorPort {
    /// Tells the floor what happened and does not wait for what comes of it.
    pub(crate) async fn tell(&self, event: FloorEvent) {
        if self.inbox.send(Input::Event { event, answer: None }).await.is_err() {
            tracing::error!("the floor has stopped; an event is lost");
        }
    }

    /// Tells the floor and waits until the event is durable or refused.
    pub(crate) async fn ask(&self, event: FloorEvent) -> Option<FloorAnswer> {
        let (answer, answered) = oneshot::channel();
        let input = Input::Event { event, answer: Some(answer) };
        self.inbox.send(input).await.ok()?;
        timeout(ANSWER_PATIENCE, answered).await.ok()?.ok()
    }

    /// Ends the floor after the events sent so far.
    pub(crate) async fn stop(&self) {
        // A floor that has stopped already needs no telling.
        let _ = self.inbox.send(Input::Stop).await;
    }

    /// The floor as it is now.
    pub(crate) async fn view(&self) -> Option<FloorView> {
        let (answer, answered) = oneshot::channel();
        self.inbox.send(Input::View(answer)).await.ok()?;
        answered.await.ok()
    }
}

/// Does what the floor asks for; called once for each event, in order.
pub(crate) trait Perform: Send + Sync + 'static {
    /// Does these effects. Must not wait.
    fn perform(&self, at: Timestamp, effects: Effects);
}

/// The receiving end of a [`FloorPort`].
pub(crate) struct FloorInbox(mpsc::Receiver<Input>);

/// A port to a floor that is yet to be started with [`run`].
pub(crate) fn channel() -> (FloorPort, FloorInbox) {
    let (inbox, received) = mpsc::channel(INBOX_LEN);
    (FloorPort { inbox }, FloorInbox(received))
}

/// Runs the floor until [`FloorPort::stop`], then writes what is left and a last snapshot.
pub(crate) async fn run<P: Perform>(
    inbox: FloorInbox,
    floor: Floor,
    journal: Journal,
    clock: Clock,
    watch: WatchPort,
    performer: P,
) {
    let (applied, unwritten) = mpsc::channel(UNWRITTEN_LEN);
    let floor = FloorLoop { floor, clock, received: inbox.0, applied, events: 0 };
    let writer = WriteLoop { writer: Writer::new(journal), unwritten, watch, performer };
    tokio::join!(floor.run(), writer.run());
}

struct FloorLoop {
    floor: Floor,
    clock: Clock,
    received: mpsc::Receiver<Input>,
    applied: mpsc::Sender<Applied>,
    events: u64,
}

impl FloorLoop {
    async fn run(mut self) {
        // A replay needs to know the settings in force from here on.
        let settings = self.settings();
        if self.applied.send(settings).await.is_err() {
            return;
        }
        loop {
            let wake = self.floor.poll_timeout().map(|at| self.clock.instant_of(at));
            let input = tokio::select! {
                input = self.received.recv() => input,
                () = sleep_until(wake) => {
                    Some(Input::Event { event: FloorEvent::Ticked, answer: None })
                }
            };
            match input {
                None | Some(Input::Stop) => return,
                Some(Input::View(answer)) => {
                    let _ = answer.send(self.floor.view(self.clock.now()));
                }
                Some(Input::Event { event, answer }) => {
                    let applied = self.apply(&event, answer);
                    if self.applied.send(applied).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn settings(&self) -> Applied {
        let event = floor_journal::configured(self.floor.config());
        let entry = Entry { at: self.clock.now(), event };
        Applied { entry, effects: Effects::new(), answer: None, snapshot: None }
    }

    fn apply(
        &mut self,
        event: &FloorEvent,
        answer: Option<oneshot::Sender<FloorAnswer>>,
    ) -> Applied {
        let now = self.clock.now();
        let mut effects = Effects::new();
        self.floor.handle(now, event.clone(), &mut effects);
        let text = floor_journal::happened(event, Digest::of(&effects));
        self.events += 1;
        let snapshot = self.events.is_multiple_of(SNAPSHOT_EVERY).then(|| Kept::of(&self.floor));
        metrics::counter!("helpline_floor_events_total").increment(1);
        Applied { entry: Entry { at: now, event: text }, effects, answer, snapshot }
    }
}

async fn sleep_until(wake: Option<tokio::time::Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake).await,
        None => std::future::pending().await,
    }
}

struct WriteLoop<P> {
    writer: Writer,
    unwritten: mpsc::Receiver<Applied>,
    watch: WatchPort,
    performer: P,
}

impl<P: Perform> WriteLoop<P> {
    async fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP_LEN_MAX);
        while self.unwritten.recv_many(&mut group, GROUP_LEN_MAX).await > 0 {
            self.writer.write(group.iter().map(|applied| applied.entry.clone())).await;
            // Only right after the last event written does a snapshot fit the journal's position.
            if let Some(state) = group.last().and_then(|last| last.snapshot.as_ref()) {
                self.writer.save_snapshot(&state.to_bytes()).await;
            }
            let first = self.writer.first_of_last(group.len());
            for (number, applied) in (0..).zip(group.drain(..)) {
                self.release(first.map(|first| first + number), applied);
            }
        }
        self.writer.close().await;
    }

    fn release(&self, position: Option<i64>, applied: Applied) {
        let refused = applied.effects.iter().find_map(|effect| match effect {
            FloorEffect::Refuse { why, .. } => Some(*why),
            FloorEffect::Ring { .. }
            | FloorEffect::StopRinging { .. }
            | FloorEffect::Connect { .. }
            | FloorEffect::SetAgentState { .. }
            | FloorEffect::SetWaiting { .. }
            | FloorEffect::ClearWaiting { .. }
            | FloorEffect::Alert { .. } => None,
        });
        self.performer.perform(applied.entry.at, applied.effects);
        if let Some(answer) = applied.answer {
            // Who asked may have gone; that changes nothing.
            let _ = answer.send(refused.map_or(Ok(()), Err));
        }
        self.watch.tell(position, applied.entry);
    }
}
