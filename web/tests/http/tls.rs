//! Our own TLS: a real client, a certificate that is replaced while somebody is connected, and those
//! that cannot be used.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, StatusCode};
use tokio::time::{Instant, sleep};

use crate::app::TestApp;
use crate::certificate::{Made, certificate, paths, put};

/// How long a busy machine may take to see a new file.
const PATIENCE: Duration = Duration::from_secs(20);

async fn started(folder: &tempfile::TempDir, made: &Made) -> TestApp {
    let files = put(folder.path(), made);
    let mut own: Vec<_> = files.iter().map(|(key, path)| (*key, path.as_str())).collect();
    own.push(("HELPLINE__TLS__CHECK_S", "1"));
    own.push(("HELPLINE__HTTP__REDIRECT_LISTEN", "127.0.0.1:0"));
    TestApp::with(&own).await
}

/// A client that trusts this certificate and no other.
fn trusting(made: &Made) -> ClientBuilder {
    let root = Certificate::from_pem(made.certificate.as_bytes()).expect("a certificate");
    Client::builder().tls_certs_only([root])
}

/// Looks until a new connection is answered.
async fn until_answered(client: impl Fn() -> Client, url: &str) {
    let until = Instant::now() + PATIENCE;
    while client().get(url).send().await.is_err() {
        assert!(Instant::now() < until, "no answer from {url} with this certificate");
        sleep(Duration::from_millis(100)).await;
    }
}

/// Looks until a line of `/metrics` says this.
async fn until_counted(client: &Client, base: &str, line: &str) {
    let until = Instant::now() + PATIENCE;
    loop {
        let metrics = client.get(format!("{base}/metrics")).send().await.expect("an answer");
        let text = metrics.text().await.expect("text");
        if text.lines().any(|found| found == line) {
            return;
        }
        assert!(Instant::now() < until, "no {line:?} in {text}");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_replaced_while_somebody_is_connected() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (certificate(90), certificate(60));
    let app = started(&folder, &first).await;
    let base = format!("https://{}", app.address);
    let before = trusting(&first).build().expect("a client");
    let answer = before.get(format!("{base}/readyz")).send().await.expect("an answer over TLS");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    answer.bytes().await.expect("the whole answer, so that the connection is kept");

    // A key that is not the certificate's: the old one goes on serving, and it is told.
    std::fs::write(paths(folder.path()).1, &second.key).expect("written");
    until_counted(&before, &base, "helpline_tls_certificate_refused 1").await;
    let anew = || trusting(&first).build().expect("a client");
    until_answered(anew, &format!("{base}/healthz")).await;

    put(folder.path(), &second);
    until_answered(|| trusting(&second).build().expect("a client"), &format!("{base}/healthz"))
        .await;
    until_counted(&before, &base, "helpline_tls_certificate_refused 0").await;
    assert!(anew().get(format!("{base}/healthz")).send().await.is_err(), "the first serves still");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_sent_on_and_cookies_insist_on_tls() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = certificate(90);
    let app = started(&folder, &made).await;
    let redirect = app.running.addresses().redirect.expect("a second address");
    let client = trusting(&made).redirect(Policy::none()).build().expect("a client");
    let sent = client.get(format!("http://{redirect}/console/?a=b")).send().await.expect("sent");
    assert_eq!(sent.status(), StatusCode::PERMANENT_REDIRECT);
    let there = format!("https://{}/console/?a=b", app.address);
    assert_eq!(sent.headers()["location"], there.as_str());
    // Followed by a client that follows, it is the console.
    let follows = trusting(&made).build().expect("a client");
    let page = follows.get(format!("http://{redirect}/console/")).send().await.expect("a page");
    assert_eq!((page.status(), page.url().scheme()), (StatusCode::OK, "https"));
    // What speaks plain HTTP to the TLS port gets no page, and nobody else is kept waiting.
    assert!(client.get(format!("http://{}/", app.address)).send().await.is_err());
    app.account("operator1", store::account::Role::Operator).await;
    let body = serde_json::json!({"username": "operator1", "password": crate::app::PASSWORD});
    let url = format!("https://{}/api/v1/session", app.address);
    let signed_in = client.post(url).json(&body).send().await.expect("an answer");
    let cookie = signed_in.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("Secure"), "{cookie}");
    app.stop().await;
}
