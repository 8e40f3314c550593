//! Good packets of every protocol that shares the media plane's ports: what mutants are made of.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::load::media::browser::{Ice, Identity, client_hello};

/// Good packets.
#[derive(Clone, Debug)]
pub struct Samples(Arc<Vec<Vec<u8>>>);

impl Samples {
    /// Of a stream: its audio, keys, reports; and as SRTP with a tag that is not right.
    #[must_use]
    pub fn of_stream(ssrc: u32) -> Self {
        let mut chance = StdRng::seed_from_u64(ssrc.into());
        let mut packets = vec![
            rtp(ssrc, 8, &[], &[0xd5; 160]),
            rtp(ssrc, 0, &[], &[0xff; 160]),
            rtp(ssrc, 8, &[], &[]),
            // A key press (RFC 4733), and a header extension before audio.
            rtp(ssrc, 101, &[], &[5, 0x8a, 0x03, 0x20]),
            rtp(ssrc, 8, &[0xbe, 0xde, 0, 1, 0x10, 0x7f, 0, 0], &[0xd5; 160]),
        ];
        packets.extend(reports(ssrc));
        // SRTP of both tag lengths, SRTCP with its index.
        for more in [10, 16, 14] {
            for n in [0, 5] {
                let mut protected = packets[n].clone();
                protected.extend((0..more).map(|_| chance.random::<u8>()));
                packets.push(protected);
            }
        }
        Self(Arc::new(packets))
    }

    /// Of a handshake: a whole `ClientHello`, and records of the other kinds.
    ///
    /// # Errors
    /// The handshake cannot be begun.
    pub fn of_handshake(identity: &Identity, server: SocketAddr) -> Result<Self> {
        let hello = client_hello(identity, server)?;
        let record = |kind: u8, epoch: u8, body: &[u8]| {
            let mut bytes = vec![kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 9, 0];
            bytes.push(u8::try_from(body.len()).unwrap_or(u8::MAX));
            bytes.extend(body);
            bytes
        };
        let [close_notify, fatal] = [[1, 0], [2, 40]];
        Ok(Self(Arc::new(vec![
            hello,
            record(21, 0, &close_notify),
            record(21, 0, &fatal),
            record(20, 0, &[1]),
            record(22, 1, &[0x5a; 64]),
            record(23, 1, &[0x5a; 64]),
            record(21, 1, &[0x5a; 26]),
        ])))
    }

    /// Of a browser's checks: one that is authentic or forged, and one that names nobody.
    ///
    /// # Errors
    /// They cannot be made.
    pub fn of_checks(ice: &Ice, is_authentic: bool) -> Result<Self> {
        let check = if is_authentic { ice.check() } else { ice.forged_check() };
        let mut nobody = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        nobody.extend([7; 12]);
        Ok(Self(Arc::new(vec![check.context("a check")?, nobody])))
    }

    /// All of several.
    #[must_use]
    pub fn all(of: &[Self]) -> Self {
        Self(Arc::new(of.iter().flat_map(|samples| samples.0.iter().cloned()).collect()))
    }

    /// One of them.
    #[must_use]
    pub fn pick(&self, seed: u64) -> &[u8] {
        let turn = StdRng::seed_from_u64(!seed).random_range(0..self.0.len().max(1));
        self.0.get(turn).map_or(&[], Vec::as_slice)
    }
}

fn rtp(ssrc: u32, payload_type: u8, extension: &[u8], payload: &[u8]) -> Vec<u8> {
    let first = if extension.is_empty() { 0x80 } else { 0x90 };
    let mut bytes = vec![first, payload_type, 0x10, 0x01, 0, 0, 0x27, 0x10];
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend(extension);
    bytes.extend(payload);
    bytes
}

/// A sender report with a name, a receiver report, a goodbye (RFC 3550 §6).
fn reports(ssrc: u32) -> [Vec<u8>; 3] {
    let own = ssrc.to_be_bytes();
    let mut sender = vec![0x80, 200, 0, 6];
    sender.extend(own);
    sender.extend([0x5a; 20]);
    sender.extend([0x81, 202, 0, 3]);
    sender.extend(own);
    sender.extend([1, 4, b'l', b'o', b'a', b'd', 0, 0]);
    let mut receiver = vec![0x81, 201, 0, 7];
    receiver.extend(own);
    receiver.extend([0x11; 24]);
    let mut goodbye = vec![0x81, 203, 0, 1];
    goodbye.extend(own);
    [sender, receiver, goodbye]
}

#[cfg(test)]
mod tests {
    use rtc::shared::marshal::Unmarshal as _;

    use super::*;

    #[test]
    fn samples_are_what_they_say() {
        let Samples(packets) = Samples::of_stream(0x0102_0304);
        for packet in &packets[..5] {
            let parsed = telephony::rtp::RtpPacket::parse(packet).expect("RTP");
            assert_eq!(parsed.header.ssrc, 0x0102_0304);
        }
        for packet in &packets[5..8] {
            let read = rtc::rtcp::packet::unmarshal(&mut &packet[..]).expect("RTCP");
            assert!(!read.is_empty());
        }
        let identity = Identity::new(crate::load::media::browser::Profile::Cm).expect("made");
        let server = "127.0.0.1:9".parse().expect("an address");
        let Samples(records) = Samples::of_handshake(&identity, server).expect("made");
        assert!(records[0].len() > 80 && records.iter().all(|it| (20..=63).contains(&it[0])));
        let header = rtc::rtp::header::Header::unmarshal(&mut &packets[4][..]).expect("RTP");
        assert!(header.extension);
    }
}
