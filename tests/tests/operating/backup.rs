//! What was kept is back, from the file alone; and a file that is no good restores nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::desk;
use tests::program::{PASSWORD, Program, command};
use tests::telephone::Sipp;
use tokio::time::{Instant, sleep};
use web::backup::collect::{self, Kept};
use web::backup::manifest::Manifest;
use web::backup::write;

const QUIET: Duration = Duration::from_secs(60);
/// A word that stands in one record and nowhere else.
const WORD: &str = "quixotically";
/// A name that comes after the backup.
const LATER: &str = "Zubeida Aftertime";

fn run(arguments: &[&str]) -> Output {
    command(arguments).expect("the program is built").output().expect("it runs")
}

fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn restore(from: &Path, into: &Path) -> Output {
    let (from, into) = (from.display().to_string(), into.display().to_string());
    run(&["restore", "--from", &from, "--data", &into])
}

/// Makes a backup of what a program keeps, while it serves.
fn back_up(program: &Program, folder: &TempDir) -> PathBuf {
    let file = folder.path().join("helpline.backup");
    let path = file.display().to_string();
    let output = program.command(&["backup", "--to", &path]).expect("built").output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{}", told(&output));
    file
}

/// How many rows each table has, but for those that change by themselves.
async fn rows(database: &Path) -> BTreeMap<String, i64> {
    let mut one = ConnectOptions::new(format!("sqlite://{}", database.display()));
    one.max_connections(1);
    let db = Database::connect(one).await.expect("the database opens");
    let query = |sql: String| Statement::from_string(db.get_database_backend(), sql);
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let found = db.query_all_raw(query(tables.to_owned())).await.expect("tables");
    let mut counts = BTreeMap::new();
    for row in found {
        let table: String = row.try_get("", "name").expect("a name");
        // Sessions end, and rows that every follower has seen are deleted.
        if table.contains("session") || table.contains("outbox") {
            continue;
        }
        let counted = db.query_one_raw(query(format!("SELECT count(*) AS n FROM {table}"))).await;
        let n: i64 = counted.expect("counted").expect("a row").try_get("", "n").expect("a number");
        counts.insert(table, n);
    }
    counts
}

async fn search(api: &desk::Api, text: &str) -> u64 {
    let found = api.post("/search", Some(&json!({ "text": text }))).await.expect("a search");
    found["total"].as_u64().expect("a total")
}

async fn until_found(api: &desk::Api, text: &str) {
    let until = Instant::now() + QUIET;
    while search(api, text).await == 0 {
        assert!(Instant::now() < until, "{text} is not found");
        sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_kept_is_back_after_a_restore_and_can_be_searched() {
    let program = Program::start(&[]).await.expect("the program starts").telling(&[LATER, WORD]);
    let api = desk::sign_in(program.http, "operator1", PASSWORD).await.expect("a session");
    let person = json!({ "name": format!("Anu {WORD}"), "phones": [{ "e164": "+919999000777" }] });
    let made: Value = api.post("/contacts", Some(&person)).await.expect("a record");
    Sipp::new("brief").run(&program).await.expect("a real call");
    program.until_quiet(QUIET).await.expect("the call is over");
    until_found(&api, WORD).await;

    let folder = tempfile::tempdir().expect("a folder");
    let file = back_up(&program, &folder);
    let before = rows(&program.database()).await;
    let later = json!({ "name": LATER, "phones": [{ "e164": "+919999000778" }] });
    api.post("/contacts", Some(&later)).await.expect("a record after the backup");
    program.stop().await.expect("it stops in peace");

    let data = folder.path().join("restored");
    let output = restore(&file, &data);
    assert!(output.status.success(), "{}", told(&output));
    let said = told(&output);
    assert!(said.contains("sound") && said.contains("can be found"), "{said}");
    let after = rows(&data.join("helpline.db")).await;
    assert!(after["journal"] > 0 && after["interactions"] > 0, "a call was kept: {after:?}");
    for (table, count) in &before {
        // The sign-in and the searches before the backup are in it, later ones are not.
        assert_eq!(after.get(table), Some(count), "{table}");
    }

    let again = Program::serve(&data, &[]).await.expect("it serves from what was restored");
    let api = desk::sign_in(again.http, "operator1", PASSWORD).await.expect("users are back");
    until_found(&api, WORD).await;
    assert_eq!(search(&api, LATER).await, 0, "the backup is of its moment");
    let id = made["id"].as_str().expect("an id");
    let contact = api.get(&format!("/contacts/{id}")).await.expect("the record is back");
    assert_eq!(contact["phones"][0]["e164"], "+919999000777");
    Sipp::new("brief").run(&again).await.expect("and calls are taken");
    again.until_quiet(QUIET).await.expect("the call is over");
    again.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_no_good_restores_nothing_and_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let path = |name: &str| folder.path().join(name);
    let text = |path: &Path| path.display().to_string();
    let mut command = command(&["migrate"]).expect("built");
    assert!(command.env("HELPLINE__DATA__FOLDER", &data).status().expect("it runs").success());
    let good = path("good");
    let mut backup = tests::program::command(&["backup", "--to", &text(&good)]).expect("built");
    let made = backup.env("HELPLINE__DATA__FOLDER", &data).output().expect("it runs");
    assert!(made.status.success(), "{}", told(&made));

    let bytes = std::fs::read(&good).expect("the backup");
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 0x40;
    std::fs::write(path("flipped"), flipped).expect("written");
    std::fs::write(path("cut"), &bytes[..bytes.len() * 2 / 3]).expect("written");
    std::fs::write(path("other"), "a letter").expect("written");
    newer(&data, &path("newer"));
    for (name, words) in [
        ("flipped", "is damaged"),
        ("cut", "is damaged"),
        ("other", "is not a backup"),
        ("newer", "newer than this program's (step m9999_of_later_days)"),
        ("missing", "cannot be read"),
    ] {
        let into = path("into");
        let output = restore(&path(name), &into);
        let said = told(&output);
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(words) && said.lines().count() == 1, "{name}: {said}");
        let left = std::fs::read_dir(&into).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{name}: the folder is as empty as before");
    }
    let full = restore(&good, &data);
    assert!(told(&full).contains("is not empty"), "{}", told(&full));
    assert!(data.join("helpline.db").exists(), "what is there stays");
    let twice = run(&["backup", "--to", &text(&good)]);
    assert!(told(&twice).contains("exists already"), "{}", told(&twice));
}

/// A backup as a newer program would make it.
fn newer(data: &Path, out: &Path) {
    let database = data.join("helpline.db");
    let kept = Kept { data, copy: &database, settings: None, recordings: None };
    let sources = collect::sources(kept).expect("read");
    let files = write::entries(&sources, &mut |_, _| {}).expect("summed");
    let mut schema = store::schema::Schema::of_this_program().steps;
    schema.push("m9999_of_later_days".to_owned());
    let manifest = Manifest {
        format: 1,
        program: "9.0.0".to_owned(),
        made_at: web::wire::Moment(ids::Timestamp::from_micros(0)),
        schema,
        files,
    };
    write::write(out, &manifest, &sources, &mut |_, _| {}).expect("written");
}
