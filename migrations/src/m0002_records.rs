//! Step 2: the records (households, contacts, cases, reports, drafts, interactions).

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
        let freeze = if manager.get_database_backend() == DbBackend::Postgres {
            FREEZE_POSTGRES
        } else {
            FREEZE_SQLITE
        };
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
            manager
                .get_connection()
                .execute_unprepared("DROP FUNCTION IF EXISTS refuse_change_of_record()")
                .await?;
        }
        Ok(())
    }
}

const TABLES_LAST_FIRST: &[&str] = &[
    "language_preferences",
    "interactions",
    "case_drafts",
    "case_reports",
    "case_events",
    "cases",
    "case_counters",
    "contact_phones",
    "contacts",
    "households",
];

/// A filed report and a noted event never change and never go, whoever holds the connection.
const FREEZE_SQLITE: &[&str] = &[
    "CREATE TRIGGER case_reports_no_update BEFORE UPDATE ON case_reports
     BEGIN SELECT RAISE(ABORT, 'a record of this table never changes'); END",
    "CREATE TRIGGER case_reports_no_delete BEFORE DELETE ON case_reports
     BEGIN SELECT RAISE(ABORT, 'a record of this table never changes'); END",
    "CREATE TRIGGER case_events_no_update BEFORE UPDATE ON case_events
     BEGIN SELECT RAISE(ABORT, 'a record of this table never changes'); END",
    "CREATE TRIGGER case_events_no_delete BEFORE DELETE ON case_events
     BEGIN SELECT RAISE(ABORT, 'a record of this table never changes'); END",
];

const FREEZE_POSTGRES: &[&str] = &[
    "CREATE FUNCTION refuse_change_of_record() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN RAISE EXCEPTION 'a record of this table never changes'; END $$",
    "CREATE TRIGGER case_reports_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON case_reports
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record()",
    "CREATE TRIGGER case_events_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record()",
];

fn tables() -> [TableCreateStatement; 10] {
    [
        households(),
        contacts(),
        contact_phones(),
        case_counters(),
        cases(),
        case_events(),
        case_reports(),
        case_drafts(),
        interactions(),
        language_preferences(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("contacts_by_household", "contacts", &["household_id"]),
        index("contact_phones_by_number", "contact_phones", &["e164"]),
        index("cases_by_owner", "cases", &["owner", "updated_at", "id"]),
        index("cases_by_contact", "cases", &["contact_id", "state"]),
        unique("cases_number", "cases", &["number"]),
        unique("case_reports_version", "case_reports", &["case_id", "version"]),
        unique("interactions_call", "interactions", &["call_id"]),
        index("interactions_by_number", "interactions", &["from_e164", "arrived_at"]),
        index("interactions_by_case", "interactions", &["case_id", "arrived_at"]),
        index("interactions_by_contact", "interactions", &["contact_id", "arrived_at"]),
    ]
}

fn households() -> TableCreateStatement {
    Table::create()
        .table("households")
        .col(uuid("id").primary_key())
        .col(number("version"))
        .col(text("name"))
        .col(text_or_none("address_text"))
        .col(text_or_none("ward"))
        .col(text_or_none("place"))
        .col(flag("synthetic"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .col(uuid("updated_by"))
        .to_owned()
}

fn contacts() -> TableCreateStatement {
    Table::create()
        .table("contacts")
        .col(uuid("id").primary_key())
        .col(number("version"))
        .col(text("name"))
        .col(text_or_none("name_hi"))
        .col(text_or_none("sex"))
        .col(ColumnDef::new("birth_year").integer())
        .col(text_or_none("language"))
        .col(uuid_or_none("household_id"))
        .col(text_or_none("relation"))
        .col(text_or_none("address_text"))
        .col(text_or_none("ward"))
        .col(text_or_none("place"))
        .col(ColumnDef::new("flags").json_binary().not_null())
        .col(flag("synthetic"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .col(uuid("updated_by"))
        .foreign_key(&mut to("contacts", "household_id", "households"))
        .to_owned()
}

fn contact_phones() -> TableCreateStatement {
    Table::create()
        .table("contact_phones")
        .col(uuid("contact_id"))
        .col(text("e164"))
        .col(ColumnDef::new("place").integer().not_null())
        .col(text_or_none("label"))
        .col(flag("shared"))
        .primary_key(Index::create().col("contact_id").col("e164"))
        .foreign_key(&mut to("contact_phones", "contact_id", "contacts"))
        .to_owned()
}

/// The last number given out in each month, so that numbers have no gap and no twin.
fn case_counters() -> TableCreateStatement {
    Table::create()
        .table("case_counters")
        .col(text("month").primary_key())
        .col(number("last"))
        .to_owned()
}

fn cases() -> TableCreateStatement {
    Table::create()
        .table("cases")
        .col(uuid("id").primary_key())
        .col(number("version"))
        .col(text("number"))
        .col(uuid_or_none("contact_id"))
        .col(text("state"))
        .col(moment_or_none("state_moment"))
        .col(flag("report_due"))
        .col(text_or_none("category"))
        .col(text_or_none("disposition"))
        .col(text("class"))
        .col(uuid_or_none("owner"))
        .col(text("summary"))
        .col(text("notes"))
        .col(flag("synthetic"))
        .col(moment("opened_at"))
        .col(uuid("opened_by"))
        .col(moment("updated_at"))
        .col(uuid("updated_by"))
        .col(moment_or_none("closed_at"))
        .foreign_key(&mut to("cases", "contact_id", "contacts"))
        .to_owned()
}

fn case_events() -> TableCreateStatement {
    Table::create()
        .table("case_events")
        .col(uuid("case_id"))
        .col(number("version"))
        .col(moment("at"))
        .col(uuid("by_user"))
        .col(ColumnDef::new("change").json_binary().not_null())
        .primary_key(Index::create().col("case_id").col("version"))
        .foreign_key(&mut to("case_events", "case_id", "cases"))
        .to_owned()
}

fn case_reports() -> TableCreateStatement {
    Table::create()
        .table("case_reports")
        .col(uuid("id").primary_key())
        .col(uuid("case_id"))
        .col(number("version"))
        .col(text("text"))
        .col(text("disposition"))
        .col(uuid("filed_by"))
        .col(moment("filed_at"))
        .foreign_key(&mut to("case_reports", "case_id", "cases"))
        .to_owned()
}

fn case_drafts() -> TableCreateStatement {
    Table::create()
        .table("case_drafts")
        .col(uuid("case_id"))
        .col(uuid("user_id"))
        .col(number("sequence"))
        .col(number("case_version"))
        .col(ColumnDef::new("fields").json_binary().not_null())
        .col(moment("saved_at"))
        .primary_key(Index::create().col("case_id").col("user_id"))
        .foreign_key(&mut to("case_drafts", "case_id", "cases"))
        .to_owned()
}

fn interactions() -> TableCreateStatement {
    Table::create()
        .table("interactions")
        .col(uuid("id").primary_key())
        .col(uuid_or_none("call_id"))
        .col(uuid_or_none("case_id"))
        .col(uuid_or_none("contact_id"))
        .col(flag("begun"))
        .col(text("direction"))
        .col(text("medium"))
        .col(text_or_none("from_e164"))
        .col(text("dialled"))
        .col(text_or_none("queue"))
        .col(text_or_none("class"))
        .col(text_or_none("language"))
        .col(moment("arrived_at"))
        .col(moment_or_none("answered_at"))
        .col(moment_or_none("queued_at"))
        .col(moment_or_none("talking_at"))
        .col(moment_or_none("ended_at"))
        .col(uuid_or_none("agent"))
        .col(moment_or_none("agent_since"))
        .col(text_or_none("outcome"))
        .col(ColumnDef::new("wait_ms").big_integer())
        .col(ColumnDef::new("journal_position").big_integer())
        .col(flag("synthetic"))
        .foreign_key(&mut to("interactions", "case_id", "cases"))
        .foreign_key(&mut to("interactions", "contact_id", "contacts"))
        .to_owned()
}

/// By number and not by contact: the greeting must know it before anybody knows who calls.
fn language_preferences() -> TableCreateStatement {
    Table::create()
        .table("language_preferences")
        .col(text("e164").primary_key())
        .col(text("language"))
        .col(moment("updated_at"))
        .to_owned()
}

fn uuid(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().to_owned()
}

fn uuid_or_none(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().to_owned()
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

fn text_or_none(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().to_owned()
}

fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().to_owned()
}

fn moment(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().not_null().to_owned()
}

fn moment_or_none(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().to_owned()
}

/// Records are never deleted while something points at them.
fn to(
    table: &'static str,
    column: &'static str,
    target: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, column)
        .to(target, "id")
        .on_delete(ForeignKeyAction::Restrict)
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

fn unique(
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> IndexCreateStatement {
    index(name, table, columns).unique().to_owned()
}
