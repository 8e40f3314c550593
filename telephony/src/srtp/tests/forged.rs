//! Ten thousand datagrams that nobody with the key has sent: never a panic, never accepted, nothing
//! changed; and then the stream goes on as if nothing had been.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::*;

const FORGERIES: usize = 10_000;

struct Genuine {
    rtp: Vec<Vec<u8>>,
    rtcp: Vec<Vec<u8>>,
}

/// An hour of packets that have arrived, and the next ones, which have not.
fn arrived(profile: SrtpProfile) -> (SrtpReceiver, Genuine, Genuine) {
    let (mut sender, mut receiver) = ends(profile);
    let mut packets = |sequences: &mut dyn Iterator<Item = u16>| {
        let mut genuine = Genuine { rtp: Vec::new(), rtcp: Vec::new() };
        for sequence in sequences {
            let packet = rtp(7, sequence, &[sequence.to_be_bytes()[1]; 160]);
            genuine.rtp.push(protected_rtp(&mut sender, &packet).expect("room"));
            genuine.rtcp.push(protected_rtcp(&mut sender, &rtcp(7)).expect("room"));
        }
        genuine
    };
    let old = packets(&mut (65_400..=u16::MAX).chain(0..40));
    let next = packets(&mut (40..60));
    for datagram in &old.rtp {
        opened_rtp(&mut receiver, datagram).expect("authentic");
    }
    for datagram in &old.rtcp {
        opened_rtcp(&mut receiver, datagram).expect("authentic");
    }
    (receiver, old, next)
}

/// A genuine datagram with something wrong: bits flipped, cut, longer, all noise, another's tail.
fn forgery(random: &mut TestRng, genuine: &[Vec<u8>]) -> Vec<u8> {
    let mut below = |bound: usize| random.next_u32() as usize % bound;
    let mut datagram = genuine[below(genuine.len())].clone();
    let len = datagram.len();
    match below(6) {
        0 => datagram[below(len)] ^= 1 << below(8),
        1 => datagram.truncate(below(len)),
        2 => datagram.extend((0..=below(30)).map(|n| n as u8)),
        3 => (0..=below(20)).for_each(|_| datagram[below(len)] = below(256) as u8),
        4 => {
            let other = &genuine[below(genuine.len())];
            let at = below(len);
            datagram[at..].copy_from_slice(&other[at..]);
        }
        _ => {
            datagram = (0..below(64)).map(|_| below(256) as u8).collect();
        }
    }
    datagram
}

#[test]
fn nothing_forged_is_accepted_or_leaves_a_trace() {
    for profile in PROFILES {
        let (mut receiver, old, next) = arrived(profile);
        let mut random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let before = receiver.state();
        let mut refusals = std::collections::HashMap::<SrtpError, usize>::new();
        for round in 0..FORGERIES {
            // One half is made of packets that would be welcome.
            let source = if round % 2 == 0 { &old } else { &next };
            let datagram = forgery(&mut random, &source.rtp);
            if !next.rtp.contains(&datagram) {
                let refused = opened_rtp(&mut receiver, &datagram).expect_err("forged");
                *refusals.entry(refused).or_default() += 1;
            }
            let datagram = forgery(&mut random, &source.rtcp);
            if !next.rtcp.contains(&datagram) {
                let refused = opened_rtcp(&mut receiver, &datagram).expect_err("forged");
                *refusals.entry(refused).or_default() += 1;
            }
        }
        assert_eq!(receiver.state(), before);
        for kind in
            [SrtpError::TooShort, SrtpError::NotAuthentic, SrtpError::Replayed, SrtpError::TooOld]
        {
            assert!(refusals.contains_key(&kind), "{kind:?} was never tried: {refusals:?}");
        }
        for datagram in &next.rtp {
            assert!(opened_rtp(&mut receiver, datagram).is_ok());
        }
        for datagram in &next.rtcp {
            assert!(opened_rtcp(&mut receiver, datagram).is_ok());
        }
    }
}

#[test]
fn a_packet_of_another_key_or_another_purpose_is_refused() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        let (key, salt) = (&SALT.repeat(3)[..profile.key_len()], &KEY[..profile.salt_len()]);
        let other = MasterKey::new(profile, key, salt).expect("the profile's lengths");
        let mut stranger = SrtpSender::new(other);
        let before = receiver.state();
        let packet = rtp(7, 1, &[0xd5; 160]);
        let datagram = protected_rtp(&mut stranger, &packet).expect("room");
        assert_eq!(opened_rtp(&mut receiver, &datagram), Err(SrtpError::NotAuthentic));
        let datagram = protected_rtcp(&mut stranger, &rtcp(7)).expect("room");
        assert_eq!(opened_rtcp(&mut receiver, &datagram), Err(SrtpError::NotAuthentic));
        let datagram = protected_rtp(&mut sender, &packet).expect("room");
        assert_eq!(opened_rtcp(&mut receiver, &datagram), Err(SrtpError::NotAuthentic));
        let datagram = protected_rtcp(&mut sender, &rtcp(7)).expect("room");
        assert_eq!(opened_rtp(&mut receiver, &datagram), Err(SrtpError::NotAuthentic));
        assert_eq!(receiver.state(), before);
    }
}

#[test]
fn every_length_of_a_genuine_packet_is_refused_but_its_own() {
    for profile in PROFILES {
        let (mut receiver, _, next) = arrived(profile);
        let before = receiver.state();
        for (rtp, rtcp) in next.rtp.iter().zip(&next.rtcp) {
            for len in 0..rtp.len() {
                assert!(opened_rtp(&mut receiver, &rtp[..len]).is_err());
            }
            for len in 0..rtcp.len() {
                assert!(opened_rtcp(&mut receiver, &rtcp[..len]).is_err());
            }
        }
        assert_eq!(receiver.state(), before);
    }
}
