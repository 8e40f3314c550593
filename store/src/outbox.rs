//! The outbox: which entities changed, in the order of the commits, for those who follow
//! (search index, consoles, other nodes). Does I/O.
//!
//! A row names a thing and not what became of it: a follower reads the present state, so a row may
//! be handled twice, or skipped when a later one names the same thing. Delivery is at least once. A
//! follower in this process waits on [`Store::outbox_changed`](crate::Store::outbox_changed) and
//! looks at the table once a second besides, because another node's commit does not wake it.

use std::fmt;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::row::{outbox, outbox_cursor};
use crate::txn::WriteTxn;

/// Most rows that [`take`] returns at once.
pub const TAKE_MAX: u64 = 1_000;

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A contact, or the household it belongs to.
    Contact,
    /// A case, its drafts or its reports.
    Case,
    /// An interaction.
    Interaction,
}

/// One row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the order of commits. Numbers may be missing, never out of order.
    pub position: i64,
    /// What kind of thing changed.
    pub topic: Topic,
    /// Which one.
    pub entity: Uuid,
}

/// Says that `entity` changed. The row is written when the transaction commits, and only then; a
/// second push of the same in one transaction adds nothing.
pub fn push(txn: &WriteTxn, topic: Topic, entity: Uuid) {
    txn.push_change(topic, entity);
}

/// The changes after `position` (0: from the beginning), oldest first; at most `limit`, and never
/// more than [`TAKE_MAX`].
///
/// # Errors
/// The rows could not be read, or one holds a topic of a later version.
pub async fn take(
    conn: &impl ConnectionTrait,
    after: i64,
    limit: u64,
) -> Result<Vec<Change>, DbErr> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::Position.gt(after))
        .order_by_asc(outbox::Column::Position)
        .limit(limit.min(TAKE_MAX))
        .all(conn)
        .await?;
    rows.iter().map(change).collect()
}

/// The position of the newest change; 0 if there never was one.
///
/// # Errors
/// The row could not be read.
pub async fn last(conn: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let newest = outbox::Entity::find().order_by_desc(outbox::Column::Position).one(conn).await?;
    Ok(newest.map_or(0, |row| row.position))
}

/// How far `consumer` has come; 0 if it never said.
///
/// # Errors
/// The row could not be read.
pub async fn cursor(conn: &impl ConnectionTrait, consumer: &str) -> Result<i64, DbErr> {
    let row = outbox_cursor::Entity::find_by_id(consumer).one(conn).await?;
    Ok(row.map_or(0, |row| row.position))
}

/// Remembers that `consumer` has handled everything up to `position`.
///
/// # Errors
/// The row could not be written.
pub async fn advance(txn: &WriteTxn, consumer: &str, position: i64) -> Result<(), DbErr> {
    let row =
        outbox_cursor::ActiveModel { consumer: Set(consumer.to_owned()), position: Set(position) };
    let conflict = OnConflict::column(outbox_cursor::Column::Consumer)
        .update_column(outbox_cursor::Column::Position)
        .to_owned();
    outbox_cursor::Entity::insert(row).on_conflict(conflict).exec_without_returning(txn).await?;
    Ok(())
}

/// Deletes the changes that every consumer has handled; returns how many.
///
/// A consumer exists from its first [`advance`]. With none at all, nothing is deleted.
///
/// # Errors
/// The rows could not be read or deleted.
pub async fn prune(txn: &WriteTxn) -> Result<u64, DbErr> {
    let slowest = outbox_cursor::Entity::find()
        .order_by_asc(outbox_cursor::Column::Position)
        .one(txn)
        .await?;
    let Some(slowest) = slowest else { return Ok(0) };
    let deleted = outbox::Entity::delete_many()
        .filter(outbox::Column::Position.lte(slowest.position))
        .exec(txn)
        .await?;
    Ok(deleted.rows_affected)
}

/// Writes what was pushed, as the last statement before the commit.
///
/// On PostgreSQL numbers are given out before commits happen, so a follower could see 6 before 5 and
/// never look for 5 again. The lock, held until the commit is visible, makes the numbers follow the
/// commits; because this is the last statement, it is held for no longer than the commit takes.
pub(crate) async fn write(txn: &WriteTxn, changes: &[(Topic, Uuid)]) -> Result<(), DbErr> {
    if changes.is_empty() {
        return Ok(());
    }
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared(ORDER_LOCK).await?;
    }
    let rows = changes.iter().map(|(topic, entity)| outbox::ActiveModel {
        position: NotSet,
        topic: Set(topic.to_string()),
        entity: Set(*entity),
    });
    outbox::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(())
}

/// The number is the text "outbox" in ASCII: no other lock of this program has it.
const ORDER_LOCK: &str = "SELECT pg_advisory_xact_lock(122550254464888)";

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Contact => "contact",
            Self::Case => "case",
            Self::Interaction => "interaction",
        })
    }
}

fn change(row: &outbox::Model) -> Result<Change, DbErr> {
    let topic = match row.topic.as_str() {
        "contact" => Topic::Contact,
        "case" => Topic::Case,
        "interaction" => Topic::Interaction,
        _ => return Err(DbErr::Type(format!("outbox row {} has an unknown topic", row.position))),
    };
    Ok(Change { position: row.position, topic, entity: row.entity })
}
