//! Accounts, their one-time links, machines.

use reqwest::StatusCode;
use serde_json::json;

use crate::app::{TestApp, json_of, problem_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_made_set_up_once_and_used() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({"username": "Bela", "name": "Bela Roy", "role": "operator",
        "languages": ["hi", "bn"], "queues": ["health"]});
    let made = json_of(admin.post("/api/v1/users", &body).await, StatusCode::CREATED).await;
    assert_eq!(made["user"]["username"], "bela");
    assert_eq!(made["user"]["has_password"], false);
    let link = made["link"].as_str().expect("a link");
    let (page, token) = link.split_once("#token=").expect("a token");
    assert!(page.ends_with("/console/setup"));

    let weak = json!({"token": token, "password": "password12"});
    let weak = app.anonymous().post("/api/v1/session/setup", &weak).await;
    let problem = problem_of(weak, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(problem["errors"][0]["field"], "password");

    let good = json!({"token": token, "password": "quartz-lantern-otter-77"});
    let set = app.anonymous().post("/api/v1/session/setup", &good).await;
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    let again = app.anonymous().post("/api/v1/session/setup", &good).await;
    problem_of(again, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;

    let credentials = json!({"username": "bela", "password": "quartz-lantern-otter-77"});
    let bela = app.anonymous();
    let session = bela.post("/api/v1/session", &credentials).await;
    assert_eq!(session.status(), StatusCode::OK);

    let id = made["user"]["id"].as_str().expect("an id");
    let reset = admin.post(&format!("/api/v1/users/{id}/reset"), &json!({})).await;
    let reset = json_of(reset, StatusCode::OK).await;
    assert_eq!(reset["user"]["has_password"], false);
    assert_eq!(bela.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn skills_are_kept_with_their_levels() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({"username": "bela", "name": "Bela Roy", "role": "doctor",
        "skills": [{"skill": "children", "level": 4}]});
    let made = json_of(admin.post("/api/v1/users", &body).await, StatusCode::CREATED).await;
    assert_eq!(made["user"]["skills"], body["skills"]);
    let path = format!("/api/v1/users/{}/skills", made["user"]["id"].as_str().expect("an id"));
    let more =
        json!({"skills": [{"skill": "heart", "level": 2}, {"skill": "children", "level": 5}]});
    let changed = json_of(admin.put(&path, &more).await, StatusCode::OK).await;
    assert_eq!(changed["skills"], more["skills"]);
    let twice = json!({"skills": [{"skill": "heart", "level": 2}, {"skill": "heart", "level": 3}]});
    let problem =
        problem_of(admin.put(&path, &twice).await, StatusCode::UNPROCESSABLE_ENTITY, "invalid")
            .await;
    assert_eq!(problem["errors"][0]["field"], "skills");
    let sixth = json!({"skills": [{"skill": "heart", "level": 6}]});
    assert!(admin.put(&path, &sixth).await.status().is_client_error());
    let nobody = "/api/v1/users/00000000-0000-0000-0000-000000000001/skills";
    problem_of(admin.put(nobody, &more).await, StatusCode::NOT_FOUND, "not-found").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_taken_once_and_queues_exist() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let user = |username: &str, queue: &str| json!({"username": username, "name": "x", "role": "operator", "queues": [queue]});
    let first = admin.post("/api/v1/users", &user("asha", "health")).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let twice = admin.post("/api/v1/users", &user("ASHA", "health")).await;
    problem_of(twice, StatusCode::CONFLICT, "already-exists").await;
    let nowhere = admin.post("/api/v1/users", &user("bela", "nowhere")).await;
    let problem = problem_of(nowhere, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(problem["errors"][0]["field"], "queues");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_does_what_its_scopes_say() {
    let app = TestApp::start().await;
    let machine = app.machine("reader", &["floor:read"]).await;
    let floor = json_of(machine.get("/api/v1/floor").await, StatusCode::OK).await;
    assert_eq!(floor["queues"][0]["id"], "health");
    let refused = machine.get("/api/v1/vocabulary").await;
    problem_of(refused, StatusCode::FORBIDDEN, "forbidden").await;
    let mut unknown = app.anonymous();
    unknown.bearer = Some("0123456789012345678901234567890123456789".to_owned());
    let refused = unknown.get("/api/v1/floor").await;
    problem_of(refused, StatusCode::UNAUTHORIZED, "not-signed-in").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_a_record_stands_in_the_audit() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let made = operator.post("/api/v1/contacts", &json!({"name": "Kamla Devi"})).await;
    let id = json_of(made, StatusCode::CREATED).await["id"].as_str().expect("id").to_owned();
    let read = operator.request(reqwest::Method::GET, &format!("/api/v1/contacts/{id}"));
    let read = read.header("x-reason", "%E0%A4%9C%E0%A4%BE%E0%A4%81%E0%A4%9A").send().await;
    assert_eq!(read.expect("an answer").status(), StatusCode::OK);
    let auditor = app.auditor().await;
    let path = format!("/api/v1/audit?record={id}");
    let audit = json_of(auditor.get(&path).await, StatusCode::OK).await;
    let entries = audit["entries"].as_array().expect("entries");
    assert_eq!(entries[0]["action"], "read");
    assert_eq!(entries[0]["reason"], "जाँच");
    assert_eq!(entries[0]["user"], json!(operator.user.expect("a user")));
    assert_eq!(entries[1]["action"], "create");
    app.stop().await;
}
