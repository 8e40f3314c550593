//! Every refusal is a problem, whoever makes it.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::app::{TestApp, problem_of};

#[tokio::test(flavor = "multi_thread")]
async fn paths_methods_and_bodies_that_do_not_fit_are_problems() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let nowhere = operator.get("/api/v1/nowhere").await;
    problem_of(nowhere, StatusCode::NOT_FOUND, "not-found").await;
    let method = operator.delete("/api/v1/search").await;
    problem_of(method, StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed").await;
    let path = operator.get("/api/v1/cases/not-an-id").await;
    problem_of(path, StatusCode::BAD_REQUEST, "malformed").await;
    let query = operator.get("/api/v1/cases?limit=many").await;
    problem_of(query, StatusCode::BAD_REQUEST, "malformed").await;

    let post = |body: &'static str, kind: &'static str| {
        let request = operator.request(Method::POST, "/api/v1/cases");
        request.header("content-type", kind).body(body).send()
    };
    let broken = post("{", "application/json").await.expect("an answer");
    problem_of(broken, StatusCode::BAD_REQUEST, "malformed").await;
    let wrong = post("{\"category\": 7}", "application/json").await.expect("an answer");
    problem_of(wrong, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    let unknown = post("{\"colour\": 7}", "application/json").await.expect("an answer");
    problem_of(unknown, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    let text = post("{}", "text/plain").await.expect("an answer");
    problem_of(text, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_larger_than_allowed_is_refused() {
    let app = TestApp::with(&[("HELPLINE__HTTP__BODY_BYTES_MAX", "1000")]).await;
    let operator = app.operator().await;
    let body = json!({"text": "x".repeat(2000)});
    let refused = operator.post("/api/v1/search", &body).await;
    problem_of(refused, StatusCode::PAYLOAD_TOO_LARGE, "too-large").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_not_found() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let id = "0192f0c1-2f1e-7c55-9c8e-0242ac120002";
    for path in ["cases", "contacts", "interactions", "calls"] {
        let missing = operator.get(&format!("/api/v1/{path}/{id}")).await;
        problem_of(missing, StatusCode::NOT_FOUND, "not-found").await;
    }
    let over = operator.post("/api/v1/reservations/7/accept", &json!({})).await;
    assert_eq!(over.status(), StatusCode::CONFLICT);
    let idle = operator.post("/api/v1/agents/me/wrap-up/finish", &json!({})).await;
    problem_of(idle, StatusCode::CONFLICT, "wrong-state").await;
    app.stop().await;
}
