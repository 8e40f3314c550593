//! Transactions: no lost update, nothing half-done, and a defined answer when the database is held.

use std::time::Duration;

use store::sea_orm::{ConnectionTrait, DbErr, Statement};
use store::testing::TestDb;
use store::{Backend, Store, TxnError, WriteTxn, both_backends};
use tokio::time::Instant;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error("a statement failed")]
    Sql(#[from] DbErr),
    #[error("the transaction failed")]
    Txn(#[from] TxnError),
    #[error("the test wants a rollback")]
    Wanted,
}

both_backends!(
    two_hundred_concurrent_increments_lose_none,
    an_error_rolls_everything_back,
    a_dropped_future_rolls_back_and_frees_the_writer,
    a_handle_that_is_kept_is_refused,
    a_read_sees_one_moment,
    a_read_cannot_write,
);

async fn counter(db: &TestDb) {
    let made = db.store().write_txn(|txn| async move {
        txn.execute_unprepared("CREATE TABLE counter (id BIGINT PRIMARY KEY, value BIGINT)")
            .await?;
        txn.execute_unprepared("INSERT INTO counter VALUES (1, 0)").await?;
        Ok::<_, Failed>(())
    });
    made.await.unwrap();
}

async fn value(conn: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let statement =
        Statement::from_string(conn.get_database_backend(), "SELECT value FROM counter");
    let row = conn.query_one_raw(statement).await?.expect("the counter has its row");
    row.try_get("", "value")
}

async fn set(txn: &WriteTxn, value: i64) -> Result<(), DbErr> {
    txn.execute_unprepared(&format!("UPDATE counter SET value = {value}")).await.map(drop)
}

async fn increment(store: &Store) -> Result<(), Failed> {
    store
        .write_txn(|txn| async move {
            let before = value(&txn).await?;
            tokio::task::yield_now().await;
            set(&txn, before + 1).await?;
            Ok(())
        })
        .await
}

async fn read_value(store: &Store) -> i64 {
    store.read_txn(|txn| async move { Ok::<_, Failed>(value(&txn).await?) }).await.unwrap()
}

async fn two_hundred_concurrent_increments_lose_none(db: &TestDb) {
    counter(db).await;
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let store = db.store().clone();
            tokio::spawn(async move { increment(&store).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(read_value(db.store()).await, 200);
}

async fn an_error_rolls_everything_back(db: &TestDb) {
    counter(db).await;
    let outcome = db.store().write_txn(|txn| async move {
        set(&txn, 7).await?;
        Err::<(), _>(Failed::Wanted)
    });
    assert!(matches!(outcome.await, Err(Failed::Wanted)));
    assert_eq!(read_value(db.store()).await, 0);
}

async fn a_dropped_future_rolls_back_and_frees_the_writer(db: &TestDb) {
    counter(db).await;
    let stuck = db.store().write_txn(|txn| async move {
        set(&txn, 7).await?;
        std::future::pending::<()>().await;
        Ok::<_, Failed>(())
    });
    assert!(tokio::time::timeout(Duration::from_millis(300), stuck).await.is_err());
    increment(db.store()).await.unwrap();
    assert_eq!(read_value(db.store()).await, 1);
}

async fn a_handle_that_is_kept_is_refused(db: &TestDb) {
    counter(db).await;
    let (keep, kept) = tokio::sync::oneshot::channel();
    let keep = &std::sync::Mutex::new(Some(keep));
    let outcome = db.store().write_txn(|txn| async move {
        set(&txn, 7).await?;
        let keep = keep.lock().unwrap().take().expect("the closure runs once");
        assert!(keep.send(txn).is_ok());
        Ok::<_, Failed>(())
    });
    assert!(matches!(outcome.await, Err(Failed::Txn(TxnError::Kept))));
    drop(kept);
    increment(db.store()).await.unwrap();
    assert_eq!(read_value(db.store()).await, 1);
}

async fn a_read_sees_one_moment(db: &TestDb) {
    counter(db).await;
    let store = db.store();
    let seen = store.read_txn(|txn| async move {
        let first = value(&txn).await?;
        increment(store).await?;
        Ok::<_, Failed>((first, value(&txn).await?))
    });
    assert_eq!(seen.await.unwrap(), (0, 0));
    assert_eq!(read_value(store).await, 1);
}

async fn a_read_cannot_write(db: &TestDb) {
    counter(db).await;
    let outcome = db.store().read_txn(|txn| async move {
        txn.execute_unprepared("UPDATE counter SET value = 9").await?;
        Ok::<_, Failed>(())
    });
    assert!(matches!(outcome.await, Err(Failed::Sql(_))));
    assert_eq!(read_value(db.store()).await, 0);
}

/// SQLite only: another process that holds the file is its way of being locked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_held_by_another_connection_is_busy_within_the_deadline_and_works_again() {
    let db = TestDb::sqlite().await;
    counter(&db).await;
    let other = Store::open(db.url()).await.unwrap();
    let (locked, wait) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
    let (locked, wait) = (&locked, &wait);
    let holder = other.write_txn(|txn| async move {
        set(&txn, 5).await?;
        locked.notify_one();
        wait.notified().await;
        Ok::<_, Failed>(())
    });
    let victim = async {
        locked.notified().await;
        let begun = Instant::now();
        let outcome = increment(db.store()).await;
        let waited = begun.elapsed();
        assert!(matches!(outcome, Err(Failed::Txn(TxnError::Busy(_)))), "{outcome:?}");
        assert!(waited < Duration::from_secs(6), "waited {waited:?}");
        assert_eq!(read_value(db.store()).await, 0, "readers are not locked out");
        wait.notify_one();
    };
    let (held, ()) = tokio::join!(holder, victim);
    held.unwrap();
    increment(db.store()).await.unwrap();
    assert_eq!(read_value(db.store()).await, 6);
}

/// SQLite only: there the writers of one process stand in one line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_waits_too_long_behind_another_of_its_own_process_is_busy() {
    let db = TestDb::sqlite().await;
    counter(&db).await;
    let (locked, wait) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
    let (locked, wait) = (&locked, &wait);
    let holder = db.store().write_txn(|_txn| async move {
        locked.notify_one();
        wait.notified().await;
        Ok::<_, Failed>(())
    });
    let victim = async {
        locked.notified().await;
        let outcome = increment(db.store()).await;
        assert!(matches!(outcome, Err(Failed::Txn(TxnError::Busy(_)))), "{outcome:?}");
        wait.notify_one();
    };
    let (held, ()) = tokio::join!(holder, victim);
    held.unwrap();
    increment(db.store()).await.unwrap();
}

#[tokio::test]
async fn an_address_that_cannot_work_is_refused_with_its_cause() {
    let refused = async |url: &str| Store::open(url).await.expect_err("it cannot be opened");
    assert!(matches!(refused("mysql://x/y").await, store::OpenError::Scheme));
    assert!(matches!(refused("sqlite::memory:").await, store::OpenError::InMemory));
    let nowhere = refused("sqlite:///nowhere/at/all/x.db").await;
    assert!(matches!(nowhere, store::OpenError::Connect(_)));
}

#[tokio::test]
async fn the_backend_is_what_the_address_said() {
    assert_eq!(TestDb::sqlite().await.store().backend(), Backend::Sqlite);
    assert_eq!(TestDb::postgres().await.store().backend(), Backend::Postgres);
}
