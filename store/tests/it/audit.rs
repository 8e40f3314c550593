//! The audit: written with what it is about, found by an auditor, changed by nobody.

use ids::{CallId, Timestamp, UserId};
use store::account::Role;
use store::audit::{self, Action, Entity, Entry, Filter, Purpose};
use store::sea_orm::ConnectionTrait;
use store::testing::TestDb;
use store::{Store, both_backends};
use uuid::Uuid;

use crate::txn::Failed;

both_backends!(
    an_entry_comes_back_as_it_was_written,
    a_transaction_that_fails_leaves_no_entry,
    an_auditor_finds_who_saw_a_record,
    pages_join_without_gap_or_double,
    nobody_changes_or_deletes_an_entry,
);

fn read_of(user: u128, at: i64, ids: &[u128]) -> Entry {
    Entry {
        at: Timestamp::from_micros(at),
        user: UserId::from_number(user),
        role: Role::Operator,
        action: Action::Read,
        entity: Entity::Contact,
        ids: ids.iter().copied().map(Uuid::from_u128).collect(),
        purpose: Purpose::Desk,
    }
}

async fn record(store: &Store, entry: &Entry) {
    let recorded = store
        .write_txn(|txn| async move { audit::record(&txn, entry).await.map_err(Failed::from) });
    recorded.await.unwrap();
}

async fn list(
    store: &Store,
    filter: &Filter,
    before: Option<i64>,
    limit: u64,
) -> Vec<audit::Recorded> {
    let found = store.read_txn(|txn| async move {
        audit::list(&txn, filter, before, limit).await.map_err(Failed::from)
    });
    found.await.unwrap()
}

async fn an_entry_comes_back_as_it_was_written(db: &TestDb) {
    let purposes = [
        Purpose::Call(CallId::from_number(77)),
        Purpose::Reason("शिकायत की जाँच".to_owned()),
        Purpose::Desk,
    ];
    let entries = purposes.map(|purpose| Entry {
        role: Role::MedicalDirector,
        action: Action::Search,
        entity: Entity::Mixed,
        purpose,
        ..read_of(1, 1_700_000_000_123_456, &[9, 3, 9])
    });
    for entry in &entries {
        record(db.store(), entry).await;
    }
    let found = list(db.store(), &Filter::default(), None, 10).await;
    let found: Vec<_> = found.into_iter().rev().map(|recorded| recorded.entry).collect();
    assert_eq!(found, entries);
    let long = Entry { purpose: Purpose::Reason("क".repeat(900)), ..read_of(2, 0, &[]) };
    record(db.store(), &long).await;
    let newest = &list(db.store(), &Filter::default(), None, 1).await[0].entry;
    assert_eq!(newest.purpose, Purpose::Reason("क".repeat(audit::REASON_CHARS_MAX)));
}

async fn a_transaction_that_fails_leaves_no_entry(db: &TestDb) {
    let failed = db.store().write_txn(|txn| async move {
        audit::record(&txn, &read_of(1, 0, &[5])).await?;
        Err::<(), _>(Failed::Wanted)
    });
    failed.await.unwrap_err();
    assert!(list(db.store(), &Filter::default(), None, 10).await.is_empty());
}

async fn an_auditor_finds_who_saw_a_record(db: &TestDb) {
    for (user, at, ids) in [(1, 10, &[5, 6][..]), (2, 20, &[6]), (1, 30, &[]), (3, 40, &[5])] {
        record(db.store(), &read_of(user, at, ids)).await;
    }
    let users = async |filter: Filter| -> Vec<UserId> {
        let found = list(db.store(), &filter, None, 10).await;
        found.into_iter().map(|recorded| recorded.entry.user).collect()
    };
    let [one, two, three] = [1, 2, 3].map(UserId::from_number);
    let five = Some(Uuid::from_u128(5));
    assert_eq!(users(Filter { record: five, ..Filter::default() }).await, [three, one]);
    assert_eq!(users(Filter { user: Some(one), ..Filter::default() }).await, [one, one]);
    let (from, until) = (Some(Timestamp::from_micros(20)), Some(Timestamp::from_micros(40)));
    assert_eq!(users(Filter { from, until, ..Filter::default() }).await, [one, two]);
    assert!(users(Filter { record: five, from, until, user: None }).await.is_empty());
}

async fn pages_join_without_gap_or_double(db: &TestDb) {
    for number in 0..25 {
        record(db.store(), &read_of(number, number as i64, &[1])).await;
    }
    let (mut users, mut before) = (Vec::new(), None);
    loop {
        let page = list(db.store(), &Filter::default(), before, 10).await;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        users.extend(page.iter().map(|recorded| recorded.entry.user));
    }
    let expected: Vec<_> = (0..25).rev().map(UserId::from_number).collect();
    assert_eq!(users, expected);
}

async fn nobody_changes_or_deletes_an_entry(db: &TestDb) {
    record(db.store(), &read_of(1, 0, &[5])).await;
    for statement in ["UPDATE audit_entries SET reason = 'x'", "DELETE FROM audit_entries"] {
        let refused = db.store().write_txn(|txn| async move {
            txn.execute_unprepared(statement).await?;
            Ok::<_, Failed>(())
        });
        assert!(matches!(refused.await, Err(Failed::Sql(_))), "{statement}");
    }
    assert_eq!(list(db.store(), &Filter::default(), None, 10).await.len(), 1);
}
