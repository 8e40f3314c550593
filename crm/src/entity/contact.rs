//! Table `contacts`.

use sea_orm::entity::prelude::*;

/// A person.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) name_hi: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) sex: Option<String>,
    pub(crate) birth_year: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) language: Option<String>,
    pub(crate) household_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) relation: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) address_text: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) ward: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) place: Option<String>,
    /// `Vec<Flag>`.
    pub(crate) flags: Json,
    pub(crate) synthetic: bool,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) updated_by: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
