//! An audit entry. Table `audit_entries`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) number: i64,
    pub(crate) at: DateTimeUtc,
    pub(crate) user_id: Uuid,
    pub(crate) role: String,
    pub(crate) action: String,
    pub(crate) entity: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) ids: Json,
    pub(crate) purpose: String,
    pub(crate) reason: Option<String>,
    pub(crate) call_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
