//! Reports read back, beside the `rtc` crate's reading; odd and broken packets; time.

use core::time::Duration;

use ids::Timestamp;
use proptest::prelude::*;
use rtc::rtcp::packet;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::source_description::SourceDescription;

use super::*;

const INFO: SenderInfo = SenderInfo {
    ntp: 0xdead_beef_0102_0304,
    rtp_timestamp: 0x8765_4321,
    packets: 50,
    octets: 8000,
};
const BLOCK: ReportBlock = ReportBlock {
    ssrc: 0xfeed,
    fraction_lost: 26,
    lost: -3,
    highest_sequence: 0x0002_ffff,
    jitter: 17,
    last_sr: 0xbeef_0102,
    delay_since_last_sr: 65_536,
};

fn written(info: Option<SenderInfo>, blocks: &[ReportBlock], cname: &str) -> Vec<u8> {
    let mut out = vec![0xff; COMPOUND_BYTES_MAX];
    let len = write_report(7, info, blocks, cname, &mut out).expect("room");
    out.truncate(len);
    out
}

/// What [`parse`] makes of a datagram, in a form that can be compared.
fn read(datagram: &[u8]) -> Result<Vec<Read>, RtcpError> {
    let read = |item| match item {
        RtcpItem::SenderReport { ssrc, info, blocks } => {
            Read::Report(ssrc, Some(info), blocks.collect())
        }
        RtcpItem::ReceiverReport { ssrc, blocks } => Read::Report(ssrc, None, blocks.collect()),
        RtcpItem::Bye { ssrc } => Read::Bye(ssrc),
        RtcpItem::Other => Read::Other,
    };
    parse(datagram).map(|items| items.map(read).collect())
}

#[derive(Debug, PartialEq)]
enum Read {
    Report(u32, Option<SenderInfo>, Vec<ReportBlock>),
    Bye(u32),
    Other,
}

#[test]
fn a_report_is_read_back_as_written() {
    for info in [None, Some(INFO)] {
        for blocks in [&[][..], &[BLOCK], &[BLOCK; 31]] {
            let datagram = written(info, blocks, "a-name");
            let report = Read::Report(7, info, blocks.to_vec());
            assert_eq!(read(&datagram), Ok(vec![report, Read::Other]));
        }
    }
}

#[test]
fn lost_packets_stay_within_24_bits() {
    for (lost, expected) in
        [(i32::MAX, 0x7f_ffff), (0x7f_ffff, 0x7f_ffff), (-1, -1), (i32::MIN, -0x80_0000)]
    {
        let datagram = written(None, &[ReportBlock { lost, ..BLOCK }], "n");
        let block = ReportBlock { lost: expected, ..BLOCK };
        assert_eq!(read(&datagram).expect("RTCP")[0], Read::Report(7, None, vec![block]));
    }
}

#[test]
fn a_bye_names_each_stream() {
    let mut datagram = written(None, &[], "n");
    datagram.extend([0x82, BYE, 0, 3, 0, 0, 0, 7, 0, 0, 0, 8, 3, b'b', b'y', b'e']);
    datagram.extend([0x80, BYE, 0, 0]);
    let expected = [Read::Report(7, None, vec![]), Read::Other, Read::Bye(7), Read::Bye(8)];
    assert_eq!(read(&datagram), Ok(expected.into_iter().chain([Read::Other]).collect()));
}

#[test]
fn odd_parts_do_not_take_a_report_along() {
    let report = written(None, &[BLOCK], "n");
    // An extended report with a block that ends behind it, feedback of no known kind.
    let odd = [[0x80, 207, 0, 1, 9, 0, 0, 9], [0x9f, 205, 0, 1, 0, 0, 0, 7]].concat();
    let datagram = [report, odd].concat();
    let expected = Read::Report(7, None, vec![BLOCK]);
    assert_eq!(read(&datagram), Ok(vec![expected, Read::Other, Read::Other, Read::Other]));
    let alone = [0x81, 206, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8];
    assert_eq!(read(&alone), Ok(vec![Read::Other]), "feedback alone (RFC 5506)");
}

#[test]
fn broken_packets_are_refused_with_a_reason() {
    let good = written(Some(INFO), &[BLOCK], "n");
    let with = |at: usize, value: u8| {
        let mut broken = good.clone();
        broken[at] = value;
        read(&broken)
    };
    assert_eq!(read(&[]), Err(RtcpError::TooShort));
    assert_eq!(read(&[0x80, 200, 0, 0].repeat(376)), Err(RtcpError::TooLong));
    assert_eq!(with(0, 0x41), Err(RtcpError::NotRtcp), "version 1");
    assert_eq!(with(1, 8), Err(RtcpError::NotRtcp), "RTP");
    assert_eq!(with(0, 0x82), Err(RtcpError::TooShort), "a block more than there is");
    assert_eq!(with(3, 200), Err(RtcpError::TooShort), "ends behind the datagram");
    assert_eq!(with(0, 0xa1), Err(RtcpError::BadPadding), "padding before the last part");
    let padded =
        |tail: [u8; 4]| read(&[&[0xa0, RECEIVER_REPORT, 0, 2, 0, 0, 0, 7][..], &tail].concat());
    assert_eq!(padded([0, 0, 0, 4]), Ok(vec![Read::Report(7, None, vec![])]));
    assert_eq!(padded([0, 0, 0, 0]), Err(RtcpError::BadPadding));
    assert_eq!(padded([0, 0, 0, 9]), Err(RtcpError::BadPadding));
    assert_eq!(padded([0, 0, 0, 8]), Err(RtcpError::TooShort), "the SSRC is padding");
    for len in 1..good.len() {
        let cut = read(&good[..len]);
        let first_part = 4 * (usize::from(good[3]) + 1);
        assert_eq!(cut.is_ok(), len == first_part, "{len} bytes: {cut:?}");
    }
}

#[test]
fn reports_that_do_not_fit_are_not_written() {
    let mut out = [0; COMPOUND_BYTES_MAX];
    let mut write = |blocks: &[ReportBlock], cname: &str, len: usize| {
        write_report(7, None, blocks, cname, &mut out[..len])
    };
    assert_eq!(write(&[BLOCK; 32], "n", 1500), Err(RtcpError::TooManyBlocks));
    assert_eq!(write(&[], "", 1500), Err(RtcpError::BadName));
    assert_eq!(write(&[], &"n".repeat(256), 1500), Err(RtcpError::BadName));
    assert_eq!(write(&[], "n", 19), Err(RtcpError::NoRoom));
    assert_eq!(write(&[], "n", 20), Ok(20));
    assert_eq!(write(&[BLOCK; 31], &"n".repeat(255), 1500), Ok(1020));
}

#[test]
fn ntp_counts_from_1900() {
    assert_eq!(ntp_of(Timestamp::from_micros(0)), 2_208_988_800 << 32);
    assert_eq!(ntp_of(Timestamp::from_micros(1_500_000)), 2_208_988_801 << 32 | 1 << 31);
    assert_eq!(ntp_of(Timestamp::from_micros(-500_000)), 2_208_988_799 << 32 | 1 << 31);
    // 2036-02-07T06:28:16Z is the first second of the next era.
    assert_eq!(ntp_of(Timestamp::from_micros(2_085_978_496_000_000)), 0);
    assert_eq!(ntp_middle(0x1122_3344_5566_7788), 0x3344_5566);
    assert_eq!(ntp_short(Duration::from_millis(1500)), 98_304);
    assert_eq!(ntp_short(Duration::from_secs(1 << 20)), u32::MAX);
    assert_eq!(ntp_short(Duration::MAX), u32::MAX);
}

#[test]
fn the_round_trip_is_that_of_rfc_3550() {
    // Figure 2 of RFC 3550 §6.4.1.
    let block = ReportBlock { last_sr: 0xb705_2000, delay_since_last_sr: 0x0005_4000, ..BLOCK };
    let now = 0xb44d_b710_8000_0000;
    assert_eq!(round_trip(&block, now), Some(Duration::from_millis(6125)));
    let none_sent = ReportBlock { last_sr: 0, ..block };
    assert_eq!(round_trip(&none_sent, now), None);
    let too_long = ReportBlock { delay_since_last_sr: 0x0010_0000, ..block };
    assert_eq!(round_trip(&too_long, now), None, "answered before it was asked");
    let in_future = ReportBlock { last_sr: 0xb711_0000, delay_since_last_sr: 0, ..block };
    assert_eq!(round_trip(&in_future, now), None);
    let wrapped = ReportBlock { last_sr: 0xffff_8000, delay_since_last_sr: 0x4000, ..block };
    let now = 0x0000_8000_0000;
    assert_eq!(round_trip(&wrapped, now), Some(Duration::from_millis(750)));
}

fn any_block() -> impl Strategy<Value = ReportBlock> {
    let numbers = (any::<[u32; 5]>(), any::<u8>(), -0x80_0000..0x80_0000);
    numbers.prop_map(|([ssrc, highest_sequence, jitter, last_sr, delay], fraction_lost, lost)| {
        ReportBlock {
            ssrc,
            fraction_lost,
            lost,
            highest_sequence,
            jitter,
            last_sr,
            delay_since_last_sr: delay,
        }
    })
}

fn any_info() -> impl Strategy<Value = SenderInfo> {
    any::<(u64, u32, u32, u32)>().prop_map(|(ntp, rtp_timestamp, packets, octets)| SenderInfo {
        ntp,
        rtp_timestamp,
        packets,
        octets,
    })
}

/// The same block as the `rtc` crate has it: the 24 bits of lost packets without sign.
fn theirs(block: &ReportBlock) -> rtc::rtcp::reception_report::ReceptionReport {
    rtc::rtcp::reception_report::ReceptionReport {
        ssrc: block.ssrc,
        fraction_lost: block.fraction_lost,
        total_lost: block.lost.cast_unsigned() & 0xff_ffff,
        last_sequence_number: block.highest_sequence,
        jitter: block.jitter,
        last_sender_report: block.last_sr,
        delay: block.delay_since_last_sr,
    }
}

proptest! {
    #[test]
    fn rtc_reads_what_is_written_here(
        info in proptest::option::of(any_info()),
        blocks in proptest::collection::vec(any_block(), 0..=31),
        cname in "[a-z]{1,255}",
    ) {
        let datagram = written(info, &blocks, &cname);
        let parts = packet::unmarshal(&mut &datagram[..]).expect("RTCP");
        prop_assert_eq!(parts.len(), 2);
        let reports: Vec<_> = blocks.iter().map(theirs).collect();
        if let Some(info) = info {
            let report = parts[0].as_any().downcast_ref::<SenderReport>().expect("one");
            let read = SenderInfo {
                ntp: report.ntp_time,
                rtp_timestamp: report.rtp_time,
                packets: report.packet_count,
                octets: report.octet_count,
            };
            prop_assert_eq!((report.ssrc, read, &report.reports), (7, info, &reports));
        } else {
            let report = parts[0].as_any().downcast_ref::<ReceiverReport>().expect("one");
            prop_assert_eq!((report.ssrc, &report.reports), (7, &reports));
        }
        let names = parts[1].as_any().downcast_ref::<SourceDescription>().expect("one");
        prop_assert_eq!(names.chunks.len(), 1);
        prop_assert_eq!(names.chunks[0].source, 7);
        prop_assert_eq!(&names.chunks[0].items[0].text[..], cname.as_bytes());
    }

    #[test]
    fn what_rtc_writes_is_read_here(
        info in any_info(),
        blocks in proptest::collection::vec(any_block(), 0..=31),
    ) {
        let report = SenderReport {
            ssrc: 9,
            ntp_time: info.ntp,
            rtp_time: info.rtp_timestamp,
            packet_count: info.packets,
            octet_count: info.octets,
            reports: blocks.iter().map(theirs).collect(),
            ..SenderReport::default()
        };
        let bye = rtc::rtcp::goodbye::Goodbye { sources: vec![9, 10], reason: "over".into() };
        let datagram = packet::marshal(&[Box::new(report), Box::new(bye)]).expect("RTCP");
        let expected = vec![Read::Report(9, Some(info), blocks), Read::Bye(9), Read::Bye(10)];
        prop_assert_eq!(read(&datagram), Ok(expected));
    }

    #[test]
    fn no_bytes_break_the_reading(
        noise in proptest::collection::vec(any::<u8>(), 0..200),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<proptest::sample::Index>(),
    ) {
        let _ = read(&noise);
        let mut datagram = written(Some(INFO), &[BLOCK; 3], "a-name");
        for (at, value) in changes {
            let at = at.index(datagram.len());
            datagram[at] = value;
        }
        for bytes in [&datagram[..], &datagram[..cut.index(datagram.len())]] {
            if let Ok(items) = read(bytes) {
                prop_assert!(items.len() <= bytes.len() / 4);
            }
        }
    }
}
