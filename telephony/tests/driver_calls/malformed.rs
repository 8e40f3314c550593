//! Malformed SIP: a saved corpus and mutations of it, over UDP and TCP. The exchange must live on,
//! take real calls, and keep nothing of it.

use std::path::Path;
use std::time::Duration;

use telephony::driver::dial::{DialEnded, DialRequest, dial};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

use crate::exchange::{ANSWER, Exchange, LOCAL, media_config, sip_config};

/// Mutations by UDP. `MUTATIONS=100000` runs longer.
const MUTATIONS: usize = 10_000;
/// After so many the exchange must have read them: it answers a question.
const BURST: usize = 50;
/// After so many a citizen calls.
const BETWEEN_CALLS: usize = 2_500;

/// Numbers by chance that are the same in each run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).expect("fits")).expect("fits")
    }
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut messages: Vec<_> = ["sip", "torture"]
        .into_iter()
        .flat_map(|name| std::fs::read_dir(folder.join(name)).expect("the corpus is there"))
        .map(|entry| {
            let path = entry.expect("readable").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("readable"))
        })
        .collect();
    messages.sort();
    assert!(messages.len() >= 90, "{} messages", messages.len());
    messages
}

fn mutations() -> usize {
    std::env::var("MUTATIONS").map_or(MUTATIONS, |text| text.parse().expect("a number"))
}

fn mutated(message: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = message.to_vec();
    for _ in 0..=chance.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = chance.below(bytes.len());
        match chance.below(6) {
            0 => bytes[at] = u8::try_from(chance.below(256)).expect("a byte"),
            1 => bytes.truncate(at),
            2 => {
                bytes.remove(at);
            }
            3 => bytes.insert(at, b"\0\r\n:;,<>@\"\xff% "[chance.below(13)]),
            4 => {
                let to = at + chance.below(40).min(bytes.len() - at);
                let copy = bytes[at..to].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => {
                let to = at + chance.below(40).min(bytes.len() - at);
                bytes.drain(at..to);
            }
        }
    }
    bytes
}

async fn exchange() -> Exchange {
    let mut config = sip_config();
    config.calls_per_second_max = 20_000;
    config.calls_max = 20_000;
    config.set_up_limit = Duration::from_secs(2);
    Exchange::start(config, media_config(32_768..=60_000)).await
}

/// A real call still works, and nothing stays of what came before.
async fn is_well(exchange: &Exchange) {
    let hang_up_after = Some(Duration::from_millis(300));
    let report =
        dial(DialRequest { hang_up_after, ..exchange.call(ANSWER) }).await.expect("placed");
    assert_eq!(report.ended, DialEnded::ByUs, "{report:?}");
    // Whoever was answered and never confirmed is hung up on here.
    exchange.sip.stop(Duration::from_secs(1)).await;
    exchange
        .until("every leg has left", |e| {
            let legs = e.sip.counts().legs == 0
                && e.sip.open_dialogs() == 0
                && e.media.counts().ports == 0;
            legs && e.seen(|seen| seen.left.len() == seen.invited.len())
        })
        .await;
}

/// Asks whether the exchange is there, until it says so: then it has read what came before.
async fn has_read_all(exchange: &Exchange, number: usize) {
    let socket = UdpSocket::bind((LOCAL, 0)).await.expect("a socket");
    let own = socket.local_addr().expect("an address");
    let question = format!(
        "OPTIONS sip:105@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKask{number}\r\n\
         From: <sip:1@{own}>;tag=a\r\nTo: <sip:105@127.0.0.1>\r\nCall-ID: ask-{number}\r\n\
         CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    let mut buffer = [0; 4096];
    for _ in 0..40 {
        socket.send_to(question.as_bytes(), exchange.sip.local_addr()).await.expect("sent");
        let answer = tokio::time::timeout(Duration::from_millis(500), socket.recv(&mut buffer));
        if let Ok(Ok(len)) = answer.await
            && buffer[..len].starts_with(b"SIP/2.0 200")
        {
            return;
        }
    }
    panic!("after {number} messages the exchange does not answer any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_messages_by_udp_change_nothing() {
    let exchange = exchange().await;
    let socket = UdpSocket::bind((LOCAL, 0)).await.expect("a socket");
    let to = exchange.sip.local_addr();
    let mut chance = Chance(0x5eed);
    let corpus = corpus();
    for (_, message) in &corpus {
        socket.send_to(message, to).await.expect("sent");
    }
    for number in 0..mutations() {
        let (_, message) = &corpus[number % corpus.len()];
        socket.send_to(&mutated(message, &mut chance), to).await.expect("sent");
        if number % BURST == 0 {
            has_read_all(&exchange, number).await;
        }
        if number % BETWEEN_CALLS == 0 {
            let hang_up_after = Some(Duration::from_millis(100));
            let request = DialRequest { hang_up_after, ..exchange.call(ANSWER) };
            let report = dial(request).await.expect("placed");
            assert_eq!(report.ended, DialEnded::ByUs, "after {number} messages: {report:?}");
        }
    }
    assert!(exchange.seen(|seen| !seen.invited.is_empty()), "some are good enough for a call");
    println!("{} mutations", mutations());
    is_well(&exchange).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_streams_by_tcp_change_nothing() {
    let exchange = exchange().await;
    let mut chance = Chance(0x7c9);
    for (_, message) in corpus() {
        for round in 0..3 {
            let bytes = if round == 0 { message.clone() } else { mutated(&message, &mut chance) };
            let mut stream = TcpStream::connect(exchange.sip.local_addr()).await.expect("accepted");
            // In pieces: a message need not come in one.
            for piece in bytes.chunks(37) {
                if stream.write_all(piece).await.is_err() {
                    break;
                }
            }
            let mut answer = [0; 4096];
            let wait = tokio::time::timeout(Duration::from_millis(10), stream.read(&mut answer));
            let _no_answer = wait.await;
        }
    }
    is_well(&exchange).await;
}
