//! Step 9: the skills of an account, each with its level.

use sea_orm_migration::prelude::{ColumnDef, DbErr, DeriveMigrationName, SchemaManager, Table};
use sea_orm_migration::{MigrationTrait, async_trait};

/// This step. Its name in the table of applied steps is the name of this file.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("skills").json_binary().to_owned();
        manager.alter_table(Table::alter().table("accounts").add_column(column).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("accounts").drop_column("skills").take()).await
    }
}
