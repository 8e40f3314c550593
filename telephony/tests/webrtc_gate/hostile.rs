//! Ten thousand mutated datagrams: nothing panics, nothing grows, and the browser still connects.
//!
//! The corpus is real: what a browser and the gate say to each other while they connect, seen by
//! a tap in between. Half of the mutants come from a stranger's address, half from one that the
//! gate has learned, which is the worse place.

use std::net::SocketAddr;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, RngCore as _, SeedableRng as _};
use telephony::webrtc::PeerId;
use tokio::net::UdpSocket;

use crate::browser::Browser;
use crate::port::Port;
use crate::relay::Relay;

const PEER: PeerId = PeerId(1);
const MUTANTS: usize = 10_000;
const SEED: u64 = 20_261_122;

/// What a browser sends to connect: checks and DTLS flights, no media.
async fn corpus() -> Vec<Vec<u8>> {
    let port = Port::open().await;
    let browser = Browser::open().await;
    let relay = Relay::open(port.address()).await;
    let answer = port.answer(PEER, &browser.offer().await);
    browser.accept(&answer.description, port.address(), relay.address()).await;
    port.until("keys and a path", PEER, |seen| seen.keys == 1 && !seen.paths.is_empty()).await;
    let mut seen = relay.seen();
    seen.retain(|datagram| !(128..=191).contains(&datagram[0]));
    assert!(seen.iter().any(|datagram| datagram[0] == 22), "DTLS is among them");
    assert!(seen.iter().any(|datagram| datagram[0] == 0), "STUN is among them");
    seen
}

/// Bits and bytes changed, lengths changed, cut, extended, doubled, or mere noise.
fn mutant(chance: &mut StdRng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[chance.random_range(0..corpus.len())].clone();
    for _ in 0..chance.random_range(1..5) {
        let at = chance.random_range(0..bytes.len());
        match chance.random_range(0..7) {
            0 => bytes[at] ^= 1 << chance.random_range(0..8),
            1 => bytes[at] = chance.random(),
            2 => bytes.truncate(at.max(1)),
            3 => bytes.extend_from_within(at..),
            // The places of lengths, epochs and message numbers.
            4 => {
                let early = chance.random_range(0..bytes.len().min(26));
                bytes[early] = [0, 1, 2, 22, 255][chance.random_range(0..5)];
            }
            5 => {
                let other = &corpus[chance.random_range(0..corpus.len())];
                bytes.extend_from_slice(other);
            }
            _ => {
                let end = (at + 16).min(bytes.len());
                chance.fill_bytes(&mut bytes[at..end]);
            }
        }
    }
    bytes.truncate(2000);
    bytes
}

#[tokio::test]
async fn mutants_change_nothing() {
    let corpus = corpus().await;
    let port = Port::open().await;
    let browser = Browser::open().await;
    let relay = Relay::open(port.address()).await;
    let answer = port.answer(PEER, &browser.offer().await);
    // The gate learns the relay's address by the browser's checks; DTLS is kept back both ways,
    // for answers to a mutant would confuse the browser, not us.
    relay.keep_back(Some(20..=63));
    browser.accept(&answer.description, port.address(), relay.address()).await;
    port.until("a path", PEER, |seen| !seen.paths.is_empty()).await;
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    println!("seed {SEED}");
    let mut chance = StdRng::seed_from_u64(SEED);
    for n in 0..MUTANTS {
        let bytes = mutant(&mut chance, &corpus);
        if n % 2 == 0 {
            relay.inject(&bytes).await;
        } else {
            let to: SocketAddr = port.address();
            let _refused = stranger.send_to(&bytes, to).await;
        }
        if n % 20 == 0 {
            // Slower than the gate, so that it sees them all.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    let counts = port.counts();
    assert!(counts.strangers > 1000 && counts.rejected > 1000, "{counts:?}");
    assert_eq!((counts.peers, counts.routes), (1, 2), "one name, one address");
    assert_eq!(port.seen(PEER, |seen| (seen.keys, seen.closed)), (0, 0));
    relay.keep_back(None);
    port.until("keys", PEER, |seen| seen.keys == 1).await;
    // The browser may need a moment longer for its own keys.
    for sequence in 0..500 {
        port.speak(PEER, sequence, &[7; 160]).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        if browser.heard().contains(&vec![7; 160]) {
            return;
        }
    }
    panic!("it does not hear us");
}
