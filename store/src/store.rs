//! The store: pools, and the two closures that are the only ways to SQL. Does I/O.

use std::sync::Arc;
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr,
    IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::watch;

use crate::outbox;
use crate::txn::{ReadTxn, TxnError, WriteTxn, is_busy, is_collision};

/// Longest wait for the writer of SQLite, or for a connection of a pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// Longest wait for a lock that another process holds.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest time one statement may take on PostgreSQL.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// Readers of SQLite, and connections to PostgreSQL.
const POOL_SIZE: u32 = 8;
/// How often a transaction is tried that collides with others.
const ATTEMPTS_MAX: u32 = 20;

/// One migrating node at a time. The isolation is lowered because the second one must see what the
/// first has done; the number is the text "schema" in ASCII.
const MIGRATION_LOCK: &str =
    "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(126870790434145)";

/// Which database is behind a [`Store`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// A file in the data folder.
    Sqlite,
    /// A server, shared by the nodes of a cluster.
    Postgres,
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is neither `sqlite://FILE` nor `postgres://…`.
    #[error("the database address begins with neither sqlite: nor postgres:")]
    Scheme,
    /// A database in memory: every connection would see its own.
    #[error("a database in memory is not supported, name a file")]
    InMemory,
    /// The file or the server did not answer.
    #[error("the database could not be opened")]
    Connect(#[source] DbErr),
}

/// A step of the schema failed.
#[derive(Debug, thiserror::Error)]
#[error("the schema could not be brought up to date")]
pub struct MigrateError(#[source] DbErr);

/// The rows of the helpline. Cheap to clone; all clones share the same pools.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    readers: DatabaseConnection,
    writers: DatabaseConnection,
    changed: watch::Sender<u64>,
}

impl Store {
    /// Opens the database at `url`: `sqlite:///path/helpline.db` (made if missing) or
    /// `postgres://user@host/database`. Runs no schema step: see [`Store::migrate`].
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let (backend, writers, readers) = if url.starts_with("sqlite:") {
            if url.contains(":memory:") || url.contains("mode=memory") {
                return Err(OpenError::InMemory);
            }
            let writers = connect(sqlite(url, 1, false)).await?;
            (Backend::Sqlite, writers, connect(sqlite(url, POOL_SIZE, true)).await?)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = connect(postgres(url)).await?;
            (Backend::Postgres, pool.clone(), pool)
        } else {
            return Err(OpenError::Scheme);
        };
        let (changed, _) = watch::channel(0);
        Ok(Self { inner: Arc::new(Inner { backend, readers, writers, changed }) })
    }

    /// Brings the schema up to date: all steps or none. Of two nodes that start at once, one waits for
    /// the other and then finds nothing to do.
    ///
    /// # Errors
    /// A step failed; the schema is as it was.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        let options = TransactionOptions { isolation_level: None, ..self.writing() };
        let txn = self.inner.writers.begin_with_options(options).await.map_err(MigrateError)?;
        if self.inner.backend == Backend::Postgres {
            txn.execute_unprepared(MIGRATION_LOCK).await.map_err(MigrateError)?;
        }
        Migrator::up(&txn, None).await.map_err(MigrateError)?;
        txn.commit().await.map_err(MigrateError)
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.inner.backend
    }

    pub(crate) fn readers(&self) -> &DatabaseConnection {
        &self.inner.readers
    }

    pub(crate) fn writers(&self) -> &DatabaseConnection {
        &self.inner.writers
    }

    /// Wakes whenever a transaction of this process has committed rows of the outbox.
    ///
    /// A watch and not a `Notify`: each follower keeps its own memory of what it has seen, so none
    /// misses a change that happened while it was busy. A change by another process does not wake.
    #[must_use]
    pub fn outbox_changed(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Runs `f` in a transaction that only reads and sees one moment of the database.
    ///
    /// # Errors
    /// What `f` returned, or why the transaction could not be begun or ended.
    pub async fn read_txn<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(ReadTxn) -> Fut,
        Fut: Future<Output = Result<T, E>> + Send,
        E: From<TxnError>,
    {
        let options = match self.inner.backend {
            Backend::Sqlite => TransactionOptions::default(),
            Backend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                sqlite_transaction_mode: None,
            },
        };
        let txn = self.inner.readers.begin_with_options(options).await.map_err(begin_error)?;
        let txn = ReadTxn::new(txn);
        let value = f(txn.lend()).await?;
        txn.take_back()?.commit().await.map_err(TxnError::Commit)?;
        Ok(value)
    }

    /// Runs `f` in a transaction that may write. `Ok` commits, `Err` rolls back.
    ///
    /// SQLite: `BEGIN IMMEDIATE` on the one writing connection, so a read followed by a write never
    /// meets another writer. PostgreSQL: `SERIALIZABLE`, so the same code means the same there; a
    /// transaction that collides with another is run again from the start, at most 20 times.
    ///
    /// # Errors
    /// What `f` returned, or why the transaction could not be begun or committed.
    pub async fn write_txn<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: Fn(WriteTxn) -> Fut,
        Fut: Future<Output = Result<T, E>> + Send,
        E: From<TxnError>,
    {
        for attempt in 1..=ATTEMPTS_MAX {
            if attempt > 1 {
                tokio::time::sleep(back_off(attempt)).await;
            }
            let txn = self.begin_write().await?;
            let outcome = f(txn.lend()).await;
            if txn.has_collided() {
                continue;
            }
            let value = outcome?;
            match self.commit(txn).await {
                Ok(()) => return Ok(value),
                Err(TxnError::Commit(error)) if is_collision(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(TxnError::Conflict { attempts: ATTEMPTS_MAX }.into())
    }

    async fn begin_write(&self) -> Result<WriteTxn, TxnError> {
        let txn = self.inner.writers.begin_with_options(self.writing()).await;
        txn.map(WriteTxn::new).map_err(begin_error)
    }

    fn writing(&self) -> TransactionOptions {
        match self.inner.backend {
            Backend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            Backend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::Serializable),
                ..TransactionOptions::default()
            },
        }
    }

    async fn commit(&self, txn: WriteTxn) -> Result<(), TxnError> {
        let changes = txn.take_changes();
        outbox::write(&txn, &changes).await.map_err(commit_error)?;
        txn.take_back()?.commit().await.map_err(TxnError::Commit)?;
        if !changes.is_empty() {
            self.inner.changed.send_modify(|count| *count += 1);
        }
        Ok(())
    }
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, OpenError> {
    Database::connect(options).await.map_err(OpenError::Connect)
}

fn sqlite(url: &str, connections: u32, query_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(LOCK_TIMEOUT)
                .foreign_keys(true);
            if query_only { sqlite.pragma("query_only", "ON") } else { sqlite }
        });
    options
}

fn postgres(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    let lock_timeout = LOCK_TIMEOUT.as_millis().to_string();
    let statement_timeout = STATEMENT_TIMEOUT.as_millis().to_string();
    options
        .max_connections(POOL_SIZE)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |postgres| {
            postgres.options([
                ("lock_timeout", lock_timeout.as_str()),
                ("statement_timeout", statement_timeout.as_str()),
            ])
        });
    options
}

fn begin_error(error: DbErr) -> TxnError {
    if is_busy(&error) { TxnError::Busy(error) } else { TxnError::Begin(error) }
}

/// Nothing is written when the last statement before the commit met a lock.
fn commit_error(error: DbErr) -> TxnError {
    if is_busy(&error) { TxnError::Busy(error) } else { TxnError::Commit(error) }
}

/// How long to stay away before trying again: longer each time, and never the same for two.
fn back_off(attempt: u32) -> Duration {
    let ceiling = 2_u64.saturating_pow(attempt.min(6));
    Duration::from_micros(rand::random_range(0..=ceiling * 1_000))
}
