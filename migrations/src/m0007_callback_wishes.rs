//! Step 7: callers who were not served, or asked for it, and wish to be called back.

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
        manager.create_table(callback_wishes()).await?;
        for (name, columns) in INDEXES {
            let mut index = Index::create().name(*name).table("callback_wishes").to_owned();
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("callback_wishes").to_owned()).await
    }
}

/// The list of those open, in its order; and by what a later call finds the wish of an earlier one.
const INDEXES: &[(&str, &[&str])] = &[
    ("callback_wishes_in_order", &["state", "urgency", "wished_at", "id"]),
    ("callback_wishes_by_number", &["number", "state"]),
    ("callback_wishes_by_interaction", &["last_interaction_id", "state"]),
];

fn callback_wishes() -> TableCreateStatement {
    let uuid = |name| ColumnDef::new(name).uuid().not_null().to_owned();
    let number = |name| ColumnDef::new(name).big_integer().not_null().to_owned();
    let text = |name| ColumnDef::new(name).text().not_null().to_owned();
    let text_or_none = |name| ColumnDef::new(name).text().to_owned();
    let moment = |name| ColumnDef::new(name).timestamp_with_time_zone().not_null().to_owned();
    let mut of_first = ForeignKey::create()
        .from("callback_wishes", "interaction_id")
        .to("interactions", "id")
        .on_delete(ForeignKeyAction::Restrict)
        .to_owned();
    let mut of_last = ForeignKey::create()
        .from("callback_wishes", "last_interaction_id")
        .to("interactions", "id")
        .on_delete(ForeignKeyAction::Restrict)
        .to_owned();
    Table::create()
        .table("callback_wishes")
        .col(uuid("id").primary_key())
        .col(number("version"))
        .col(uuid("interaction_id"))
        .col(uuid("last_interaction_id"))
        .col(text_or_none("number"))
        .col(text("line"))
        .col(text_or_none("queue"))
        .col(ColumnDef::new("urgency").integer().not_null())
        .col(text_or_none("language"))
        .col(text("kind"))
        .col(text("cause"))
        .col(moment("wished_at"))
        .col(moment("last_wished_at"))
        .col(number("times"))
        .col(text("state"))
        .col(ColumnDef::new("decided_by").uuid())
        .col(ColumnDef::new("decided_at").timestamp_with_time_zone())
        .foreign_key(&mut of_first)
        .foreign_key(&mut of_last)
        .to_owned()
}
