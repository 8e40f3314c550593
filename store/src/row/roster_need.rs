//! The seats that a queue needs. Table `roster_needs`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_needs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) queue: String,
    pub(crate) version: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) seats: Json,
    pub(crate) changed_by: Uuid,
    pub(crate) changed_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
