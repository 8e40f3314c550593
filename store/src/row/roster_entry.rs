//! A shift, or leave. Table `roster_entries`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_entries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) agent: Uuid,
    pub(crate) kind: String,
    pub(crate) queue: Option<String>,
    pub(crate) days: i32,
    pub(crate) from_day: i32,
    pub(crate) until_day: Option<i32>,
    pub(crate) start_minute: i32,
    pub(crate) minutes: i32,
    pub(crate) reason: Option<String>,
    pub(crate) of_entry: Option<Uuid>,
    pub(crate) note: String,
    pub(crate) removed: bool,
    pub(crate) changed_by: Uuid,
    pub(crate) changed_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
