//! Call-back wishes over HTTP: the list, the number of those open, and what becomes of one.

use crm::callback::{Cause, Kind};
use crm::interaction::{self, Begin, Direction, Mark, Medium, Origin};
use ids::{CallId, Class, WishId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use web::clock;

use crate::app::{Actor, TestApp, problem_of};

/// A caller of this class who was not served.
async fn unserved(app: &TestApp, n: u128, class: Class) {
    let (store, call, now) = (app.running.app().store(), CallId::from_number(n), clock::now());
    let from = crm::E164::parse(&format!("+9199990000{n:02}")).ok();
    let (direction, medium) = (Direction::Inbound, Medium::Call);
    let begin = Begin {
        call,
        origin: Origin { direction, medium, from, dialled: "104".to_owned() },
        queue: "health".parse().ok(),
        class: Some(class),
        language: None,
        arrived_at: now,
        journal_position: None,
    };
    interaction::begin(store, &begin).await.expect("written");
    let id = WishId::from_number(n);
    let wished = Mark::Wished { id, kind: Kind::Unserved, cause: Cause::QueueFull };
    interaction::mark(store, call, now, None, &wished).await.expect("written");
}

async fn list(actor: &Actor, query: &str) -> Value {
    let answer = actor.get(&format!("/api/v1/callbacks{query}")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("json")
}

fn decide(actor: &Actor, id: &str, version: &str, state: &str) -> reqwest::RequestBuilder {
    let request = actor.request(Method::PUT, &format!("/api/v1/callbacks/{id}/state"));
    request.header("if-match", version).json(&json!({ "state": state }))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_works_through_the_list_and_nobody_calls_twice() {
    let app = TestApp::start().await;
    unserved(&app, 11, Class::Standard).await;
    unserved(&app, 12, Class::Emergency).await;
    let operator = app.operator().await;
    let page = list(&operator, "?limit=1").await;
    let first = &page["callbacks"][0];
    assert_eq!(first["number"], "+919999000012", "the emergency comes first: {page}");
    assert_eq!((&first["kind"], &first["cause"]), (&json!("unserved"), &json!("queue_full")));
    let cursor = page["next_cursor"].as_str().expect("a second page");
    let second = list(&operator, &format!("?limit=1&cursor={cursor}")).await;
    assert_eq!(second["callbacks"][0]["number"], "+919999000011");
    let counts: Value = operator.get("/api/v1/callbacks/open").await.json().await.expect("json");
    assert_eq!((&counts["open"], &counts["emergency"]), (&json!(2), &json!(1)));

    let id = first["id"].as_str().expect("an id");
    let missing = operator.request(Method::PUT, &format!("/api/v1/callbacks/{id}/state"));
    let missing = missing.json(&json!({ "state": "done" })).send().await.expect("an answer");
    assert_eq!(missing.status(), StatusCode::PRECONDITION_REQUIRED);
    let done = decide(&operator, id, "\"1\"", "done").send().await.expect("an answer");
    assert_eq!(done.status(), StatusCode::OK);
    assert_eq!(done.headers()["etag"], "\"2\"");
    let supervisor = app.supervisor().await;
    let late = decide(&supervisor, id, "\"1\"", "done").send().await.expect("an answer");
    problem_of(late, StatusCode::PRECONDITION_FAILED, "version-conflict").await;
    let wrong = decide(&supervisor, id, "\"2\"", "called").send().await.expect("an answer");
    assert!(wrong.status().is_client_error());
    assert_eq!(list(&supervisor, "").await["callbacks"].as_array().map(Vec::len), Some(1));
    assert_eq!(list(&supervisor, "?state=done").await["callbacks"][0]["id"], first["id"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_knows_who_saw_and_decided() {
    let app = TestApp::start().await;
    unserved(&app, 13, Class::Standard).await;
    let operator = app.operator().await;
    let id = list(&operator, "").await["callbacks"][0]["id"].as_str().expect("an id").to_owned();
    let done = decide(&operator, &id, "\"1\"", "withdrawn").send().await.expect("an answer");
    assert_eq!(done.status(), StatusCode::OK);
    let auditor = app.auditor().await;
    let audit: Value =
        auditor.get(&format!("/api/v1/audit?record={id}")).await.json().await.expect("json");
    let entries = audit["entries"].as_array().expect("a list");
    let actions: Vec<_> = entries.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["change_state", "search"], "{audit}");
    assert!(entries.iter().all(|entry| entry["entity"] == "callback"));
    app.stop().await;
}
