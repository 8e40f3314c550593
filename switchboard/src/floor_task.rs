//! The task that owns the floor: events in, effects out, each event durable before its effects leave.
//!
//! Two tasks in a row. The first applies events in memory and never waits. The second writes them,
//! as many together as gathered while the last write was under way (group commit), and only then
//! hands out effects and answers. So a slow disk makes groups larger, not callers lost.

use std::time::Duration;

use ids::Timestamp;
use routing::{Effects, Floor, FloorEffect, FloorEvent, FloorView, RefusedWhy, Snapshot};
use store::journal::{Entry, Journal};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::clock::Clock;
use crate::journal_writer::Writer;

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
    snapshot: Option<Snapshot>,
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
    performer: P,
) {
    let (applied, unwritten) = mpsc::channel(UNWRITTEN_LEN);
    let floor = FloorLoop { floor, clock, received: inbox.0, applied, events: 0 };
    let writer = WriteLoop { writer: Writer::new(journal), unwritten, performer };
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
                    let applied = self.apply(event, answer);
                    if self.applied.send(applied).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn apply(
        &mut self,
        event: FloorEvent,
        answer: Option<oneshot::Sender<FloorAnswer>>,
    ) -> Applied {
        let now = self.clock.now();
        let text = serde_json::to_string(&event).expect("a floor event is plain data");
        let mut effects = Effects::new();
        self.floor.handle(now, event, &mut effects);
        self.events += 1;
        let snapshot = self.events.is_multiple_of(SNAPSHOT_EVERY).then(|| self.floor.snapshot());
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
    performer: P,
}

impl<P: Perform> WriteLoop<P> {
    async fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP_LEN_MAX);
        while self.unwritten.recv_many(&mut group, GROUP_LEN_MAX).await > 0 {
            self.writer.write(group.iter().map(|applied| applied.entry.clone())).await;
            // Only right after the last event written does a snapshot fit the journal's position.
            if let Some(state) = group.last().and_then(|last| last.snapshot.as_ref()) {
                self.writer.save_snapshot(&text_of(state)).await;
            }
            for applied in group.drain(..) {
                self.release(applied);
            }
        }
        self.writer.close().await;
    }

    fn release(&self, applied: Applied) {
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
    }
}

fn text_of(state: &Snapshot) -> Vec<u8> {
    serde_json::to_vec(state).expect("a snapshot is plain data")
}
