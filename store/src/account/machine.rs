//! Tokens of machines, each with the scopes it may use. Does I/O. What a scope allows is `web`'s.

use ids::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::secret;
use crate::row::machine_token;
use crate::time;
use crate::txn::WriteTxn;

/// Shortest token that may be brought along, in bytes.
pub const TOKEN_LEN_MIN: usize = 32;
/// Most machines that [`list`] returns.
pub const LIST_MAX: u64 = 200;

/// A machine that may speak to the helpline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Which one.
    pub id: Uuid,
    /// What people call it; unique.
    pub name: String,
    /// What it may do, such as `calls:read`.
    pub scopes: Vec<String>,
    /// When its token was made.
    pub created_at: Timestamp,
}

/// Why a machine's token was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// A machine of this name exists.
    #[error("a machine of this name exists")]
    NameTaken,
    /// The token that was brought along is shorter than [`TOKEN_LEN_MIN`] bytes.
    #[error("a machine's token has at least 32 characters")]
    TokenTooShort,
    /// The row could not be written.
    #[error("the machine's row could not be written")]
    Sql(#[from] DbErr),
}

/// Makes a machine and returns its token, which is shown once. `token` brings a token along (a demo
/// does, by its environment); otherwise one is made.
///
/// # Errors
/// See [`CreateError`].
pub async fn create(
    txn: &WriteTxn,
    id: Uuid,
    name: &str,
    scopes: &[&str],
    token: Option<&str>,
    now: Timestamp,
) -> Result<String, CreateError> {
    let token = token.map_or_else(secret::token, str::to_owned);
    if token.len() < TOKEN_LEN_MIN {
        return Err(CreateError::TokenTooShort);
    }
    let same_name = machine_token::Entity::find().filter(machine_token::Column::Name.eq(name));
    if same_name.one(txn).await?.is_some() {
        return Err(CreateError::NameTaken);
    }
    let row = machine_token::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        token_hash: Set(secret::hash(&token)),
        scopes: Set(scopes.to_vec().into()),
        created_at: Set(time::to_column(now)),
    };
    machine_token::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(token)
}

/// The machine with that token, if there is one.
///
/// # Errors
/// The row could not be read.
pub async fn find(conn: &impl ConnectionTrait, token: &str) -> Result<Option<Machine>, DbErr> {
    let row = machine_token::Entity::find()
        .filter(machine_token::Column::TokenHash.eq(secret::hash(token)))
        .one(conn)
        .await?;
    row.map(machine).transpose()
}

/// All machines by name, at most [`LIST_MAX`].
///
/// # Errors
/// The rows could not be read.
pub async fn list(conn: &impl ConnectionTrait) -> Result<Vec<Machine>, DbErr> {
    let rows = machine_token::Entity::find()
        .order_by_asc(machine_token::Column::Name)
        .limit(LIST_MAX)
        .all(conn)
        .await?;
    rows.into_iter().map(machine).collect()
}

/// Takes a machine's token away. `false`: there is no such machine.
///
/// # Errors
/// The row could not be deleted.
pub async fn revoke(txn: &WriteTxn, id: Uuid) -> Result<bool, DbErr> {
    let deleted = machine_token::Entity::delete_by_id(id).exec(txn).await?;
    Ok(deleted.rows_affected == 1)
}

fn machine(row: machine_token::Model) -> Result<Machine, DbErr> {
    let scopes = serde_json::from_value(row.scopes)
        .map_err(|_| DbErr::Type(format!("machine {} is unreadable", row.id)))?;
    let created_at = time::from_column(row.created_at);
    Ok(Machine { id: row.id, name: row.name, scopes, created_at })
}
