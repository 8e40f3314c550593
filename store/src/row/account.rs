//! An account of a person. Table `accounts`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) role: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) languages: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) queues: Json,
    /// None for accounts from before there were skills.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub(crate) skills: Option<Json>,
    pub(crate) password_hash: Option<String>,
    pub(crate) failures: i64,
    pub(crate) locked_until: Option<DateTimeUtc>,
    pub(crate) disabled: bool,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
