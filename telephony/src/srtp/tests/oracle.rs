//! The `rtc` crate's SRTP as the other end, in both directions, and byte by byte.

use proptest::prelude::*;
use rtc::crypto::default_provider;
use rtc::srtp::context::Context;
use rtc::srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc::srtp::protection_profile::ProtectionProfile;

use super::*;

/// Their end of the same key. It takes one direction.
fn theirs(profile: SrtpProfile) -> Context {
    let same = match profile {
        SrtpProfile::Aes128CmSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
        SrtpProfile::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        SrtpProfile::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
    };
    let provider = default_provider().expect("ring");
    let (key, salt) = (&KEY[..profile.key_len()], &SALT[..profile.salt_len()]);
    let replay = (srtp_replay_protection(128), srtcp_replay_protection(128));
    Context::new(key, salt, same, Some(replay.0), Some(replay.1), provider.crypto()).expect("a key")
}

/// What packets may look like apart from their number.
#[derive(Clone, Debug)]
struct Shape {
    ssrc: u32,
    marker: bool,
    sources: u8,
    /// Words of header extension.
    extension: Option<u8>,
    payload: Vec<u8>,
}

impl Shape {
    fn packet(&self, sequence: u16) -> Vec<u8> {
        let mut packet = rtp(self.ssrc, sequence, &[]);
        packet[0] |= self.sources;
        packet[1] |= u8::from(self.marker) << 7;
        packet.extend([0xc5].repeat(4 * usize::from(self.sources)));
        if let Some(words) = self.extension {
            packet[0] |= 0x10;
            packet.extend([0xab, 0xcd, 0, words]);
            packet.extend([0xe7].repeat(4 * usize::from(words)));
        }
        packet.extend(&self.payload);
        packet
    }
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let payload = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        proptest::collection::vec(any::<u8>(), 150..350),
        proptest::collection::vec(any::<u8>(), 1200..1400),
    ];
    let header = (0..4_u32, any::<bool>(), 0..=15_u8, proptest::option::of(0..6_u8));
    (header, payload).prop_map(|((ssrc, marker, sources, extension), payload)| Shape {
        ssrc,
        marker,
        sources,
        extension,
        payload,
    })
}

fn any_profile() -> impl Strategy<Value = SrtpProfile> {
    proptest::sample::select(&PROFILES[..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Four streams, each with leaps of up to half a turn, so that roll-over counters reach dozens.
    #[test]
    fn rtp_is_the_same_to_the_byte(
        profile in any_profile(),
        starts in any::<[u16; 4]>(),
        packets in proptest::collection::vec((any_shape(), 1..30_000_u16), 1..80),
    ) {
        let (mut our_sender, mut our_receiver) = ends(profile);
        let (mut their_sender, mut their_receiver) = (theirs(profile), theirs(profile));
        let mut sequences = starts;
        for (shape, leap) in packets {
            let sequence = &mut sequences[shape.ssrc as usize];
            let packet = shape.packet(*sequence);
            *sequence = sequence.wrapping_add(leap);
            let datagram = protected_rtp(&mut our_sender, &packet).expect("room");
            let their_datagram = their_sender.encrypt_rtp(&packet).expect("RTP");
            prop_assert_eq!(&datagram[..], &their_datagram[..]);
            prop_assert_eq!(opened_rtp(&mut our_receiver, &their_datagram), Ok(packet.clone()));
            let opened = their_receiver.decrypt_rtp(&datagram).expect("authentic");
            prop_assert_eq!(&opened[..], &packet[..]);
        }
    }

    #[test]
    fn rtcp_is_the_same_to_the_byte(
        profile in any_profile(),
        packets in proptest::collection::vec(
            (any::<u32>(), proptest::collection::vec(any::<u32>(), 0..60)), 1..40),
    ) {
        let (mut our_sender, mut our_receiver) = ends(profile);
        let mut their_receiver = theirs(profile);
        // Their index counts for each stream and begins at 1, ours for the key and at 0: compared
        // are streams that have sent nothing before.
        for (ssrc, words) in packets {
            let mut packet = rtcp(ssrc);
            packet.extend(words.iter().flat_map(|word| word.to_be_bytes()));
            let (mut fresh, mut their_sender) = (ends(profile).0, theirs(profile));
            protected_rtcp(&mut fresh, &packet).expect("room");
            let datagram = protected_rtcp(&mut fresh, &packet).expect("room");
            let their_datagram = their_sender.encrypt_rtcp(&packet).expect("RTCP");
            prop_assert_eq!(&datagram[..], &their_datagram[..]);
            let opened = opened_rtcp(&mut ends(profile).1, &their_datagram);
            prop_assert_eq!(opened, Ok(packet.clone()));

            let datagram = protected_rtcp(&mut our_sender, &packet).expect("room");
            let opened = their_receiver.decrypt_rtcp(&datagram).expect("authentic");
            prop_assert_eq!(&opened[..], &packet[..]);
            prop_assert_eq!(opened_rtcp(&mut our_receiver, &datagram), Ok(packet));
        }
    }

    /// Packets that overtake each other by up to 60 places while the numbers wrap, some of them
    /// coming twice: both ends take each of them once.
    #[test]
    fn both_take_each_packet_once_around_the_wrap(
        profile in any_profile(),
        before in 1..200_u16,
        delays in proptest::collection::vec(0..60_usize, 300),
        again in proptest::collection::vec(any::<proptest::sample::Index>(), 20),
    ) {
        let (mut our_sender, mut our_receiver) = ends(profile);
        let (mut their_sender, mut their_receiver) = (theirs(profile), theirs(profile));
        let start = 0_u16.wrapping_sub(before);
        let sequences = (0..300).map(|at| start.wrapping_add(at));
        let packets: Vec<_> = sequences.map(|sequence| rtp(7, sequence, &[0xd5; 30])).collect();
        let ours: Vec<_> = packets
            .iter()
            .map(|packet| protected_rtp(&mut our_sender, packet).expect("room"))
            .collect();
        let sealed = packets.iter().map(|packet| their_sender.encrypt_rtp(packet).expect("RTP"));
        let from_them: Vec<_> = sealed.collect();
        // The first arrives first: it tells the receiver which turn it is.
        let mut order: Vec<usize> = (1..packets.len()).collect();
        order.sort_by_key(|at| at + delays[*at]);
        order.insert(0, 0);
        for at in order {
            let opened = opened_rtp(&mut our_receiver, &from_them[at]).expect("authentic");
            prop_assert_eq!(&opened, &packets[at]);
            let opened = their_receiver.decrypt_rtp(&ours[at]).expect("authentic");
            prop_assert_eq!(&opened[..], &packets[at][..]);
        }
        for at in again {
            let at = at.index(packets.len());
            let refused = opened_rtp(&mut our_receiver, &from_them[at]).expect_err("came twice");
            let too_old = at + 128 < packets.len();
            let expected = if too_old { SrtpError::TooOld } else { SrtpError::Replayed };
            prop_assert_eq!(refused, expected);
        }
    }
}
