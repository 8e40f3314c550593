//! The roster: written by supervisors on versions, read by everybody who is in it, audited.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use store::account::Role;

use crate::app::{Actor, TestApp, json_of, problem_of};

const WEEK: &str = "/api/v1/roster?week=2026-11-25";
const ENTRIES: &str = "/api/v1/roster/entries";

async fn on_version(
    actor: &Actor,
    method: Method,
    path: &str,
    seen: i64,
    body: &Value,
) -> Response {
    let request = actor.request(method, path).header("if-match", format!("\"{seen}\""));
    request.json(body).send().await.expect("an answer")
}

fn night(agent: &Value, from: &str, until: Option<&str>) -> Value {
    json!({"agent": agent, "note": "रात", "plan": {"kind": "shift", "queue": "health",
        "days": [0, 1, 2, 3, 4, 5, 6], "from": from, "until": until, "start_minute": 1320,
        "minutes": 540}})
}

async fn spans(actor: &Actor, path: &str) -> Vec<String> {
    let week = json_of(actor.get(path).await, StatusCode::OK).await;
    let spans = week["spans"].as_array().expect("a list");
    spans.iter().map(|span| span["day"].as_str().expect("a day").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_is_added_changed_taken_out_and_put_back() {
    let app = TestApp::start().await;
    let supervisor = app.supervisor().await;
    let operator = app.operator().await;
    let who = json!(operator.user.expect("a user"));
    assert!(spans(&supervisor, WEEK).await.is_empty());

    let wish = night(&who, "2026-11-21", None);
    let request = || supervisor.request(Method::POST, ENTRIES).header("idempotency-key", "k1");
    let made = request().json(&wish).send().await.expect("an answer");
    assert_eq!(made.headers()["etag"], "\"1\"");
    let made = json_of(made, StatusCode::CREATED).await;
    let again = request().json(&wish).send().await.expect("an answer");
    assert_eq!(json_of(again, StatusCode::CREATED).await["id"], made["id"], "made once");

    let week = json_of(supervisor.get(WEEK).await, StatusCode::OK).await;
    assert_eq!((&week["from"], &week["until"]), (&json!("2026-11-23"), &json!("2026-11-29")));
    assert_eq!(week["spans"].as_array().expect("a list").len(), 8, "and the night before");
    assert_eq!(week["spans"][0]["until"], "2026-11-23T07:00:00.000+05:30");
    assert_eq!(week["spans"][0]["name"], "Test operator1");
    assert_eq!(week["agents"].as_array().expect("a list").len(), 1, "supervisors take no calls");

    let path = format!("{ENTRIES}/{}", made["id"].as_str().expect("an id"));
    let ended = night(&who, "2026-11-21", Some("2026-11-24"));
    let missing = supervisor.put(&path, &ended).await;
    problem_of(missing, StatusCode::PRECONDITION_REQUIRED, "version-required").await;
    let changed = on_version(&supervisor, Method::PUT, &path, 1, &ended).await;
    assert_eq!(json_of(changed, StatusCode::OK).await["version"], 2);
    assert_eq!(spans(&supervisor, WEEK).await, ["2026-11-22", "2026-11-23", "2026-11-24"]);
    let stale = on_version(&supervisor, Method::PUT, &path, 1, &ended).await;
    let stale = problem_of(stale, StatusCode::PRECONDITION_FAILED, "version-conflict").await;
    assert_eq!(stale["current"]["version"], 2);

    let gone = on_version(&supervisor, Method::DELETE, &path, 2, &json!({})).await;
    assert_eq!(json_of(gone, StatusCode::OK).await["removed"], true);
    assert!(spans(&supervisor, WEEK).await.is_empty());
    let undo = format!("{path}/restore");
    let back = on_version(&supervisor, Method::POST, &undo, 3, &json!({})).await;
    assert_eq!(json_of(back, StatusCode::OK).await["version"], 4);
    assert_eq!(spans(&operator, WEEK).await.len(), 3, "one's own");

    audited(&app, &made["id"]).await;
    app.stop().await;
}

async fn audited(app: &TestApp, id: &Value) {
    let path = format!("/api/v1/audit?record={}", id.as_str().expect("an id"));
    let audit = json_of(app.auditor().await.get(&path).await, StatusCode::OK).await;
    let entries = audit["entries"].as_array().expect("entries");
    let told: Vec<_> = entries.iter().map(|one| one["action"].as_str().expect("text")).collect();
    assert_eq!(told, ["change_state", "delete", "update", "create", "create"]);
    assert!(entries.iter().all(|one| one["entity"] == "roster"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_see_their_own_shifts_and_nobody_elses() {
    let app = TestApp::start().await;
    let supervisor = app.supervisor().await;
    let operator = app.operator().await;
    let doctor = app.person("doctor1", Role::Doctor).await;
    for actor in [&operator, &doctor] {
        let wish = night(&json!(actor.user.expect("a user")), "2026-11-23", Some("2026-11-23"));
        let made = supervisor.post(ENTRIES, &wish).await;
        assert_eq!(made.status(), StatusCode::CREATED);
    }
    assert_eq!(spans(&supervisor, WEEK).await.len(), 2);
    let own = json_of(doctor.get(WEEK).await, StatusCode::OK).await;
    for list in ["entries", "spans", "agents"] {
        let list = own[list].as_array().expect("a list");
        assert_eq!(list.len(), 1, "{own}");
        assert_eq!(list[0]["agent"], json!(doctor.user.expect("a user")));
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_by_its_field() {
    let app = TestApp::start().await;
    let supervisor = app.supervisor().await;
    let operator = json!(app.operator().await.user.expect("a user"));
    let auditor = json!(app.auditor().await.user.expect("a user"));
    let change = |path: &str, value: Value| {
        let mut wish = night(&operator, "2026-11-23", None);
        *wish.pointer_mut(path).expect("a field") = value;
        wish
    };
    for (wish, field) in [
        (change("/agent", auditor), "agent"),
        (change("/plan/queue", json!("nowhere")), "plan.queue"),
        (change("/plan/days", json!([])), "plan"),
        (change("/plan/days", json!([7])), "plan.days"),
        (change("/plan/start_minute", json!(1440)), "plan"),
        (change("/plan/minutes", json!(0)), "plan"),
        (change("/note", json!("न".repeat(201))), "note"),
    ] {
        let refused = supervisor.post(ENTRIES, &wish).await;
        let problem = problem_of(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    let leave = json!({"agent": operator, "plan": {"kind": "leave", "from": "2026-11-23",
        "until": "2026-11-22", "reason": "sick"}});
    let refused = supervisor.post(ENTRIES, &leave).await;
    let problem = problem_of(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(problem["errors"][0]["field"], "plan.until", "{problem}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_is_copied_once_and_leave_takes_a_shift_out() {
    let app = TestApp::start().await;
    let supervisor = app.supervisor().await;
    let who = json!(app.operator().await.user.expect("a user"));
    for until in [Some("2026-11-23"), None] {
        let made = supervisor.post(ENTRIES, &night(&who, "2026-11-23", until)).await;
        assert_eq!(made.status(), StatusCode::CREATED);
    }
    let weeks = json!({"from": "2026-11-29", "to": "2026-12-02"});
    let copied = supervisor.post("/api/v1/roster/copy", &weeks).await;
    let copied = json_of(copied, StatusCode::CREATED).await;
    assert_eq!(copied["added"].as_array().expect("a list").len(), 1, "what repeats is there");
    assert_eq!(copied["added"][0]["plan"]["from"], "2026-11-30");
    let again = supervisor.post("/api/v1/roster/copy", &weeks).await;
    let again = json_of(again, StatusCode::CREATED).await;
    assert_eq!((&again["added"], &again["already"]), (&json!([]), &json!(1)));
    let same = json!({"from": "2026-11-23", "to": "2026-11-29"});
    let same = supervisor.post("/api/v1/roster/copy", &same).await;
    problem_of(same, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;

    let next = "/api/v1/roster?week=2026-12-01";
    assert_eq!(spans(&supervisor, next).await.len(), 9, "eight nights and the copy");
    let leave = json!({"agent": who, "plan": {"kind": "leave", "from": "2026-11-30",
        "until": "2026-12-05", "reason": "planned"}});
    assert_eq!(supervisor.post(ENTRIES, &leave).await.status(), StatusCode::CREATED);
    assert_eq!(spans(&supervisor, next).await, ["2026-11-29", "2026-12-06"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_need_is_told_and_the_hour_without_anybody_named() {
    let app = TestApp::start().await;
    let supervisor = app.supervisor().await;
    let who = json!(app.operator().await.user.expect("a user"));
    let path = "/api/v1/roster/needs/health";
    let seats = json!({"seats": vec![3; 168]});
    let set = on_version(&supervisor, Method::PUT, path, 0, &seats).await;
    assert_eq!(json_of(set, StatusCode::OK).await["version"], 1);
    let stale = on_version(&supervisor, Method::PUT, path, 0, &seats).await;
    problem_of(stale, StatusCode::PRECONDITION_FAILED, "version-conflict").await;
    let short = on_version(&supervisor, Method::PUT, path, 1, &json!({"seats": [3]})).await;
    problem_of(short, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    let week = json_of(supervisor.get(WEEK).await, StatusCode::OK).await;
    assert_eq!(week["needs"][0]["seats"].as_array().expect("numbers").len(), 168);

    let now = "/api/v1/roster/now";
    let nobody = json_of(supervisor.get(now).await, StatusCode::OK).await;
    assert_eq!(nobody["uncovered"], json!([]), "without a roster nothing is warned of");
    // All day, every day, for this queue alone.
    let mut always = night(&who, "2020-01-01", None);
    always["plan"]["start_minute"] = json!(0);
    always["plan"]["minutes"] = json!(1440);
    assert_eq!(supervisor.post(ENTRIES, &always).await.status(), StatusCode::CREATED);
    let duty = json_of(supervisor.get(now).await, StatusCode::OK).await;
    assert!(duty["spans"].as_array().expect("a list").len() >= 2, "{duty}");
    let named: Vec<_> =
        duty["uncovered"].as_array().expect("a list").iter().map(|one| &one["queue"]).collect();
    assert!(!named.contains(&&json!("health")) && named.contains(&&json!("schemes")), "{duty}");
    app.stop().await;
}
