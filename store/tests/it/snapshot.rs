//! Snapshots of a journal.

use store::both_backends;
use store::journal::{
    Journal, SNAPSHOT_LEN_MAX, Snapshot, SnapshotError, latest_snapshot, snapshot_at,
};
use store::sea_orm::{ConnectionTrait, Statement};
use store::testing::TestDb;

use crate::journal::entry;
use crate::txn::Failed;

both_backends!(
    the_newest_snapshot_is_found_and_three_are_kept,
    a_snapshot_of_what_is_not_durable_is_refused,
    a_stale_leader_saves_no_snapshot,
);

async fn the_newest_snapshot_is_found_and_three_are_kept(db: &TestDb) {
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    assert_eq!(journal.latest_snapshot().await.unwrap(), None);
    journal.append((0..10).map(entry).collect()).await.unwrap();
    for position in [2, 4, 6, 8, 10, 10] {
        let state = vec![position as u8; 5_000];
        journal.save_snapshot(position, &state).await.unwrap();
    }
    let newest = Snapshot { position: 10, state: vec![10; 5_000] };
    assert_eq!(latest_snapshot(db.store(), "floor").await.unwrap(), Some(newest));
    let positions = [5, 6, 7, 9].map(|position| snapshot_at(db.store(), "floor", position));
    let mut found = Vec::new();
    for snapshot in positions {
        found.push(snapshot.await.unwrap().map(|snapshot| snapshot.position));
    }
    assert_eq!(found, [None, Some(6), Some(6), Some(8)]);
    let kept = db.store().read_txn(|txn| async move {
        let backend = txn.get_database_backend();
        let sql = "SELECT position FROM journal_snapshots ORDER BY position";
        let rows = txn.query_all_raw(Statement::from_string(backend, sql)).await?;
        let positions: Result<Vec<i64>, _> =
            rows.iter().map(|row| row.try_get("", "position")).collect();
        Ok::<_, Failed>(positions?)
    });
    assert_eq!(kept.await.unwrap(), [6, 8, 10]);
}

async fn a_snapshot_of_what_is_not_durable_is_refused(db: &TestDb) {
    let journal = Journal::open(db.store(), "floor").await.unwrap();
    journal.append(vec![entry(0)]).await.unwrap();
    let refused = journal.save_snapshot(2, b"state").await.unwrap_err();
    assert!(matches!(refused, SnapshotError::Beyond { position: 2, last: 1 }), "{refused:?}");
    let refused = journal.save_snapshot(1, &vec![0; SNAPSHOT_LEN_MAX + 1]).await.unwrap_err();
    assert!(matches!(refused, SnapshotError::TooLarge), "{refused:?}");
    assert_eq!(journal.latest_snapshot().await.unwrap(), None);
}

async fn a_stale_leader_saves_no_snapshot(db: &TestDb) {
    let old = Journal::open(db.store(), "floor").await.unwrap();
    let _new = Journal::open(db.store(), "floor").await.unwrap();
    let refused = old.save_snapshot(0, b"state").await.unwrap_err();
    assert!(matches!(refused, SnapshotError::StaleEpoch { ours: 1, current: 2 }), "{refused:?}");
}
