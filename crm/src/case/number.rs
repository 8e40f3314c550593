//! The number that a citizen is told: `C-2611-0042`, the 42nd case of November 2026.
//!
//! The text is pure; allotting counts a row up in the case's own transaction, so that numbers have
//! no twin and no gap. The month is that of Delhi, wherever the machine stands.

use core::fmt;

use ids::Timestamp;
use jiff::tz::TimeZone;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait};
use store::WriteTxn;

use crate::entity::case_counter;
use crate::error::CrmError;
use crate::work::Work;

/// A case's number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(String);

impl CaseNumber {
    /// The number of a month's `count`th case. Four digits; from 10 000 on, five.
    fn new(month: &str, count: i64) -> Self {
        Self(format!("C-{month}-{count:04}"))
    }

    pub(crate) const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Queues up for a number: the first statement of a transaction that may allot one.
///
/// On PostgreSQL every case opened at the same moment would count from the same snapshot, and all
/// but one would have to begin anew. Locking the table takes no snapshot: who waits here sees the
/// counter as the one before left it. On SQLite a transaction that writes is alone anyway.
pub(crate) async fn queue_up(txn: &WriteTxn) -> Result<(), CrmError> {
    if txn.get_database_backend() == DbBackend::Postgres {
        let lock = "LOCK TABLE case_counters IN SHARE ROW EXCLUSIVE MODE";
        txn.execute_unprepared(lock).await?;
    }
    Ok(())
}

/// Allots the next number of the month of `work.now`.
pub(crate) async fn allot(work: &Work<'_>) -> Result<CaseNumber, CrmError> {
    let month = month_of(work.now);
    let first = case_counter::ActiveModel { month: Set(month.clone()), last: Set(1) };
    let next = Expr::col((case_counter::Entity, case_counter::Column::Last)).add(1);
    let row = case_counter::Entity::insert(first)
        .on_conflict(
            OnConflict::column(case_counter::Column::Month)
                .value(case_counter::Column::Last, next)
                .to_owned(),
        )
        .exec_with_returning(work.txn)
        .await?;
    Ok(CaseNumber::new(&month, row.last))
}

/// The month in Delhi as `YYMM`. A moment beyond the calendar counts as month `0000`.
fn month_of(at: Timestamp) -> String {
    let Ok(at) = jiff::Timestamp::from_microsecond(at.as_micros()) else {
        return "0000".to_owned();
    };
    let delhi = TimeZone::get("Asia/Kolkata").unwrap_or_else(|_| {
        // India keeps one offset all year, and has since 1945.
        TimeZone::fixed(jiff::tz::offset(5).saturating_add(jiff::SignedDuration::from_mins(30)))
    });
    at.to_zoned(delhi).strftime("%y%m").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let at: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_micros(at.as_microsecond())
    }

    #[test]
    fn the_month_turns_at_midnight_in_delhi() {
        assert_eq!(month_of(at("2026-11-30T18:29:59.999999Z")), "2611");
        assert_eq!(month_of(at("2026-11-30T18:30:00Z")), "2612");
        assert_eq!(month_of(at("2026-12-31T18:30:00Z")), "2701");
        assert_eq!(month_of(Timestamp::from_micros(i64::MAX)), "0000");
    }

    #[test]
    fn a_number_has_at_least_four_digits() {
        assert_eq!(CaseNumber::new("2611", 42).as_str(), "C-2611-0042");
        assert_eq!(CaseNumber::new("2611", 12_345).as_str(), "C-2611-12345");
    }
}
