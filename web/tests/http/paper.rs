//! Calls that happened on paper, entered later.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::app::{Actor, TestApp, json_of, problem_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_on_paper_is_entered_later_and_found_again() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let path = "/api/v1/interactions";
    let paper = json!({"happened_at": "2020-01-02T21:40:00+05:30", "phone": "99990 00055",
        "disposition": "self_care", "notes": "बिजली नहीं थी। ज़ेब्राफल खाने के बाद उल्टी।"});
    let refused = operator.post(path, &paper).await;
    let problem = problem_of(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(problem["errors"][0]["field"], "happened_at", "years ago: {problem}");
    let mut paper = paper;
    let yesterday = web::clock::now().as_micros() - 86_400_000_000;
    let yesterday = web::wire::Moment(ids::Timestamp::from_micros(yesterday)).to_string();
    paper["happened_at"] = json!(yesterday);
    let words = json_of(operator.get("/api/v1/vocabulary").await, StatusCode::OK).await;
    paper["disposition"] = words["dispositions"][0]["key"].clone();
    let request = || operator.request(Method::POST, path).header("idempotency-key", "k1");
    let made = request().json(&paper).send().await.expect("an answer");
    let made = json_of(made, StatusCode::CREATED).await;
    assert_eq!(made["interaction"]["entered"]["by"], json!(operator.user.expect("a user")));
    assert_eq!(made["interaction"]["arrived_at"], json!(yesterday));
    assert_eq!(
        (&made["case"]["report_due"], &made["interaction"]["dialled"]),
        (&json!(false), &json!("104"))
    );
    let again = request().json(&paper).send().await.expect("an answer");
    let again = json_of(again, StatusCode::CREATED).await;
    assert_eq!(again["case"]["number"], made["case"]["number"], "entered once");

    let case = made["case"]["id"].as_str().expect("an id");
    let story = operator.get(&format!("/api/v1/cases/{case}/timeline")).await;
    let story = json_of(story, StatusCode::OK).await;
    assert_eq!(story[0]["kind"], "interaction");
    assert!(story[0]["entered"]["at"].is_string(), "{story}");
    let history =
        operator.post("/api/v1/interactions/_search", &json!({"phone": "9999000055"})).await;
    let history = json_of(history, StatusCode::OK).await;
    assert_eq!(history[0]["case_number"], made["case"]["number"]);
    found(&operator, "ज़ेब्राफल", case).await;
    app.stop().await;
}

/// Waits until the search shows this case.
async fn found(operator: &Actor, words: &str, case: &str) {
    for _ in 0..100 {
        let hits = operator.post("/api/v1/search", &json!({"text": words})).await;
        let hits = json_of(hits, StatusCode::OK).await;
        if hits["hits"].as_array().expect("a list").iter().any(|hit| hit["id"] == case) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("not found ten seconds after it was entered");
}
