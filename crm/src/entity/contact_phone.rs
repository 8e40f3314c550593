//! Table `contact_phones`.

use sea_orm::entity::prelude::*;

/// One number of one contact.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_phones")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) contact_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) e164: String,
    /// Place in the list, from 0.
    pub(crate) place: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) label: Option<String>,
    pub(crate) shared: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
