//! One call is one trace, at a collector of ours that speaks OTLP over HTTP.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tests::desk::{self, Api, Desk};
use tests::privacy::Canaries;
use tests::program::{PASSWORD, Program, command};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(40);

/// A collector: takes every request and gives its spans.
async fn collector() -> (String, mpsc::Receiver<Vec<Span>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, spans) = mpsc::channel(64);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, sender.clone()));
        }
    });
    (url, spans)
}

async fn serve(mut stream: TcpStream, spans: mpsc::Sender<Vec<Span>>) {
    let mut read = Vec::new();
    loop {
        let Some((head, body)) = split(&read) else {
            if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
                return;
            }
            continue;
        };
        assert!(head.starts_with("post /v1/traces "), "{head}");
        let request = ExportTraceServiceRequest::decode(body.as_slice()).expect("OTLP");
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        let told = scopes.flat_map(|scope| scope.spans).collect();
        if spans.send(told).await.is_err() {
            return;
        }
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\n\
            content-length: 0\r\n\r\n";
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        read.clear();
    }
}

/// Head and body of a request that has come whole.
fn split(read: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let body = &read[end + 4..];
    (body.len() >= length.parse().ok()?).then(|| (head, body.to_vec()))
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let found = spans.iter().find(|span| span.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {spans:#?}"))
}

async fn until_talking(api: &Api) {
    let until = Instant::now() + PATIENCE;
    while api.get("/agents/me").await.expect("an agent")["state"] != "talking" {
        assert!(Instant::now() < until, "the agent does not talk");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_is_one_trace_that_tells_nothing_of_anybody() {
    let (url, mut told) = collector().await;
    let settings = [("TELEMETRY__OTLP_URL", url.as_str())];
    let program = Program::start(&settings).await.expect("the program starts");
    let api = desk::sign_in(program.http, "operator1", PASSWORD).await.expect("a session");
    let mut desk = Desk::open(api.clone(), 660.0, 440.0).await.expect("a desk");
    desk.available().await.expect("available");
    let to = format!("sip:104@{}", program.sip);
    let mut dial = command(&["dial", "--to", &to, "--press", "0@500ms"]).expect("built");
    let mut caller = dial.spawn().expect("it dials");
    let (_, ringing) = desk.next_ringing(PATIENCE).await.expect("the console rings");
    desk.accept(&ringing).await.expect("accepted");
    until_talking(&api).await;
    desk.hang_up(&ringing).await.expect("hung up");

    let mut spans = Vec::new();
    while !spans.iter().any(|span: &Span| span.name == "call") {
        let more = timeout(PATIENCE, told.recv()).await.expect("the collector is told");
        spans.extend(more.expect("the collector lives"));
    }
    let whole = named(&spans, "call");
    let id: String = ringing.call.chars().filter(|c| *c != '-').collect();
    let hex: String = whole.trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, id, "the id of the trace is that of the call");
    assert!(whole.parent_span_id.is_empty(), "the whole has nothing above it");
    for name in ["recorded", "greeting", "queue", "ring", "accept", "talk"] {
        let step = named(&spans, name);
        assert_eq!(step.trace_id, whole.trace_id, "{name}");
        assert_eq!(step.parent_span_id, whole.span_id, "{name}");
        let (from, until) = (step.start_time_unix_nano, step.end_time_unix_nano);
        assert!(whole.start_time_unix_nano <= from && from <= until, "{name}");
        assert!(until <= whole.end_time_unix_nano, "{name}");
    }
    let leak = Canaries::default().leak(&format!("{spans:?}"));
    assert_eq!(leak, None);
    assert!(caller.wait().expect("it ends").success());
    desk.close().await;
    program.stop().await.expect("it stops in peace");
}
