//! Signing in with a password. Does I/O.

use std::time::Duration;

use ids::{Timestamp, UserId};
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, Set};

use super::password::{self, HashError};
use super::{Account, find_row};
use crate::row::account;
use crate::txn::{TxnError, WriteTxn};
use crate::{Store, time};

/// Wrong passwords in a row that lock an account.
pub const FAILURES_MAX: i64 = 10;
/// How long an account stays locked.
pub const LOCK_TIME: Duration = Duration::from_secs(15 * 60);

/// Why somebody could not sign in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such user name, or not the password. Which of them is not told.
    #[error("the user name or the password is wrong")]
    Wrong,
    /// Too many wrong passwords; not even the right one is accepted.
    #[error("the account is locked after too many wrong passwords")]
    Locked {
        /// When it opens again.
        until: Timestamp,
    },
    /// The password is right, but the person may not sign in any more.
    #[error("the account is disabled")]
    Disabled,
    /// The account has no password yet: its set-up link was not used.
    #[error("the account has no password yet")]
    NotSetUp,
    /// The password could not be checked.
    #[error("the password could not be checked")]
    Hash(#[from] HashError),
    /// A statement failed.
    #[error("the account's row could not be read or written")]
    Sql(#[from] DbErr),
    /// The transaction failed.
    #[error("the transaction of a sign-in failed")]
    Txn(#[from] TxnError),
}

/// Checks user name and password, and counts wrong ones.
///
/// An unknown user name takes as long as a wrong password. No transaction is open while the password
/// is computed. A session is opened apart: see [`super::session::open`].
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in(
    store: &Store,
    username: &str,
    password: &str,
    now: Timestamp,
) -> Result<Account, SignInError> {
    let row = store
        .read_txn(|txn| async move { find_row(&txn, username).await.map_err(SignInError::from) })
        .await?;
    let hash = row.as_ref().and_then(|row| row.password_hash.clone());
    let right = password::matches(password, hash.clone()).await?;
    let Some(row) = row else { return Err(SignInError::Wrong) };
    let Some(hash) = hash else { return Err(SignInError::NotSetUp) };
    let (id, hash) = (UserId::from_uuid(row.id), hash.as_str());
    // An answer that must be committed (a failure was counted) is no error of the transaction.
    store.write_txn(|txn| async move { judge(&txn, id, hash, right, now).await }).await?
}

/// Decides on the row as it is now, and counts.
async fn judge(
    txn: &WriteTxn,
    id: UserId,
    hash: &str,
    right: bool,
    now: Timestamp,
) -> Result<Result<Account, SignInError>, SignInError> {
    let Some(row) = account::Entity::find_by_id(id.as_uuid()).one(txn).await? else {
        return Ok(Err(SignInError::Wrong));
    };
    if let Some(until) = row.locked_until.map(time::from_column)
        && now < until
    {
        return Ok(Err(SignInError::Locked { until }));
    }
    // A password changed while the old one was being computed proves nothing.
    if !right || row.password_hash.as_deref() != Some(hash) {
        let failures = row.failures + 1;
        let locked = (failures >= FAILURES_MAX).then(|| time::to_column(now + LOCK_TIME));
        let mut row = account::ActiveModel::from(row);
        row.failures = Set(if locked.is_some() { 0 } else { failures });
        row.locked_until = Set(locked);
        row.update(txn).await?;
        return Ok(Err(SignInError::Wrong));
    }
    if row.disabled {
        return Ok(Err(SignInError::Disabled));
    }
    let mut signed_in = account::ActiveModel::from(row);
    signed_in.failures = Set(0);
    signed_in.locked_until = Set(None);
    let row = signed_in.update(txn).await?;
    Ok(Ok(Account::from_row(row)?))
}
