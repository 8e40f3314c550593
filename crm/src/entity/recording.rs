//! Table `recordings`.

use sea_orm::entity::prelude::*;

/// What is known of the sound of one call.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recordings")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    /// Counts what people decided about it.
    pub(crate) version: i64,
    pub(crate) interaction_id: Uuid,
    pub(crate) tier: i32,
    #[sea_orm(column_type = "Text")]
    pub(crate) rule: String,
    pub(crate) announced: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) consent: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) state: String,
    pub(crate) started_at: DateTimeUtc,
    pub(crate) ended_at: Option<DateTimeUtc>,
    pub(crate) seconds: i64,
    pub(crate) bytes: i64,
    /// `Vec<Pause>`.
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) pauses: Json,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) fault: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) key_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) file: Option<String>,
    pub(crate) keep_until: DateTimeUtc,
    pub(crate) legal_hold: bool,
    pub(crate) deleted_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) deleted_because: Option<String>,
    pub(crate) file_gone: bool,
    pub(crate) decided_by: Option<Uuid>,
    pub(crate) decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
