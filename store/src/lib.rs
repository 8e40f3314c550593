//! How rows are written and read: connections, transactions, journal, outbox, audit, accounts.
//!
//! Does I/O. Two closures are the only ways to SQL for the crates above: [`Store::read_txn`] and
//! [`Store::write_txn`]. One code path serves SQLite and PostgreSQL. This crate deliberately knows no
//! contact, case or call: those rows belong to `crm`. Time always arrives as an argument; random
//! bytes (tokens, salts) are taken from the operating system here, because a secret must not be
//! predictable and a replay never repeats one.
//!
//! # Writing a transaction
//!
//! ```no_run
//! use store::{Store, TxnError, outbox::{self, Topic}};
//! use store::sea_orm::{ConnectionTrait, DbErr};
//!
//! #[derive(Debug, thiserror::Error)]
//! enum RenameError {
//!     #[error("the row could not be written")]
//!     Sql(#[from] DbErr),
//!     #[error("the transaction failed")]
//!     Txn(#[from] TxnError),
//! }
//!
//! async fn rename(store: &Store, id: uuid::Uuid) -> Result<(), RenameError> {
//!     store
//!         .write_txn(|txn| async move {
//!             // … statements through `&txn`, which is a `ConnectionTrait` …
//!             txn.execute_unprepared("UPDATE …").await?;
//!             outbox::push(&txn, Topic::Contact, id);
//!             Ok(())
//!         })
//!         .await
//! }
//! ```
//!
//! `Ok` commits, `Err` rolls back, and so does dropping the future. The closure **may run several
//! times** (PostgreSQL asks for a retry when two transactions collide): it captures references
//! (`let list = &list;` before it, for what is owned), mints no ids, and has no effect but its
//! statements. It gets the transaction by value and not by reference, because a future that borrows
//! its argument for any lifetime cannot promise `Send` on stable Rust, and handlers need that.

pub mod account;
pub mod audit;
pub mod config_version;
pub mod journal;
pub mod outbox;
pub mod roster;
mod row;
pub mod schema;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
mod txn;

pub use sea_orm;

pub use crate::store::{Backend, MigrateError, OpenError, Store};
pub use crate::txn::{ReadTxn, TxnError, WriteTxn, disk_is_full};
