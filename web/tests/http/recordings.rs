//! Recordings over HTTP: who hears them and why, in which parts, and how they go.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crm::recording::{Recording, Rule, State};
use ids::{AgentId, CallId, RecordingId, Timestamp, UserId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use telephony::media::record::{FileSecrets, Opening, RecordingId as Number, RecordingKey, Sealer};
use telephony::sdp::Codec;
use web::clock;

use crate::app::{Actor, TestApp, problem_of};

const KEY: &str = "abababababababababababababababababababababababababababababababab";
const CALL: CallId = CallId::from_number(501);
const ID: RecordingId = RecordingId::from_number(502);

async fn start() -> TestApp {
    TestApp::with(&[("HELPLINE__RECORDING__KEY", KEY)]).await
}

fn file(app: &TestApp) -> PathBuf {
    app.running.app().settings().data.folder.join("recordings/one.rec")
}

/// Two seconds of sound: the caller's rises, the other side is steady.
fn sound() -> Vec<u8> {
    let mut file = Vec::new();
    let opening = Opening { began: Timestamp::from_micros(1), recording: Number(1) };
    let secrets = FileSecrets { salt: [1; 32], data_key: [2; 32], prefix: [3; 7] };
    let key = RecordingKey::parse(KEY).expect("a key");
    let mut sealer = Sealer::begin(&key, secrets, &opening, &mut file);
    let said: Vec<u8> = (0..8000_u32).map(|n| n.to_le_bytes()[0]).collect();
    for second in 0..2 {
        let sides = [&said[..], &[0x2a; 8000]];
        sealer.audio(second * 8000, Codec::Pcma, sides, &mut file).expect("a number is left");
    }
    sealer.end(16_000, &mut file).expect("a number is left");
    file
}

/// A call that this person took, with its recording kept for an hour.
async fn recorded(app: &TestApp, by: UserId) -> Recording {
    let store = app.running.app().store();
    let now = clock::now();
    let agent = AgentId::from(by);
    crm::interaction::mark_talking(store, CALL, agent, now, None).await.expect("written");
    let keep_until = now + Duration::from_secs(3600);
    let row = Recording {
        state: State::Kept,
        seconds: 2,
        file: Some("one.rec".to_owned()),
        ..Recording::new(ID, CALL, Rule::Announced, now, keep_until)
    };
    crm::recording::save_all(store, std::slice::from_ref(&row)).await.expect("written");
    fs::create_dir_all(file(app).parent().expect("a folder")).expect("writable");
    fs::write(file(app), sound()).expect("writable");
    row
}

fn audio(actor: &Actor) -> reqwest::RequestBuilder {
    actor.request(Method::GET, &format!("/api/v1/recordings/{ID}/audio"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sound_is_heard_whole_and_in_parts_and_kept_by_no_cache() {
    let app = start().await;
    let operator = app.operator().await;
    recorded(&app, operator.user.expect("a person")).await;
    let whole = audio(&operator).send().await.expect("an answer");
    assert_eq!(whole.status(), StatusCode::OK);
    for (name, value) in
        [("cache-control", "no-store"), ("content-type", "audio/wav"), ("accept-ranges", "bytes")]
    {
        assert_eq!(whole.headers()[name], value);
    }
    let whole = whole.bytes().await.expect("a body");
    assert_eq!(whole.len(), 44 + 16_000 * 4);
    let wav = hound::WavReader::new(&whole[..]).expect("a WAV file");
    assert_eq!((wav.duration(), wav.spec().channels), (16_000, 2));
    for (first, last) in [(0, 9), (10, 99), (44, 44), (45, 32_100), (63_000, 64_043)] {
        let asked = audio(&operator).header("range", format!("bytes={first}-{last}"));
        let part = asked.send().await.expect("an answer");
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        let range = part.headers()["content-range"].to_str().expect("text").to_owned();
        assert_eq!(range, format!("bytes {first}-{last}/64044"));
        assert_eq!(part.bytes().await.expect("a body"), whole[first..=last], "{range}");
    }
    let behind = audio(&operator).header("range", "bytes=64044-").send().await.expect("an answer");
    problem_of(behind, StatusCode::RANGE_NOT_SATISFIABLE, "no-such-range").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_not_on_the_call_says_why_and_the_audit_knows() {
    let app = start().await;
    let operator = app.operator().await;
    recorded(&app, operator.user.expect("a person")).await;
    let supervisor = app.supervisor().await;
    let refused = audio(&supervisor).send().await.expect("an answer");
    let refused = problem_of(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(refused["errors"][0]["field"], "x-reason");
    let heard = audio(&supervisor).header("x-reason", "complaint%2017").send().await;
    assert_eq!(heard.expect("an answer").status(), StatusCode::OK);
    let auditor = app.auditor().await;
    let audit: Value =
        auditor.get(&format!("/api/v1/audit?record={ID}")).await.json().await.expect("json");
    let entries = audit["entries"].as_array().expect("a list");
    assert_eq!(entries.len(), 1, "a refusal is no entry: {audit}");
    assert_eq!(entries[0]["entity"], "recording");
    assert_eq!(entries[0]["reason"], "complaint 17");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_holds_a_recording_or_destroys_it_for_good() {
    let app = start().await;
    let operator = app.operator().await;
    let row = recorded(&app, operator.user.expect("a person")).await;
    let supervisor = app.supervisor().await;
    let path = format!("/api/v1/recordings/{ID}");
    let hold = |version: &'static str| {
        let request = supervisor.request(Method::PUT, &format!("{path}/legal-hold"));
        request.header("if-match", version).header("x-reason", "court")
    };
    let held = hold("\"1\"").json(&json!({"held": true})).send().await.expect("an answer");
    assert_eq!(
        (held.status(), &held.headers()["etag"]),
        (StatusCode::OK, &"\"2\"".parse().expect("a header"))
    );
    let stale = hold("\"1\"").json(&json!({"held": false})).send().await.expect("an answer");
    problem_of(stale, StatusCode::PRECONDITION_FAILED, "version-conflict").await;
    let delete = |version: &'static str| {
        let request = supervisor.request(Method::DELETE, &path);
        request.header("if-match", version).header("x-reason", "court")
    };
    let refused = delete("\"2\"").send().await.expect("an answer");
    problem_of(refused, StatusCode::CONFLICT, "wrong-state").await;
    assert!(file(&app).exists());
    let released = hold("\"2\"").json(&json!({"held": false})).send().await.expect("an answer");
    assert_eq!(released.status(), StatusCode::OK);
    let deleted = delete("\"3\"").send().await.expect("an answer");
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert!(!file(&app).exists(), "the file is gone");
    let after = audio(&operator).send().await.expect("an answer");
    problem_of(after, StatusCode::CONFLICT, "wrong-state").await;
    let path = format!("/api/v1/interactions/{}/recordings", row.interaction);
    let listed: Value = operator.get(&path).await.json().await.expect("json");
    assert_eq!(listed[0]["state"], "deleted");
    assert_eq!(listed[0]["deleted_because"], "ordered");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_whose_time_is_over_goes_with_its_file() {
    let app = start().await;
    let operator = app.operator().await;
    let row = recorded(&app, operator.user.expect("a person")).await;
    let running = app.running.app();
    web::recordings::remove_due(running, clock::now()).await;
    assert!(file(&app).exists(), "its time is not over");
    let due = Recording { keep_until: clock::now(), ..row };
    crm::recording::save_all(running.store(), &[due]).await.expect("written");
    web::recordings::remove_due(running, clock::now()).await;
    assert!(!file(&app).exists());
    let left = crm::recording::due(running.store(), clock::now(), 10).await.expect("readable");
    assert_eq!(left, []);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_under_another_key_is_a_clear_refusal() {
    let other = "cd".repeat(32);
    let app = TestApp::with(&[("HELPLINE__RECORDING__KEY", &other)]).await;
    let operator = app.operator().await;
    recorded(&app, operator.user.expect("a person")).await;
    let refused = audio(&operator).send().await.expect("an answer");
    let refused = problem_of(refused, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    assert!(refused["detail"].as_str().is_some_and(|why| why.contains("old_key_files")));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_not_recorded_cannot_be_paused() {
    let app = start().await;
    let operator = app.operator().await;
    let path = format!("/api/v1/calls/{CALL}/recording/pause");
    let refused = operator.post(&path, &json!({"because": "secret"})).await;
    problem_of(refused, StatusCode::CONFLICT, "wrong-state").await;
    app.stop().await;
}
