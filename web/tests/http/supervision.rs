//! A supervisor directs the floor: agents into states, callers to queues and classes; and the audit
//! tells of it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{Actor, TestApp, json_of, problem_of};
use crate::browser::Browser;
use crate::events::{connect, frame_of};

const NOBODY: &str = "/api/v1/agents/0192f0c1-2f1e-7c55-9c8e-0242ac120002/state";

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_put_into_a_state_and_the_audit_says_by_whom() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let cookie = Actor::cookie(&app, "operator1").await;
    let mut socket = connect(&app, &cookie, "", None).await.expect("open");
    frame_of(&mut socket, "snapshot").await;
    let supervisor = app.supervisor().await;
    let meal = json!({"want": "break", "break_reason": "meal", "reason": "end_of_shift"});
    let unknown = supervisor.put(NOBODY, &meal).await;
    problem_of(unknown, StatusCode::NOT_FOUND, "not-found").await;

    let id = operator.user.expect("signed in").to_string();
    let path = format!("/api/v1/agents/{id}/state");
    let without = json!({"want": "break", "reason": "coverage"});
    let without = supervisor.put(&path, &without).await;
    problem_of(without, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    let offline = supervisor.put(&path, &meal).await;
    problem_of(offline, StatusCode::CONFLICT, "wrong-state").await;

    let rest = json!({"want": "break", "reason": "rest"});
    assert_eq!(operator.put("/api/v1/agents/me/state", &rest).await.status(), StatusCode::OK);
    let forced = json_of(supervisor.put(&path, &meal).await, StatusCode::OK).await;
    assert_eq!((&forced["state"], &forced["reason"]), (&json!("break"), &json!("meal")));
    while frame_of(&mut socket, "agent_state_changed").await["agent"]["reason"] != "meal" {}
    let deaf = json!({"want": "available", "reason": "coverage"});
    problem_of(supervisor.put(&path, &deaf).await, StatusCode::CONFLICT, "wrong-state").await;

    let entry = newest_entry(&app, &id).await;
    assert_eq!((&entry["action"], &entry["entity"]), (&json!("change_state"), &json!("user")));
    assert_eq!(entry["user"], json!(supervisor.user.expect("signed in")));
    assert!(entry.to_string().contains("coverage"), "{entry}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_caller_is_moved_and_given_a_class() {
    let app = TestApp::start().await;
    let citizen = app.anonymous();
    let browser = Browser::offering().await;
    let wish = json!({"sdp": browser.offer, "language": "hi"});
    let begun = json_of(citizen.post("/api/v1/web-calls", &wish).await, StatusCode::CREATED).await;
    browser.take(begun["sdp"].as_str().expect("an answer")).await;
    let page = format!("/api/v1/web-calls/{}", begun["token"].as_str().expect("a token"));
    let supervisor = app.supervisor().await;
    let call = app.running.app().exchange().calls().first().expect("the only call").id;
    let path = format!("/api/v1/calls/{call}");
    let to_schemes = json!({"queue": "schemes"});
    let early = supervisor.post(&format!("{path}/move"), &to_schemes).await;
    problem_of(early, StatusCode::CONFLICT, "wrong-state").await;
    let person = citizen.post(&format!("{page}/digits"), &json!({"digits": "0"})).await;
    assert_eq!(person.status(), StatusCode::NO_CONTENT);
    until_waiting(&supervisor, "health").await;

    let unknown = supervisor.post(&format!("{path}/move"), &json!({"queue": "nowhere"})).await;
    problem_of(unknown, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    let moved = supervisor.post(&format!("{path}/move"), &to_schemes).await;
    assert_eq!(moved.status(), StatusCode::NO_CONTENT);
    let again = supervisor.post(&format!("{path}/move"), &to_schemes).await;
    problem_of(again, StatusCode::CONFLICT, "wrong-state").await;
    until_waiting(&supervisor, "schemes").await;
    let clinical = json!({"class": "clinical"});
    let reclassed = supervisor.post(&format!("{path}/reclass"), &clinical).await;
    assert_eq!(reclassed.status(), StatusCode::NO_CONTENT);
    let call = json_of(supervisor.get(&path).await, StatusCode::OK).await;
    assert_eq!((&call["queue"], &call["class"]), (&json!("schemes"), &json!("clinical")));
    let entry = newest_entry(&app, call["interaction_id"].as_str().expect("an id")).await;
    assert_eq!((&entry["action"], &entry["entity"]), (&json!("update"), &json!("interaction")));
    browser.close().await;
    app.stop().await;
}

/// Waits until one caller waits in this queue, and nobody in any other.
async fn until_waiting(supervisor: &Actor, queue: &str) {
    for _ in 0..200 {
        let floor = json_of(supervisor.get("/api/v1/floor").await, StatusCode::OK).await;
        let queues = floor["queues"].as_array().expect("queues").clone();
        let as_it_should = |view: &Value| view["waiting"] == i32::from(view["id"] == queue);
        if queues.iter().all(as_it_should) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("nobody waits in {queue} after twenty seconds");
}

async fn newest_entry(app: &TestApp, record: &str) -> Value {
    let auditor = app.auditor().await;
    let list = auditor.get(&format!("/api/v1/audit?record={record}")).await;
    let list = json_of(list, StatusCode::OK).await;
    list["entries"][0].clone()
}
