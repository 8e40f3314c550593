//! Table `case_drafts`.

use sea_orm::entity::prelude::*;

/// What one user has typed into one case and not saved.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "case_drafts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) case_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) user_id: Uuid,
    /// Counts savings from 1.
    pub(crate) sequence: i64,
    /// The version of the case that was on the screen.
    pub(crate) case_version: i64,
    /// `DraftFields`.
    pub(crate) fields: Json,
    pub(crate) saved_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
