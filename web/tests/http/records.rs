//! Contacts, cases, drafts, reports and search as a console uses them.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Actor, TestApp, json_of, problem_of};

async fn contact(actor: &Actor, body: &Value) -> Value {
    json_of(actor.post("/api/v1/contacts", body).await, StatusCode::CREATED).await
}

async fn case(actor: &Actor, body: &Value) -> Value {
    json_of(actor.post("/api/v1/cases", body).await, StatusCode::CREATED).await
}

async fn disposition(actor: &Actor) -> String {
    let words = json_of(actor.get("/api/v1/vocabulary").await, StatusCode::OK).await;
    assert!(words["categories"][0]["hi"].is_string());
    words["dispositions"][0]["key"].as_str().expect("a disposition").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_on_one_telephone_is_found_by_its_number() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let mother = json!({"name": "Kamla Devi", "name_hi": "कमला देवी", "sex": "female",
        "birth_year": 1961, "phones": [{"e164": "99990 00123", "shared": true}]});
    let mother = contact(&operator, &mother).await;
    assert_eq!(mother["phones"][0]["e164"], "+919999000123");
    let house = json!({"name": "Family of Kamla Devi"});
    let house = operator.post("/api/v1/households", &house).await;
    let house = json_of(house, StatusCode::CREATED).await["id"].as_str().expect("id").to_owned();
    let son = contact(&operator, &json!({"name": "Ravi"})).await;
    for (person, relation) in [(&mother, "mother"), (&son, "son")] {
        let join = json!({"contact_id": person["id"], "version": 1, "relation": relation});
        let joined = operator.post(&format!("/api/v1/households/{house}/members"), &join).await;
        assert_eq!(joined.status(), StatusCode::OK);
    }
    let by = json!({"phone": "९९९९० ००१२३"});
    let people = operator.post("/api/v1/contacts/_search", &by).await;
    let people = json_of(people, StatusCode::OK).await;
    assert_eq!(people[0]["name"], "Kamla Devi");
    assert_eq!(people[0]["name_hi"], "कमला देवी");
    assert_eq!(people[1]["relation"], "son");
    let short = operator.post("/api/v1/contacts/_search", &json!({"phone": "104"})).await;
    let problem = problem_of(short, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(problem["errors"][0]["field"], "phone");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_edit_one_contact_do_not_overwrite_each_other() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let made = contact(&operator, &json!({"name": "Kamla"})).await;
    let path = format!("/api/v1/contacts/{}", made["id"].as_str().expect("id"));
    let first = operator.patch(&path, 1, &json!({"name": "Kamla Devi"})).await;
    assert_eq!(first.headers()["etag"], "\"2\"");
    let late = operator.patch(&path, 1, &json!({"relation": "mother"})).await;
    let problem = problem_of(late, StatusCode::PRECONDITION_FAILED, "version-conflict").await;
    assert_eq!(problem["current"]["version"], 2);
    assert_eq!(problem["current"]["changed_by"], json!(operator.user.expect("a user")));
    let bare = operator.request(Method::PATCH, &path).json(&json!({})).send().await;
    let bare = bare.expect("an answer");
    problem_of(bare, StatusCode::PRECONDITION_REQUIRED, "version-required").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_repeated_with_its_key_makes_one_record() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let mut ids = Vec::new();
    for key in ["k1", "k1", "k2"] {
        let request = operator.request(Method::POST, "/api/v1/contacts");
        let request = request.header("idempotency-key", key).json(&json!({"name": "Kamla"}));
        let made = json_of(request.send().await.expect("an answer"), StatusCode::CREATED).await;
        ids.push(made["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_noted_reported_and_closed() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let person = contact(&operator, &json!({"name": "Kamla Devi"})).await;
    let opened = case(&operator, &json!({"contact_id": person["id"]})).await;
    let number = opened["number"].as_str().expect("a number");
    assert!(number.starts_with("C-"), "{number}");
    let path = format!("/api/v1/cases/{}", opened["id"].as_str().expect("id"));

    let draft = json!({"base_version": 1, "fields": {"notes": "Fever since Monday"}});
    let draft = operator.put(&format!("{path}/draft"), &draft).await;
    assert!(json_of(draft, StatusCode::OK).await["saved_at"].is_string());
    let more = json!({"base_version": 1, "fields": {"summary": "Fever"}});
    assert_eq!(operator.put(&format!("{path}/draft"), &more).await.status(), StatusCode::OK);
    let read = json_of(operator.get(&path).await, StatusCode::OK).await;
    assert_eq!(read["draft"]["fields"]["notes"], "Fever since Monday");
    assert_eq!(read["notes"], "", "a draft is not saved yet");

    let early = operator.post(&format!("{path}/close"), &json!({})).await;
    problem_of(early, StatusCode::CONFLICT, "report-required").await;
    let how = disposition(&operator).await;
    let report = json!({"text": "Advised rest and fluids.", "disposition": how});
    let filed = operator.post(&format!("{path}/report"), &report).await;
    assert_eq!(json_of(filed, StatusCode::CREATED).await["version"], 1);
    let read = json_of(operator.get(&path).await, StatusCode::OK).await;
    assert_eq!(read["notes"], "Fever since Monday", "filing saves the draft");
    let closed = operator.post(&format!("{path}/close"), &json!({})).await;
    assert_eq!(json_of(closed, StatusCode::OK).await["state"], "closed");

    let story = json_of(operator.get(&format!("{path}/timeline")).await, StatusCode::OK).await;
    let kinds: Vec<_> = story.as_array().expect("a story").iter().map(|e| &e["kind"]).collect();
    assert_eq!(kinds[0], "opened");
    assert!(kinds.contains(&&json!("report")), "{kinds:?}");
    assert_eq!(story[0]["actor"], "Test operator1");
    let mine = json_of(operator.get("/api/v1/cases?mine=true").await, StatusCode::OK).await;
    assert_eq!(mine["cases"][0]["number"], number);
    let reopened = operator.post(&format!("{path}/reopen"), &json!({})).await;
    assert_eq!(json_of(reopened, StatusCode::OK).await["report_due"], true);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_saved_is_found_a_second_later_in_either_script() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    contact(&operator, &json!({"name": "Kamla Devi", "name_hi": "कमला देवी"})).await;
    for text in ["kamla", "कमला"] {
        let found = eventually(&operator, text).await;
        assert_eq!(found["hits"][0]["title"], "Kamla Devi", "{found}");
        assert!(found["hits"][0]["highlights"][0]["parts"].is_array(), "{found}");
    }
    let none = json!({"text": "kamla", "limit": 0});
    let none = operator.post("/api/v1/search", &none).await;
    let problem = problem_of(none, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(problem["errors"][0]["field"], "limit");
    app.stop().await;
}

/// The answer to a search, once there is a hit; within five seconds on a busy machine.
async fn eventually(actor: &Actor, text: &str) -> Value {
    let body = json!({"text": text, "reason": "test"});
    for _ in 0..50 {
        let found = json_of(actor.post("/api/v1/search", &body).await, StatusCode::OK).await;
        if found["total"] != 0 {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{text} was not found in five seconds");
}
