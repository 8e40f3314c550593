//! Health, readiness, metrics, pages, headers.

use reqwest::StatusCode;

use crate::app::{TestApp, problem_of};

#[tokio::test(flavor = "multi_thread")]
async fn the_program_says_how_it_is() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    assert_eq!(nobody.get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(nobody.get("/readyz").await.status(), StatusCode::OK);
    let metrics = nobody.get("/metrics").await.text().await.expect("text");
    assert!(metrics.contains("helpline_http_requests_total"), "{metrics}");
    assert!(metrics.contains("operation=\"/healthz\""), "{metrics}");
    app.running.app().exchange().drain(std::time::Duration::from_millis(100)).await;
    problem_of(nobody.get("/readyz").await, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_the_browser_what_it_may_do() {
    let app = TestApp::start().await;
    for path in ["/", "/console/", "/api/v1/me", "/nowhere"] {
        let response = app.anonymous().get(path).await;
        let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
        let policy = header("content-security-policy");
        assert!(policy.contains("script-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert!(header("permissions-policy").contains("microphone=(self)"), "{path}");
        assert!(!header("x-request-id").is_empty(), "{path}");
    }
    let private = app.anonymous().get("/api/v1/me").await;
    assert_eq!(private.headers()["cache-control"], "no-store");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn places_inside_the_console_get_its_page_and_missing_files_do_not() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    let page = nobody.get("/console/").await;
    let (status, kind) = (page.status(), page.headers()["content-type"].clone());
    let inside = nobody.get("/console/cases/0192f0c1").await;
    assert_eq!((inside.status(), &inside.headers()["content-type"]), (status, &kind));
    assert!(kind.to_str().expect("text").starts_with("text/html"));
    let missing = nobody.get("/console/assets/none.js").await;
    problem_of(missing, StatusCode::NOT_FOUND, "not-found").await;
    app.stop().await;
}
