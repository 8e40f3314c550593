//! Table `interactions`.

use sea_orm::entity::prelude::*;

/// One contact with the helpline.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "interactions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) call_id: Option<Uuid>,
    pub(crate) case_id: Option<Uuid>,
    pub(crate) contact_id: Option<Uuid>,
    /// Its beginning was written; false while only later marks were.
    pub(crate) begun: bool,
    #[sea_orm(column_type = "Text")]
    pub(crate) direction: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) medium: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) from_e164: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) dialled: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) queue: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) class: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) language: Option<String>,
    pub(crate) arrived_at: DateTimeUtc,
    pub(crate) answered_at: Option<DateTimeUtc>,
    pub(crate) queued_at: Option<DateTimeUtc>,
    pub(crate) talking_at: Option<DateTimeUtc>,
    pub(crate) ended_at: Option<DateTimeUtc>,
    pub(crate) agent: Option<Uuid>,
    pub(crate) agent_since: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) outcome: Option<String>,
    pub(crate) wait_ms: Option<i64>,
    /// `LineQuality`.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub(crate) line_quality: Option<Json>,
    pub(crate) journal_position: Option<i64>,
    pub(crate) entered_by: Option<Uuid>,
    pub(crate) entered_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) entered_why: Option<String>,
    pub(crate) synthetic: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
