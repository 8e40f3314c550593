//! The outbox: exactly the committed rows, in the order of the commits.

use std::collections::HashSet;

use store::outbox::{self, Topic};
use store::testing::TestDb;
use store::{Store, both_backends};
use uuid::Uuid;

use crate::txn::Failed;

both_backends!(
    exactly_the_committed_rows_are_seen,
    a_follower_that_reads_while_many_write_misses_nothing,
    one_change_is_told_once_for_each_transaction,
    a_cursor_is_remembered_and_what_all_have_seen_is_pruned,
    a_commit_wakes_the_followers,
);

async fn change(store: &Store, entity: Uuid, commit: bool) -> Result<(), Failed> {
    store
        .write_txn(|txn| async move {
            outbox::push(&txn, Topic::Case, entity);
            if commit { Ok(()) } else { Err(Failed::Wanted) }
        })
        .await
}

async fn take(store: &Store, after: i64) -> Vec<outbox::Change> {
    let taken = store
        .read_txn(|txn| async move { outbox::take(&txn, after, 50).await.map_err(Failed::from) });
    taken.await.unwrap()
}

async fn exactly_the_committed_rows_are_seen(db: &TestDb) {
    for number in 0..20 {
        let committed = change(db.store(), Uuid::from_u128(number), number % 2 == 0).await;
        assert_eq!(committed.is_ok(), number % 2 == 0);
    }
    let entities: Vec<u128> =
        take(db.store(), 0).await.iter().map(|change| change.entity.as_u128()).collect();
    assert_eq!(entities, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
}

async fn a_follower_that_reads_while_many_write_misses_nothing(db: &TestDb) {
    const CHANGES: usize = 400;
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = db.store().clone();
            tokio::spawn(async move {
                for number in 0..CHANGES / 8 {
                    let entity = Uuid::from_u128((writer * 1_000 + number) as u128);
                    change(&store, entity, true).await.unwrap();
                }
            })
        })
        .collect();
    let (mut seen, mut cursor) = (HashSet::new(), 0);
    let all_seen = async {
        while seen.len() < CHANGES {
            let changes = take(db.store(), cursor).await;
            for change in changes {
                assert!(change.position > cursor);
                cursor = change.position;
                assert!(seen.insert(change.entity), "a row was seen twice");
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), all_seen).await.unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn one_change_is_told_once_for_each_transaction(db: &TestDb) {
    let entity = Uuid::from_u128(1);
    let pushed = db.store().write_txn(|txn| async move {
        outbox::push(&txn, Topic::Contact, entity);
        outbox::push(&txn, Topic::Case, entity);
        outbox::push(&txn, Topic::Contact, entity);
        Ok::<_, Failed>(())
    });
    pushed.await.unwrap();
    let topics: Vec<_> = take(db.store(), 0).await.iter().map(|change| change.topic).collect();
    assert_eq!(topics, [Topic::Contact, Topic::Case]);
}

async fn a_cursor_is_remembered_and_what_all_have_seen_is_pruned(db: &TestDb) {
    let store = db.store();
    for number in 0..6 {
        change(store, Uuid::from_u128(number), true).await.unwrap();
    }
    let third = take(store, 0).await[2].position;
    let fifth = take(store, 0).await[4].position;
    let pruned = store.write_txn(|txn| async move {
        outbox::advance(&txn, "search", fifth).await?;
        outbox::advance(&txn, "consoles", 0).await?;
        outbox::advance(&txn, "consoles", third).await?;
        Ok::<_, Failed>(outbox::prune(&txn).await?)
    });
    assert_eq!(pruned.await.unwrap(), 3);
    let cursors = store.read_txn(|txn| async move {
        let unknown = outbox::cursor(&txn, "nobody").await?;
        Ok::<_, Failed>((outbox::cursor(&txn, "search").await?, unknown, outbox::last(&txn).await?))
    });
    let (search, unknown, last) = cursors.await.unwrap();
    assert_eq!((search, unknown), (fifth, 0));
    assert!(last > fifth);
    assert_eq!(take(store, 0).await.len(), 3);
}

async fn a_commit_wakes_the_followers(db: &TestDb) {
    let mut changed = db.store().outbox_changed();
    assert!(!changed.has_changed().unwrap());
    change(db.store(), Uuid::from_u128(1), false).await.unwrap_err();
    assert!(!changed.has_changed().unwrap(), "a rollback wakes nobody");
    change(db.store(), Uuid::from_u128(1), true).await.unwrap();
    changed.changed().await.unwrap();
    assert_eq!(take(db.store(), 0).await.len(), 1);
}
