//! The citizen page's calls: without an account, and bounded.

use reqwest::StatusCode;
use serde_json::json;

use crate::app::{TestApp, problem_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_cannot_be_used_is_refused_and_leaves_no_call() {
    let app = TestApp::start().await;
    let citizen = app.anonymous();
    let refused = citizen.post("/api/v1/web-calls", &json!({"sdp": "nonsense"})).await;
    let problem = problem_of(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(problem["errors"][0]["field"], "sdp");
    assert!(app.running.app().exchange().calls().is_empty());
    let number = json!({"sdp": "v=0", "number": "999"});
    let refused = citizen.post("/api/v1/web-calls", &number).await;
    let problem = problem_of(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(problem["errors"][0]["field"], "number");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_call_is_not_found() {
    let app = TestApp::start().await;
    let citizen = app.anonymous();
    let path = "/api/v1/web-calls/no-such-token";
    problem_of(citizen.get(path).await, StatusCode::NOT_FOUND, "not-found").await;
    problem_of(citizen.delete(path).await, StatusCode::NOT_FOUND, "not-found").await;
    let press = citizen.post(&format!("{path}/digits"), &json!({"digits": "9"})).await;
    problem_of(press, StatusCode::NOT_FOUND, "not-found").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_may_call_so_often_and_no_more() {
    let app = TestApp::with(&[("HELPLINE__LIMITS__WEB_CALLS_PER_HOUR_BY_ADDRESS", "2")]).await;
    let citizen = app.anonymous();
    for _ in 0..2 {
        let refused = citizen.post("/api/v1/web-calls", &json!({"sdp": "nonsense"})).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused = citizen.post("/api/v1/web-calls", &json!({"sdp": "nonsense"})).await;
    assert!(refused.headers().contains_key("retry-after"));
    problem_of(refused, StatusCode::TOO_MANY_REQUESTS, "too-many-requests").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_place_a_citizen_is_told_that_the_telephone_works() {
    let app = TestApp::with(&[("HELPLINE__LIMITS__WEB_CALLS_SHARE_PERCENT", "0")]).await;
    let refused = app.anonymous().post("/api/v1/web-calls", &json!({"sdp": "v=0"})).await;
    problem_of(refused, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    app.stop().await;
}
