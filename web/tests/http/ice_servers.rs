//! Help for browsers behind firewalls: who gets which servers, for how long, and how often; and the
//! audio of a web call that connects anew.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{Actor, TestApp, json_of, problem_of};
use crate::browser::Browser;

const OWN: &str = "/api/v1/me/ice-servers";
const CITIZENS: &str = "/api/v1/web-calls/ice-servers";

async fn with_turn() -> TestApp {
    TestApp::with(&[
        ("HELPLINE__TURN__URLS", "stun:turn.example,turn:turn.example?transport=tcp"),
        ("HELPLINE__TURN__SECRET", "umbra-kestrel-rhubarb"),
        ("HELPLINE__TURN__CITIZEN_CREDENTIALS_PER_HOUR_BY_ADDRESS", "2"),
    ])
    .await
}

async fn servers(actor: &Actor, path: &str) -> Value {
    let response = actor.get(path).await;
    assert_eq!(response.headers()["cache-control"], "no-store", "a secret is kept nowhere");
    json_of(response, StatusCode::OK).await
}

/// When the credentials end, from now, seconds.
fn ends_in(servers: &Value) -> i64 {
    let username = servers["ice_servers"][1]["username"].as_str().expect("a name");
    let (end, _) = username.split_once(':').expect("an end and an opaque part");
    end.parse::<i64>().expect("seconds") - web::clock::now().as_micros() / 1_000_000
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_gets_credentials_for_a_shift_and_a_citizen_for_minutes() {
    let app = with_turn().await;
    let agent = app.operator().await;
    let own = servers(&agent, OWN).await;
    assert_eq!(own["ice_servers"][0], json!({"urls": ["stun:turn.example"]}));
    assert_eq!(own["ice_servers"][1]["urls"], json!(["turn:turn.example?transport=tcp"]));
    assert_eq!(own["lifetime_s"], 12 * 3600);
    assert!((12 * 3600 - 60..=12 * 3600).contains(&ends_in(&own)), "{own}");
    let name = own["ice_servers"][1]["username"].as_str().expect("a name");
    assert!(!name.contains("operator") && !name.contains("umbra"), "{name}");
    let again = servers(&agent, OWN).await;
    assert_ne!(again["ice_servers"][1]["username"], name, "it tells nobody who is who");

    let citizen = app.anonymous();
    let theirs = servers(&citizen, CITIZENS).await;
    assert_eq!(theirs["lifetime_s"], 600);
    assert!((540..=600).contains(&ends_in(&theirs)), "{theirs}");
    servers(&citizen, CITIZENS).await;
    let refused = citizen.get(CITIZENS).await;
    assert!(refused.headers().contains_key("retry-after"));
    problem_of(refused, StatusCode::TOO_MANY_REQUESTS, "too-many-requests").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_servers_in_the_settings_a_browser_gets_none() {
    let app = TestApp::start().await;
    assert_eq!(servers(&app.operator().await, OWN).await, json!({"ice_servers": []}));
    assert_eq!(servers(&app.anonymous(), CITIZENS).await, json!({"ice_servers": []}));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_call_goes_on_when_its_audio_connects_anew() {
    let app = TestApp::start().await;
    let citizen = app.anonymous();
    let before = Browser::offering().await;
    let begun = citizen.post("/api/v1/web-calls", &json!({"sdp": before.offer})).await;
    let begun = json_of(begun, StatusCode::CREATED).await;
    before.take(begun["sdp"].as_str().expect("an answer")).await;
    let path = format!("/api/v1/web-calls/{}", begun["token"].as_str().expect("a secret"));
    let media = format!("{path}/media");

    let after = Browser::offering().await;
    let answer = citizen.post(&media, &json!({"sdp": after.offer})).await;
    let answer = json_of(answer, StatusCode::OK).await;
    after.take(answer["sdp"].as_str().expect("an answer")).await;
    assert_eq!(app.running.app().exchange().calls().len(), 1, "the same call");
    assert_eq!(citizen.get(&path).await.status(), StatusCode::OK);

    let nonsense = citizen.post(&media, &json!({"sdp": "nonsense"})).await;
    problem_of(nonsense, StatusCode::UNPROCESSABLE_ENTITY, "invalid").await;
    assert_eq!(citizen.get(&path).await.status(), StatusCode::OK, "nor does a bad offer end it");
    let refused = loop {
        let response = citizen.post(&media, &json!({"sdp": "nonsense"})).await;
        if response.status() != StatusCode::UNPROCESSABLE_ENTITY {
            break response;
        }
    };
    problem_of(refused, StatusCode::TOO_MANY_REQUESTS, "too-many-requests").await;

    assert_eq!(citizen.delete(&path).await.status(), StatusCode::NO_CONTENT);
    let unknown = "/api/v1/web-calls/no-such-token/media";
    let refused = citizen.post(unknown, &json!({"sdp": after.offer})).await;
    problem_of(refused, StatusCode::NOT_FOUND, "not-found").await;
    before.close().await;
    after.close().await;
    app.stop().await;
}
