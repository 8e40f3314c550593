//! Torture messages in the manner of RFC 4475, one file each, with what each is answered. The answers
//! are written down here: another one, or none, is a change that somebody must want.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use telephony::driver::dial::{DialEnded, DialRequest, dial};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::exchange::{ANSWER, Exchange, LOCAL, media_config, ports, sip_config};

/// No answer: what is not SIP, and answers to questions that nobody asked.
const SILENCE: u16 = 0;

/// What each message gets. Who answers is the stack for what it cannot read, else we.
const ANSWERS: &[(u16, &[&str])] = &[
    // Good enough: what is odd in them does not matter for the call, or for the question whether we are there.
    (
        200,
        &[
            "asserted_identity_broken",
            "authorization_broken",
            "badaspec",
            "badbranch",
            "baddate",
            "baddn",
            "clerr",
            "escruri",
            "from_number_with_parameters",
            "longreq",
            "ltgtruri",
            "lwsdisp",
            "mismatch01",
            "multi01",
            "ncl",
            "novelsc",
            "quotbal",
            "sdp01",
            "semiuri",
            "tel_uri",
            "transports",
            "trws",
            "unkscm",
            "zeromf",
        ],
    ),
    // Bodies that are no session description, or not the whole of one.
    (400, &["invut", "mcl01", "offer_broken"]),
    // Numbers that are not ours.
    (404, &["esc01", "long_number"]),
    // Methods that we do not take part in.
    (
        405,
        &["cparam01", "cparam02", "dblreq", "escnull", "mpart01", "regaut01", "regbadct", "unksm2"],
    ),
    // Extensions that we lack.
    (420, &["bext01", "bext02"]),
    // Nothing to hear.
    (488, &["offer_without_audio"]),
    // Answers to questions that nobody asked.
    (SILENCE, &["bcast", "bigcode", "noreason", "scalarlg", "unreason"]),
    // No SIP, no method that the stack knows, or no way back: a sender that means it sends again, better.
    // `wsinv`, `intmeth` and `inv2543` are valid all the same; no trunk writes so, and the stack reads none.
    (
        SILENCE,
        &[
            "badinv01",
            "badvers",
            "binary",
            "empty",
            "esc02",
            "insuf",
            "intmeth",
            "inv2543",
            "lwsruri",
            "lwsstart",
            "mismatch02",
            "not_sip",
            "only_line_ends",
            "scalar02",
            "wsinv",
        ],
    ),
];

fn messages() -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/torture");
    let entries = std::fs::read_dir(folder).expect("the corpus is there");
    let message = |path: std::path::PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read(path).expect("readable"))
    };
    entries.map(|entry| message(entry.expect("readable").path())).collect()
}

/// The first final answer to a message, sent from a telephone of its own.
async fn answer(exchange: &Exchange, message: &[u8]) -> u16 {
    let socket = UdpSocket::bind((LOCAL, 0)).await.expect("a socket");
    socket.send_to(message, exchange.sip.local_addr()).await.expect("sent");
    let mut buffer = [0; 8192];
    let heard = async {
        loop {
            let len = socket.recv(&mut buffer).await.expect("received");
            let text = String::from_utf8_lossy(&buffer[..len]).into_owned();
            let code = text.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)?.parse().ok());
            if let Some(code @ 200..) = code {
                return code;
            }
        }
    };
    timeout(PATIENCE, heard).await.unwrap_or(SILENCE)
}

/// How long silence must last. All messages wait together.
const PATIENCE: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_torture_message_gets_its_answer() {
    let exchange = Exchange::start(sip_config(), media_config(ports(40))).await;
    let answers = messages().into_iter().map(|(name, message)| {
        let exchange = exchange.clone();
        async move { (name, answer(&exchange, &message).await) }
    });
    let answers: BTreeMap<String, u16> =
        futures_util::future::join_all(answers).await.into_iter().collect();
    let expected: BTreeMap<String, u16> = ANSWERS
        .iter()
        .flat_map(|(code, names)| names.iter().map(|name| ((*name).to_owned(), *code)))
        .collect();
    let other: Vec<_> =
        answers.iter().filter(|(name, _)| expected.get(*name) != answers.get(*name)).collect();
    assert!(other.is_empty(), "answered otherwise: {other:?}");
    assert_eq!(answers.len(), expected.len(), "a message is missing");
    let hang_up_after = Some(Duration::from_millis(200));
    let report =
        dial(DialRequest { hang_up_after, ..exchange.call(ANSWER) }).await.expect("placed");
    assert_eq!(report.ended, DialEnded::ByUs, "a good call works as before: {report:?}");
    exchange.sip.stop(Duration::from_secs(1)).await;
    exchange.is_empty().await;
}
