//! Sessions: how long they live, and how they end.

use std::time::Duration;

use ids::{SessionId, Timestamp, UserId};
use store::account::session::{self, Current, Limits, Opened};
use store::sea_orm::{ConnectionTrait, Statement};
use store::testing::TestDb;
use store::{Store, both_backends};

use crate::account::{Failed, GOOD, NOW, person};

both_backends!(
    a_session_is_found_by_its_token_only,
    a_session_ends_after_an_idle_hour,
    a_session_ends_after_its_longest_time_however_busy,
    being_seen_is_written_at_most_once_a_minute,
    a_rotated_token_replaces_the_old_one,
    signing_out_ends_one_session_and_a_new_password_all,
    sessions_that_are_over_are_pruned,
);

pub(crate) async fn open(store: &Store, number: u128, user: UserId) -> Opened {
    let id = SessionId::from_number(number);
    let opened = store.write_txn(|txn| async move {
        Ok::<_, Failed>(session::open(&txn, id, user, Limits::default(), NOW).await?)
    });
    opened.await.unwrap()
}

pub(crate) async fn find(store: &Store, token: &str, now: Timestamp) -> Option<Current> {
    session::find(store, token, Limits::default(), now).await.unwrap()
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

async fn a_session_is_found_by_its_token_only(db: &TestDb) {
    let person = person(db.store(), 1, "asha").await;
    let opened = open(db.store(), 9, person.id).await;
    let other = open(db.store(), 10, person.id).await;
    let found = find(db.store(), &opened.token, NOW).await.expect("it was just opened");
    assert_eq!((found.id, found.account.id), (opened.id, person.id));
    assert_eq!((&found.csrf_token, found.expires_at), (&opened.csrf_token, opened.expires_at));
    assert!(found.csrf_matches(&opened.csrf_token));
    for wrong in [&other.csrf_token, &opened.token, ""] {
        assert!(!found.csrf_matches(wrong));
    }
    assert!(find(db.store(), &opened.csrf_token, NOW).await.is_none());
    assert!(find(db.store(), "", NOW).await.is_none());
}

async fn a_session_ends_after_an_idle_hour(db: &TestDb) {
    let person = person(db.store(), 1, "asha").await;
    let opened = open(db.store(), 9, person.id).await;
    let seen = NOW + minutes(59);
    assert!(find(db.store(), &opened.token, seen).await.is_some());
    assert!(find(db.store(), &opened.token, seen + minutes(59)).await.is_some());
    let too_late = seen + minutes(59) + minutes(60);
    assert!(find(db.store(), &opened.token, too_late).await.is_none());
}

async fn a_session_ends_after_its_longest_time_however_busy(db: &TestDb) {
    let person = person(db.store(), 1, "asha").await;
    let opened = open(db.store(), 9, person.id).await;
    for half_hours in 1..24 {
        let now = NOW + minutes(30 * half_hours);
        assert!(find(db.store(), &opened.token, now).await.is_some(), "{half_hours}");
    }
    assert!(find(db.store(), &opened.token, NOW + minutes(12 * 60)).await.is_none());
}

async fn last_seen(store: &Store) -> String {
    let seen = store.read_txn(|txn| async move {
        let sql = "SELECT CAST(last_seen_at AS TEXT) AS seen FROM sessions";
        let statement = Statement::from_string(txn.get_database_backend(), sql);
        let row = txn.query_one_raw(statement).await?.expect("there is one session");
        Ok::<_, Failed>(row.try_get::<String>("", "seen")?)
    });
    seen.await.unwrap()
}

async fn being_seen_is_written_at_most_once_a_minute(db: &TestDb) {
    let person = person(db.store(), 1, "asha").await;
    let opened = open(db.store(), 9, person.id).await;
    let at_first = last_seen(db.store()).await;
    assert!(find(db.store(), &opened.token, NOW + Duration::from_secs(59)).await.is_some());
    assert_eq!(last_seen(db.store()).await, at_first);
    assert!(find(db.store(), &opened.token, NOW + Duration::from_secs(60)).await.is_some());
    assert_ne!(last_seen(db.store()).await, at_first);
}

async fn a_rotated_token_replaces_the_old_one(db: &TestDb) {
    let person = person(db.store(), 1, "asha").await;
    let old = open(db.store(), 9, person.id).await;
    let rotated = db.store().write_txn(|txn| async move {
        Ok::<_, Failed>(session::rotate(&txn, SessionId::from_number(9)).await?)
    });
    let new = rotated.await.unwrap().expect("the session exists");
    assert_eq!((new.id, new.expires_at), (old.id, old.expires_at));
    assert!(new.token != old.token && new.csrf_token != old.csrf_token);
    assert!(find(db.store(), &old.token, NOW).await.is_none());
    assert!(find(db.store(), &new.token, NOW).await.is_some());
}

async fn signing_out_ends_one_session_and_a_new_password_all(db: &TestDb) {
    let store = db.store();
    let person = person(store, 1, "asha").await;
    let [one, two, three] = [
        open(store, 1, person.id).await,
        open(store, 2, person.id).await,
        open(store, 3, person.id).await,
    ];
    let closed = store.write_txn(|txn| async move {
        session::close(&txn, SessionId::from_number(1)).await?;
        session::close(&txn, SessionId::from_number(1)).await?;
        Ok::<_, Failed>(())
    });
    closed.await.unwrap();
    assert!(find(store, &one.token, NOW).await.is_none());
    assert!(find(store, &two.token, NOW).await.is_some());
    store::account::setup::set_password(store, person.id, GOOD).await.unwrap();
    assert!(find(store, &two.token, NOW).await.is_none());
    assert!(find(store, &three.token, NOW).await.is_none());
}

async fn sessions_that_are_over_are_pruned(db: &TestDb) {
    let store = db.store();
    let person = person(store, 1, "asha").await;
    let busy = open(store, 1, person.id).await;
    open(store, 2, person.id).await;
    assert!(find(store, &busy.token, NOW + minutes(40)).await.is_some());
    let prune = async |now: Timestamp| -> u64 {
        let pruned = store.write_txn(|txn| async move {
            Ok::<_, Failed>(session::prune(&txn, Limits::default(), now).await?)
        });
        pruned.await.unwrap()
    };
    assert_eq!(prune(NOW + minutes(59)).await, 0);
    assert_eq!(prune(NOW + minutes(60)).await, 1);
    assert!(find(store, &busy.token, NOW + minutes(60)).await.is_some());
    assert_eq!(prune(NOW + minutes(12 * 60)).await, 1);
}
