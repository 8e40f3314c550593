//! The journal: order, fencing, and what is left after a failure or a crash.

use std::time::Duration;

use ids::Timestamp;
use store::journal::{self, AppendError, Entry, Journal, QUEUE_LEN_MAX, Recorded};
use store::sea_orm::ConnectionTrait;
use store::testing::TestDb;
use store::{Backend, Store, both_backends};
use tokio::sync::Notify;

use crate::txn::Failed;

both_backends!(
    appends_keep_the_order_of_the_calls_without_gaps,
    entries_come_back_as_they_were,
    a_stale_leader_is_refused,
    a_leader_deposed_in_the_middle_writes_nothing_after_the_new_one_began,
    after_a_failed_commit_nothing_is_written_until_the_leader_resumes,
    a_full_queue_refuses_and_the_order_survives,
    an_append_that_is_too_large_is_refused,
    after_a_crash_everything_acknowledged_is_there,
    streams_do_not_meet,
    a_moment_lies_between_two_positions,
);

pub(crate) fn entry(number: usize) -> Entry {
    let at = Timestamp::from_micros(1_700_000_000_000_000 + number as i64);
    Entry { at, event: format!("{{\"number\":{number}}}") }
}

async fn all(store: &Store, stream: &str) -> Vec<Recorded> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = journal::read(store, stream, after, 700).await.unwrap();
        let Some(last) = page.last() else { return all };
        after = last.position;
        all.extend(page);
    }
}

/// Positions 1, 2, 3 … and events 0, 1, 2 …: nothing lost, doubled or moved.
fn assert_numbered(recorded: &[Recorded]) {
    for (index, recorded) in recorded.iter().enumerate() {
        assert_eq!(recorded.position, index as i64 + 1);
        assert_eq!(recorded.event, entry(index).event);
    }
}

async fn appends_keep_the_order_of_the_calls_without_gaps(db: &TestDb) {
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    let (mut pending, mut number) = (Vec::new(), 0);
    for size in (0..500).map(|index| index % 4) {
        let entries = (number..number + size).map(entry).collect();
        number += size;
        pending.push((number, journal.append(entries)));
    }
    for (last, pending) in pending {
        assert_eq!(pending.await.unwrap(), last as i64);
    }
    journal.close().await;
    let recorded = all(db.store(), "floor").await;
    assert_eq!(recorded.len(), number);
    assert_numbered(&recorded);
}

async fn entries_come_back_as_they_were(db: &TestDb) {
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    let entry = Entry {
        at: Timestamp::from_micros(1_764_000_000_123_456),
        event: "{\"text\":\"बुखार ‘quoted’ \\n\"}".to_owned(),
    };
    journal.append(vec![entry.clone()]).await.unwrap();
    let read = journal.read_from(0, 10).await.unwrap();
    assert_eq!(read, [Recorded { position: 1, epoch: 1, at: entry.at, event: entry.event }]);
    assert!(journal.read_from(1, 10).await.unwrap().is_empty());
}

async fn a_stale_leader_is_refused(db: &TestDb) {
    let old = Journal::open(db.store(), "floor").await.unwrap();
    old.append(vec![entry(0)]).await.unwrap();
    let new = Journal::open(db.store(), "floor").await.unwrap();
    assert_eq!((old.epoch(), new.epoch(), new.start()), (1, 2, 1));
    let refused = old.append(vec![entry(9)]).await.unwrap_err();
    assert!(matches!(refused, AppendError::StaleEpoch { ours: 1, current: 2 }), "{refused:?}");
    old.resume();
    let refused = old.append(vec![entry(9)]).await.unwrap_err();
    assert!(matches!(refused, AppendError::StaleEpoch { .. }), "resuming does not help");
    assert_eq!(new.append(vec![entry(1)]).await.unwrap(), 2);
    assert_numbered(&all(db.store(), "floor").await);
}

async fn a_leader_deposed_in_the_middle_writes_nothing_after_the_new_one_began(db: &TestDb) {
    let old = Journal::open(db.store(), "floor").await.unwrap();
    let other = Store::open(db.url()).await.unwrap();
    let writing = async {
        for number in 0.. {
            match old.append(vec![entry(number)]).await {
                Ok(position) => assert_eq!(position, number as i64 + 1),
                Err(AppendError::StaleEpoch { .. }) => return number,
                Err(other) => panic!("{other:?}"),
            }
        }
        unreachable!("the numbers do not end")
    };
    let deposing = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Journal::open(&other, "floor").await.unwrap()
    };
    let (acknowledged, new) = tokio::join!(writing, deposing);
    assert_eq!(new.start(), acknowledged as i64);
    new.append(vec![entry(acknowledged)]).await.unwrap();
    let recorded = all(db.store(), "floor").await;
    assert_numbered(&recorded);
    assert!(acknowledged > 0, "the old leader wrote something at first");
    assert_eq!(recorded.iter().filter(|entry| entry.epoch == 1).count(), acknowledged);
}

/// Holds what the journal needs until `release`, as another process would.
async fn hold(store: &Store, held: &Notify, release: &Notify) {
    let holding = store.write_txn(|txn| async move {
        if store.backend() == Backend::Postgres {
            txn.execute_unprepared("LOCK TABLE journal_heads IN ACCESS EXCLUSIVE MODE").await?;
        }
        held.notify_one();
        release.notified().await;
        Ok::<_, Failed>(())
    });
    holding.await.unwrap();
}

async fn after_a_failed_commit_nothing_is_written_until_the_leader_resumes(db: &TestDb) {
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    journal.append(vec![entry(0)]).await.unwrap();
    let other = Store::open(db.url()).await.unwrap();
    let (held, release) = (Notify::new(), Notify::new());
    let leader = async {
        held.notified().await;
        let pending: Vec<_> = (1..4).map(|number| journal.append(vec![entry(number)])).collect();
        for (index, pending) in pending.into_iter().enumerate() {
            let error = pending.await.unwrap_err();
            let expected = matches!(error, AppendError::NotWritten(_))
                || (index > 0 && matches!(error, AppendError::Halted));
            assert!(expected, "append {index}: {error:?}");
        }
        release.notify_one();
        let early = journal.append(vec![entry(4)]).await.unwrap_err();
        assert!(matches!(early, AppendError::Halted), "{early:?}");
    };
    tokio::join!(hold(&other, &held, &release), leader);
    journal.resume();
    for number in 1..5 {
        assert_eq!(journal.append(vec![entry(number)]).await.unwrap(), number as i64 + 1);
    }
    assert_numbered(&all(db.store(), "floor").await);
}

async fn a_full_queue_refuses_and_the_order_survives(db: &TestDb) {
    const APPENDS: usize = QUEUE_LEN_MAX + 1_500;
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    let other = Store::open(db.url()).await.unwrap();
    let (held, release) = (Notify::new(), Notify::new());
    let leader = async {
        held.notified().await;
        let pending: Vec<_> =
            (0..APPENDS).map(|number| journal.append(vec![entry(number)])).collect();
        release.notify_one();
        let (mut written, mut full) = (0, 0);
        for pending in pending {
            match pending.await {
                Ok(position) => {
                    written += 1;
                    assert_eq!(position, written as i64, "nothing is written after a refusal");
                }
                Err(AppendError::Full) => full += 1,
                Err(error) => assert!(matches!(error, AppendError::Halted), "{error:?}"),
            }
        }
        assert!(full > 0, "the queue has a bound");
        written
    };
    let ((), written) = tokio::join!(hold(&other, &held, &release), leader);
    journal.resume();
    for numbers in (written..APPENDS).collect::<Vec<_>>().chunks(500) {
        journal.append(numbers.iter().copied().map(entry).collect()).await.unwrap();
    }
    let recorded = all(db.store(), "floor").await;
    assert_eq!(recorded.len(), APPENDS);
    assert_numbered(&recorded);
}

async fn an_append_that_is_too_large_is_refused(db: &TestDb) {
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    let at = Timestamp::from_micros(0);
    let long = Entry { at, event: "x".repeat(journal::EVENT_LEN_MAX + 1) };
    assert!(matches!(journal.append(vec![long]).await, Err(AppendError::TooLarge)));
    assert!(matches!(journal.append(vec![entry(0)]).await, Err(AppendError::Halted)));
    journal.resume();
    let many = (0..=journal::APPEND_ENTRIES_MAX).map(entry).collect();
    assert!(matches!(journal.append(many).await, Err(AppendError::TooLarge)));
    journal.resume();
    let most = (0..journal::APPEND_ENTRIES_MAX).map(entry).collect();
    assert_eq!(journal.append(most).await.unwrap(), journal::APPEND_ENTRIES_MAX as i64);
}

async fn after_a_crash_everything_acknowledged_is_there(db: &TestDb) {
    let url = db.url().to_owned();
    let acknowledged = tokio::task::spawn_blocking(move || crash_while_appending(&url)).await;
    let acknowledged = acknowledged.unwrap();
    assert!(acknowledged > 0, "the crash came too early to prove anything");
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    let recorded = all(db.store(), "floor").await;
    assert!(recorded.len() >= acknowledged, "{} of {acknowledged}", recorded.len());
    assert_eq!(journal.start(), recorded.len() as i64);
    assert_numbered(&recorded);
    let next = journal.append(vec![entry(recorded.len())]).await.unwrap();
    assert_eq!(next, recorded.len() as i64 + 1);
}

/// Appends in a runtime of its own, which is torn down while commits are under way. Returns how many
/// appends were acknowledged.
fn crash_while_appending(url: &str) -> usize {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (acknowledge, acknowledged) = std::sync::mpsc::sync_channel(100_000);
    let url = url.to_owned();
    runtime.spawn(async move {
        let store = Store::open(&url).await.unwrap();
        let journal = Journal::open(&store, "floor").await.unwrap();
        let mut number = 0;
        loop {
            let pending: Vec<_> =
                (0..50).map(|i| journal.append(vec![entry(number + i)])).collect();
            number += 50;
            for pending in pending {
                pending.await.unwrap();
                acknowledge.send(()).unwrap();
            }
        }
    });
    for _ in 0..333 {
        acknowledged.recv_timeout(Duration::from_secs(30)).unwrap();
    }
    runtime.shutdown_background();
    333 + acknowledged.try_iter().count()
}

async fn streams_do_not_meet(db: &TestDb) {
    let floor = Journal::open(db.store(), "floor").await.unwrap();
    let calls = Journal::open(db.store(), "calls").await.unwrap();
    floor.append(vec![entry(0), entry(1)]).await.unwrap();
    assert_eq!(calls.append(vec![entry(0)]).await.unwrap(), 1);
    assert_eq!(all(db.store(), "floor").await.len(), 2);
    assert_eq!(all(db.store(), "calls").await.len(), 1);
    assert!(all(db.store(), "nothing").await.is_empty());
}

async fn a_moment_lies_between_two_positions(db: &TestDb) {
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    let at = |micros: i64| Timestamp::from_micros(1_700_000_000_000_000 + micros);
    assert_eq!(journal::last_before(db.store(), "floor", at(0)).await.unwrap(), 0);
    // Three of a kind at the same moment, then whole seconds and halves: columns that are text must
    // still be in order.
    let moments = [10, 20, 20, 20, 1_000_000, 1_500_000, 2_000_000];
    let event = || "{}".to_owned();
    let entries = moments.map(|micros| Entry { at: at(micros), event: event() });
    journal.append(entries.to_vec()).await.unwrap();
    let other = Journal::open(db.store(), "other").await.unwrap();
    other.append(vec![Entry { at: at(5), event: event() }]).await.unwrap();
    for (micros, position) in [
        (5, 0),
        (10, 0),
        (11, 1),
        (20, 1),
        (21, 4),
        (1_000_000, 4),
        (1_000_001, 5),
        (1_500_001, 6),
        (2_000_000, 6),
        (9_000_000, 7),
    ] {
        let found = journal::last_before(db.store(), "floor", at(micros)).await.unwrap();
        assert_eq!(found, position, "before {micros} µs");
    }
}
