//! Garbled JSON and garbled HTTP.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tests::desk::{self, Api};
use tests::program::{PASSWORD, Program};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::assert_well;
use crate::garbled::Garbler;

/// Good bodies, which the garbler makes bad.
const BODIES: &[(&str, &str, &str)] = &[
    ("PUT", "/agents/me/state", r#"{"want":"break","reason":"meal"}"#),
    (
        "POST",
        "/agents/me/media",
        r#"{"sdp":"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"}"#,
    ),
    ("POST", "/reservations/1/accept", "{}"),
    ("POST", "/reservations/1/reject", r#"{"reason":"busy"}"#),
    ("POST", "/contacts", r#"{"name":"Asha Devi","phones":[{"number":"+919812345678"}]}"#),
    ("POST", "/contacts/_search", r#"{"phone":"+919812345678"}"#),
    ("POST", "/cases", r#"{"category":"illness_fever"}"#),
    ("POST", "/search", r#"{"text":"बुखार fever","kinds":["case"],"limit":5}"#),
    ("POST", "/interactions/_search", r#"{"phone":"9812345678"}"#),
    ("POST", "/session/setup", r#"{"token":"0123456789abcdef","password":"kestrel-nutmeg-11"}"#),
];
/// Garbled copies of each.
const COPIES: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn garbled_bodies_are_refused_in_words() {
    // A good body is an attempt with a made-up link; so many are not this test's matter.
    let settings = [("HTTP__SIGN_INS_PER_MINUTE_BY_ADDRESS", "100000")];
    let program = Program::start(&settings).await.expect("the program starts");
    let operator = desk::sign_in(program.http, "operator1", PASSWORD).await.expect("signed in");
    let mut garbler = Garbler::new(0x150);
    let mut refused = 0;
    for (method, path, body) in BODIES {
        for _ in 0..COPIES {
            let body = garbler.garbled(body.as_bytes());
            refused += u32::from(is_refused(&operator, method, path, body).await);
        }
    }
    let sent = BODIES.len() * COPIES;
    assert!(refused > 100, "only {refused} of {sent} were refused: are the paths right?");
    let counted = program.metric("helpline_http_requests_total").await.expect("metrics");
    assert!(counted > f64::from(refused), "{counted} counted");
    assert_well(&program).await;
    program.stop().await.expect("it stops in peace");
}

/// Sends it. Whatever the answer, it is no fault, and a refusal says why.
async fn is_refused(api: &Api, method: &str, path: &str, body: Vec<u8>) -> bool {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let shown = String::from_utf8_lossy(&body).into_owned();
    let request = api.request(method, path).header("content-type", "application/json").body(body);
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    assert!(!status.is_server_error(), "{status} for {path} {shown:?}");
    if status.is_success() {
        return false;
    }
    let problem: Value = answer.json().await.expect("a problem");
    assert_eq!(problem["status"], status.as_u16(), "{path} {shown:?}");
    assert!(problem["type"].is_string() && problem["title"].is_string(), "{problem}");
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn garbled_requests_close_their_connection_and_no_other() {
    let program = Program::start(&[]).await.expect("the program starts");
    let request = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
         Content-Length: 37\r\nCookie: helpline_session=abc\r\n\r\n\
         {{\"username\":\"admin\",\"password\":\"wrong\"}}",
        program.http
    );
    let mut garbler = Garbler::new(0x477);
    for _ in 0..150 {
        let mut stream = TcpStream::connect(program.http).await.expect("accepted");
        let _cut_off = stream.write_all(&garbler.garbled(request.as_bytes())).await;
        let mut answer = [0; 4096];
        let read = timeout(Duration::from_millis(20), stream.read(&mut answer)).await;
        if let Ok(Ok(length)) = read {
            let answer = String::from_utf8_lossy(&answer[..length]);
            assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
        }
    }
    assert_well(&program).await;
    program.stop().await.expect("it stops in peace");
}
