//! Table `case_events`.

use sea_orm::entity::prelude::*;

/// One change of a case. Never updated: the database refuses.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "case_events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) case_id: Uuid,
    /// The version of the case that the change made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) version: i64,
    pub(crate) at: DateTimeUtc,
    pub(crate) by_user: Uuid,
    /// `Change`.
    pub(crate) change: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
