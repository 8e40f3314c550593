//! The roster's rows: shifts and leave are added once, changed on a version, removed and put back.

use ids::{AgentId, Timestamp, UserId};
use store::account::{self, NewAccount, Role};
use store::roster::{self, Entry, HOURS_OF_WEEK, LeaveReason, Plan, RosterError, Wish};
use store::sea_orm::DbErr;
use store::testing::TestDb;
use store::{Store, TxnError, both_backends};
use uuid::Uuid;

both_backends!(
    an_entry_is_added_once_and_read_as_written,
    a_change_needs_the_version_that_stands,
    what_is_removed_is_not_listed_and_can_be_put_back,
    entries_are_listed_by_their_days,
    what_makes_no_sense_is_refused,
    of_many_who_change_at_once_one_succeeds,
    a_need_has_a_number_for_each_hour_of_the_week,
);

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
const BY: UserId = UserId::from_number(9);
const ASHA: AgentId = AgentId::from_number(1);

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the roster")]
    Roster(#[from] RosterError),
    #[error("a statement")]
    Sql(#[from] DbErr),
    #[error("the transaction")]
    Txn(#[from] TxnError),
}

/// Two people who may have shifts.
async fn staff(store: &Store) {
    for number in [1, 2] {
        let new = &NewAccount {
            id: UserId::from_number(number),
            username: format!("operator{number}"),
            name: "Asha".to_owned(),
            role: Role::Operator,
            languages: vec![],
            skills: vec![],
            queues: vec![],
        };
        let make = |txn| async move { anyhow_of(account::create(&txn, new, NOW).await) };
        store.write_txn(make).await.unwrap();
    }
}

fn anyhow_of<T>(made: Result<T, account::CreateError>) -> Result<(), Failed> {
    made.map(|_| ()).map_err(|error| Failed::Sql(DbErr::Custom(error.to_string())))
}

fn shift(agent: AgentId, from_day: i32, until_day: Option<i32>) -> Wish {
    let plan = Plan::Shift {
        queue: Some("health".parse().unwrap()),
        days: 0b001_1111,
        from_day,
        until_day,
        start_minute: 22 * 60,
        minutes: 9 * 60,
    };
    Wish { agent, plan, note: "रात".to_owned() }
}

fn leave(of: Option<Uuid>, from_day: i32, until_day: i32) -> Wish {
    let plan = Plan::Leave { of, from_day, until_day, reason: LeaveReason::Sick };
    Wish { agent: ASHA, plan, note: String::new() }
}

async fn add(store: &Store, id: u128, wish: &Wish) -> Result<Entry, Failed> {
    let id = Uuid::from_u128(id);
    store.write_txn(|txn| async move { Ok(roster::add(&txn, id, wish, BY, NOW).await?) }).await
}

async fn change(store: &Store, id: Uuid, seen: i64, wish: &Wish) -> Result<Entry, Failed> {
    let change = |txn| async move { Ok(roster::change(&txn, id, seen, wish, BY, NOW).await?) };
    store.write_txn(change).await
}

async fn removed(store: &Store, id: Uuid, seen: i64, out: bool) -> Result<Entry, Failed> {
    let set = |txn| async move { Ok(roster::set_removed(&txn, id, seen, out, BY, NOW).await?) };
    store.write_txn(set).await
}

async fn between(store: &Store, from: i32, until: i32, agent: Option<AgentId>) -> Vec<u128> {
    let read =
        |txn| async move { Ok::<_, Failed>(roster::between(&txn, from, until, agent).await?) };
    let found = store.read_txn(read).await.unwrap();
    found.into_iter().map(|entry| entry.id.as_u128()).collect()
}

async fn an_entry_is_added_once_and_read_as_written(db: &TestDb) {
    staff(db.store()).await;
    for (id, wish) in [(1, shift(ASHA, 20_000, None)), (2, leave(None, 20_003, 20_004))] {
        let made = add(db.store(), id, &wish).await.unwrap();
        assert_eq!((made.version, made.removed, &made.wish), (1, false, &wish));
        let again = add(db.store(), id, &wish).await.unwrap();
        assert_eq!(again, made, "the same id is the same entry");
        let read = |txn| async move { Ok::<_, Failed>(roster::get(&txn, made.id).await?) };
        assert_eq!(db.store().read_txn(read).await.unwrap(), Some(again));
    }
}

async fn a_change_needs_the_version_that_stands(db: &TestDb) {
    staff(db.store()).await;
    let made = add(db.store(), 1, &shift(ASHA, 20_000, None)).await.unwrap();
    let ended = shift(ASHA, 20_000, Some(20_010));
    let changed = change(db.store(), made.id, 1, &ended).await.unwrap();
    assert_eq!((changed.version, changed.wish), (2, ended.clone()));
    let stale = change(db.store(), made.id, 1, &ended).await;
    let changed = Some((BY, NOW));
    assert!(
        matches!(&stale, Err(Failed::Roster(RosterError::Stale { current: 2, changed: who })) if *who == changed),
        "{stale:?}"
    );
    let unknown = change(db.store(), Uuid::from_u128(77), 1, &ended).await;
    assert!(matches!(unknown, Err(Failed::Roster(RosterError::NotFound))), "{unknown:?}");
}

async fn what_is_removed_is_not_listed_and_can_be_put_back(db: &TestDb) {
    staff(db.store()).await;
    let made = add(db.store(), 1, &shift(ASHA, 20_000, None)).await.unwrap();
    let gone = removed(db.store(), made.id, 1, true).await.unwrap();
    assert!(gone.removed);
    assert!(between(db.store(), 20_000, 20_006, None).await.is_empty());
    let back = removed(db.store(), made.id, 2, false).await.unwrap();
    assert_eq!((back.version, &back.wish), (3, &made.wish));
    assert_eq!(between(db.store(), 20_000, 20_006, None).await, [1]);
}

async fn entries_are_listed_by_their_days(db: &TestDb) {
    staff(db.store()).await;
    let bela = AgentId::from_number(2);
    for (id, wish) in [
        (1, shift(ASHA, 20_000, None)),
        (2, shift(ASHA, 19_990, Some(19_999))),
        (3, shift(bela, 20_006, Some(20_006))),
        (4, shift(bela, 20_007, None)),
        (5, leave(None, 19_998, 20_000)),
    ] {
        add(db.store(), id, &wish).await.unwrap();
    }
    assert_eq!(between(db.store(), 20_000, 20_006, None).await, [5, 1, 3]);
    assert_eq!(between(db.store(), 20_000, 20_006, Some(bela)).await, [3]);
    assert_eq!(between(db.store(), 19_999, 19_999, Some(ASHA)).await, [2, 5]);
}

async fn what_makes_no_sense_is_refused(db: &TestDb) {
    staff(db.store()).await;
    let nobody = add(db.store(), 1, &shift(AgentId::from_number(3), 20_000, None)).await;
    assert!(matches!(nobody, Err(Failed::Roster(RosterError::UnknownAgent))), "{nobody:?}");
    let wordy = Wish { note: "न".repeat(201), ..shift(ASHA, 20_000, None) };
    let wordy = add(db.store(), 1, &wordy).await;
    assert!(matches!(wordy, Err(Failed::Roster(RosterError::NoteTooLong))), "{wordy:?}");
    for (from, until) in [(20_001, 20_000), (20_000, 20_366)] {
        let refused = add(db.store(), 1, &leave(None, from, until)).await;
        assert!(matches!(refused, Err(Failed::Roster(RosterError::BadLeave))), "{refused:?}");
    }
    let own = add(db.store(), 2, &shift(AgentId::from_number(2), 20_000, None)).await.unwrap();
    let others = add(db.store(), 3, &leave(Some(own.id), 20_000, 20_000)).await;
    assert!(matches!(others, Err(Failed::Roster(RosterError::NotFound))), "{others:?}");
}

async fn of_many_who_change_at_once_one_succeeds(db: &TestDb) {
    staff(db.store()).await;
    let made = add(db.store(), 1, &shift(ASHA, 20_000, None)).await.unwrap();
    let racers: Vec<_> = (1..=5)
        .map(|day| {
            let store = db.store().clone();
            let wish = shift(ASHA, 20_000, Some(20_000 + day));
            tokio::spawn(async move { change(&store, made.id, 1, &wish).await })
        })
        .collect();
    let mut changed = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(_) => changed += 1,
            Err(Failed::Roster(RosterError::Stale { current: 2, .. })) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(changed, 1);
}

async fn a_need_has_a_number_for_each_hour_of_the_week(db: &TestDb) {
    let store = db.store();
    let set = async |seen: i64, seats: Vec<u16>| {
        let (queue, seats) = ("health".parse().unwrap(), &seats);
        let set = |txn| async move {
            Ok::<_, Failed>(roster::set_need(&txn, queue, seen, seats, BY, NOW).await?)
        };
        store.write_txn(set).await
    };
    for bad in [vec![], vec![1; HOURS_OF_WEEK - 1], vec![1_001; HOURS_OF_WEEK]] {
        let refused = set(0, bad).await;
        assert!(matches!(refused, Err(Failed::Roster(RosterError::BadNeed))), "{refused:?}");
    }
    let first = set(0, vec![3; HOURS_OF_WEEK]).await.unwrap();
    assert_eq!(first.version, 1);
    let stale = set(0, vec![4; HOURS_OF_WEEK]).await;
    let stands = matches!(stale, Err(Failed::Roster(RosterError::Stale { current: 1, .. })));
    assert!(stands, "{stale:?}");
    let second = set(1, vec![4; HOURS_OF_WEEK]).await.unwrap();
    let read = store.read_txn(|txn| async move { Ok::<_, Failed>(roster::needs(&txn).await?) });
    assert_eq!(read.await.unwrap(), [second]);
}
