//! Garbled SIP over UDP and TCP.

use std::path::Path;
use std::time::Duration;

use tests::program::Program;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{sleep, timeout};

use crate::assert_well;
use crate::garbled::Garbler;

/// Garbled copies of each message of the corpus: by UDP, by TCP.
const COPIES: (usize, usize) = (40, 4);

/// The messages on which the SIP driver is tested.
fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../telephony/tests/corpus/sip");
    let entries = std::fs::read_dir(folder).expect("the corpus is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    assert!(paths.len() >= 30, "{} messages", paths.len());
    paths.iter().map(|path| std::fs::read(path).expect("readable")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn garbled_sip_over_udp_leaves_nothing() {
    let program = Program::start(&[]).await.expect("the program starts");
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a socket");
    let mut garbler = Garbler::new(0x51b);
    for message in corpus() {
        socket.send_to(&message, program.sip).await.expect("sent");
        for _ in 0..COPIES.0 {
            socket.send_to(&garbler.garbled(&message), program.sip).await.expect("sent");
        }
        socket.send_to(&garbler.noise(700), program.sip).await.expect("sent");
        sleep(Duration::from_millis(10)).await;
    }
    assert_well(&program).await;
    for counted in ["helpline_sip_invites_total", "helpline_sip_refused_total"] {
        assert!(program.metric(counted).await.expect("metrics") > 0.0, "{counted}");
    }
    program.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn garbled_sip_over_tcp_leaves_nothing() {
    let program = Program::start(&[]).await.expect("the program starts");
    let mut garbler = Garbler::new(0x7c9);
    for message in corpus() {
        for _ in 0..COPIES.1 {
            let mut stream = TcpStream::connect(program.sip).await.expect("accepted");
            // In pieces: a message need not come in one.
            for piece in garbler.garbled(&message).chunks(53) {
                if stream.write_all(piece).await.is_err() {
                    break;
                }
            }
            let mut answer = [0; 2048];
            let _silence = timeout(Duration::from_millis(10), stream.read(&mut answer)).await;
        }
    }
    assert_well(&program).await;
    program.stop().await.expect("it stops in peace");
}
