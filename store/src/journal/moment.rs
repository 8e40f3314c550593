//! Where in a stream a moment lies. Does I/O.
//!
//! Positions have no gaps and their moments do not go back, so twenty look-ups by key find a moment
//! among a million entries: an index by time would cost every append.

use ids::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::JournalError;
use crate::row::{journal, journal_head};
use crate::txn::ReadTxn;
use crate::{Store, time};

/// The last position of `stream` whose entry happened before `moment`; 0 if none did.
///
/// After a machine's clock was set back between two runs of the program, entries of the overlap may
/// count on either side.
///
/// # Errors
/// The rows could not be read.
pub async fn last_before(
    store: &Store,
    stream: &str,
    moment: Timestamp,
) -> Result<i64, JournalError> {
    store
        .read_txn(|txn| async move {
            let head = journal_head::Entity::find_by_id(stream).one(&txn).await?;
            // All entries up to `before` happened before the moment, none from `from` on did.
            let (mut before, mut from) = (0, head.map_or(0, |head| head.position) + 1);
            while from - before > 1 {
                let middle = before + (from - before) / 2;
                match moment_of(&txn, stream, middle).await? {
                    Some(at) if at < moment => before = middle,
                    Some(_) | None => from = middle,
                }
            }
            Ok(before)
        })
        .await
}

async fn moment_of(
    txn: &ReadTxn,
    stream: &str,
    position: i64,
) -> Result<Option<Timestamp>, JournalError> {
    let at = journal::Entity::find()
        .select_only()
        .column(journal::Column::At)
        .filter(journal::Column::Stream.eq(stream))
        .filter(journal::Column::Position.eq(position))
        .into_tuple()
        .one(txn)
        .await?;
    Ok(at.map(time::from_column))
}
