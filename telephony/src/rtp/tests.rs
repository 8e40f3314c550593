//! Packets, order and keys.

use ids::Timestamp;

use super::*;
use crate::call::Digit;

const HEADER: RtpHeader =
    RtpHeader { marker: true, payload_type: 8, sequence: 65_535, timestamp: 160, ssrc: 0xfeed };

fn digit(key: char) -> Digit {
    Digit::new(key).expect("a key")
}

#[test]
fn a_packet_is_read_back_as_written() {
    let mut buffer = [0; 200];
    let len = HEADER.write(&[0xd5; 160], &mut buffer).expect("room");
    assert_eq!(len, 172);
    let packet = RtpPacket::parse(&buffer[..len]).expect("RTP");
    assert_eq!(packet, RtpPacket { header: HEADER, payload: &[0xd5; 160] });
    assert_eq!(HEADER.write(&[0; 189], &mut buffer), Err(WriteRtpError::BufferTooSmall));
}

#[test]
fn sources_extension_and_padding_are_skipped() {
    let mut bytes = vec![0xb2, 0x08, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    bytes.extend([0; 8]); // two contributing sources
    bytes.extend([0xbe, 0xde, 0, 1, 9, 9, 9, 9]); // an extension of one word
    bytes.extend([1, 2, 3, 0, 0, 3]); // three bytes of payload, three of padding
    assert_eq!(RtpPacket::parse(&bytes).map(|p| p.payload), Ok(&[1, 2, 3][..]));
}

#[test]
fn what_is_not_rtp_is_refused_with_a_reason() {
    let mut good = [0; 12];
    good[0] = 0x80;
    assert_eq!(RtpPacket::parse(&good).map(|p| p.payload.len()), Ok(0));
    assert_eq!(RtpPacket::parse(&good[..11]), Err(ParseRtpError::TooShort));
    assert_eq!(RtpPacket::parse(&[0x80; 1501]), Err(ParseRtpError::TooLong));
    let with = |first: u8, second: u8| {
        let mut bytes = good;
        (bytes[0], bytes[1]) = (first, second);
        RtpPacket::parse(&bytes).map(|p| p.payload.len())
    };
    assert_eq!(with(0x00, 0), Err(ParseRtpError::NotRtp), "STUN");
    assert_eq!(with(0x16, 0), Err(ParseRtpError::NotRtp), "DTLS");
    assert_eq!(with(0x80, 200), Err(ParseRtpError::Rtcp));
    assert_eq!(with(0x81, 0), Err(ParseRtpError::TooShort), "a source is announced");
    assert_eq!(with(0x90, 0), Err(ParseRtpError::TooShort), "an extension is announced");
    assert_eq!(with(0xa0, 0), Err(ParseRtpError::BadPadding), "padding is announced");
}

#[test]
fn an_event_is_read_back_as_written() {
    for key in "0123456789*#ABCD".chars() {
        let event = TelephoneEvent { digit: digit(key), end: true, volume: 10, duration: 800 };
        assert_eq!(TelephoneEvent::parse(&event.to_bytes()), Some(event));
    }
    assert_eq!(TelephoneEvent::parse(&[16, 0, 0, 0]), None, "hook flash is no key");
    assert_eq!(TelephoneEvent::parse(&[1, 0, 0]), None);
}

#[test]
fn a_press_is_five_steps_and_three_ends() {
    let train: Vec<_> = EventTrain::new(digit('5'), 1000, 5).collect();
    let summary: Vec<_> = train.iter().map(|p| (p.marker, p.event.duration, p.event.end)).collect();
    assert_eq!(
        summary,
        [
            (true, 160, false),
            (false, 320, false),
            (false, 480, false),
            (false, 640, false),
            (false, 800, true),
            (false, 800, true),
            (false, 800, true),
        ]
    );
    assert!(train.iter().all(|p| p.timestamp == 1000));
}

fn detect(packets: impl IntoIterator<Item = EventPacket>) -> String {
    let mut detector = DtmfDetector::new();
    packets
        .into_iter()
        .filter_map(|p| detector.packet(p.timestamp, &p.event.to_bytes()))
        .map(Digit::as_char)
        .collect()
}

#[test]
fn each_press_is_reported_once_whatever_happens_to_its_packets() {
    let one: Vec<_> = EventTrain::new(digit('1'), 0, 5).collect();
    let same: Vec<_> = EventTrain::new(digit('1'), 1600, 5).collect();
    let two: Vec<_> = EventTrain::new(digit('2'), 3200, 5).collect();
    let all: Vec<_> = [one.clone(), same.clone(), two.clone()].concat();
    assert_eq!(detect(all.clone()), "112");
    assert_eq!(detect(all.iter().flat_map(|p| [*p, *p])), "112", "each packet twice");
    assert_eq!(detect(all.iter().filter(|p| p.event.end).copied()), "112", "only the ends");
    assert_eq!(detect(all.iter().filter(|p| p.marker).copied()), "112", "only the starts");
    let mut late = all.clone();
    late.swap(6, 7);
    late.swap(0, 20);
    assert_eq!(detect(late.clone()).len(), 3, "out of order");
    for lost in 0..7 {
        let rest = all.iter().enumerate().filter(|(i, _)| i % 7 == lost).map(|(_, p)| *p);
        assert_eq!(detect(rest), "112", "only packet {lost} of each press");
    }
}

#[test]
fn a_very_long_press_is_one_press() {
    let mut detector = DtmfDetector::new();
    let packet =
        |end, duration| TelephoneEvent { digit: digit('9'), end, volume: 10, duration }.to_bytes();
    assert_eq!(detector.packet(500, &packet(false, u16::MAX)), Some(digit('9')));
    assert_eq!(detector.packet(500 + 65_535, &packet(false, 160)), None, "its second segment");
    assert_eq!(detector.packet(500 + 65_535, &packet(true, 320)), None);
    assert_eq!(detector.packet(500 + 131_070, &packet(false, 160)), Some(digit('9')), "a new one");
}

fn arrival(milliseconds: i64) -> Timestamp {
    Timestamp::from_micros(milliseconds * 1000)
}

#[test]
fn loss_is_counted_over_the_wrap_and_late_packets_take_it_back() {
    let mut tracker = SequenceTracker::new();
    for (i, sequence) in [65_533, 65_534, 1, 2].into_iter().enumerate() {
        let i = u32::try_from(i).expect("small");
        assert!(tracker.packet(sequence, i * 160, arrival(i64::from(i) * 20)).is_some());
    }
    assert_eq!(tracker.take_interval(), Interval { received: 4, lost: 2 });
    assert_eq!(tracker.packet(65_535, 320, arrival(85)), Some(0x1_ffff));
    assert_eq!((tracker.received(), tracker.lost()), (5, 1));
    assert_eq!(tracker.take_interval(), Interval { received: 1, lost: 0 });
    assert_eq!(tracker.packet(3, 1120, arrival(100)), Some(0x2_0003));
}

#[test]
fn a_sender_that_starts_anew_is_no_loss() {
    let mut tracker = SequenceTracker::new();
    assert!(tracker.packet(10, 0, arrival(0)).is_some());
    assert_eq!(tracker.packet(30_000, 160, arrival(20)), None, "one stray packet proves nothing");
    assert!(tracker.packet(30_001, 320, arrival(40)).is_some());
    assert!(tracker.packet(30_002, 480, arrival(60)).is_some());
    assert_eq!((tracker.received(), tracker.lost()), (3, 0));
}

#[test]
fn jitter_follows_the_formula_of_the_rfc() {
    let mut even = SequenceTracker::new();
    let mut uneven = SequenceTracker::new();
    for i in 0..200_u16 {
        let (timestamp, at) = (u32::from(i) * 160, i64::from(i) * 20);
        assert!(even.packet(i, timestamp, arrival(at)).is_some());
        let late = if i % 2 == 0 { 0 } else { 8 };
        assert!(uneven.packet(i, timestamp, arrival(at + late)).is_some());
    }
    assert!(even.jitter_ms() < 0.1, "{}", even.jitter_ms());
    assert!((uneven.jitter_ms() - 8.0).abs() < 0.7, "{}", uneven.jitter_ms());
}
