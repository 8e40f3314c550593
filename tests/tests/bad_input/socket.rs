//! Garbled frames on the event stream.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tests::desk::{self, Api};
use tests::program::{PASSWORD, Program};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::assert_well;
use crate::garbled::Garbler;

/// How long the helpline may take to close a stream.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn garbled_frames_close_their_stream_and_no_other() {
    let program = Program::start(&[]).await.expect("the program starts");
    let good = desk::sign_in(program.http, "operator1", PASSWORD).await.expect("signed in");
    let bad = desk::sign_in(program.http, "operator2", PASSWORD).await.expect("signed in");
    let mut stream = desk::Stream::open(&good).await.expect("a good stream");
    let mut garbler = Garbler::new(0xf4a);
    for round in 0..20 {
        let text =
            String::from_utf8_lossy(&garbler.garbled(br#"{"type":"heartbeat"}"#)).into_owned();
        let message = match round % 4 {
            0 => Message::text(text),
            1 => Message::binary(garbler.noise(200)),
            2 => Message::text("[".repeat(4000)),
            _ => Message::text("x".repeat(100_000)),
        };
        closes_after(&bad, message).await;
        raw_bytes(&bad, &garbler.noise(300)).await;
    }
    until_streams(&program, 1.0).await;
    let bad_frames = program.metric("helpline_event_frames_bad_total").await.expect("metrics");
    assert!(bad_frames > 0.0, "counted");
    let told = timeout(Duration::from_millis(300), async {
        loop {
            stream.next().await.expect("the good stream is open");
        }
    });
    assert!(told.await.is_err(), "and goes on");
    assert_well(&program).await;
    program.stop().await.expect("it stops in peace");
}

/// Sends the message a few times; the helpline closes the stream, or has lost it, soon after. A message
/// that is a heartbeat after all keeps it open, and is followed by one that is none.
async fn closes_after(api: &Api, message: Message) {
    let mut request =
        format!("ws://{}/api/v1/events", api.http()).into_client_request().expect("a request");
    let cookie = api.cookie().expect("signed in").parse().expect("a header");
    request.headers_mut().insert("cookie", cookie);
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.expect("open");
    for message in [
        message.clone(),
        message.clone(),
        message,
        Message::text("{"),
        Message::text("}"),
        Message::text("?"),
    ] {
        if socket.send(message).await.is_err() {
            break;
        }
    }
    let closed = async { while let Some(Ok(_)) = socket.next().await {} };
    timeout(CLOSE_LIMIT, closed).await.expect("the stream is closed");
}

/// Opens a stream by hand and sends bytes that are no frames.
async fn raw_bytes(api: &Api, bytes: &[u8]) {
    let mut stream = TcpStream::connect(api.http()).await.expect("accepted");
    let upgrade = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Cookie: {}\r\n\r\n",
        api.http(),
        api.cookie().expect("signed in"),
    );
    stream.write_all(upgrade.as_bytes()).await.expect("sent");
    let mut answer = [0; 4096];
    let length = timeout(CLOSE_LIMIT, stream.read(&mut answer)).await.expect("in time");
    let answer = String::from_utf8_lossy(&answer[..length.expect("read")]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    let _cut_off = stream.write_all(bytes).await;
}

async fn until_streams(program: &Program, wanted: f64) {
    let until = Instant::now() + CLOSE_LIMIT;
    loop {
        let open = program.metric("helpline_event_streams").await.expect("metrics");
        if open == wanted {
            return;
        }
        assert!(Instant::now() < until, "{open} streams are open");
        sleep(Duration::from_millis(50)).await;
    }
}
