//! The rows of this crate as sea-orm sees them. No behaviour, and never in a public signature.

pub(crate) mod account;
pub(crate) mod audit_entry;
pub(crate) mod audit_record;
pub(crate) mod config_publication;
pub(crate) mod config_version;
pub(crate) mod journal;
pub(crate) mod journal_head;
pub(crate) mod journal_snapshot;
pub(crate) mod machine_token;
pub(crate) mod outbox;
pub(crate) mod outbox_cursor;
pub(crate) mod roster_entry;
pub(crate) mod roster_need;
pub(crate) mod session;
pub(crate) mod setup_link;
