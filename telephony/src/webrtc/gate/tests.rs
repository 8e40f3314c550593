use std::sync::Arc;

use super::super::binding::tests::request;
use super::super::offer::tests::CHROMIUM;
use super::super::{Certificate, GateTiming};
use super::*;
use rtc::stun::attributes::ATTR_USE_CANDIDATE;

const PEER: PeerId = PeerId(7);

fn gate() -> Gate {
    let certificate = Arc::new(Certificate::generate().expect("a certificate"));
    let candidate = "203.0.113.5:10000".parse().expect("an address");
    let mut drawn = 0;
    let random = Box::new(move |bytes: &mut [u8]| {
        drawn += 1;
        bytes.fill(drawn);
    });
    Gate::new(GateConfig { peers_max: 2, ..GateConfig::new(certificate, candidate, random) })
}

fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

/// What the browser learns from an answer.
fn credentials(answer: &PeerAnswer, theirs: &str) -> Credentials {
    let value = |key: &str| {
        let mut lines = answer.description.lines();
        lines.find_map(|line| line.strip_prefix(key)).expect("it is there").to_owned()
    };
    Credentials {
        name: value("a=ice-ufrag:"),
        password: value("a=ice-pwd:"),
        theirs: theirs.to_owned(),
    }
}

/// Sends a nominating check; returns whether it was answered with success, and the events.
fn check(gate: &mut Gate, credentials: &Credentials, port: u16) -> (bool, Vec<String>) {
    let bytes = request(credentials, &[(ATTR_USE_CANDIDATE, &[])], &[]);
    gate.datagram(now(), address(port), &bytes);
    outputs(gate)
}

fn outputs(gate: &mut Gate) -> (bool, Vec<String>) {
    let (mut success, mut events) = (false, Vec::new());
    while let Some(output) = gate.poll_output() {
        match output {
            GateOutput::Transmit { datagram, .. } => success |= datagram[..2] == [1, 1],
            GateOutput::Event(event) => events.push(format!("{event:?}")),
        }
    }
    (success, events)
}

fn restarted() -> String {
    CHROMIUM.replace("ice-ufrag:Zk3/", "ice-ufrag:next")
}

#[test]
fn the_answer_to_chromium_reads_so() {
    let mut gate = gate();
    let answer = gate.answer(now(), PEER, CHROMIUM, 815).expect("answered");
    assert_eq!((answer.codec, answer.telephone_event), (crate::sdp::Codec::Pcma, Some(126)));
    assert_eq!(answer.kind, AnswerKind::Fresh);
    let fingerprint = gate.config.certificate.fingerprint();
    let written = answer.description.replace(&fingerprint, "sha-256 (ours)");
    let lines: Vec<&str> = written.lines().collect();
    let expected = "v=0
o=- 108510259257115009 0 IN IP4 203.0.113.5
s=-
t=0 0
a=group:BUNDLE 0
a=ice-lite
a=msid-semantic: WMS helpline
m=audio 10000 UDP/TLS/RTP/SAVPF 8 126
c=IN IP4 203.0.113.5
a=mid:0
a=rtcp-mux
a=ice-ufrag:0101010101010101
a=ice-pwd:02020202020202020202020202020202
a=fingerprint:sha-256 (ours)
a=setup:passive
a=rtpmap:8 PCMA/8000
a=rtpmap:126 telephone-event/8000
a=fmtp:126 0-15
a=sendrecv
a=msid:helpline voice
a=ssrc:815 cname:helpline
a=candidate:1 1 udp 2130706431 203.0.113.5 10000 typ host
a=end-of-candidates
a=ptime:20
m=video 0 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:1
a=inactive
m=application 0 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=mid:2
a=inactive";
    assert_eq!(lines, expected.lines().collect::<Vec<_>>());
}

#[test]
fn both_generations_are_good_until_the_new_one_is_used() {
    let mut gate = gate();
    let first = gate.answer(now(), PEER, CHROMIUM, 815).expect("answered");
    let old = credentials(&first, "Zk3/");
    assert_eq!(check(&mut gate, &old, 1), (true, vec!["Path(7, 192.0.2.1:1)".to_owned()]));
    let second = gate.answer(now(), PEER, &restarted(), 815).expect("answered");
    assert_eq!(second.kind, AnswerKind::Restarted);
    assert!(second.description.contains("o=- 108510259257115009 1 "), "the next version");
    let new = credentials(&second, "next");
    assert_ne!(new.name, old.name);
    assert_eq!(check(&mut gate, &old, 1), (true, vec![]));
    assert_eq!(check(&mut gate, &new, 2), (true, vec!["Path(7, 192.0.2.1:2)".to_owned()]));
    assert_eq!(check(&mut gate, &old, 1), (false, vec![]), "now it is a stranger's");
    assert_eq!(gate.counts().routes, 3, "a name and two addresses");
}

#[test]
fn restarts_that_nobody_follows_leave_nothing() {
    let mut gate = gate();
    let first = gate.answer(now(), PEER, CHROMIUM, 815).expect("answered");
    for n in 0..100 {
        let offer = CHROMIUM.replace("Zk3/", &format!("next{n}"));
        gate.answer(now(), PEER, &offer, 815).expect("answered");
    }
    assert_eq!(gate.counts().routes, 2);
    assert!(check(&mut gate, &credentials(&first, "Zk3/"), 1).0);
}

#[test]
fn an_offer_with_the_same_credentials_renegotiates() {
    let mut gate = gate();
    let first = gate.answer(now(), PEER, CHROMIUM, 815).expect("answered");
    let again = CHROMIUM.replace("a=sendrecv", "a=recvonly");
    let second = gate.answer(now(), PEER, &again, 815).expect("answered");
    assert_eq!(second.kind, AnswerKind::Restarted);
    assert_eq!(credentials(&first, "Zk3/").name, credentials(&second, "Zk3/").name);
    assert!(second.description.contains("a=sendonly"));
}

#[test]
fn another_session_or_fingerprint_is_a_fresh_connection() {
    for other in [
        CHROMIUM.replace("6291478352390156722", "6291478352390156723"),
        CHROMIUM.replace("sha-256 6B", "sha-256 6C"),
    ] {
        let mut gate = gate();
        let first = gate.answer(now(), PEER, CHROMIUM, 815).expect("answered");
        let old = credentials(&first, "Zk3/");
        check(&mut gate, &old, 1);
        let second = gate.answer(now(), PEER, &other, 815).expect("answered");
        assert_eq!(second.kind, AnswerKind::Fresh);
        assert_eq!(gate.counts().routes, 1, "nothing is left of the one before");
        assert_eq!(check(&mut gate, &old, 1), (false, vec![]));
        let new = credentials(&second, "Zk3/");
        assert_eq!(check(&mut gate, &new, 1), (true, vec!["Path(7, 192.0.2.1:1)".to_owned()]));
    }
}

#[test]
fn a_refused_offer_leaves_the_peer_as_it_was() {
    let mut gate = gate();
    let first = gate.answer(now(), PEER, CHROMIUM, 815).expect("answered");
    assert_eq!(gate.answer(now(), PEER, "v=0", 815), Err(AnswerRefused::Malformed));
    assert!(check(&mut gate, &credentials(&first, "Zk3/"), 1).0);
}

#[test]
fn there_are_never_too_many_peers() {
    let mut gate = gate();
    for n in 0..2 {
        gate.answer(now(), PeerId(n), CHROMIUM, 1).expect("answered");
    }
    assert_eq!(gate.answer(now(), PeerId(2), CHROMIUM, 1), Err(AnswerRefused::TooManyPeers));
    assert!(gate.answer(now(), PeerId(1), CHROMIUM, 1).is_ok(), "known peers may come again");
    gate.close(now(), PeerId(0));
    assert!(gate.answer(now(), PeerId(2), CHROMIUM, 1).is_ok());
    gate.close(now(), PeerId(1));
    gate.close(now(), PeerId(2));
    assert_eq!(gate.counts(), GateCounts::default());
    assert_eq!(gate.poll_timeout(), None);
}

#[test]
fn dtls_from_an_address_without_a_check_is_dropped() {
    let mut gate = gate();
    gate.answer(now(), PEER, CHROMIUM, 815).expect("answered");
    gate.datagram(now(), address(1), &[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    assert_eq!(outputs(&mut gate), (false, vec![]));
    assert_eq!(gate.counts().strangers, 1);
}

#[test]
fn an_address_that_a_new_page_took_over_is_not_lost_with_the_old_one() {
    let mut gate = gate();
    let first = gate.answer(now(), PeerId(1), CHROMIUM, 1).expect("answered");
    check(&mut gate, &credentials(&first, "Zk3/"), 1);
    let second = gate.answer(now(), PeerId(2), CHROMIUM, 1).expect("answered");
    check(&mut gate, &credentials(&second, "Zk3/"), 1);
    gate.close(now(), PeerId(1));
    assert_eq!(gate.by_address.get(&address(1)), Some(&PeerId(2)));
}

#[test]
fn deadlines_lead_to_loss_and_then_to_rest() {
    let mut gate = gate();
    let answer = gate.answer(now(), PEER, CHROMIUM, 815).expect("answered");
    check(&mut gate, &credentials(&answer, "Zk3/"), 1);
    let mut events = Vec::new();
    while let Some(at) = gate.poll_timeout() {
        gate.handle_timeout(at);
        events.extend(outputs(&mut gate).1);
    }
    // Once, though both silence and the missing handshake were due.
    assert_eq!(events, ["Lost(7)"]);
    assert_eq!(gate.counts().routes, 1, "only the name: it may come back");
    assert!(GateTiming::default().consent_lasts >= GateTiming::default().quiet_after_unsteady);
}
