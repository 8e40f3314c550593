//! Table `case_reports`.

use sea_orm::entity::prelude::*;

/// A filed report. Never updated: the database refuses.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "case_reports")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) case_id: Uuid,
    /// Counts the reports of the case from 1.
    pub(crate) version: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) text: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) disposition: String,
    pub(crate) filed_by: Uuid,
    pub(crate) filed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
