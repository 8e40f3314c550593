//! Signing in and out.

use reqwest::{Method, StatusCode};
use serde_json::json;
use store::account::Role;

use crate::app::{Actor, PASSWORD, TestApp, json_of, problem_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_is_known_and_signs_out() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let me = json_of(operator.get("/api/v1/me").await, StatusCode::OK).await;
    assert_eq!(me["username"], "operator1");
    assert_eq!(me["role"], "operator");
    assert_eq!(me["languages"], json!(["hi", "en"]));
    let session = json_of(operator.get("/api/v1/session").await, StatusCode::OK).await;
    assert_eq!(session["csrf_token"].as_str(), operator.csrf.as_deref());
    assert!(session["expires_at"].as_str().expect("a time").ends_with("+05:30"));
    let response = operator.delete("/api/v1/session").await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    problem_of(operator.get("/api/v1/me").await, StatusCode::UNAUTHORIZED, "not-signed-in").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_taken_away_at_sign_out_is_worth_nothing() {
    let app = TestApp::start().await;
    app.account("operator1", Role::Operator).await;
    let cookie = Actor::cookie(&app, "operator1").await;
    let thief = app.anonymous();
    let asked = thief.request(Method::GET, "/api/v1/session").header("cookie", &cookie);
    let session = json_of(asked.send().await.expect("an answer"), StatusCode::OK).await;
    let csrf = session["csrf_token"].as_str().expect("a token");
    let out = thief.request(Method::DELETE, "/api/v1/session");
    let out = out.header("cookie", &cookie).header("x-csrf-token", csrf).send().await;
    assert_eq!(out.expect("an answer").status(), StatusCode::NO_CONTENT);
    let again = thief.request(Method::GET, "/api/v1/me").header("cookie", &cookie);
    assert_eq!(again.send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_ends_the_session_before_it() {
    let app = TestApp::start().await;
    app.account("operator1", Role::Operator).await;
    let first = Actor::cookie(&app, "operator1").await;
    let client = app.anonymous();
    let body = json!({"username": "operator1", "password": PASSWORD});
    let again = client.request(Method::POST, "/api/v1/session").header("cookie", &first);
    let again = again.json(&body).send().await.expect("an answer");
    assert_eq!(again.status(), StatusCode::OK);
    let second = again.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
    assert!(!second.starts_with(&first), "the session changed");
    let old = app.anonymous().request(Method::GET, "/api/v1/me").header("cookie", &first);
    assert_eq!(old.send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_and_a_wrong_password_are_answered_alike() {
    let app = TestApp::start().await;
    app.account("operator1", Role::Operator).await;
    let mut answers = Vec::new();
    for (username, password) in
        [("operator1", "wrong"), ("nobody", PASSWORD), ("NOT A NAME", "x"), ("", "")]
    {
        let body = json!({"username": username, "password": password});
        let response = app.anonymous().post("/api/v1/session", &body).await;
        assert!(response.headers().get("set-cookie").is_none());
        let problem = problem_of(response, StatusCode::UNAUTHORIZED, "wrong-password").await;
        answers.push(problem["detail"].clone());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_without_the_sessions_token_is_refused() {
    let app = TestApp::start().await;
    let mut operator = app.operator().await;
    let token = operator.csrf.take();
    let body = json!({"text": "x"});
    let refused = operator.post("/api/v1/search", &body).await;
    problem_of(refused, StatusCode::FORBIDDEN, "cross-site").await;
    operator.csrf = Some("wrong".to_owned());
    let refused = operator.post("/api/v1/search", &body).await;
    problem_of(refused, StatusCode::FORBIDDEN, "cross-site").await;
    operator.csrf = token;
    let taken = operator.post("/api/v1/search", &body).await;
    assert_ne!(taken.status(), StatusCode::FORBIDDEN);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_from_another_sites_page_is_refused() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (origin, allowed) in [
        ("https://elsewhere.example".to_owned(), false),
        ("null".to_owned(), false),
        (format!("http://{}", app.address), true),
    ] {
        let request = operator.request(Method::POST, "/api/v1/search").header("origin", &origin);
        let response = request.json(&json!({"text": "x"})).send().await.expect("an answer");
        assert_eq!(response.status() != StatusCode::FORBIDDEN, allowed, "{origin}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_attempts_wait() {
    let own = [("HELPLINE__HTTP__SIGN_INS_PER_MINUTE_BY_USERNAME", "3")];
    let app = TestApp::with(&own).await;
    app.account("operator1", Role::Operator).await;
    let nobody = app.anonymous();
    let attempt = |username: &'static str| {
        let nobody = nobody.clone();
        async move {
            nobody.post("/api/v1/session", &json!({"username": username, "password": "x"})).await
        }
    };
    for _ in 0..3 {
        assert_eq!(attempt("operator1").await.status(), StatusCode::UNAUTHORIZED);
    }
    let refused = attempt("Operator1 ").await;
    let wait: u64 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("s");
    assert!((1..=60).contains(&wait), "{wait} s");
    problem_of(refused, StatusCode::TOO_MANY_REQUESTS, "too-many-requests").await;
    assert_eq!(attempt("operator2").await.status(), StatusCode::UNAUTHORIZED, "others go on");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_many_wrong_passwords_is_locked_for_a_while() {
    let app = TestApp::start().await;
    let id = app.account("operator1", Role::Operator).await;
    let nobody = app.anonymous();
    for _ in 0..store::account::FAILURES_MAX {
        let body = json!({"username": "operator1", "password": "wrong"});
        assert_eq!(nobody.post("/api/v1/session", &body).await.status(), StatusCode::UNAUTHORIZED);
    }
    let right = json!({"username": "operator1", "password": PASSWORD});
    let locked = nobody.post("/api/v1/session", &right).await;
    assert!(locked.headers().contains_key("retry-after"));
    problem_of(locked, StatusCode::LOCKED, "account-locked").await;
    let admin = app.admin().await;
    let unlocked = admin.post(&format!("/api/v1/users/{id}/unlock"), &json!({})).await;
    assert_eq!(unlocked.status(), StatusCode::NO_CONTENT);
    assert_eq!(nobody.post("/api/v1/session", &right).await.status(), StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_its_time_is_over() {
    use store::account::session::{self, Limits};
    let app = TestApp::start().await;
    let user = app.account("operator1", Role::Operator).await;
    let now = web::clock::now();
    let hour = std::time::Duration::from_secs(3600);
    // Opened thirteen hours ago; the settings give twelve.
    let then = ids::Timestamp::from_micros(now.as_micros() - 13 * 3_600_000_000);
    let limits = Limits { absolute: hour * 12, idle: hour };
    let id = ids::SessionId::from_uuid(web::clock::fresh_id());
    let open = |txn| async move { anyhow::Ok(session::open(&txn, id, user, limits, then).await?) };
    let opened = app.running.app().store().write_txn(open).await.expect("a session");
    let cookie = format!("helpline_session={}", opened.token);
    let request = app.anonymous().request(Method::GET, "/api/v1/me").header("cookie", cookie);
    let response = request.send().await.expect("an answer");
    problem_of(response, StatusCode::UNAUTHORIZED, "not-signed-in").await;
    app.stop().await;
}
