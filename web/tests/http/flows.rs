//! Greetings and calendars: drafted, refused by branch, put in force, rolled back, rehearsed, audited.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{Actor, TestApp, json_of, problem_of};

async fn publish(actor: &Actor, path: &str, seen: i64) -> Response {
    let request = actor.request(Method::POST, path);
    request.header("if-match", format!("\"{seen}\"")).send().await.expect("an answer")
}

async fn text_of(actor: &Actor, path: &str) -> String {
    let found = json_of(actor.get(path).await, StatusCode::OK).await;
    found["version"]["text"].as_str().expect("a text").to_owned()
}

/// What a caller who presses these keys hears, joined, and where it ends.
async fn rehearsed(actor: &Actor, flow: &str, wish: &Value) -> (String, Value) {
    let path = format!("/api/v1/flows/{flow}/simulate");
    let told = json_of(actor.post(&path, wish).await, StatusCode::OK).await;
    let heard = told["heard"].as_array().expect("a list").iter();
    let all: Vec<_> = heard
        .flat_map(|heard| heard["prompts"].as_array().expect("prompts"))
        .map(|prompt| prompt.as_str().expect("text").to_owned())
        .collect();
    (all.join(" "), told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_is_drafted_published_and_rolled_back() {
    let app = TestApp::start().await;
    let supervisor = app.supervisor().await;
    let flows = json_of(supervisor.get("/api/v1/flows").await, StatusCode::OK).await;
    let names: Vec<_> =
        flows["in_force"].as_array().expect("a list").iter().map(|f| f["name"].clone()).collect();
    assert_eq!(names, ["health", "schemes"]);

    let text = text_of(&supervisor, "/api/v1/flows/health").await;
    let shorter = text.replace("[\"health_welcome\", \"safety\"]", "[\"health_welcome\"]");
    let new = json!({"text": shorter, "note": "छोटा"});
    let path = "/api/v1/flows/health/versions";
    let request = || supervisor.request(Method::POST, path).header("idempotency-key", "k1");
    let draft = request().json(&new).send().await.expect("an answer");
    let draft = json_of(draft, StatusCode::CREATED).await;
    assert_eq!(draft["version"]["version"], 2);
    assert!(draft["proof"]["worst_s"].as_u64().expect("seconds") > 10, "{draft}");
    let again = request().json(&new).send().await.expect("an answer");
    assert_eq!(json_of(again, StatusCode::CREATED).await["version"]["version"], 2, "kept once");

    // A draft can be heard before anybody else does.
    let (heard, _) = rehearsed(&supervisor, "health", &json!({"keys": "1", "version": 2})).await;
    assert!(heard.contains("hi/health_welcome hi/health_reason"), "{heard}");
    let (heard, _) = rehearsed(&supervisor, "health", &json!({"keys": "1"})).await;
    assert!(heard.contains("hi/health_welcome hi/safety"), "not in force yet: {heard}");

    let missing = supervisor.post(&format!("{path}/2/publish"), &json!({})).await;
    problem_of(missing, StatusCode::PRECONDITION_REQUIRED, "version-required").await;
    let published = publish(&supervisor, &format!("{path}/2/publish"), 1).await;
    assert_eq!(published.headers()["etag"], "\"2\"");
    let published = json_of(published, StatusCode::OK).await;
    assert_eq!(published["version"]["version"], 2);
    assert!(published["proof"]["branches"].as_array().is_some_and(|all| !all.is_empty()));
    let stale = publish(&supervisor, &format!("{path}/1/publish"), 1).await;
    let stale = problem_of(stale, StatusCode::PRECONDITION_FAILED, "version-conflict").await;
    assert_eq!(stale["current"]["version"], 2);

    let (heard, _) = rehearsed(&supervisor, "health", &json!({"keys": "1"})).await;
    assert!(heard.contains("hi/health_welcome hi/health_reason"), "{heard}");
    let back = publish(&supervisor, "/api/v1/flows/health/rollback", 2).await;
    assert_eq!(json_of(back, StatusCode::OK).await["version"]["version"], 1);
    let versions = json_of(supervisor.get(path).await, StatusCode::OK).await;
    let numbers: Vec<_> = versions["versions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|v| v["version"].clone())
        .collect();
    assert_eq!(numbers, [2, 1]);

    let audit = json_of(app.auditor().await.get("/api/v1/audit").await, StatusCode::OK).await;
    let done: Vec<_> = audit["entries"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|entry| entry["entity"] == "configuration")
        .map(|entry| entry["action"].as_str().expect("a word").to_owned())
        .collect();
    assert!(done.len() >= 3 && done.contains(&"create".to_owned()), "{done:?}");
    assert!(done.contains(&"change_state".to_owned()), "{done:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_branch_is_told_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let text = text_of(&admin, "/api/v1/flows/schemes").await;
    let broken = text
        .replace("closed = \"closed\"", "closed = \"shut\"")
        .replace("then = \"on_duty\"", "then = \"nobody\"");
    let path = "/api/v1/flows/schemes/versions";
    let refused = admin.post(path, &json!({"text": broken})).await;
    let problem = problem_of(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    let fields: Vec<_> =
        problem["errors"].as_array().expect("a list").iter().map(|e| e["field"].clone()).collect();
    assert_eq!(fields, ["steps.closed_then.then", "steps.hours.closed"], "{problem}");
    let missing = admin.post("/api/v1/flows/nothing/versions", &json!({"text": ""})).await;
    problem_of(missing, StatusCode::NOT_FOUND, "not-found").await;
    let versions = json_of(admin.get(path).await, StatusCode::OK).await;
    assert_eq!(versions["versions"].as_array().map(Vec::len), Some(1));
    let back = publish(&admin, "/api/v1/flows/schemes/rollback", 1).await;
    problem_of(back, StatusCode::CONFLICT, "wrong-state").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_in_force_decides_what_callers_hear() {
    let queues = "[[queue]]\nid = \"health\"\nnumber = \"104\"\nname_en = \"H\"\nname_hi = \"H\"\n\
        flow = \"health\"\nclass = \"standard\"\n[[queue]]\nid = \"schemes\"\nnumber = \"1031\"\n\
        name_en = \"S\"\nname_hi = \"S\"\nflow = \"schemes\"\nclass = \"info\"\n\
        calendar = \"office\"\nafter_hours = \"health\"\n";
    let app = TestApp::with_file(queues, &[]).await;
    let supervisor = app.supervisor().await;
    let at = |moment: &str| json!({"keys": "1", "at": format!("{moment}:00+05:30")});
    // A Tuesday morning before nine, and at noon; then a holiday.
    let (heard, told) = rehearsed(&supervisor, "schemes", &at("2027-01-19T07:00")).await;
    assert!(heard.contains("hi/closed hi/opens_today hi/part_morning hi/clock_9"), "{heard}");
    assert_eq!(
        (told["hours"].clone(), told["ends_at"].clone()),
        (json!("closed"), json!("health"))
    );
    let (_, told) = rehearsed(&supervisor, "schemes", &at("2027-01-19T12:00")).await;
    assert_eq!((told["hours"].clone(), told["ends_at"].clone()), (json!("open"), json!("schemes")));
    let (heard, told) = rehearsed(&supervisor, "schemes", &at("2027-01-26T12:00")).await;
    assert!(heard.contains("hi/holiday hi/opens_tomorrow"), "{heard}");
    assert_eq!(told["hours"], "holiday");

    let text = text_of(&supervisor, "/api/v1/calendars/office").await;
    let later = text.replace("tuesday = [\"09:00-18:00\"]", "tuesday = [\"13:30-18:00\"]");
    let path = "/api/v1/calendars/office/versions";
    let kept = supervisor.post(path, &json!({"text": later})).await;
    assert_eq!(json_of(kept, StatusCode::CREATED).await["version"]["version"], 2);
    let published = publish(&supervisor, &format!("{path}/2/publish"), 1).await;
    assert_eq!(published.status(), StatusCode::OK);
    let (heard, _) = rehearsed(&supervisor, "schemes", &at("2027-01-19T12:00")).await;
    assert!(heard.contains("hi/opens_today hi/part_afternoon hi/clock_1_30"), "{heard}");

    // The queue that takes everybody at night cannot be closed.
    let shut = "name = \"always\"\n[weekly]\nmonday = [\"09:00-10:00\"]";
    let path = "/api/v1/calendars/always/versions";
    let kept = supervisor.post(path, &json!({"text": shut})).await;
    assert_eq!(kept.status(), StatusCode::CREATED, "by itself it is sound");
    let refused = publish(&supervisor, &format!("{path}/2/publish"), 1).await;
    let problem = problem_of(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert!(problem.to_string().contains("steps.on_duty"), "{problem}");
    app.stop().await;
}
