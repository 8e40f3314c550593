//! Step 4: versions of greetings and calendars, and which of them is in force since when.

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
        manager.create_table(versions()).await?;
        let unique = Index::create()
            .name("config_versions_by_number")
            .table("config_versions")
            .col("kind")
            .col("name")
            .col("version")
            .unique()
            .take();
        manager.create_index(unique).await?;
        manager.create_table(publications()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["config_publications", "config_versions"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }

    /// A step that fails half-way must leave nothing, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Texts that were written; none is changed after. `version` counts from 1 for each kind and name.
/// `author` is nobody for the texts that come with the program.
fn versions() -> TableCreateStatement {
    Table::create()
        .table("config_versions")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("text").text().not_null())
        .col(ColumnDef::new("sha256").text().not_null())
        .col(ColumnDef::new("author").uuid().null())
        .col(ColumnDef::new("note").text().not_null())
        .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
        .take()
}

/// What was put in force, in order; the last of a kind and name is in force now.
fn publications() -> TableCreateStatement {
    Table::create()
        .table("config_publications")
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("serial").big_integer().not_null())
        .col(ColumnDef::new("version_id").uuid().not_null())
        .col(ColumnDef::new("published_by").uuid().null())
        .col(ColumnDef::new("published_at").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("kind").col("name").col("serial"))
        .foreign_key(
            ForeignKey::create()
                .from("config_publications", "version_id")
                .to("config_versions", "id"),
        )
        .take()
}
