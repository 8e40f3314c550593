//! `/trunks`: a carrier in trouble is on the board, and its change in the event stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::StatusCode;
use serde_json::Value;
use store::account::Role;
use tokio::net::UdpSocket;

use crate::app::{Actor, TestApp};
use crate::events::{connect, frame_of};

/// Answers each request with 200, and with 500 once it is in trouble, until the test ends.
async fn carrier(in_trouble: Arc<AtomicBool>) -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let port = socket.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((len, from)) = socket.recv_from(&mut buffer).await {
            let text = String::from_utf8_lossy(&buffer[..len]).into_owned();
            let copied = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
            let is_copied = |line: &&str| copied.iter().any(|name| line.starts_with(name));
            let headers = text.lines().filter(is_copied).collect::<Vec<_>>().join("\r\n");
            let status = if in_trouble.load(Ordering::Relaxed) { "500 Trouble" } else { "200 OK" };
            let answer = format!("SIP/2.0 {status}\r\n{headers}\r\nContent-Length: 0\r\n\r\n");
            let _gone = socket.send_to(answer.as_bytes(), from).await;
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_in_trouble_is_on_the_board_and_in_the_events() {
    let in_trouble = Arc::new(AtomicBool::new(false));
    let port = carrier(Arc::clone(&in_trouble)).await;
    let file = format!(
        "[sip]\nkeep_alive_s = 1\n[[trunk]]\nname = \"bsnl\"\nsend_to = \"127.0.0.1:{port}\"\n"
    );
    let app = TestApp::with_file(&file, &[]).await;
    app.account("supervisor1", Role::Supervisor).await;
    let cookie = Actor::cookie(&app, "supervisor1").await;
    let mut socket = connect(&app, &cookie, "", None).await.expect("open");
    in_trouble.store(true, Ordering::Relaxed);
    let told = loop {
        let frame = frame_of(&mut socket, "trunk_changed").await;
        if frame["health"]["state"] == "down" {
            break frame;
        }
    };
    assert_eq!(told["trunk"], "bsnl");
    assert_eq!(told["health"]["fault"], "answered");
    assert_eq!(told["health"]["status"], 500);
    let response = app.signed_in("supervisor1").await.get("/api/v1/trunks").await;
    assert_eq!(response.status(), StatusCode::OK);
    let trunks: Value = response.json().await.expect("json");
    assert_eq!(trunks[0]["name"], "bsnl");
    assert_eq!((&trunks[0]["health"], &trunks[0]["since"]), (&told["health"], &told["since"]));
    assert_eq!(trunks[1]["name"], "default", "the short form, which only calls us");
    assert_eq!(
        (&trunks[1]["health"]["state"], &trunks[1]["checked"]),
        (&"up".into(), &false.into())
    );
    app.stop().await;
}
