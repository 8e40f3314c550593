//! Versions of what is configured while the helpline runs: greetings, calendars. Does I/O.
//!
//! A version is a text that never changes. Publishing puts one in force; what was in force before
//! stays on record, so that going back is one more publication. What a text means, and whether it may
//! be published, is decided by whoever publishes.

use ids::{Timestamp, UserId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::row::{config_publication, config_version};
use crate::time;
use crate::txn::WriteTxn;

/// Most versions that [`list`] returns at once.
pub const LIST_MAX: u64 = 100;
/// Longest text, in bytes.
pub const TEXT_LEN_MAX: usize = 64 * 1024;
/// Longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 500;
/// Longest name, in bytes.
pub const NAME_LEN_MAX: usize = 40;

/// What is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A greeting.
    Flow,
    /// Opening hours and holidays.
    Calendar,
}

impl Kind {
    /// The word in rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Calendar => "calendar",
        }
    }
}

/// A text that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: Uuid,
    /// The name of what is configured.
    pub name: String,
    /// Counted from 1, for each kind and name.
    pub version: i64,
    /// The text.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub sha256: String,
    /// Who wrote it; nobody: it came with the program.
    pub author: Option<UserId>,
    /// What the author said of it.
    pub note: String,
    /// When.
    pub created_at: Timestamp,
}

/// A text to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// Minted by the caller; the same id twice is the same version.
    pub id: Uuid,
    /// The name of what is configured: small letters, digits, `-` and `_`.
    pub name: String,
    /// The text, at most [`TEXT_LEN_MAX`] bytes.
    pub text: String,
    /// Who wrote it.
    pub author: Option<UserId>,
    /// What the author says of it, at most [`NOTE_CHARS_MAX`] characters.
    pub note: String,
}

/// What is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Counts the publications of this kind and name.
    pub serial: i64,
    /// Who published it; nobody: it came with the program.
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// The version.
    pub version: Version,
}

/// Why a version was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// Empty, longer than [`NAME_LEN_MAX`], or with a character that is not allowed.
    #[error("a name has 1 to 40 small letters, digits, '-' and '_'")]
    BadName,
    /// Longer than [`TEXT_LEN_MAX`].
    #[error("the text is longer than 64 KiB")]
    TextTooLong,
    /// Longer than [`NOTE_CHARS_MAX`].
    #[error("the note is longer than 500 characters")]
    NoteTooLong,
    /// The row could not be written.
    #[error("the version's row could not be written")]
    Sql(#[from] DbErr),
}

/// Why a version was not put in force.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is no such version.
    #[error("there is no such version")]
    UnknownVersion,
    /// Somebody else published since; `current` is what is in force (0: nothing).
    #[error("another version was published since")]
    Stale {
        /// The serial that is in force.
        current: i64,
    },
    /// The row could not be written.
    #[error("the publication's row could not be written")]
    Sql(#[from] DbErr),
}

/// Keeps a text as the next version of its kind and name.
///
/// # Errors
/// See [`AddError`].
pub async fn add(
    txn: &WriteTxn,
    kind: Kind,
    new: &NewVersion,
    now: Timestamp,
) -> Result<Version, AddError> {
    check(new)?;
    if let Some(made) = config_version::Entity::find_by_id(new.id).one(txn).await? {
        return Ok(Version::from(made));
    }
    let newest = list(txn, kind, &new.name, None, 1).await?;
    let row = config_version::Model {
        id: new.id,
        kind: kind.as_str().to_owned(),
        name: new.name.clone(),
        version: newest.first().map_or(1, |newest| newest.version + 1),
        text: new.text.clone(),
        sha256: hex(&Sha256::digest(new.text.as_bytes())),
        author: new.author.map(UserId::as_uuid),
        note: new.note.clone(),
        created_at: time::to_column(now),
    };
    let inserted = config_version::ActiveModel::from(row.clone()).reset_all();
    config_version::Entity::insert(inserted).exec_without_returning(txn).await?;
    Ok(Version::from(row))
}

/// One version, if there is one of this number.
///
/// # Errors
/// The row could not be read.
pub async fn get(
    conn: &impl ConnectionTrait,
    kind: Kind,
    name: &str,
    version: i64,
) -> Result<Option<Version>, DbErr> {
    let row = of(kind, name).filter(config_version::Column::Version.eq(version)).one(conn).await?;
    Ok(row.map(Version::from))
}

/// Versions, newest first, below the number `before` if given; at most `limit`, and never more than
/// [`LIST_MAX`].
///
/// # Errors
/// The rows could not be read.
pub async fn list(
    conn: &impl ConnectionTrait,
    kind: Kind,
    name: &str,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Version>, DbErr> {
    let rows = of(kind, name)
        .filter(config_version::Column::Version.lt(before.unwrap_or(i64::MAX)))
        .order_by_desc(config_version::Column::Version)
        .limit(limit.min(LIST_MAX))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// The names of a kind that have a version, in order.
///
/// # Errors
/// The rows could not be read.
pub async fn names(conn: &impl ConnectionTrait, kind: Kind) -> Result<Vec<String>, DbErr> {
    config_version::Entity::find()
        .select_only()
        .column(config_version::Column::Name)
        .distinct()
        .filter(config_version::Column::Kind.eq(kind.as_str()))
        .order_by_asc(config_version::Column::Name)
        .into_tuple()
        .all(conn)
        .await
}

/// What is in force, if anything was ever published.
///
/// # Errors
/// The rows could not be read.
pub async fn published(
    conn: &impl ConnectionTrait,
    kind: Kind,
    name: &str,
) -> Result<Option<Published>, DbErr> {
    Ok(publications(conn, kind, name, 1).await?.into_iter().next())
}

/// The version that was in force before the one that is; `None`: there was no other.
///
/// # Errors
/// The rows could not be read.
pub async fn published_before(
    conn: &impl ConnectionTrait,
    kind: Kind,
    name: &str,
) -> Result<Option<Version>, DbErr> {
    let last = publications(conn, kind, name, LIST_MAX).await?;
    let now = last.first().map(|publication| publication.version.id);
    let other = last.into_iter().find(|publication| Some(publication.version.id) != now);
    Ok(other.map(|publication| publication.version))
}

/// Puts a version in force. `seen` is the serial that the publisher saw in force, 0 for none.
///
/// # Errors
/// See [`PublishError`].
pub async fn publish(
    txn: &WriteTxn,
    kind: Kind,
    name: &str,
    version: i64,
    seen: i64,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<Published, PublishError> {
    let version = get(txn, kind, name, version).await?.ok_or(PublishError::UnknownVersion)?;
    let current = published(txn, kind, name).await?.map_or(0, |published| published.serial);
    if current != seen {
        return Err(PublishError::Stale { current });
    }
    let row = config_publication::ActiveModel {
        kind: Set(kind.as_str().to_owned()),
        name: Set(name.to_owned()),
        serial: Set(current + 1),
        version_id: Set(version.id),
        published_by: Set(by.map(UserId::as_uuid)),
        published_at: Set(time::to_column(now)),
    };
    config_publication::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(Published { serial: current + 1, by, at: now, version })
}

/// The last publications, newest first.
async fn publications(
    conn: &impl ConnectionTrait,
    kind: Kind,
    name: &str,
    limit: u64,
) -> Result<Vec<Published>, DbErr> {
    let rows = config_publication::Entity::find()
        .filter(config_publication::Column::Kind.eq(kind.as_str()))
        .filter(config_publication::Column::Name.eq(name))
        .order_by_desc(config_publication::Column::Serial)
        .limit(limit)
        .all(conn)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.version_id).collect();
    let versions = config_version::Entity::find()
        .filter(config_version::Column::Id.is_in(ids))
        .all(conn)
        .await?;
    let found = rows.into_iter().filter_map(|row| {
        let version = versions.iter().find(|version| version.id == row.version_id)?.clone();
        Some(Published {
            serial: row.serial,
            by: row.published_by.map(UserId::from_uuid),
            at: time::from_column(row.published_at),
            version: Version::from(version),
        })
    });
    Ok(found.collect())
}

fn of(kind: Kind, name: &str) -> sea_orm::Select<config_version::Entity> {
    config_version::Entity::find()
        .filter(config_version::Column::Kind.eq(kind.as_str()))
        .filter(config_version::Column::Name.eq(name))
}

fn check(new: &NewVersion) -> Result<(), AddError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    if !(1..=NAME_LEN_MAX).contains(&new.name.len()) || !new.name.chars().all(allowed) {
        return Err(AddError::BadName);
    }
    if new.text.len() > TEXT_LEN_MAX {
        return Err(AddError::TextTooLong);
    }
    if new.note.chars().count() > NOTE_CHARS_MAX {
        return Err(AddError::NoteTooLong);
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl From<config_version::Model> for Version {
    fn from(row: config_version::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            version: row.version,
            text: row.text,
            sha256: row.sha256,
            author: row.author.map(UserId::from_uuid),
            note: row.note,
            created_at: time::from_column(row.created_at),
        }
    }
}
