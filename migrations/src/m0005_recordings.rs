//! Step 5: the recordings of calls: what is known of each file, and how long it is kept.

use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, ForeignKey, ForeignKeyAction, Index, SchemaManager,
    Table, TableCreateStatement,
};
use sea_orm_migration::{MigrationTrait, async_trait};

/// This step. Its name in the table of applied steps is the name of this file.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(recordings()).await?;
        for (name, columns) in INDEXES {
            let mut index = Index::create().name(*name).table("recordings").to_owned();
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("recordings").to_owned()).await
    }
}

/// By what they are found: with their interaction, and when their time is over.
const INDEXES: &[(&str, &[&str])] = &[
    ("recordings_by_interaction", &["interaction_id", "started_at"]),
    ("recordings_by_end_of_keeping", &["file_gone", "keep_until"]),
    ("recordings_by_state", &["state"]),
];

fn recordings() -> TableCreateStatement {
    let uuid = |name| ColumnDef::new(name).uuid().not_null().to_owned();
    let number = |name| ColumnDef::new(name).big_integer().not_null().to_owned();
    let text = |name| ColumnDef::new(name).text().not_null().to_owned();
    let text_or_none = |name| ColumnDef::new(name).text().to_owned();
    let flag = |name| ColumnDef::new(name).boolean().not_null().to_owned();
    let moment = |name| ColumnDef::new(name).timestamp_with_time_zone().not_null().to_owned();
    let moment_or_none = |name| ColumnDef::new(name).timestamp_with_time_zone().to_owned();
    let mut of_interaction = ForeignKey::create()
        .from("recordings", "interaction_id")
        .to("interactions", "id")
        .on_delete(ForeignKeyAction::Restrict)
        .to_owned();
    Table::create()
        .table("recordings")
        .col(uuid("id").primary_key())
        .col(number("version"))
        .col(uuid("interaction_id"))
        .col(ColumnDef::new("tier").integer().not_null())
        .col(text("rule"))
        .col(flag("announced"))
        .col(text_or_none("consent"))
        .col(text("state"))
        .col(moment("started_at"))
        .col(moment_or_none("ended_at"))
        .col(number("seconds"))
        .col(number("bytes"))
        .col(ColumnDef::new("pauses").json_binary().not_null())
        .col(text_or_none("fault"))
        .col(text_or_none("key_id"))
        .col(text_or_none("file"))
        .col(moment("keep_until"))
        .col(flag("legal_hold"))
        .col(moment_or_none("deleted_at"))
        .col(text_or_none("deleted_because"))
        .col(flag("file_gone"))
        .col(ColumnDef::new("decided_by").uuid())
        .col(moment_or_none("decided_at"))
        .foreign_key(&mut of_interaction)
        .to_owned()
}
