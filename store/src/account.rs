//! Accounts of the helpline's own staff and machines: who they are, and how they prove it.
//!
//! Does I/O; takes random bytes from the operating system (tokens, salts). Citizens have no account.
//! What a role may do, rate limits and cookies are `web`'s. Secrets are kept as hashes only:
//! passwords as argon2id, tokens (256 random bits each) as SHA-256.

pub mod machine;
pub mod password;
mod role;
mod secret;
pub mod session;
pub mod setup;
mod sign_in;

use ids::{Language, QueueId, SkillLevel, Timestamp, UserId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, SqlErr, TryIntoModel,
};

use crate::row::account;
use crate::time;
use crate::txn::WriteTxn;

pub use role::Role;
pub use sign_in::{FAILURES_MAX, LOCK_TIME, SignInError, sign_in};

/// Longest user name, in bytes.
pub const USERNAME_LEN_MAX: usize = 32;
/// Longest display name, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Most accounts that [`list`] returns at once.
pub const LIST_MAX: u64 = 200;

/// The account of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub id: UserId,
    /// The name to sign in with: small letters, digits, `.`, `-` and `_`.
    pub username: String,
    /// The name to show.
    pub name: String,
    /// What the person may be.
    pub role: Role,
    /// The languages the person speaks with citizens.
    pub languages: Vec<Language>,
    /// The queues the person serves.
    pub queues: Vec<QueueId>,
    /// The skills the person holds, each at its level.
    pub skills: Vec<SkillLevel>,
    /// A password has been set.
    pub has_password: bool,
    /// Too many wrong passwords: none is accepted before this moment.
    pub locked_until: Option<Timestamp>,
    /// The person may not sign in at all.
    pub disabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// What an account begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// Minted by the caller.
    pub id: UserId,
    /// The name to sign in with; capital letters become small.
    pub username: String,
    /// The name to show, 1 to [`NAME_CHARS_MAX`] characters.
    pub name: String,
    /// What the person may be.
    pub role: Role,
    /// The languages the person speaks with citizens.
    pub languages: Vec<Language>,
    /// The queues the person serves.
    pub queues: Vec<QueueId>,
    /// The skills the person holds, each at its level.
    pub skills: Vec<SkillLevel>,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Somebody has this user name already.
    #[error("the user name is taken")]
    UsernameTaken,
    /// Empty, longer than [`USERNAME_LEN_MAX`], or with a character that is not allowed.
    #[error("a user name has 1 to 32 small letters, digits, '.', '-' and '_'")]
    BadUsername,
    /// Empty or longer than [`NAME_CHARS_MAX`].
    #[error("a name has 1 to 100 characters")]
    BadName,
    /// The row could not be written.
    #[error("the account's row could not be written")]
    Sql(#[from] DbErr),
}

/// Makes an account without a password: [`setup::issue_link`] is the way to one.
///
/// # Errors
/// See [`CreateError`].
pub async fn create(
    txn: &WriteTxn,
    new: &NewAccount,
    now: Timestamp,
) -> Result<Account, CreateError> {
    let username = normal_username(&new.username).ok_or(CreateError::BadUsername)?;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(CreateError::BadName);
    }
    if find_by_username(txn, &username).await?.is_some() {
        return Err(CreateError::UsernameTaken);
    }
    let row = account::ActiveModel {
        id: Set(new.id.as_uuid()),
        username: Set(username),
        name: Set(name.to_owned()),
        role: Set(new.role.as_str().to_owned()),
        languages: Set(new.languages.iter().map(Language::as_str).collect::<Vec<_>>().into()),
        queues: Set(new.queues.iter().map(QueueId::as_str).collect::<Vec<_>>().into()),
        skills: Set(Some(column_of(&new.skills)?)),
        password_hash: Set(None),
        failures: Set(0),
        locked_until: Set(None),
        disabled: Set(false),
        created_at: Set(time::to_column(now)),
    };
    let inserted = account::Entity::insert(row.clone()).exec_without_returning(txn).await;
    inserted.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => CreateError::UsernameTaken,
        _ => CreateError::Sql(error),
    })?;
    Ok(Account::from_row(row.try_into_model()?)?)
}

/// The account of a person, if there is one.
///
/// # Errors
/// The row could not be read.
pub async fn get(conn: &impl ConnectionTrait, id: UserId) -> Result<Option<Account>, DbErr> {
    let row = account::Entity::find_by_id(id.as_uuid()).one(conn).await?;
    row.map(Account::from_row).transpose()
}

/// The account with that user name, in whatever case it was typed.
///
/// # Errors
/// The row could not be read.
pub async fn find_by_username(
    conn: &impl ConnectionTrait,
    username: &str,
) -> Result<Option<Account>, DbErr> {
    find_row(conn, username).await?.map(Account::from_row).transpose()
}

/// Accounts by user name, after `after` if given; at most `limit`, and never more than
/// [`LIST_MAX`].
///
/// # Errors
/// The rows could not be read.
pub async fn list(
    conn: &impl ConnectionTrait,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Account>, DbErr> {
    let rows = account::Entity::find()
        .filter(account::Column::Username.gt(after.unwrap_or_default()))
        .order_by_asc(account::Column::Username)
        .limit(limit.min(LIST_MAX))
        .all(conn)
        .await?;
    rows.into_iter().map(Account::from_row).collect()
}

/// Takes the lock off after too many wrong passwords. `false`: there is no such account.
///
/// # Errors
/// The row could not be written.
pub async fn unlock(txn: &WriteTxn, id: UserId) -> Result<bool, DbErr> {
    let Some(row) = account::Entity::find_by_id(id.as_uuid()).one(txn).await? else {
        return Ok(false);
    };
    let mut row = account::ActiveModel::from(row);
    row.failures = Set(0);
    row.locked_until = Set(None);
    row.update(txn).await?;
    Ok(true)
}

/// Writes down which skills a person holds, instead of those before. `false`: there is no such account.
///
/// # Errors
/// The row could not be written.
pub async fn set_skills(txn: &WriteTxn, id: UserId, skills: &[SkillLevel]) -> Result<bool, DbErr> {
    let Some(row) = account::Entity::find_by_id(id.as_uuid()).one(txn).await? else {
        return Ok(false);
    };
    let mut row = account::ActiveModel::from(row);
    row.skills = Set(Some(column_of(skills)?));
    row.update(txn).await?;
    Ok(true)
}

/// Forbids or allows a person to sign in; forbidding ends the sessions too. `false`: there is no such
/// account.
///
/// # Errors
/// The rows could not be written.
pub async fn set_disabled(txn: &WriteTxn, id: UserId, disabled: bool) -> Result<bool, DbErr> {
    let Some(row) = account::Entity::find_by_id(id.as_uuid()).one(txn).await? else {
        return Ok(false);
    };
    let mut row = account::ActiveModel::from(row);
    row.disabled = Set(disabled);
    row.update(txn).await?;
    if disabled {
        session::close_all(txn, id).await?;
    }
    Ok(true)
}

impl Account {
    pub(crate) fn from_row(row: account::Model) -> Result<Self, DbErr> {
        let role = Role::parse(&row.role);
        let unreadable = || DbErr::Type(format!("account {} is unreadable", row.id));
        Ok(Self {
            id: UserId::from_uuid(row.id),
            role: role.ok_or_else(unreadable)?,
            languages: serde_json::from_value(row.languages).map_err(|_| unreadable())?,
            queues: serde_json::from_value(row.queues).map_err(|_| unreadable())?,
            skills: match row.skills {
                Some(skills) => serde_json::from_value(skills).map_err(|_| unreadable())?,
                None => Vec::new(),
            },
            username: row.username,
            name: row.name,
            has_password: row.password_hash.is_some(),
            locked_until: row.locked_until.map(time::from_column),
            disabled: row.disabled,
            created_at: time::from_column(row.created_at),
        })
    }
}

fn column_of(skills: &[SkillLevel]) -> Result<serde_json::Value, DbErr> {
    serde_json::to_value(skills).map_err(|error| DbErr::Json(error.to_string()))
}

async fn find_row(
    conn: &impl ConnectionTrait,
    username: &str,
) -> Result<Option<account::Model>, DbErr> {
    let Some(username) = normal_username(username) else { return Ok(None) };
    account::Entity::find().filter(account::Column::Username.eq(username)).one(conn).await
}

/// The user name as it is stored; `None` if it cannot be one.
fn normal_username(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
    let good = !name.is_empty() && name.len() <= USERNAME_LEN_MAX && name.chars().all(allowed);
    good.then_some(name)
}
