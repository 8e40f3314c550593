//! The roster's rows: shifts, leave, and the seats that queues need. Does I/O.
//!
//! Days are counted from 1970-01-01 in local time; whoever asks knows the zone, and whether a shift
//! makes sense (`routing::roster`). What is removed stays as a row, so that it can be put back.

mod need;

use ids::{AgentId, QueueId, Timestamp, UserId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::account;
use crate::row::roster_entry::{self, Column};
use crate::time;
use crate::txn::WriteTxn;

pub use need::{HOURS_OF_WEEK, Need, SEATS_MAX, needs, set_need};

/// Most shifts and leave kept at once, what is removed apart.
pub const ENTRIES_MAX: u64 = 10_000;
/// Longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 200;
/// Longest leave, in days.
pub const LEAVE_DAYS_MAX: i32 = 366;

/// Why somebody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveReason {
    /// Planned.
    Planned,
    /// Ill.
    Sick,
    /// Learns.
    Training,
    /// Anything else; see the note.
    Other,
}

/// What an entry plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The person is expected.
    Shift {
        /// For which queue; all that the person serves if none.
        queue: Option<QueueId>,
        /// Starts on these days of the week: bit 0 is Monday.
        days: u8,
        /// The first day on which it may start.
        from_day: i32,
        /// The last; without end if none.
        until_day: Option<i32>,
        /// Minutes after midnight.
        start_minute: u16,
        /// How long, in minutes.
        minutes: u16,
    },
    /// The person is away: no shift starts on these days.
    Leave {
        /// From this shift only; from all if none.
        of: Option<Uuid>,
        /// The first day.
        from_day: i32,
        /// The last day.
        until_day: i32,
        /// Why.
        reason: LeaveReason,
    },
}

/// What is written of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Whose.
    pub agent: AgentId,
    /// What.
    pub plan: Plan,
    /// Anything to remember, at most [`NOTE_CHARS_MAX`] characters.
    pub note: String,
}

/// A shift, or leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// Counts the changes, from 1.
    pub version: i64,
    /// What is planned, and for whom.
    pub wish: Wish,
    /// Counts no longer; may be put back.
    pub removed: bool,
    /// Who changed it last.
    pub changed_by: UserId,
    /// When.
    pub changed_at: Timestamp,
}

/// Why the roster was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// Nobody of that id has an account.
    #[error("there is no such person")]
    UnknownAgent,
    /// There is no such entry, or leave names a shift that is not the person's.
    #[error("there is no such entry of the roster")]
    NotFound,
    /// Longer than [`NOTE_CHARS_MAX`].
    #[error("the note is longer than 200 characters")]
    NoteTooLong,
    /// It ends before it begins, or is longer than [`LEAVE_DAYS_MAX`].
    #[error("leave is between one day and 366 days long")]
    BadLeave,
    /// Not [`HOURS_OF_WEEK`] numbers, or one above [`SEATS_MAX`].
    #[error("a need has 168 numbers, one for each hour of the week, of at most 1000 seats")]
    BadNeed,
    /// [`ENTRIES_MAX`] are kept.
    #[error("the roster is full")]
    Full,
    /// Somebody else changed it in between.
    #[error("somebody else changed it in between")]
    Stale {
        /// The version that stands; 0: there is nothing.
        current: i64,
        /// Who made it, and when.
        changed: Option<(UserId, Timestamp)>,
    },
    /// The row could not be read or written.
    #[error("the roster's rows could not be read or written")]
    Sql(#[from] DbErr),
}

/// Adds an entry. The same id twice is the same entry.
///
/// # Errors
/// See [`RosterError`].
pub async fn add(
    txn: &WriteTxn,
    id: Uuid,
    wish: &Wish,
    by: UserId,
    now: Timestamp,
) -> Result<Entry, RosterError> {
    if let Some(made) = get(txn, id).await? {
        return Ok(made);
    }
    check(txn, wish).await?;
    let kept = roster_entry::Entity::find().filter(Column::Removed.eq(false)).count(txn).await?;
    if kept >= ENTRIES_MAX {
        return Err(RosterError::Full);
    }
    let entry = Entry {
        id,
        version: 1,
        wish: wish.clone(),
        removed: false,
        changed_by: by,
        changed_at: now,
    };
    let row = to_row(&entry).into_active_model().reset_all();
    roster_entry::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(entry)
}

/// One entry, removed or not.
///
/// # Errors
/// The row could not be read.
pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Entry>, DbErr> {
    roster_entry::Entity::find_by_id(id).one(conn).await?.map(from_row).transpose()
}

/// Writes an entry anew. `seen` is the version that was read.
///
/// # Errors
/// See [`RosterError`].
pub async fn change(
    txn: &WriteTxn,
    id: Uuid,
    seen: i64,
    wish: &Wish,
    by: UserId,
    now: Timestamp,
) -> Result<Entry, RosterError> {
    check(txn, wish).await?;
    let before = current(txn, id, seen).await?;
    revise(txn, Entry { wish: wish.clone(), ..before }, by, now).await
}

/// Takes an entry out, or puts it back. `seen` is the version that was read.
///
/// # Errors
/// See [`RosterError`].
pub async fn set_removed(
    txn: &WriteTxn,
    id: Uuid,
    seen: i64,
    removed: bool,
    by: UserId,
    now: Timestamp,
) -> Result<Entry, RosterError> {
    let before = current(txn, id, seen).await?;
    revise(txn, Entry { removed, ..before }, by, now).await
}

/// The entries with a day between two, both in it, by person and beginning; of one person if given.
///
/// # Errors
/// The rows could not be read.
pub async fn between(
    conn: &impl ConnectionTrait,
    from_day: i32,
    until_day: i32,
    agent: Option<AgentId>,
) -> Result<Vec<Entry>, DbErr> {
    let still =
        Condition::any().add(Column::UntilDay.is_null()).add(Column::UntilDay.gte(from_day));
    let mut query = roster_entry::Entity::find()
        .filter(Column::Removed.eq(false))
        .filter(Column::FromDay.lte(until_day))
        .filter(still);
    if let Some(agent) = agent {
        query = query.filter(Column::Agent.eq(agent.as_uuid()));
    }
    let rows = query
        .order_by_asc(Column::Agent)
        .order_by_asc(Column::FromDay)
        .order_by_asc(Column::StartMinute)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(from_row).collect()
}

async fn current(txn: &WriteTxn, id: Uuid, seen: i64) -> Result<Entry, RosterError> {
    let found = get(txn, id).await?.ok_or(RosterError::NotFound)?;
    if found.version == seen {
        return Ok(found);
    }
    let changed = Some((found.changed_by, found.changed_at));
    Err(RosterError::Stale { current: found.version, changed })
}

async fn revise(
    txn: &WriteTxn,
    entry: Entry,
    by: UserId,
    now: Timestamp,
) -> Result<Entry, RosterError> {
    let version = entry.version + 1;
    let after = Entry { version, changed_by: by, changed_at: now, ..entry };
    to_row(&after).into_active_model().reset_all().update_without_returning(txn).await?;
    Ok(after)
}

async fn check(txn: &WriteTxn, wish: &Wish) -> Result<(), RosterError> {
    if wish.note.chars().count() > NOTE_CHARS_MAX {
        return Err(RosterError::NoteTooLong);
    }
    if account::get(txn, UserId::from_uuid(wish.agent.as_uuid())).await?.is_none() {
        return Err(RosterError::UnknownAgent);
    }
    let Plan::Leave { of, from_day, until_day, .. } = wish.plan else { return Ok(()) };
    if !(0..LEAVE_DAYS_MAX).contains(&until_day.saturating_sub(from_day)) {
        return Err(RosterError::BadLeave);
    }
    if let Some(of) = of {
        let shift = get(txn, of).await?.ok_or(RosterError::NotFound)?;
        let own = shift.wish.agent == wish.agent;
        if !own || !matches!(shift.wish.plan, Plan::Shift { .. }) {
            return Err(RosterError::NotFound);
        }
    }
    Ok(())
}

impl LeaveReason {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Planned, Self::Sick, Self::Training, Self::Other];

    /// The word in rows and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sick => "sick",
            Self::Training => "training",
            Self::Other => "other",
        }
    }
}

const SHIFT: &str = "shift";
const LEAVE: &str = "leave";

fn to_row(entry: &Entry) -> roster_entry::Model {
    let Wish { agent, plan, note } = &entry.wish;
    let row = roster_entry::Model {
        id: entry.id,
        version: entry.version,
        agent: agent.as_uuid(),
        kind: SHIFT.to_owned(),
        queue: None,
        days: 0,
        from_day: 0,
        until_day: None,
        start_minute: 0,
        minutes: 0,
        reason: None,
        of_entry: None,
        note: note.clone(),
        removed: entry.removed,
        changed_by: entry.changed_by.as_uuid(),
        changed_at: time::to_column(entry.changed_at),
    };
    match *plan {
        Plan::Shift { queue, days, from_day, until_day, start_minute, minutes } => {
            let queue = queue.map(|queue| queue.as_str().to_owned());
            let (days, start_minute) = (days.into(), start_minute.into());
            let minutes = minutes.into();
            roster_entry::Model { queue, days, from_day, until_day, start_minute, minutes, ..row }
        }
        Plan::Leave { of, from_day, until_day, reason } => roster_entry::Model {
            kind: LEAVE.to_owned(),
            from_day,
            until_day: Some(until_day),
            reason: Some(reason.as_str().to_owned()),
            of_entry: of,
            ..row
        },
    }
}

fn from_row(row: roster_entry::Model) -> Result<Entry, DbErr> {
    let id = row.id;
    let plan = plan_from(&row);
    let plan = plan.ok_or_else(|| DbErr::Type(format!("roster entry {id} is unreadable")))?;
    Ok(Entry {
        id,
        version: row.version,
        wish: Wish { agent: AgentId::from_uuid(row.agent), plan, note: row.note },
        removed: row.removed,
        changed_by: UserId::from_uuid(row.changed_by),
        changed_at: time::from_column(row.changed_at),
    })
}

fn plan_from(row: &roster_entry::Model) -> Option<Plan> {
    match row.kind.as_str() {
        SHIFT => Some(Plan::Shift {
            queue: row.queue.as_deref().map(str::parse).transpose().ok()?,
            days: row.days.try_into().ok()?,
            from_day: row.from_day,
            until_day: row.until_day,
            start_minute: row.start_minute.try_into().ok()?,
            minutes: row.minutes.try_into().ok()?,
        }),
        LEAVE => {
            let reason = row.reason.as_deref()?;
            Some(Plan::Leave {
                of: row.of_entry,
                from_day: row.from_day,
                until_day: row.until_day?,
                reason: LeaveReason::ALL.iter().copied().find(|one| one.as_str() == reason)?,
            })
        }
        _ => None,
    }
}
