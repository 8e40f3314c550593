//! The store on real databases: every test runs on SQLite and on PostgreSQL unless it says why not.

mod journal;
mod outbox;
mod txn;
