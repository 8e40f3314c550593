//! Our SRTP and RTCP with libsrtp2 as the far end, over a real socket: thousands of packets, a dozen
//! turns of the sequence numbers, packets out of order, forged ones and replays.

mod peer;

use std::collections::HashMap;
use std::net::UdpSocket;
use std::time::Duration;

use peer::{Counts, Peer};
use telephony::rtcp::{RtcpItem, SenderInfo, parse, write_report};
use telephony::srtp::{
    MasterKey, SrtpError, SrtpKeys, SrtpProfile, SrtpReceiver, SrtpSender, TRAILER_MAX,
};

/// What the peer sends as.
const PEER_SSRC: u32 = 0x0002_0002;
const OWN_SSRC: u32 = 0x0001_0001;
/// Packets that are under way at once: they overtake each other within so many.
const BATCH: usize = 8;
/// Batches of packets numbered one after the other.
const STEADY_BATCHES: u32 = 300;
/// Batches of packets whose numbers leap, which turns the sequence numbers over many times.
const LEAPING_BATCHES: u32 = 50;
const LEAP: u16 = 3001;
/// Each so many batches there is a report, a forged packet and a replay.
const EXTRAS_EVERY: u32 = 5;
/// Nobody is late by as much on this machine's own network.
const PATIENCE: Duration = Duration::from_secs(20);

type Buffer = [u8; 1500];

#[test]
fn counter_mode_with_libsrtp2() {
    exchange(SrtpProfile::Aes128CmSha1_80, "aes128_cm_sha1_80");
}

#[test]
fn gcm_128_with_libsrtp2() {
    exchange(SrtpProfile::AeadAes128Gcm, "aead_aes_128_gcm");
}

#[test]
fn gcm_256_with_libsrtp2() {
    exchange(SrtpProfile::AeadAes256Gcm, "aead_aes_256_gcm");
}

fn exchange(profile: SrtpProfile, name: &str) {
    let batches = STEADY_BATCHES + LEAPING_BATCHES;
    let extras = batches / EXTRAS_EVERY;
    let rtp = u32::try_from(BATCH).expect("few") * batches;
    let mut call = Call::start(profile, name, rtp + 3 * extras);
    // The first wrap comes after some batches, when both ends know the stream.
    call.sequence = 65_300;
    for batch in 0..batches {
        let leap = if batch < STEADY_BATCHES { 1 } else { LEAP };
        let sent = call.batch(leap);
        if batch % EXTRAS_EVERY == 0 {
            call.report(batch);
            call.forge_and_replay(&sent);
        }
    }
    assert!(call.turns > 12, "the sequence numbers turned over {} times", call.turns);
    let counted = call.peer.counts();
    let expected = Counts {
        rtp,
        rtcp: extras,
        auth_failures: extras,
        replays: extras,
        other: 0,
        echoed: rtp + extras,
    };
    assert_eq!(counted, expected);
}

/// Our end.
struct Call {
    sender: SrtpSender,
    receiver: SrtpReceiver,
    socket: UdpSocket,
    peer: Peer,
    /// Of the next packet.
    sequence: u16,
    /// How often the numbers began anew.
    turns: u32,
}

impl Call {
    fn start(profile: SrtpProfile, name: &str, datagrams: u32) -> Self {
        let material: Vec<u8> =
            (0_u8..).map(|at| at ^ 0x5a).take(profile.keying_material_len()).collect();
        let (keys, salts) = material.split_at(2 * profile.key_len());
        let key = |at: usize| {
            let key = &keys[at * profile.key_len()..][..profile.key_len()];
            [key, &salts[at * profile.salt_len()..][..profile.salt_len()]].concat()
        };
        let peer = Peer::start(name, &key(0), &key(1), PEER_SSRC, datagrams);
        let keys = SrtpKeys::from_keying_material(profile, &material, true).expect("its length");
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        socket.connect(peer.address()).expect("an address");
        let (sender, receiver) = (SrtpSender::new(keys.outgoing), SrtpReceiver::new(keys.incoming));
        Self { sender, receiver, socket, peer, sequence: 0, turns: 0 }
    }

    /// Sends some packets, the later first, and takes them back, whatever their order. Returns what was sent.
    fn batch(&mut self, leap: u16) -> Vec<Vec<u8>> {
        let mut expected = HashMap::new();
        let mut datagrams = Vec::new();
        for _ in 0..BATCH {
            let packet = packet(OWN_SSRC, self.sequence);
            datagrams.push(self.protected(&packet));
            expected.insert(self.sequence, self::packet(PEER_SSRC, self.sequence));
            let (next, wrapped) = self.sequence.overflowing_add(leap);
            (self.sequence, self.turns) = (next, self.turns + u32::from(wrapped));
        }
        // Leaps are far beyond what is remembered behind the newest packet.
        if leap == 1 {
            datagrams[..].reverse();
        }
        for datagram in &datagrams {
            self.socket.send(datagram).expect("sent");
        }
        while !expected.is_empty() {
            let mut datagram = self.datagram();
            let mut again = datagram.clone();
            let len = self.receiver.unprotect_rtp(&mut datagram).expect("authentic");
            let sequence = u16::from_be_bytes([datagram[2], datagram[3]]);
            assert_eq!(expected.remove(&sequence).as_deref(), Some(&datagram[..len]));
            let replayed = self.receiver.unprotect_rtp(&mut again);
            assert_eq!(replayed, Err(SrtpError::Replayed));
        }
        datagrams
    }

    fn protected(&mut self, packet: &[u8]) -> Vec<u8> {
        let mut datagram = packet.to_vec();
        datagram.resize(packet.len() + TRAILER_MAX, 0);
        let len = self.sender.protect_rtp(&mut datagram, packet.len()).expect("room");
        datagram.truncate(len);
        datagram
    }

    fn datagram(&self) -> Vec<u8> {
        let mut buffer: Buffer = [0; 1500];
        let len = self.socket.recv(&mut buffer).expect("a datagram in time");
        buffer[..len].to_vec()
    }

    /// Sends a sender report and reads it when it comes back under the peer's SSRC.
    fn report(&mut self, number: u32) {
        let info = SenderInfo { ntp: 1 << 40, rtp_timestamp: 160, packets: number, octets: 8000 };
        let mut buffer: Buffer = [0; 1500];
        let len = write_report(OWN_SSRC, Some(info), &[], "a-name", &mut buffer).expect("room");
        let len = self.sender.protect_rtcp(&mut buffer, len).expect("room");
        self.socket.send(&buffer[..len]).expect("sent");
        let mut datagram = self.datagram();
        let len = self.receiver.unprotect_rtcp(&mut datagram).expect("authentic");
        let first = parse(&datagram[..len]).expect("RTCP").next();
        let Some(RtcpItem::SenderReport { ssrc: PEER_SSRC, info: read, .. }) = first else {
            panic!("no report of the peer's: {first:?}");
        };
        assert_eq!(read, info);
    }

    /// Two datagrams that the peer must count and not answer.
    fn forge_and_replay(&mut self, sent: &[Vec<u8>]) {
        // An old tag under a number yet to come: only the tag can tell.
        let mut forged = sent[0].clone();
        forged[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        self.socket.send(&forged).expect("sent");
        self.socket.send(&sent[BATCH - 1]).expect("sent");
    }
}

/// 20 ms of audio, different in each packet.
fn packet(ssrc: u32, sequence: u16) -> Vec<u8> {
    let [high, low] = sequence.to_be_bytes();
    let mut packet = vec![0x80, 0x08, high, low];
    packet.extend((u32::from(sequence) * 160).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..160).map(|at: u8| at.wrapping_mul(low) ^ high));
    packet
}

#[test]
fn a_key_of_another_call_is_refused_by_both() {
    let profile = SrtpProfile::AeadAes128Gcm;
    let mut call = Call::start(profile, "aead_aes_128_gcm", 3);
    let stranger = MasterKey::new(profile, &[1; 16], &[2; 12]).expect("the profile's lengths");
    let genuine = std::mem::replace(&mut call.sender, SrtpSender::new(stranger));
    for sequence in 1..3 {
        let datagram = call.protected(&packet(OWN_SSRC, sequence));
        call.socket.send(&datagram).expect("sent");
    }
    call.sender = genuine;
    let datagram = call.protected(&packet(OWN_SSRC, 3));
    call.socket.send(&datagram).expect("sent");
    let mut echoed = call.datagram();
    let stranger = MasterKey::new(profile, &[1; 16], &[2; 12]).expect("the profile's lengths");
    let refused = SrtpReceiver::new(stranger).unprotect_rtp(&mut echoed.clone());
    assert_eq!(refused, Err(SrtpError::NotAuthentic));
    assert_eq!(call.receiver.unprotect_rtp(&mut echoed), Ok(172));
    let expected = Counts { rtp: 1, auth_failures: 2, echoed: 1, ..Counts::default() };
    assert_eq!(call.peer.counts(), expected);
}
