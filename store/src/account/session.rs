//! Sessions of signed-in people. Does I/O.
//!
//! The token lives in the person's cookie, its hash in the row. The CSRF token is derived from the
//! token, so that a reloaded page can be told it again and no row needs to hold it.

use std::time::Duration;

use ids::{SessionId, Timestamp, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, Set};

use super::{Account, secret};
use crate::row::{account, session};
use crate::txn::{TxnError, WriteTxn};
use crate::{Store, time};

/// How precisely a row knows when its session was last seen: a write for each request would be waste.
const SEEN_STEP: Duration = Duration::from_secs(60);

/// How long sessions live; a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the sign-in to the end, whatever happens.
    pub absolute: Duration,
    /// From the last request to the end; at least two minutes, because a row knows that moment to a
    /// minute only.
    pub idle: Duration,
}

/// A session just opened. The token is known here and in the cookie, nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// Which session.
    pub id: SessionId,
    /// The value of the cookie.
    pub token: String,
    /// What a request that changes something must show besides.
    pub csrf_token: String,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A session found by its token, and whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Current {
    /// Which session.
    pub id: SessionId,
    /// Whose it is.
    pub account: Account,
    /// What a request that changes something must show besides.
    pub csrf_token: String,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// Why a session could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// A statement failed.
    #[error("the session's row could not be read or written")]
    Sql(#[from] DbErr),
    /// The transaction failed.
    #[error("the transaction of a session failed")]
    Txn(#[from] TxnError),
}

impl Default for Limits {
    /// A shift of twelve hours, an hour without a request.
    fn default() -> Self {
        Self { absolute: Duration::from_secs(12 * 3_600), idle: Duration::from_secs(3_600) }
    }
}

impl Current {
    /// Is this the session's CSRF token? Takes as long for a near miss as for a far one.
    #[must_use]
    pub fn csrf_matches(&self, presented: &str) -> bool {
        secret::equal(&self.csrf_token, presented)
    }
}

// Written by hand: a derived one would print the tokens into a log.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("id", &self.id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Current").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Opens a session of a person who has just signed in. The id is minted by the caller.
///
/// # Errors
/// The row could not be written.
pub async fn open(
    txn: &WriteTxn,
    id: SessionId,
    user: UserId,
    limits: Limits,
    now: Timestamp,
) -> Result<Opened, DbErr> {
    let token = secret::token();
    let expires_at = now + limits.absolute;
    let row = session::ActiveModel {
        id: Set(id.as_uuid()),
        account_id: Set(user.as_uuid()),
        token_hash: Set(secret::hash(&token)),
        created_at: Set(time::to_column(now)),
        last_seen_at: Set(time::to_column(now)),
        expires_at: Set(time::to_column(expires_at)),
    };
    session::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(Opened { id, csrf_token: csrf(&token), token, expires_at })
}

/// The session of that token, if it lives and its account may sign in. Notes that it was seen, at
/// most once a minute.
///
/// # Errors
/// See [`FindError`].
pub async fn find(
    store: &Store,
    token: &str,
    limits: Limits,
    now: Timestamp,
) -> Result<Option<Current>, FindError> {
    let hash = &secret::hash(token);
    let found = store.read_txn(|txn| async move {
        let row = session::Entity::find()
            .find_also_related(account::Entity)
            .filter(session::Column::TokenHash.eq(hash.clone()))
            .one(&txn)
            .await?;
        Ok::<_, FindError>(row)
    });
    let Some((row, Some(owner))) = found.await? else { return Ok(None) };
    let last_seen = time::from_column(row.last_seen_at);
    let expires_at = time::from_column(row.expires_at);
    if now >= expires_at || now >= last_seen + limits.idle || owner.disabled {
        return Ok(None);
    }
    let id = SessionId::from_uuid(row.id);
    if now.since(last_seen) >= SEEN_STEP {
        store.write_txn(|txn| async move { touch(&txn, id, now).await }).await?;
    }
    let account = Account::from_row(owner)?;
    Ok(Some(Current { id, account, csrf_token: csrf(token), expires_at }))
}

/// Gives a session a new token, as after a change of rights; the old one is worth nothing from then
/// on. `None`: there is no such session.
///
/// # Errors
/// The row could not be written.
pub async fn rotate(txn: &WriteTxn, id: SessionId) -> Result<Option<Opened>, DbErr> {
    let Some(row) = session::Entity::find_by_id(id.as_uuid()).one(txn).await? else {
        return Ok(None);
    };
    let token = secret::token();
    let expires_at = time::from_column(row.expires_at);
    let mut row = session::ActiveModel::from(row);
    row.token_hash = Set(secret::hash(&token));
    row.update(txn).await?;
    Ok(Some(Opened { id, csrf_token: csrf(&token), token, expires_at }))
}

/// Ends one session; nothing happens if it has ended before.
///
/// # Errors
/// The row could not be deleted.
pub async fn close(txn: &WriteTxn, id: SessionId) -> Result<(), DbErr> {
    session::Entity::delete_by_id(id.as_uuid()).exec(txn).await?;
    Ok(())
}

/// Ends all sessions of a person; returns how many.
///
/// # Errors
/// The rows could not be deleted.
pub async fn close_all(txn: &WriteTxn, user: UserId) -> Result<u64, DbErr> {
    let deleted = session::Entity::delete_many()
        .filter(session::Column::AccountId.eq(user.as_uuid()))
        .exec(txn)
        .await?;
    Ok(deleted.rows_affected)
}

/// Deletes the rows of sessions that are over; returns how many.
///
/// # Errors
/// The rows could not be deleted.
pub async fn prune(txn: &WriteTxn, limits: Limits, now: Timestamp) -> Result<u64, DbErr> {
    let idle = i64::try_from(limits.idle.as_micros()).unwrap_or(i64::MAX);
    let idle_since = Timestamp::from_micros(now.as_micros().saturating_sub(idle));
    let over = Condition::any()
        .add(session::Column::ExpiresAt.lte(time::to_column(now)))
        .add(session::Column::LastSeenAt.lte(time::to_column(idle_since)));
    let deleted = session::Entity::delete_many().filter(over).exec(txn).await?;
    Ok(deleted.rows_affected)
}

async fn touch(txn: &WriteTxn, id: SessionId, now: Timestamp) -> Result<(), FindError> {
    // No row (the person signed out meanwhile) is no error, and a session never becomes younger.
    session::Entity::update_many()
        .col_expr(session::Column::LastSeenAt, Expr::value(time::to_column(now)))
        .filter(session::Column::Id.eq(id.as_uuid()))
        .filter(session::Column::LastSeenAt.lt(time::to_column(now)))
        .exec(txn)
        .await?;
    Ok(())
}

fn csrf(token: &str) -> String {
    secret::derive("csrf", token)
}
