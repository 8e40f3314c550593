//! Table `cases`.

use sea_orm::entity::prelude::*;

/// A case.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    /// Counts changes from 1.
    pub(crate) version: i64,
    /// `C-YYMM-NNNN`.
    #[sea_orm(column_type = "Text")]
    pub(crate) number: String,
    pub(crate) contact_id: Option<Uuid>,
    /// A `StateName`.
    #[sea_orm(column_type = "Text")]
    pub(crate) state: String,
    /// The moment that belongs to the state.
    pub(crate) state_moment: Option<DateTimeUtc>,
    /// No report since the case was opened or reopened.
    pub(crate) report_due: bool,
    /// A key of the vocabulary.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) category: Option<String>,
    /// A key of the vocabulary.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) disposition: Option<String>,
    /// An `ids::Class`.
    #[sea_orm(column_type = "Text")]
    pub(crate) class: String,
    pub(crate) owner: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub(crate) summary: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) notes: String,
    pub(crate) synthetic: bool,
    pub(crate) opened_at: DateTimeUtc,
    pub(crate) opened_by: Uuid,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) updated_by: Uuid,
    pub(crate) closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
