//! The store on real databases: every test runs on SQLite and on PostgreSQL unless it says why not.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod account;
mod audit;
mod config_version;
mod journal;
mod machine;
mod outbox;
mod roster;
mod schema;
mod session;
mod sign_in;
mod snapshot;
mod txn;
