//! Set-up links: how a person sets a password, once, without anybody else knowing it. Does I/O.

use std::time::Duration;

use ids::{Timestamp, UserId};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::password::{self, HashError, Weakness};
use super::{secret, session};
use crate::row::{account, setup_link};
use crate::txn::{TxnError, WriteTxn};
use crate::{Store, time};

/// How long a link works.
pub const LINK_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a password was not set.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Unknown, used, replaced by a newer one, or older than a day. Which of them is not told.
    #[error("the set-up link does not work")]
    InvalidLink,
    /// There is no such account.
    #[error("there is no such account")]
    NoAccount,
    /// The password is not good enough; the link still works.
    #[error("the password is too weak")]
    Weak(#[source] Weakness),
    /// The password could not be hashed.
    #[error("the password could not be hashed")]
    Hash(#[from] HashError),
    /// A statement failed.
    #[error("the rows of a set-up could not be read or written")]
    Sql(#[from] DbErr),
    /// The transaction failed.
    #[error("the transaction of a set-up failed")]
    Txn(#[from] TxnError),
}

/// Makes the link token of an account, which replaces any earlier one. `None`: there is no such
/// account. The token is shown once; only its hash is kept.
///
/// # Errors
/// The rows could not be written.
pub async fn issue_link(
    txn: &WriteTxn,
    user: UserId,
    now: Timestamp,
) -> Result<Option<String>, DbErr> {
    if account::Entity::find_by_id(user.as_uuid()).one(txn).await?.is_none() {
        return Ok(None);
    }
    delete_links(txn, user).await?;
    let token = secret::token();
    let row = setup_link::ActiveModel {
        token_hash: Set(secret::hash(&token)),
        account_id: Set(user.as_uuid()),
        expires_at: Set(time::to_column(now + LINK_LIFETIME)),
    };
    setup_link::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(Some(token))
}

/// Takes password, lock and sessions from an account and makes a new link. `None`: there is no such
/// account.
///
/// # Errors
/// The rows could not be written.
pub async fn reset(txn: &WriteTxn, user: UserId, now: Timestamp) -> Result<Option<String>, DbErr> {
    let Some(row) = account::Entity::find_by_id(user.as_uuid()).one(txn).await? else {
        return Ok(None);
    };
    let mut row = account::ActiveModel::from(row);
    row.password_hash = Set(None);
    row.failures = Set(0);
    row.locked_until = Set(None);
    row.update(txn).await?;
    session::close_all(txn, user).await?;
    issue_link(txn, user, now).await
}

/// Sets the password of the account that the link belongs to, and uses the link up.
///
/// Of two that come at once with the same link, one is refused.
///
/// # Errors
/// See [`SetupError`].
pub async fn complete(
    store: &Store,
    token: &str,
    password: &str,
    now: Timestamp,
) -> Result<UserId, SetupError> {
    let link = &secret::hash(token);
    let owner = store.read_txn(|txn| async move {
        let row = setup_link::Entity::find_by_id(link.clone()).one(&txn).await?;
        let row = row.filter(|row| now < time::from_column(row.expires_at));
        let row = row.ok_or(SetupError::InvalidLink)?;
        let owner = account::Entity::find_by_id(row.account_id).one(&txn).await?;
        owner.ok_or(SetupError::InvalidLink)
    });
    let owner = owner.await?;
    let user = UserId::from_uuid(owner.id);
    let hash = &check_and_hash(password, &owner).await?;
    store
        .write_txn(|txn| async move {
            let used = setup_link::Entity::delete_many()
                .filter(setup_link::Column::TokenHash.eq(link.clone()))
                .filter(setup_link::Column::ExpiresAt.gt(time::to_column(now)))
                .exec(&txn)
                .await?;
            if used.rows_affected != 1 {
                return Err(SetupError::InvalidLink);
            }
            write_password(&txn, user, hash).await
        })
        .await?;
    Ok(user)
}

/// Sets the password of an account without a link: the person's own change of it, or a demo. Ends all
/// sessions of the account and spends its links.
///
/// # Errors
/// See [`SetupError`].
pub async fn set_password(store: &Store, user: UserId, password: &str) -> Result<(), SetupError> {
    let owner = store.read_txn(|txn| async move {
        let owner = account::Entity::find_by_id(user.as_uuid()).one(&txn).await?;
        owner.ok_or(SetupError::NoAccount)
    });
    let hash = &check_and_hash(password, &owner.await?).await?;
    store.write_txn(|txn| async move { write_password(&txn, user, hash).await }).await
}

async fn check_and_hash(password: &str, owner: &account::Model) -> Result<String, SetupError> {
    password::check(password, &owner.username, &owner.name).map_err(SetupError::Weak)?;
    Ok(password::hash(password).await?)
}

async fn write_password(txn: &WriteTxn, user: UserId, hash: &str) -> Result<(), SetupError> {
    let row = account::Entity::find_by_id(user.as_uuid()).one(txn).await?;
    let mut row = account::ActiveModel::from(row.ok_or(SetupError::NoAccount)?);
    row.password_hash = Set(Some(hash.to_owned()));
    row.failures = Set(0);
    row.locked_until = Set(None);
    row.update(txn).await?;
    delete_links(txn, user).await?;
    session::close_all(txn, user).await?;
    Ok(())
}

async fn delete_links(txn: &WriteTxn, user: UserId) -> Result<(), DbErr> {
    setup_link::Entity::delete_many()
        .filter(setup_link::Column::AccountId.eq(user.as_uuid()))
        .exec(txn)
        .await?;
    Ok(())
}
