//! Table `callback_wishes`.

use sea_orm::entity::prelude::*;

/// A caller who wishes to be called back.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "callback_wishes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) interaction_id: Uuid,
    pub(crate) last_interaction_id: Uuid,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) number: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) line: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) queue: Option<String>,
    /// The class, counted from the most urgent: 0 is an emergency.
    pub(crate) urgency: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) language: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) kind: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) cause: String,
    pub(crate) wished_at: DateTimeUtc,
    pub(crate) last_wished_at: DateTimeUtc,
    pub(crate) times: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) state: String,
    pub(crate) decided_by: Option<Uuid>,
    pub(crate) decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
