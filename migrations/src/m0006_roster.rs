//! Step 6: the roster: who is expected when, who is away, and how many are needed.

use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, ForeignKey, Index, SchemaManager, Table,
    TableCreateStatement,
};
use sea_orm_migration::{MigrationTrait, async_trait};

/// This step. Its name in the table of applied steps is the name of this file.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(entries()).await?;
        let by_days = Index::create()
            .name("roster_entries_by_days")
            .table("roster_entries")
            .col("removed")
            .col("from_day")
            .take();
        manager.create_index(by_days).await?;
        manager.create_table(needs()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["roster_needs", "roster_entries"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }

    /// A step that fails half-way must leave nothing, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Shifts and leave. `kind` says which columns have a meaning: a shift has `days` (bit 0 is Monday),
/// `start_minute` and `minutes`; leave has `reason` and perhaps `of_entry`, the one shift it is from.
/// Days are counted from 1970-01-01 in local time.
fn entries() -> TableCreateStatement {
    Table::create()
        .table("roster_entries")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("agent").uuid().not_null())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("queue").text().null())
        .col(ColumnDef::new("days").integer().not_null())
        .col(ColumnDef::new("from_day").integer().not_null())
        .col(ColumnDef::new("until_day").integer().null())
        .col(ColumnDef::new("start_minute").integer().not_null())
        .col(ColumnDef::new("minutes").integer().not_null())
        .col(ColumnDef::new("reason").text().null())
        .col(ColumnDef::new("of_entry").uuid().null())
        .col(ColumnDef::new("note").text().not_null())
        .col(ColumnDef::new("removed").boolean().not_null())
        .col(ColumnDef::new("changed_by").uuid().not_null())
        .col(ColumnDef::new("changed_at").timestamp_with_time_zone().not_null())
        .foreign_key(ForeignKey::create().from("roster_entries", "agent").to("accounts", "id"))
        .foreign_key(
            ForeignKey::create().from("roster_entries", "of_entry").to("roster_entries", "id"),
        )
        .take()
}

/// The seats that a queue needs in each hour of the week, Monday 00:00 first.
fn needs() -> TableCreateStatement {
    Table::create()
        .table("roster_needs")
        .col(ColumnDef::new("queue").text().not_null().primary_key())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("seats").json_binary().not_null())
        .col(ColumnDef::new("changed_by").uuid().not_null())
        .col(ColumnDef::new("changed_at").timestamp_with_time_zone().not_null())
        .take()
}
