//! The disk is full: callers are answered, agents are told, and what waited is written once there is
//! room.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::desk::{self, Api};
use tests::program::{PASSWORD, Program};
use tests::telephone::Sipp;
use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_secs(60);

/// Fills a disk to the last byte.
fn fill(ballast: &Path) {
    let mut file = File::create(ballast).expect("a file");
    for piece in [1 << 20, 1 << 12, 1] {
        while file.write_all(&vec![7; piece]).is_ok() {}
    }
}

async fn save(api: &Api) -> StatusCode {
    let person = json!({ "name": "Nobody" });
    let asked = api.ask(Method::POST, "/contacts", Some(&person)).await;
    let (status, problem) = asked.expect("an answer");
    if status == StatusCode::SERVICE_UNAVAILABLE {
        assert!(problem["detail"].as_str().expect("text").contains("disk is full"), "{problem}");
    }
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_on_while_the_disk_is_full_and_are_recorded_once_there_is_room() {
    let program = Program::start_on_small_disk(64, &[]).await.expect("the program starts");
    let api = desk::sign_in(program.http, "operator1", PASSWORD).await.expect("a session");
    assert_eq!(save(&api).await, StatusCode::CREATED);
    let ballast = program.inside("ballast");
    fill(&ballast);
    // Pages that the database has already may take a row or two more.
    let until = Instant::now() + PATIENCE;
    while save(&api).await != StatusCode::SERVICE_UNAVAILABLE {
        assert!(Instant::now() < until, "rows are still saved on a full disk");
    }
    Sipp::new("brief").run(&program).await.expect("the caller is answered all the same");
    let ready = reqwest::get(program.url("/readyz")).await.expect("an answer");
    assert_eq!(ready.status(), StatusCode::OK, "callers are still taken");
    std::fs::remove_file(&ballast).expect("room");
    let until = Instant::now() + PATIENCE;
    while save(&api).await != StatusCode::CREATED {
        assert!(Instant::now() < until, "nothing is saved although there is room");
        sleep(Duration::from_millis(200)).await;
    }
    Sipp::new("brief").run(&program).await.expect("the next caller");
    program.until_quiet(PATIENCE).await.expect("the calls are over");
    assert_eq!(program.metric("helpline_records_lost_total").await.expect("metrics"), 0.0);
    assert_eq!(program.metric("helpline_panics_total").await.expect("metrics"), 0.0);
    program.stop().await.expect("it stops in peace");
}
