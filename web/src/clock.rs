//! The clock and the dice of the HTTP edge. Shell: the only file of this crate that asks the machine
//! for the time or for a fresh id; everything else takes both as arguments or calls this.

#![expect(clippy::disallowed_methods, reason = "this is the shell's clock")]

use std::time::{SystemTime, UNIX_EPOCH};

use ids::Timestamp;
use uuid::Uuid;

/// The moment now, by the machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// A fresh id, ordered by time (UUID version 7).
#[must_use]
pub fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

/// A fresh id that tells nothing, not even when it was made (UUID version 4).
#[must_use]
pub fn random_id() -> Uuid {
    Uuid::new_v4()
}
