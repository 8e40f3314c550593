//! How many seats a queue needs, hour by hour of the week. Does I/O.

use ids::{QueueId, Timestamp, UserId};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryOrder};

use super::RosterError;
use crate::row::roster_need;
use crate::time;
use crate::txn::WriteTxn;

/// Hours of a week.
pub const HOURS_OF_WEEK: usize = 7 * 24;
/// Most seats of one hour.
pub const SEATS_MAX: u16 = 1_000;

/// What a queue needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Which queue.
    pub queue: QueueId,
    /// Counts the changes, from 1.
    pub version: i64,
    /// Seats in each hour of the week, Monday 00:00 to 01:00 first.
    pub seats: Vec<u16>,
    /// Who changed it last.
    pub changed_by: UserId,
    /// When.
    pub changed_at: Timestamp,
}

/// What all queues need, by queue; those of which nothing was said are left out.
///
/// # Errors
/// The rows could not be read.
pub async fn needs(conn: &impl ConnectionTrait) -> Result<Vec<Need>, DbErr> {
    let query = roster_need::Entity::find().order_by_asc(roster_need::Column::Queue);
    query.all(conn).await?.iter().map(from_row).collect()
}

/// Says what a queue needs. `seen` is the version that was read, 0 for none.
///
/// # Errors
/// [`RosterError::BadNeed`], [`RosterError::Stale`], or the database's.
pub async fn set_need(
    txn: &WriteTxn,
    queue: QueueId,
    seen: i64,
    seats: &[u16],
    by: UserId,
    now: Timestamp,
) -> Result<Need, RosterError> {
    if seats.len() != HOURS_OF_WEEK || seats.iter().any(|count| *count > SEATS_MAX) {
        return Err(RosterError::BadNeed);
    }
    let before = roster_need::Entity::find_by_id(queue.as_str().to_owned()).one(txn).await?;
    let before = before.as_ref().map(from_row).transpose()?;
    let current = before.as_ref().map_or(0, |need| need.version);
    if current != seen {
        let changed = before.map(|need| (need.changed_by, need.changed_at));
        return Err(RosterError::Stale { current, changed });
    }
    let version = current + 1;
    let after = Need { queue, version, seats: seats.to_vec(), changed_by: by, changed_at: now };
    let row = to_row(&after).into_active_model().reset_all();
    if before.is_some() {
        row.update_without_returning(txn).await?;
    } else {
        roster_need::Entity::insert(row).exec_without_returning(txn).await?;
    }
    Ok(after)
}

fn to_row(need: &Need) -> roster_need::Model {
    roster_need::Model {
        queue: need.queue.as_str().to_owned(),
        version: need.version,
        seats: need.seats.clone().into(),
        changed_by: need.changed_by.as_uuid(),
        changed_at: time::to_column(need.changed_at),
    }
}

fn from_row(row: &roster_need::Model) -> Result<Need, DbErr> {
    let unreadable = || DbErr::Type(format!("the need of queue {} is unreadable", row.queue));
    Ok(Need {
        queue: row.queue.parse().map_err(|_| unreadable())?,
        version: row.version,
        seats: serde_json::from_value(row.seats.clone()).map_err(|_| unreadable())?,
        changed_by: UserId::from_uuid(row.changed_by),
        changed_at: time::from_column(row.changed_at),
    })
}
