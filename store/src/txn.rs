//! The two kinds of transaction, as types that only [`Store`](crate::Store) makes. Does I/O.
//!
//! Both are a `ConnectionTrait`, so every query of sea-orm runs on them; neither can begin another
//! transaction, commit or roll back: that is decided by what the closure returns.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement,
};
use uuid::Uuid;

use crate::outbox::Topic;

/// Why a transaction could not be begun or committed.
#[derive(Debug, thiserror::Error)]
pub enum TxnError {
    /// Someone else held the database for longer than the deadline. Nothing was written; the same
    /// transaction may be tried again later.
    #[error("the database is busy")]
    Busy(#[source] DbErr),
    /// The transaction collided with others each time it was tried. Nothing was written.
    #[error("the transaction collided with others {attempts} times")]
    Conflict {
        /// How often it was tried.
        attempts: u32,
    },
    /// The transaction could not be begun: no connection, or the server refused.
    #[error("a transaction could not be begun")]
    Begin(#[source] DbErr),
    /// The closure kept its handle beyond its end (in a spawned task, say). Nothing was written.
    #[error("a transaction was kept beyond the closure it was lent to")]
    Kept,
    /// The database did not confirm the commit. Whether it is durable is unknown if the connection
    /// broke at that moment.
    #[error("a transaction could not be committed")]
    Commit(#[source] DbErr),
}

/// A transaction that only reads, with one consistent view of all rows.
#[derive(Debug)]
pub struct ReadTxn {
    inner: Arc<DatabaseTransaction>,
}

/// A transaction that may write. On SQLite it is alone; on PostgreSQL it behaves as if it were.
#[derive(Debug)]
pub struct WriteTxn {
    shared: Arc<Shared>,
}

/// What the closure's handle and the store's handle of one writing transaction have in common.
#[derive(Debug)]
struct Shared {
    inner: DatabaseTransaction,
    changes: Mutex<Vec<(Topic, Uuid)>>,
    /// A statement failed because of another transaction: worth another try as a whole.
    collided: AtomicBool,
}

impl ReadTxn {
    pub(crate) fn new(inner: DatabaseTransaction) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// The handle for the closure. Not `Clone` in public: there is one, and it comes back.
    pub(crate) fn lend(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }

    pub(crate) fn take_back(self) -> Result<DatabaseTransaction, TxnError> {
        Arc::into_inner(self.inner).ok_or(TxnError::Kept)
    }
}

impl WriteTxn {
    pub(crate) fn new(inner: DatabaseTransaction) -> Self {
        let shared = Shared { inner, changes: Mutex::default(), collided: AtomicBool::new(false) };
        Self { shared: Arc::new(shared) }
    }

    /// The handle for the closure. Not `Clone` in public: there is one, and it comes back.
    pub(crate) fn lend(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }

    pub(crate) fn take_back(self) -> Result<DatabaseTransaction, TxnError> {
        Arc::into_inner(self.shared).map(|shared| shared.inner).ok_or(TxnError::Kept)
    }

    pub(crate) fn push_change(&self, topic: Topic, entity: Uuid) {
        let mut changes = self.changes();
        if !changes.contains(&(topic, entity)) {
            changes.push((topic, entity));
        }
    }

    pub(crate) fn take_changes(&self) -> Vec<(Topic, Uuid)> {
        std::mem::take(&mut *self.changes())
    }

    pub(crate) fn has_collided(&self) -> bool {
        self.shared.collided.load(Ordering::Relaxed)
    }

    fn changes(&self) -> MutexGuard<'_, Vec<(Topic, Uuid)>> {
        self.shared.changes.lock().expect("no code panics while it holds this lock")
    }

    fn note<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(error) = &result
            && is_collision(error)
        {
            self.shared.collided.store(true, Ordering::Relaxed);
        }
        result
    }
}

#[async_trait]
impl ConnectionTrait for ReadTxn {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(stmt).await
    }
}

#[async_trait]
impl ConnectionTrait for WriteTxn {
    fn get_database_backend(&self) -> DbBackend {
        self.shared.inner.get_database_backend()
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.note(self.shared.inner.execute_raw(stmt).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.note(self.shared.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.note(self.shared.inner.query_one_raw(stmt).await)
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.note(self.shared.inner.query_all_raw(stmt).await)
    }
}

/// Did the transaction lose against another one, so that a second try may succeed?
///
/// PostgreSQL: 40001 serialization_failure, 40P01 deadlock_detected.
pub(crate) fn is_collision(error: &DbErr) -> bool {
    matches!(sql_state(error).as_deref(), Some("40001" | "40P01"))
}

/// Did the statement wait for a lock until the deadline?
///
/// SQLite: 5 SQLITE_BUSY with its extended codes; PostgreSQL: 55P03 lock_not_available; and a pool
/// that had no connection to give in time.
pub(crate) fn is_busy(error: &DbErr) -> bool {
    matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        || matches!(sql_state(error).as_deref(), Some("5" | "261" | "517" | "773" | "55P03"))
}

/// Whether an error, or what caused it, says that the disk of the database is full (SQLite's
/// `SQLITE_FULL`, PostgreSQL's `disk_full`). Nothing was written then.
#[must_use]
pub fn disk_is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    causes.any(|cause| {
        let state = cause.downcast_ref::<DbErr>().and_then(sql_state);
        matches!(state.as_deref(), Some("13" | "53100"))
    })
}

/// The code that the database gave to its error, if the database is where it came from.
fn sql_state(error: &DbErr) -> Option<String> {
    let (DbErr::Conn(RuntimeErr::SqlxError(source))
    | DbErr::Exec(RuntimeErr::SqlxError(source))
    | DbErr::Query(RuntimeErr::SqlxError(source))) = error
    else {
        return None;
    };
    source.as_database_error()?.code().map(Cow::into_owned)
}
