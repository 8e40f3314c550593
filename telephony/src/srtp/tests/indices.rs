//! Sequence numbers that wrap, come late, come twice; streams that push each other out; keys used up.

use super::*;

const LAST_TURN: u64 = 0xffff_ffff << 16;

/// Sends these sequence numbers in order and returns the datagrams.
fn sent(sender: &mut SrtpSender, sequences: impl IntoIterator<Item = u16>) -> Vec<Vec<u8>> {
    let packet = |sequence| protected_rtp(sender, &rtp(7, sequence, &[0xd5; 20])).expect("room");
    sequences.into_iter().map(packet).collect()
}

fn refusal(result: Result<Vec<u8>, SrtpError>) -> Option<SrtpError> {
    result.err()
}

#[test]
fn three_turns_are_followed() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        for turn in 0_u64..3 {
            for sequence in (0..=u16::MAX).step_by(997) {
                let packet = rtp(7, sequence, &[1; 20]);
                let datagram = protected_rtp(&mut sender, &packet).expect("room");
                assert_eq!(opened_rtp(&mut receiver, &datagram), Ok(packet), "turn {turn}");
            }
        }
    }
}

#[test]
fn order_is_free_around_the_wrap() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        let datagrams = sent(&mut sender, (65_500..=u16::MAX).chain(0..40));
        // Pairs, fives and dozens change places; everything is taken once.
        let mut order: Vec<usize> = (0..datagrams.len()).collect();
        order.chunks_mut(2).for_each(<[usize]>::reverse);
        order.chunks_mut(5).for_each(<[usize]>::reverse);
        order.chunks_mut(12).for_each(<[usize]>::reverse);
        for at in &order {
            assert!(opened_rtp(&mut receiver, &datagrams[*at]).is_ok(), "packet {at}");
        }
        for at in &order {
            let again = opened_rtp(&mut receiver, &datagrams[*at]);
            assert_eq!(refusal(again), Some(SrtpError::Replayed), "packet {at}");
        }
    }
}

#[test]
fn a_packet_of_the_first_turn_may_come_after_the_wrap() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        let datagrams = sent(&mut sender, [65_534, 65_535, 0, 1]);
        for (at, expected) in [
            // The receiver cannot know that the stream's second turn has begun …
            (2, Some(SrtpError::NotAuthentic)),
            (0, None),
            // … until it has seen its first.
            (3, None),
            (2, None),
            (1, None),
        ] {
            assert_eq!(refusal(opened_rtp(&mut receiver, &datagrams[at])), expected, "packet {at}");
        }
    }
}

#[test]
fn a_stream_may_leap_in_its_first_turn() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        for datagram in sent(&mut sender, [5, 40_000, 39_999]) {
            assert!(opened_rtp(&mut receiver, &datagram).is_ok());
        }
    }
}

#[test]
fn half_a_turn_belongs_to_the_present_one() {
    let sent_after = |index, sequence| {
        let (mut sender, _) = ends(SrtpProfile::AeadAes128Gcm);
        sender.set(7, index, 0);
        refusal(protected_rtp(&mut sender, &rtp(7, sequence, &[])))
    };
    // RFC 3711, Appendix A, where both its comparisons change their answer.
    assert_eq!(sent_after(0x1_8000, 0x0000), Some(SrtpError::TooOld), "this turn");
    assert_eq!(sent_after(0x1_8001, 0x0000), None, "the next turn");
    assert_eq!(sent_after(0x1_0000, 0x8000), None, "this turn");
    assert_eq!(sent_after(0x1_0000, 0x8001), Some(SrtpError::TooOld), "the turn before");
}

#[test]
fn the_window_is_128_packets_for_both_ends() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        let early = sent(&mut sender, [999, 1000, 1001]);
        let late = sent(&mut sender, [1128]);
        assert!(opened_rtp(&mut receiver, &late[0]).is_ok());
        let mut open = |at: usize| refusal(opened_rtp(&mut receiver, &early[at]));
        assert_eq!([open(0), open(1)], [Some(SrtpError::TooOld); 2]);
        assert_eq!([open(2), open(2)], [None, Some(SrtpError::Replayed)]);
        let mut send = |sequence| refusal(protected_rtp(&mut sender, &rtp(7, sequence, &[])));
        assert_eq!(send(1000), Some(SrtpError::TooOld));
        assert_eq!(send(1001), Some(SrtpError::Replayed), "no key stream serves twice");
        assert_eq!([send(1002), send(1002)], [None, Some(SrtpError::Replayed)]);
    }
}

#[test]
fn a_leap_of_any_size_empties_the_window() {
    let (mut sender, mut receiver) = ends(SrtpProfile::AeadAes128Gcm);
    for leap in [1, 127, 128, 129, 32_767, 32_768] {
        let start = sender.state();
        let datagrams = sent(&mut sender, [100, 100 + leap]);
        for datagram in &datagrams {
            assert!(opened_rtp(&mut receiver, datagram).is_ok(), "a leap of {leap}");
            let again = refusal(opened_rtp(&mut receiver, datagram));
            assert_eq!(again, Some(SrtpError::Replayed), "a leap of {leap}");
        }
        assert_ne!(sender.state(), start);
        (sender, receiver) = ends(SrtpProfile::AeadAes128Gcm);
    }
}

#[test]
fn a_key_ends_with_its_last_index() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        sender.set(7, LAST_TURN | 65_533, (1 << 31) - 1);
        receiver.set(7, LAST_TURN | 65_533);
        let datagrams = sent(&mut sender, [65_534, 65_535]);
        for datagram in &datagrams {
            assert!(opened_rtp(&mut receiver, datagram).is_ok());
        }
        let behind = rtp(7, 0, &[1; 20]);
        let refused = refusal(protected_rtp(&mut sender, &behind));
        assert_eq!(refused, Some(SrtpError::KeyExhausted));
        let forged = [behind, vec![0; profile.tag_len()]].concat();
        let refused = refusal(opened_rtp(&mut receiver, &forged));
        assert_eq!(refused, Some(SrtpError::KeyExhausted));

        let last = protected_rtcp(&mut sender, &rtcp(7)).expect("the last one");
        assert_eq!(opened_rtcp(&mut receiver, &last), Ok(rtcp(7)));
        let refused = refusal(protected_rtcp(&mut sender, &rtcp(7)));
        assert_eq!(refused, Some(SrtpError::KeyExhausted));
    }
}

#[test]
fn a_sender_has_four_streams_and_forgets_none() {
    let (mut sender, _) = ends(SrtpProfile::AeadAes256Gcm);
    for ssrc in 0..4 {
        assert!(protected_rtp(&mut sender, &rtp(ssrc, 65_535, &[])).is_ok());
    }
    let before = sender.state();
    let refused = refusal(protected_rtp(&mut sender, &rtp(4, 0, &[])));
    assert_eq!(refused, Some(SrtpError::TooManyStreams));
    assert_eq!(sender.state(), before);
    for ssrc in 0..4 {
        assert!(protected_rtp(&mut sender, &rtp(ssrc, 0, &[])).is_ok());
    }
}

#[test]
fn only_an_authentic_packet_pushes_out_the_most_silent_stream() {
    for profile in PROFILES {
        let (_, mut receiver) = ends(profile);
        // A sender for each stream: one alone would refuse the fifth.
        let mut senders: Vec<_> = (0..5).map(|_| ends(profile).0).collect();
        let mut packet = |ssrc: u32, sequence| {
            let sender = &mut senders[ssrc as usize];
            protected_rtp(sender, &rtp(ssrc, sequence, &[1; 20])).expect("room")
        };
        let firsts: Vec<_> = (0..5).map(|ssrc| packet(ssrc, 1)).collect();
        for first in &firsts[..4] {
            assert!(opened_rtp(&mut receiver, first).is_ok());
        }
        // 0 speaks again, so that 1 is the most silent.
        assert!(opened_rtp(&mut receiver, &packet(0, 2)).is_ok());
        let before = receiver.state();
        for ssrc in 100..200 {
            let forged = [rtp(ssrc, 1, &[1; 20]), vec![0; profile.tag_len()]].concat();
            let refused = refusal(opened_rtp(&mut receiver, &forged));
            assert_eq!(refused, Some(SrtpError::NotAuthentic));
        }
        assert_eq!(receiver.state(), before);
        assert!(opened_rtp(&mut receiver, &firsts[4]).is_ok());
        for (ssrc, expected) in [(0, Some(SrtpError::Replayed)), (4, Some(SrtpError::Replayed))] {
            let refused = refusal(opened_rtp(&mut receiver, &firsts[ssrc]));
            assert_eq!(refused, expected, "stream {ssrc} is remembered");
        }
        assert!(opened_rtp(&mut receiver, &firsts[1]).is_ok(), "forgotten");
    }
}

#[test]
fn rtcp_indices_begin_at_nothing_and_are_taken_once() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = ends(profile);
        let datagrams: Vec<_> =
            (0..200).map(|_| protected_rtcp(&mut sender, &rtcp(7)).expect("room")).collect();
        assert!(opened_rtcp(&mut receiver, &datagrams[0]).is_ok());
        assert!(opened_rtcp(&mut receiver, &datagrams[199]).is_ok());
        for (at, expected) in [
            (71, Some(SrtpError::TooOld)),
            (72, None),
            (72, Some(SrtpError::Replayed)),
            (199, Some(SrtpError::Replayed)),
        ] {
            let refused = refusal(opened_rtcp(&mut receiver, &datagrams[at]));
            assert_eq!(refused, expected, "index {at}");
        }
    }
}
