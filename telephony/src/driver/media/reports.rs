//! A leg's RTCP: what we say about what we hear and send, and what the far end says of us. Pure.
//!
//! RFC 3550 §6.4. A report every five seconds, as RFC 3550 §6.2 recommends at least.

use std::time::Duration;

use ids::Timestamp;

use crate::rtcp::{self, ReportBlock, RtcpItem, SenderInfo};
use crate::rtp::SequenceTracker;

/// Seconds between two reports of a leg.
pub(super) const EVERY_S: u64 = 5;
/// Longest report that we write, bytes.
const REPORT_BYTES_MAX: usize = 256;
/// Our name in reports (RFC 3550 §6.5.1); it tells nothing about the call.
const CNAME: &str = "helpline";

/// What is remembered between reports.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reports {
    /// The middle of the far end's last sender report, and when it came.
    last_sender_report: Option<(u32, Timestamp)>,
    /// Packets expected and lost when we last reported.
    reported: (u64, u64),
}

/// What we have sent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sent {
    /// Packets and bytes of payload since the start, wrapping.
    pub(super) packets: u32,
    pub(super) octets: u32,
    /// Packets since the last measurement.
    pub(super) interval: u32,
    /// The newest timestamp, and when it was sent.
    pub(super) newest: Option<(u32, Timestamp)>,
}

/// What the far end says about our stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reported {
    pub(super) fraction_lost: u8,
    pub(super) highest_sequence: u32,
    pub(super) round_trip: Option<Duration>,
}

impl Sent {
    pub(super) fn packet(&mut self, timestamp: u32, octets: usize, now: Timestamp) {
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(u32::try_from(octets).unwrap_or(0));
        self.interval += 1;
        self.newest = Some((timestamp, now));
    }

    fn info(&self, now: Timestamp) -> Option<SenderInfo> {
        let (timestamp, at) = self.newest?;
        // The stream's clock at this very moment.
        let samples = u32::try_from(now.since(at).as_micros() / 125).unwrap_or(0);
        Some(SenderInfo {
            ntp: rtcp::ntp_of(now),
            rtp_timestamp: timestamp.wrapping_add(samples),
            packets: self.packets,
            octets: self.octets,
        })
    }
}

impl Reports {
    /// Takes an RTCP packet of the far end; what it says about our stream, if it does.
    pub(super) fn take(&mut self, packet: &[u8], own: u32, now: Timestamp) -> Option<Reported> {
        let mut about_us = None;
        for item in rtcp::parse(packet).ok()? {
            let blocks = match item {
                RtcpItem::SenderReport { info, blocks, .. } => {
                    // The middle 32 bits (RFC 3550 §6.4.1).
                    #[expect(clippy::cast_possible_truncation, reason = "the middle is meant")]
                    let middle = (info.ntp >> 16) as u32;
                    self.last_sender_report = Some((middle, now));
                    blocks
                }
                RtcpItem::ReceiverReport { blocks, .. } => blocks,
                RtcpItem::Bye { .. } | RtcpItem::Other => continue,
            };
            about_us = blocks.into_iter().find(|block| block.ssrc == own).or(about_us);
        }
        let block = about_us?;
        Some(Reported {
            fraction_lost: block.fraction_lost,
            highest_sequence: block.highest_sequence,
            round_trip: rtcp::round_trip(&block, rtcp::ntp_of(now)),
        })
    }

    /// Writes our report into `out`; the part that is used.
    pub(super) fn write<'a>(
        &mut self,
        own: u32,
        sent: &Sent,
        heard: Option<(u32, &SequenceTracker)>,
        now: Timestamp,
        out: &'a mut [u8; REPORT_BYTES_MAX],
    ) -> Option<&'a [u8]> {
        let block = heard.and_then(|(ssrc, sequence)| self.block(ssrc, sequence, now));
        let len = rtcp::write_report(own, sent.info(now), block.as_slice(), CNAME, out).ok()?;
        out.get(..len)
    }

    fn block(
        &mut self,
        ssrc: u32,
        sequence: &SequenceTracker,
        now: Timestamp,
    ) -> Option<ReportBlock> {
        let highest = sequence.highest()?;
        let lost = sequence.lost();
        let expected = sequence.received() + lost;
        let (expected_before, lost_before) =
            std::mem::replace(&mut self.reported, (expected, lost));
        let (expected, newly_lost) =
            (expected.saturating_sub(expected_before), lost.saturating_sub(lost_before));
        let fraction = (newly_lost * 256).checked_div(expected).unwrap_or(0);
        let (last_sr, delay) = self.last_sender_report.map_or((0, 0), |(middle, at)| {
            let delay = now.since(at).as_micros() * 65_536 / 1_000_000;
            (middle, u32::try_from(delay).unwrap_or(u32::MAX))
        });
        #[expect(clippy::cast_possible_truncation, reason = "the lower 32 bits are meant")]
        let highest_sequence = highest as u32;
        Some(ReportBlock {
            ssrc,
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            lost: i32::try_from(lost.min(0x7f_ffff)).unwrap_or(0),
            highest_sequence,
            jitter: sequence.jitter_units(),
            last_sr,
            delay_since_last_sr: delay,
        })
    }
}

/// Room for one report.
pub(super) const fn room() -> [u8; REPORT_BYTES_MAX] {
    [0; REPORT_BYTES_MAX]
}
