//! The event stream: its first frame, resuming, heartbeats, bad frames, the end of a session.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use store::account::Role;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::app::{Actor, TestApp};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What came next.
#[derive(Debug)]
enum Came {
    Frame(Value),
    Closed(u16),
}

pub(crate) async fn connect(
    app: &TestApp,
    cookie: &str,
    query: &str,
    origin: Option<&str>,
) -> Result<Socket, u16> {
    let url = format!("ws://{}/api/v1/events{query}", app.address);
    let mut request = url.into_client_request().expect("a request");
    request.headers_mut().insert("cookie", cookie.parse().expect("a header"));
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().expect("a header"));
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(e) => panic!("{e}"),
    }
}

async fn next(socket: &mut Socket) -> Came {
    let came = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Came::Frame(serde_json::from_str(&text).expect("json"));
                }
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.map_or(CloseCode::Status, |frame| frame.code);
                    return Came::Closed(code.into());
                }
                Some(Ok(_)) => {}
                Some(Err(e)) => panic!("{e}"),
                None => return Came::Closed(0),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), came).await.expect("something comes in time")
}

pub(crate) async fn frame(socket: &mut Socket) -> Value {
    match next(socket).await {
        Came::Frame(frame) => frame,
        Came::Closed(code) => panic!("closed with {code}"),
    }
}

/// The next frame of this type; others are passed over.
pub(crate) async fn frame_of(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let frame = frame(socket).await;
        if frame["type"] == kind {
            return frame;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_gets_a_snapshot_and_is_on_the_floor() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let cookie = Actor::cookie(&app, "operator1").await;
    assert_eq!(operator.get("/api/v1/agents/me").await.status(), StatusCode::NOT_FOUND);
    let mut socket = connect(&app, &cookie, "", None).await.expect("open");
    let first = frame(&mut socket).await;
    assert_eq!(first["type"], "snapshot");
    assert_eq!(first["agent"]["state"], "offline");
    assert_eq!(first["agent"]["name"], "Test operator1");
    assert_eq!(first["queues"][0]["id"], "health");
    assert!(first["cursor"].is_u64() && first["server_time"].is_string());
    assert_eq!(operator.get("/api/v1/agents/me").await.status(), StatusCode::OK);
    let body = json!({"want": "break", "reason": "meal"});
    let state = operator.put("/api/v1/agents/me/state", &body).await;
    assert_eq!(state.status(), StatusCode::OK);
    let changed = frame_of(&mut socket, "agent_state_changed").await;
    assert_eq!(changed["agent"]["state"], "break");
    assert_eq!(changed["agent"]["reason"], "meal");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_comes_back_gets_what_it_missed() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let cookie = Actor::cookie(&app, "operator1").await;
    let mut socket = connect(&app, &cookie, "", None).await.expect("open");
    let cursor = frame(&mut socket).await["cursor"].as_u64().expect("a cursor");
    socket.close(None).await.expect("closed");
    for reason in ["meal", "rest"] {
        let body = json!({"want": "break", "reason": reason});
        let state = operator.put("/api/v1/agents/me/state", &body).await;
        assert_eq!(state.status(), StatusCode::OK);
    }
    let query = format!("?cursor={cursor}");
    let mut socket = connect(&app, &cookie, &query, None).await.expect("open again");
    assert_eq!(frame(&mut socket).await["type"], "resumed");
    let mut last = cursor;
    for reason in ["meal", "rest"] {
        let missed = frame_of(&mut socket, "agent_state_changed").await;
        assert_eq!(missed["agent"]["reason"], reason);
        let at = missed["cursor"].as_u64().expect("a cursor");
        assert!(at > last, "in order");
        last = at;
    }
    let mut socket = connect(&app, &cookie, "?cursor=999999", None).await.expect("open");
    assert_eq!(frame(&mut socket).await["type"], "snapshot", "a cursor of another life");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_does_not_hear_of_others_and_a_supervisor_does() {
    let app = TestApp::start().await;
    let first = app.operator().await;
    app.account("operator2", Role::Operator).await;
    app.account("supervisor1", Role::Supervisor).await;
    let mut sockets = Vec::new();
    for username in ["operator1", "operator2", "supervisor1"] {
        let cookie = Actor::cookie(&app, username).await;
        let mut socket = connect(&app, &cookie, "", None).await.expect("open");
        let snapshot = frame(&mut socket).await;
        assert_eq!(snapshot["agent"].is_object(), username != "supervisor1");
        sockets.push(socket);
    }
    let body = json!({"want": "break", "reason": "prayer"});
    first.put("/api/v1/agents/me/state", &body).await;
    let seen = frame_of(&mut sockets[2], "agent_state_changed").await;
    assert_eq!(seen["agent"]["agent"], json!(first.user.expect("a user")));
    let silent = tokio::time::timeout(Duration::from_millis(500), frame(&mut sockets[1])).await;
    assert!(silent.is_err(), "another agent hears nothing: {silent:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_frames_are_told_then_closed_and_heartbeats_are_taken() {
    let app = TestApp::start().await;
    app.account("operator1", Role::Operator).await;
    let cookie = Actor::cookie(&app, "operator1").await;
    let mut socket = connect(&app, &cookie, "", None).await.expect("open");
    frame(&mut socket).await;
    socket.send(Message::text(r#"{"type":"heartbeat"}"#)).await.expect("sent");
    for bad in ["{", r#"{"type":"fly"}"#] {
        socket.send(Message::text(bad)).await.expect("sent");
        let told = frame(&mut socket).await;
        assert_eq!((&told["type"], &told["problem"]), (&json!("error"), &json!("malformed")));
    }
    socket.send(Message::binary(vec![0, 255])).await.expect("sent");
    assert!(matches!(next(&mut socket).await, Came::Closed(4400)));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_session() {
    let app = TestApp::start().await;
    app.account("operator1", Role::Operator).await;
    let cookie = Actor::cookie(&app, "operator1").await;
    let mut socket = connect(&app, &cookie, "", None).await.expect("open");
    frame(&mut socket).await;
    let ask = app.anonymous().request(reqwest::Method::GET, "/api/v1/session");
    let session: Value =
        ask.header("cookie", &cookie).send().await.expect("an answer").json().await.expect("json");
    let out = app.anonymous().request(reqwest::Method::DELETE, "/api/v1/session");
    let csrf = session["csrf_token"].as_str().expect("a token");
    let out = out.header("cookie", &cookie).header("x-csrf-token", csrf).send().await;
    assert_eq!(out.expect("an answer").status(), StatusCode::NO_CONTENT);
    assert!(matches!(next(&mut socket).await, Came::Closed(4401)));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_other_sites_get_no_stream() {
    let app = TestApp::start().await;
    app.account("operator1", Role::Operator).await;
    app.account("auditor1", Role::Auditor).await;
    let cookie = Actor::cookie(&app, "operator1").await;
    let other = Some("https://elsewhere.example");
    assert_eq!(connect(&app, "", "", None).await.err(), Some(401));
    assert_eq!(connect(&app, &cookie, "", other).await.err(), Some(403));
    let auditor = Actor::cookie(&app, "auditor1").await;
    assert_eq!(connect(&app, &auditor, "", None).await.err(), Some(403));
    let own = format!("http://{}", app.address);
    assert!(connect(&app, &cookie, "", Some(&own)).await.is_ok());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_lags_is_closed_and_goes_on_where_it_was() {
    // No event may wait: any two at once are too many for this console.
    let app = TestApp::with(&[("HELPLINE__LIMITS__EVENTS_WAITING_MAX", "0")]).await;
    let operator = app.operator().await;
    let cookie = Actor::cookie(&app, "operator1").await;
    let mut socket = connect(&app, &cookie, "", None).await.expect("open");
    let cursor = frame(&mut socket).await["cursor"].as_u64().expect("a cursor");
    let exchange = app.running.app().exchange().clone();
    let agent = ids::AgentId::from(operator.user.expect("a user"));
    let reasons = [routing::BreakReason::Meal, routing::BreakReason::Rest];
    let burst = async {
        let mut asked = tokio::task::JoinSet::new();
        for n in 0..100 {
            let (exchange, reason) = (exchange.clone(), reasons[n % 2]);
            asked.spawn(async move {
                exchange.request_state(agent, routing::Wanted::Break { reason }).await
            });
        }
        asked.join_all().await
    };
    assert!(burst.await.iter().all(Result::is_ok));
    let code = loop {
        if let Came::Closed(code) = next(&mut socket).await {
            break code;
        }
    };
    assert_eq!(code, 4408);
    let query = format!("?cursor={cursor}");
    let mut socket = connect(&app, &cookie, &query, None).await.expect("open again");
    assert_eq!(frame(&mut socket).await["type"], "resumed");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_bounded() {
    let app = TestApp::with(&[("HELPLINE__HTTP__EVENT_STREAMS_MAX", "1")]).await;
    app.account("operator1", Role::Operator).await;
    let cookie = Actor::cookie(&app, "operator1").await;
    let first = connect(&app, &cookie, "", None).await.expect("open");
    assert_eq!(connect(&app, &cookie, "", None).await.err(), Some(503));
    drop(first);
    app.stop().await;
}
