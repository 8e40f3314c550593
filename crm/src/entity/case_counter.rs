//! Table `case_counters`.

use sea_orm::entity::prelude::*;

/// The last case number given out in a month.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "case_counters")]
pub(crate) struct Model {
    /// `YYMM` in Kolkata.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) month: String,
    pub(crate) last: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
