//! Step 1: journal, outbox, audit and accounts.

use sea_orm_migration::prelude::{
    ColumnDef, ConnectionTrait, DbErr, DeriveMigrationName, ForeignKey, ForeignKeyAction,
    ForeignKeyCreateStatement, Index, IndexCreateStatement, SchemaManager, Table,
    TableCreateStatement,
};
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{MigrationTrait, async_trait};

/// This step. Its name in the table of applied steps is the name of this file.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let freeze = if postgres { FREEZE_POSTGRES } else { FREEZE_SQLITE };
        for statement in freeze {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES_LAST_FIRST {
            manager.drop_table(Table::drop().table(*table).to_owned()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            let statement = "DROP FUNCTION refuse_change_of_audit()";
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    /// A step that fails half-way must leave nothing, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLES_LAST_FIRST: &[&str] = &[
    "machine_tokens",
    "sessions",
    "setup_links",
    "accounts",
    "audit_records",
    "audit_entries",
    "outbox_cursors",
    "outbox",
    "journal_snapshots",
    "journal_heads",
    "journal",
];

/// An audit entry never changes and never goes, whoever holds the connection.
const FREEZE_SQLITE: &[&str] = &[
    "CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
     BEGIN SELECT RAISE(ABORT, 'an audit entry never changes'); END",
    "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
     BEGIN SELECT RAISE(ABORT, 'an audit entry never changes'); END",
];

const FREEZE_POSTGRES: &[&str] = &[
    "CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN RAISE EXCEPTION 'an audit entry never changes'; END $$",
    "CREATE TRIGGER audit_entries_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit()",
];

fn tables() -> [TableCreateStatement; 11] {
    [
        journal(),
        journal_heads(),
        journal_snapshots(),
        outbox(),
        outbox_cursors(),
        audit_entries(),
        audit_records(),
        accounts(),
        setup_links(),
        sessions(),
        machine_tokens(),
    ]
}

fn indexes() -> [IndexCreateStatement; 5] {
    [
        index("audit_entries_by_user", "audit_entries", &["user_id", "number"]),
        index("audit_entries_by_time", "audit_entries", &["at"]),
        index("setup_links_by_account", "setup_links", &["account_id"]),
        index("sessions_by_account", "sessions", &["account_id"]),
        index("sessions_by_end", "sessions", &["expires_at"]),
    ]
}

/// What happened to an aggregate, in order. `position` begins at 1 in each stream.
fn journal() -> TableCreateStatement {
    Table::create()
        .table("journal")
        .col(text("stream"))
        .col(number("position"))
        .col(number("epoch"))
        .col(moment("at"))
        .col(text("event"))
        .primary_key(Index::create().col("stream").col("position"))
        .to_owned()
}

/// The end of a stream: its last position, and the epoch that may append.
fn journal_heads() -> TableCreateStatement {
    Table::create()
        .table("journal_heads")
        .col(text("stream").primary_key())
        .col(number("epoch"))
        .col(number("position"))
        .to_owned()
}

fn journal_snapshots() -> TableCreateStatement {
    Table::create()
        .table("journal_snapshots")
        .col(text("stream"))
        .col(number("position"))
        .col(bytes("state"))
        .primary_key(Index::create().col("stream").col("position"))
        .to_owned()
}

/// Which entities changed, in the order of the commits.
fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(number("position").auto_increment().primary_key())
        .col(text("topic"))
        .col(uuid("entity"))
        .to_owned()
}

/// How far each follower of the outbox has come.
fn outbox_cursors() -> TableCreateStatement {
    Table::create()
        .table("outbox_cursors")
        .col(text("consumer").primary_key())
        .col(number("position"))
        .to_owned()
}

fn audit_entries() -> TableCreateStatement {
    Table::create()
        .table("audit_entries")
        .col(number("number").auto_increment().primary_key())
        .col(moment("at"))
        .col(uuid("user_id"))
        .col(text("role"))
        .col(text("action"))
        .col(text("entity"))
        .col(json("ids"))
        .col(text("purpose"))
        .col(text_or_none("reason"))
        .col(uuid_or_none("call_id"))
        .to_owned()
}

/// The way from a record to the entries that touched it.
fn audit_records() -> TableCreateStatement {
    Table::create()
        .table("audit_records")
        .col(uuid("record"))
        .col(number("number"))
        .primary_key(Index::create().col("record").col("number"))
        .to_owned()
}

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("accounts")
        .col(uuid("id").primary_key())
        .col(text("username").unique_key())
        .col(text("name"))
        .col(text("role"))
        .col(json("languages"))
        .col(json("queues"))
        .col(text_or_none("password_hash"))
        .col(number("failures"))
        .col(moment_or_none("locked_until"))
        .col(flag("disabled"))
        .col(moment("created_at"))
        .to_owned()
}

fn setup_links() -> TableCreateStatement {
    Table::create()
        .table("setup_links")
        .col(bytes("token_hash").primary_key())
        .col(uuid("account_id"))
        .col(moment("expires_at"))
        .foreign_key(&mut owned_by_account("setup_links"))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(uuid("id").primary_key())
        .col(uuid("account_id"))
        .col(bytes("token_hash").unique_key())
        .col(moment("created_at"))
        .col(moment("last_seen_at"))
        .col(moment("expires_at"))
        .foreign_key(&mut owned_by_account("sessions"))
        .to_owned()
}

fn machine_tokens() -> TableCreateStatement {
    Table::create()
        .table("machine_tokens")
        .col(uuid("id").primary_key())
        .col(text("name").unique_key())
        .col(bytes("token_hash").unique_key())
        .col(json("scopes"))
        .col(moment("created_at"))
        .to_owned()
}

fn owned_by_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "account_id")
        .to("accounts", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn index(
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

fn uuid(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().to_owned()
}

fn uuid_or_none(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().null().to_owned()
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

fn text_or_none(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().null().to_owned()
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().to_owned()
}

fn json(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).json_binary().not_null().to_owned()
}

fn bytes(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().to_owned()
}

fn moment(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().not_null().to_owned()
}

fn moment_or_none(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().null().to_owned()
}
