//! Bodies that are nearly right: each of a small corpus, cut, doubled and changed byte by byte, is
//! refused as a problem (or taken), and never makes the program fail.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::app::TestApp;

/// Good bodies with their paths.
const CORPUS: &[(&str, &str, &str)] = &[
    ("POST", "/api/v1/contacts", r#"{"name":"कमला","phones":[{"e164":"+919999000123"}]}"#),
    ("POST", "/api/v1/cases", r#"{"category":null}"#),
    ("POST", "/api/v1/search", r#"{"text":"kamla","kinds":["case"],"facets":{},"limit":5}"#),
    ("PUT", "/api/v1/agents/me/state", r#"{"want":"break","reason":"meal"}"#),
    (
        "PUT",
        "/api/v1/agents/0192f0c1-2f1e-7c55-9c8e-0242ac120002/state",
        r#"{"want":"break","break_reason":"meal","reason":"coverage"}"#,
    ),
    ("POST", "/api/v1/agents/me/media", r#"{"sdp":"v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n"}"#),
    ("PUT", "/api/v1/agents/me/station", r#"{"address":"sip:201@10.0.0.5:5060"}"#),
    ("POST", "/api/v1/web-calls", r#"{"sdp":"v=0","language":"hi","number":"104"}"#),
    ("POST", "/api/v1/session", r#"{"username":"operator1","password":"x"}"#),
    ("POST", "/api/v1/session/setup", r#"{"token":"x","password":"y"}"#),
    ("POST", "/api/v1/contacts/_search", r#"{"phone":"+919999000123"}"#),
];

/// A small generator (Lehmer), so that a failure comes again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit.max(1)
    }
}

fn mutated(good: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut body = good.to_vec();
    for _ in 0..=chance.below(3) {
        let at = chance.below(body.len());
        match chance.below(5) {
            0 => body.truncate(at),
            1 => body.insert(at, u8::try_from(chance.below(256)).expect("a byte")),
            2 if !body.is_empty() => body[at] = u8::try_from(chance.below(256)).expect("a byte"),
            3 => {
                let again = body[at..].to_vec();
                body.extend(again);
            }
            _ => {
                let deep = "[".repeat(chance.below(400));
                body.splice(at..at, deep.into_bytes());
            }
        }
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutated_body_is_never_a_fault() {
    let own = [("HELPLINE__LIMITS__WEB_CALLS_PER_HOUR_BY_ADDRESS", "100000")];
    let app = TestApp::with(&own).await;
    let operator = app.operator().await;
    let mut chance = Chance(104);
    for round in 0..40 {
        for (method, path, good) in CORPUS {
            let body = mutated(good.as_bytes(), &mut chance);
            let shown = String::from_utf8_lossy(&body).into_owned();
            let method: Method = method.parse().expect("a method");
            let request = operator.request(method, path).header("content-type", "application/json");
            let response = request.body(body).send().await.expect("an answer");
            let status = response.status();
            assert!(!status.is_server_error(), "round {round}: {path} {shown} -> {status}");
            if status.is_client_error() {
                let kind = &response.headers()["content-type"];
                assert_eq!(kind, "application/problem+json", "{path} {shown}");
            }
        }
    }
    let alive = operator.post("/api/v1/search", &json!({"text": "x", "reason": "alive"})).await;
    assert_eq!(alive.status(), StatusCode::OK);
    app.stop().await;
}
