//! The audit: who did what to which record, and why, written in the same transaction. Does I/O.
//!
//! An audited read therefore runs in a [`WriteTxn`]: no record is shown whose entry was not
//! committed. Nothing here changes or deletes an entry. Sealing the entries by a chain of hashes is
//! not done here yet.

use ids::{CallId, Timestamp, UserId};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::account::Role;
use crate::row::audit_entry::{self, Column};
use crate::row::audit_record;
use crate::time;
use crate::txn::WriteTxn;

/// Most entries that [`list`] returns at once.
pub const LIST_MAX: u64 = 200;
/// Longest reason that is kept, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A record was shown.
    Read,
    /// A search or look-up was made; the ids are those it showed.
    Search,
    /// A record was made.
    Create,
    /// A record was changed.
    Update,
    /// A case was closed or reopened, an account disabled: a change of state by itself.
    ChangeState,
    /// What a record held was destroyed; the record says so from then on.
    Delete,
}

/// What kind of record it was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A person in the records.
    Contact,
    /// People who share a home.
    Household,
    /// A case.
    Case,
    /// A report on a case.
    Report,
    /// An interaction.
    Interaction,
    /// The recording of a call.
    Recording,
    /// The wish of a caller to be called back.
    Callback,
    /// An account of the helpline's own staff.
    User,
    /// A version of a greeting or a calendar.
    Configuration,
    /// A shift, leave, or the need of a queue.
    Roster,
    /// Several kinds at once, as one search shows them.
    Mixed,
}

/// Why it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// For the citizen of this call.
    Call(CallId),
    /// For a reason the person gave, at most [`REASON_CHARS_MAX`] characters (more is cut).
    Reason(String),
    /// Desk work of the role itself, such as finishing one's own cases.
    Desk,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// What was done.
    pub action: Action,
    /// To what kind of record.
    pub entity: Entity,
    /// To which records; may be empty (a search without hits is an entry too).
    pub ids: Vec<Uuid>,
    /// Why.
    pub purpose: Purpose,
}

/// An entry as it was written, with its place in the order of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number; later entries have higher ones.
    pub number: i64,
    /// What was written.
    pub entry: Entry,
}

/// Which entries an auditor asks for. Every `None` means "any".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only entries of this person.
    pub user: Option<UserId>,
    /// Only entries that touched this record.
    pub record: Option<Uuid>,
    /// Only entries at or after this moment.
    pub from: Option<Timestamp>,
    /// Only entries before this moment.
    pub until: Option<Timestamp>,
}

impl Action {
    const ALL: &[Self] =
        &[Self::Read, Self::Search, Self::Create, Self::Update, Self::ChangeState, Self::Delete];

    /// The word in rows and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Search => "search",
            Self::Create => "create",
            Self::Update => "update",
            Self::ChangeState => "change_state",
            Self::Delete => "delete",
        }
    }
}

impl Entity {
    const ALL: &[Self] = &[
        Self::Contact,
        Self::Household,
        Self::Case,
        Self::Report,
        Self::Interaction,
        Self::Recording,
        Self::Callback,
        Self::User,
        Self::Configuration,
        Self::Roster,
        Self::Mixed,
    ];

    /// The word in rows and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Household => "household",
            Self::Case => "case",
            Self::Report => "report",
            Self::Interaction => "interaction",
            Self::Recording => "recording",
            Self::Callback => "callback",
            Self::User => "user",
            Self::Configuration => "configuration",
            Self::Roster => "roster",
            Self::Mixed => "mixed",
        }
    }
}

/// Writes one entry in the caller's transaction.
///
/// # Errors
/// The row could not be written: the caller's transaction must fail with it.
pub async fn record(txn: &WriteTxn, entry: &Entry) -> Result<(), DbErr> {
    let (purpose, reason, call_id) = match &entry.purpose {
        Purpose::Call(call) => ("call", None, Some(call.as_uuid())),
        Purpose::Reason(reason) => ("reason", Some(cut(reason)), None),
        Purpose::Desk => ("desk", None, None),
    };
    let row = audit_entry::ActiveModel {
        number: NotSet,
        at: Set(time::to_column(entry.at)),
        user_id: Set(entry.user.as_uuid()),
        role: Set(entry.role.as_str().to_owned()),
        action: Set(entry.action.as_str().to_owned()),
        entity: Set(entry.entity.as_str().to_owned()),
        ids: Set(entry.ids.iter().map(Uuid::to_string).collect::<Vec<_>>().into()),
        purpose: Set(purpose.to_owned()),
        reason: Set(reason),
        call_id: Set(call_id),
    };
    let number = audit_entry::Entity::insert(row).exec(txn).await?.last_insert_id;
    let mut records = entry.ids.clone();
    records.sort_unstable();
    records.dedup();
    for records in records.chunks(ROWS_PER_INSERT) {
        let rows = records
            .iter()
            .map(|record| audit_record::ActiveModel { record: Set(*record), number: Set(number) });
        audit_record::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// The newest entries that match, newest first, below the number `before` if given; at most
/// `limit`, and never more than [`LIST_MAX`].
///
/// # Errors
/// The rows could not be read, or one holds a word of a later version.
pub async fn list(
    conn: &impl ConnectionTrait,
    filter: &Filter,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Recorded>, DbErr> {
    let mut query = audit_entry::Entity::find();
    if let Some(user) = filter.user {
        query = query.filter(Column::UserId.eq(user.as_uuid()));
    }
    if let Some(record) = filter.record {
        let mut numbers = audit_record::Entity::find()
            .select_only()
            .column(audit_record::Column::Number)
            .filter(audit_record::Column::Record.eq(record));
        query = query.filter(Column::Number.in_subquery(QuerySelect::query(&mut numbers).take()));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::At.gte(time::to_column(from)));
    }
    if let Some(until) = filter.until {
        query = query.filter(Column::At.lt(time::to_column(until)));
    }
    if let Some(before) = before {
        query = query.filter(Column::Number.lt(before));
    }
    let rows = query.order_by_desc(Column::Number).limit(limit.min(LIST_MAX)).all(conn).await?;
    rows.into_iter().map(recorded).collect()
}

fn recorded(row: audit_entry::Model) -> Result<Recorded, DbErr> {
    let number = row.number;
    let entry = entry(row);
    let entry = entry.ok_or_else(|| DbErr::Type(format!("audit entry {number} is unreadable")))?;
    Ok(Recorded { number, entry })
}

fn entry(row: audit_entry::Model) -> Option<Entry> {
    let purpose = match row.purpose.as_str() {
        "call" => Purpose::Call(CallId::from_uuid(row.call_id?)),
        "reason" => Purpose::Reason(row.reason?),
        "desk" => Purpose::Desk,
        _ => return None,
    };
    Some(Entry {
        at: time::from_column(row.at),
        user: UserId::from_uuid(row.user_id),
        role: Role::parse(&row.role)?,
        action: word(Action::ALL, Action::as_str, &row.action)?,
        entity: word(Entity::ALL, Entity::as_str, &row.entity)?,
        ids: serde_json::from_value(row.ids).ok()?,
        purpose,
    })
}

/// The value among `all` whose column text is `text`.
fn word<T: Copy>(all: &[T], as_str: impl Fn(T) -> &'static str, text: &str) -> Option<T> {
    all.iter().copied().find(|value| as_str(*value) == text)
}

fn cut(reason: &str) -> String {
    reason.chars().take(REASON_CHARS_MAX).collect()
}

/// Rows of one statement: each takes two of the 32 766 values that SQLite allows.
const ROWS_PER_INSERT: usize = 1_000;
