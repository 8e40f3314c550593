//! What connecting a browser costs our side: answer, check and DTLS handshake, on one thread.
//!
//! `cargo run --release -p telephony --example bench_dtls [browsers]`. The browser's side is the
//! DTLS client of the `rtc` crate; only the time within the gate counts.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rand::RngCore as _;
use rtc::crypto::{HashAlgorithm, RTCCryptoProvider, default_provider};
use rtc::dtls::config::{ClientAuthType, ConfigBuilder, HandshakeConfig};
use rtc::dtls::endpoint::Endpoint;
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::shared::TransportProtocol;
use rtc::stun::attributes::{ATTR_USE_CANDIDATE, ATTR_USERNAME};
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{BINDING_REQUEST, Message, Setter as _, TransactionId};
use telephony::webrtc::{Certificate, Gate, GateConfig, GateEvent, GateOutput, PeerId};
use tokio::time::Instant;

/// Time spent within the gate.
#[derive(Default)]
struct Spent {
    answering: Duration,
    checking: Duration,
    shaking: Duration,
    consent: Duration,
}

/// The browser's certificate and what it does with it.
struct Client {
    provider: Arc<dyn RTCCryptoProvider>,
    config: Arc<HandshakeConfig>,
    fingerprint: String,
}

fn main() {
    let browsers: u16 = std::env::args().nth(1).map_or(500, |text| text.parse().expect("a number"));
    let client = client();
    let certificate = Arc::new(Certificate::generate().expect("a certificate"));
    let candidate = SocketAddr::from(([127, 0, 0, 1], 10_000));
    let random = Box::new(|bytes: &mut [u8]| rand::rng().fill_bytes(bytes));
    let mut gate = Gate::new(GateConfig::new(certificate, candidate, random));
    let mut spent = Spent::default();
    for n in 1..=browsers {
        connect(&mut gate, &client, n, &mut spent);
    }
    let each = |time: Duration| time.as_secs_f64() * 1000.0 / f64::from(browsers);
    let built = if cfg!(debug_assertions) { "debug" } else { "release" };
    println!("{browsers} browsers, {built} build, ms within the gate for each:");
    println!("  answer     {:.3}", each(spent.answering));
    println!("  check      {:.3}", each(spent.checking));
    println!("  handshake  {:.3}", each(spent.shaking));
    println!("  ten checks {:.3}", each(spent.consent));
}

fn client() -> Client {
    let provider = default_provider().expect("a provider");
    let certificate = rtc::dtls::crypto::Certificate::generate_self_signed(
        vec!["browser".to_owned()],
        provider.crypto(),
    )
    .expect("a certificate");
    let digest = provider.crypto().hash(HashAlgorithm::Sha256, &certificate.certificate[0]);
    let digits: Vec<String> =
        digest.expect("a digest").iter().map(|byte| format!("{byte:02X}")).collect();
    let config = ConfigBuilder::default()
        .with_crypto_provider(provider.clone())
        .with_certificates(vec![certificate])
        .with_srtp_protection_profiles(vec![SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm])
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_insecure_skip_verify(true)
        .build(true, None)
        .expect("a configuration");
    Client { provider, config: Arc::new(config), fingerprint: digits.join(":") }
}

fn connect(gate: &mut Gate, client: &Client, n: u16, spent: &mut Spent) {
    let (from, peer) = (SocketAddr::from(([127, 0, 0, 1], n)), PeerId(u64::from(n)));
    let offer = offer(&client.fingerprint);
    let begun = Instant::now();
    let answer = gate.answer(begun.into_std(), peer, &offer, 1).expect("answered");
    spent.answering += begun.elapsed();
    let check = check(&answer.description, &client.provider);
    let begun = Instant::now();
    gate.datagram(begun.into_std(), from, &check);
    spent.checking += begun.elapsed();
    while gate.poll_output().is_some() {}
    assert!(shake(gate, client, from, spent), "keys after the handshake");
    for _ in 0..10 {
        let begun = Instant::now();
        gate.datagram(begun.into_std(), from, &check);
        spent.consent += begun.elapsed();
        while gate.poll_output().is_some() {}
    }
}

/// Carries the handshake's datagrams; whether keys came of it.
fn shake(gate: &mut Gate, client: &Client, from: SocketAddr, spent: &mut Spent) -> bool {
    let mut endpoint = Endpoint::new(from, TransportProtocol::UDP, None);
    let server = SocketAddr::from(([127, 0, 0, 1], 10_000));
    let now = Instant::now().into_std();
    endpoint.connect(now, server, client.config.clone(), None).expect("begun");
    let mut keys = false;
    let mut down: VecDeque<Vec<u8>> = VecDeque::new();
    loop {
        while let Some(bytes) = down.pop_front() {
            let _events = endpoint.read(now, server, None, BytesMut::from(bytes.as_slice()));
        }
        let Some(up) = endpoint.poll_transmit() else { return keys };
        let begun = Instant::now();
        gate.datagram(begun.into_std(), from, &up.message);
        spent.shaking += begun.elapsed();
        while let Some(output) = gate.poll_output() {
            match output {
                GateOutput::Transmit { datagram, .. } => down.push_back(datagram),
                GateOutput::Event(event) => keys |= matches!(event, GateEvent::Keys { .. }),
            }
        }
    }
}

fn offer(fingerprint: &str) -> String {
    format!(
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n\
         a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n\
         a=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\na=sendrecv\r\na=rtcp-mux\r\n"
    )
}

/// A nominating check, signed for this answer.
fn check(answer: &str, provider: &Arc<dyn RTCCryptoProvider>) -> Vec<u8> {
    let value = |key: &str| {
        answer.lines().find_map(|line| line.strip_prefix(key)).expect("it is there").to_owned()
    };
    let mut message = Message::new();
    message.typ = BINDING_REQUEST;
    message.transaction_id = TransactionId::new();
    message.write_header();
    message.add(ATTR_USERNAME, format!("{}:abcd", value("a=ice-ufrag:")).as_bytes());
    message.add(ATTR_USE_CANDIDATE, &[]);
    MessageIntegrity::new_short_term_integrity_with_provider(
        value("a=ice-pwd:"),
        provider.crypto(),
    )
    .add_to(&mut message)
    .expect("signed");
    message.raw
}
