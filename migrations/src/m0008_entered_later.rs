//! Step 8: interactions that happened on paper and were entered later: by whom, when, and why so late.

use sea_orm_migration::prelude::{ColumnDef, DbErr, DeriveMigrationName, SchemaManager, Table};
use sea_orm_migration::{MigrationTrait, async_trait};

/// This step. Its name in the table of applied steps is the name of this file.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One at a time: SQLite adds no two columns in one statement.
        for column in [
            ColumnDef::new("entered_by").uuid().take(),
            ColumnDef::new("entered_at").timestamp_with_time_zone().take(),
            ColumnDef::new("entered_why").text().take(),
        ] {
            let table = Table::alter().table("interactions").add_column(column).take();
            manager.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["entered_why", "entered_at", "entered_by"] {
            let table = Table::alter().table("interactions").drop_column(column).take();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
