//! The schema as the steps make it: the same text each time, and nothing left after all went down.

use std::fmt::Write;

use migrations::{Migrator, MigratorTrait};
use store::sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use store::testing::TestDb;
use store::{Store, both_backends};

const SQLITE: &str = "SELECT sql || ';' AS line FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name <> 'seaql_migrations'
    ORDER BY tbl_name, type DESC, name";

const POSTGRES: &str = "SELECT line FROM (
    SELECT table_name AS t, 1 AS kind, ordinal_position AS n, table_name || '.' || column_name || ' '
        || data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
        || coalesce(' default ' || column_default, '')
        || CASE is_identity WHEN 'YES' THEN ' identity' ELSE '' END AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT conrelid::regclass::text, 2, 0,
        conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT tablename, 3, 0, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT tgrelid::regclass::text, 4, 0, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function', 5, 0, pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines WHERE t <> 'seaql_migrations' ORDER BY t, kind, n, line COLLATE \"C\"";

async fn schema(connection: &DatabaseConnection, query: &str) -> String {
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await.unwrap();
    let mut text = String::new();
    for row in rows {
        let line: String = row.try_get("", "line").unwrap();
        writeln!(text, "{line}").unwrap();
    }
    text
}

async fn down_and_up(db: &TestDb, query: &str) -> String {
    let connection = Database::connect(db.url()).await.unwrap();
    let fresh = schema(&connection, query).await;
    Migrator::down(&connection, None).await.unwrap();
    assert_eq!(schema(&connection, query).await, "", "a step leaves something behind");
    Migrator::up(&connection, None).await.unwrap();
    assert_eq!(schema(&connection, query).await, fresh, "down and up is not the same as up");
    Migrator::up(&connection, None).await.expect("up again changes nothing");
    fresh
}

#[tokio::test]
async fn the_schema_of_sqlite_is_the_one_on_record() {
    let db = TestDb::sqlite().await;
    insta::assert_snapshot!("sqlite", down_and_up(&db, SQLITE).await);
}

#[tokio::test]
async fn the_schema_of_postgres_is_the_one_on_record() {
    let db = TestDb::postgres().await;
    insta::assert_snapshot!("postgres", down_and_up(&db, POSTGRES).await);
}

both_backends!(two_nodes_that_start_at_once_make_the_schema_once);

async fn two_nodes_that_start_at_once_make_the_schema_once(db: &TestDb) {
    let connection = Database::connect(db.url()).await.unwrap();
    Migrator::down(&connection, None).await.unwrap();
    drop(connection);
    let second = Store::open(db.url()).await.unwrap();
    let (one, other) = tokio::join!(db.store().migrate(), second.migrate());
    one.unwrap();
    other.unwrap();
}
