//! Between [`Timestamp`] and the column type. Pure.
//!
//! PostgreSQL keeps microseconds, and a [`Timestamp`] is microseconds: nothing is lost on the way,
//! as long as no other clock value is ever written to a row.

use chrono::{DateTime, Utc};
use ids::Timestamp;

/// The moment as a `timestamptz` column holds it.
///
/// Moments beyond the calendar of chrono (±262 000 years) become its nearest end.
#[must_use]
pub fn to_column(at: Timestamp) -> DateTime<Utc> {
    let end = if at.as_micros() < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    DateTime::from_timestamp_micros(at.as_micros()).unwrap_or(end)
}

/// The moment that a `timestamptz` column held.
#[must_use]
pub fn from_column(at: DateTime<Utc>) -> Timestamp {
    Timestamp::from_micros(at.timestamp_micros())
}
