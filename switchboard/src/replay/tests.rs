//! Days made by the real floor task on a real database, run again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ids::{AgentId, CallId, Class, QueueId};
use routing::{FloorEffect, LeaveCause, Wanted};
use store::journal::{Entry, Journal};
use store::testing::TestDb;

use super::*;
use crate::clock::Clock;
use crate::floor_journal::happened;
use crate::floor_task::{self, FloorPort, Perform};
use crate::recovery;
use crate::watch;

/// Keeps the reservations that rang.
#[derive(Clone, Default)]
struct Consoles(Arc<Mutex<Vec<(ids::ReservationId, AgentId)>>>);

impl Perform for Consoles {
    fn perform(&self, _at: Timestamp, effects: Effects) {
        let rings = effects.iter().filter_map(|effect| {
            let FloorEffect::Ring { reservation, agent, .. } = effect else { return None };
            Some((*reservation, *agent))
        });
        self.0.lock().expect("no panic").extend(rings);
    }
}

fn config(ring: u64) -> FloorConfig {
    let queues = ["health", "schemes"].map(|name| name.parse().expect("a name"));
    let ring = Duration::from_secs(ring);
    FloorConfig { ring, ..FloorConfig::with_queues(queues.to_vec()) }
}

fn health() -> QueueId {
    "health".parse().expect("a name")
}

/// One run of the program: the floor comes back, things happen, the program ends.
async fn run(db: &TestDb, config: FloorConfig, first_call: u128) -> Clock {
    let clock = Clock::system();
    let recovered = recovery::recover(db.store(), config, clock.now()).await.expect("recovers");
    let (port, inbox) = floor_task::channel();
    let (watch, _unheard) = watch::channel();
    let consoles = Consoles::default();
    let recovery::Recovered { floor, journal, orphans } = recovered;
    let task = floor_task::run(inbox, floor, journal, clock.clone(), watch, consoles.clone());
    let task = tokio::spawn(task);
    recovery::end_orphans(&port, orphans).await;
    a_few_calls(&port, &consoles, &clock, first_call).await;
    port.stop().await;
    task.await.expect("the floor ends well");
    clock
}

async fn a_few_calls(port: &FloorPort, consoles: &Consoles, clock: &Clock, first: u128) {
    let agent = AgentId::from_number(1);
    let (languages, queues) = (vec!["hi".parse().expect("a tag")], vec![health()]);
    let registered = FloorEvent::AgentRegistered { agent, languages, skills: vec![], queues };
    for event in [registered, FloorEvent::AgentStateRequested { agent, want: Wanted::Available }] {
        port.ask(event).await.expect("answered").expect("accepted");
    }
    for number in [first, first + 1, first + 2] {
        let event = FloorEvent::CallerArrived {
            call: CallId::from_number(number),
            queue: health(),
            class: Class::Standard,
            language: None,
            since: clock.now(),
            head: false,
            caller: None,
        };
        port.ask(event).await.expect("answered").expect("accepted");
    }
    let (reservation, agent) = *consoles.0.lock().expect("no panic").first().expect("one rings");
    let accepted = FloorEvent::ReservationAccepted { reservation, agent };
    port.ask(accepted).await.expect("answered").expect("accepted");
    let call = CallId::from_number(first + 1);
    let left = FloorEvent::CallerLeft { call, cause: LeaveCause::Abandoned };
    port.ask(left).await.expect("answered").expect("accepted");
}

fn whole() -> (Timestamp, Timestamp) {
    (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX / 2))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_under_different_settings_replay_bit_for_bit() {
    let db = TestDb::sqlite().await;
    run(&db, config(20), 1).await;
    run(&db, config(7), 11).await;
    let (begin, end) = whole();
    // Settings that the journal overrules: it names its own.
    let replayed = replay(db.store(), &config(99), begin, end, Unheard).await.expect("replays");
    assert_eq!((replayed.mismatch, replayed.unproven), (None, 0));
    assert_eq!(replayed.config, config(7));
    assert_eq!(
        (replayed.first, replayed.events, replayed.run),
        (1, replayed.events, replayed.events)
    );
    assert!(replayed.events >= 14, "{replayed:?}");
    let targets = routing::metrics::Targets::default();
    let figures = replayed.metrics.figures(health(), begin, end, &targets, |_| true);
    // Of three callers in each run one was answered, one hung up, one was there at the end; the second
    // run found the first one's dead and cleared it.
    assert_eq!((figures.counts.offered, figures.counts.answered.count()), (6, 2));
    assert_eq!((figures.counts.abandoned.count(), figures.counts.failed), (2, 1));
    assert_eq!(figures.counts.waiting, 1);
    assert_eq!(replayed.metrics.unreconciled(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_from_a_snapshot_is_the_same_as_from_the_beginning() {
    let db = TestDb::sqlite().await;
    run(&db, config(20), 1).await;
    let between = Clock::system().now();
    let from_start = Replayer::at(db.store(), i64::MAX, &config(20)).await;
    let mut from_start = from_start.expect("starts");
    from_start.run_to(db.store(), i64::MAX, |_, _, _| {}).await.expect("runs");
    let journal = Journal::open(db.store(), STREAM).await.expect("opens");
    let kept = Kept::of(&from_start.floor).to_bytes();
    journal.save_snapshot(from_start.position, &kept).await.expect("saved");
    journal.close().await;
    run(&db, config(20), 11).await;
    let end = whole().1;
    let replayed = replay(db.store(), &config(20), between, end, Unheard).await.expect("replays");
    assert_eq!(replayed.first, from_start.position + 1);
    assert_eq!((replayed.mismatch, replayed.run), (None, replayed.events), "begun at the snapshot");
    let mut again = Replayer::at(db.store(), 0, &config(20)).await.expect("starts");
    again.run_to(db.store(), i64::MAX, |_, _, _| {}).await.expect("runs");
    let mut short = Replayer::at(db.store(), i64::MAX, &config(20)).await.expect("starts");
    short.run_to(db.store(), i64::MAX, |_, _, _| {}).await.expect("runs");
    assert_eq!(again.floor.snapshot(), short.floor.snapshot());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_with_other_effects_is_named_by_its_position() {
    let db = TestDb::sqlite().await;
    let clock = run(&db, config(20), 1).await;
    let journal = Journal::open(db.store(), STREAM).await.expect("opens");
    // As if the rules had been others when this was written.
    let agent = AgentId::from_number(1);
    let event = FloorEvent::AgentLost { agent };
    let strange = happened(&event, Digest::of(&Effects::new()));
    let entry = Entry { at: clock.now(), event: strange };
    let position = journal.append(vec![entry]).await.expect("written");
    journal.close().await;
    let (begin, end) = whole();
    let replayed = replay(db.store(), &config(20), begin, end, Unheard).await.expect("replays");
    assert_eq!(replayed.mismatch, Some(position));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_version_wrote_is_run_and_not_compared() {
    let db = TestDb::sqlite().await;
    let clock = run(&db, config(20), 1).await;
    let journal = Journal::open(db.store(), STREAM).await.expect("opens");
    let ours = crate::floor_journal::configured(&config(20));
    let theirs = ours.replace(PROGRAM, "0.0.0-other");
    assert_ne!(ours, theirs);
    let strange = r#"{"event":"ticked","effects":"0123456789abcdef"}"#.to_owned();
    let entries = [theirs, strange].map(|event| Entry { at: clock.now(), event });
    journal.append(entries.to_vec()).await.expect("written");
    journal.close().await;
    let (begin, end) = whole();
    let replayed = replay(db.store(), &config(20), begin, end, Unheard).await.expect("replays");
    assert_eq!((replayed.mismatch, replayed.unproven), (None, 1));
}

#[test]
fn a_local_day_begins_at_half_past_six_in_the_evening_of_greenwich() {
    let at = |text: i64| Timestamp::from_micros(text * 1_000_000);
    // 2026-11-21T18:30:00Z
    let midnight = at(1_795_285_800);
    assert_eq!(day_begin(midnight), midnight);
    assert_eq!(day_begin(at(1_795_285_800 + 86_399)), midnight);
    assert_eq!(day_begin(at(1_795_285_799)), at(1_795_285_800 - 86_400));
}
