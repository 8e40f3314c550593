//! Table `households`.

use sea_orm::entity::prelude::*;

/// People who share a home.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "households")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) address_text: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) ward: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) place: Option<String>,
    pub(crate) synthetic: bool,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) updated_by: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
