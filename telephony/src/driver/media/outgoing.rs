//! The one RTP stream that a leg's far end hears, whatever it is made of. Pure.
//!
//! Prompts, another leg's audio and our key presses follow each other on one SSRC with sequence
//! numbers and timestamps that go on (RFC 3550 §5.1): a far end that saw them jump would drop audio
//! or start its jitter buffer anew in the middle of a word.

use ids::Timestamp;

use crate::media::FRAME_SAMPLES;
use crate::rtp::RtpHeader;
use crate::sdp::Codec;

/// Samples of one frame, as RTP counts them.
const STEP: u32 = FRAME_SAMPLES as u32;

/// Another leg's number this far ahead of what is due is a jump, not loss (RFC 3550 A.1) …
const AHEAD_MAX: u16 = 3000;
/// … and this far behind it is one, not a late packet.
const BEHIND_MAX: u16 = 100;
/// A timestamp this far from the time passed is a jump, in 1/8000 s: 10 s.
const DRIFT_MAX: u32 = 10 * 8000;

/// What the stream is made of at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// Nothing was sent yet, or the source before has ended.
    None,
    /// Frames of ours.
    Own,
    /// A key press of ours; other audio is left out meanwhile.
    Keys,
    /// The stream of another leg, with what is added to its numbers.
    Other { ssrc: u32, sequence: u16, timestamp: u32 },
}

/// Numbers the packets to one far end.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    ssrc: u32,
    next_sequence: u16,
    /// The newest timestamp sent, and when it was first: a key press keeps one for all its packets.
    newest: u32,
    newest_at: Option<Timestamp>,
    source: Source,
}

impl Outgoing {
    /// A stream with these first numbers, which should be random (RFC 3550 §5.1).
    pub(super) fn new(ssrc: u32, sequence: u16, timestamp: u32) -> Self {
        Self {
            ssrc,
            next_sequence: sequence,
            newest: timestamp,
            newest_at: None,
            source: Source::None,
        }
    }

    /// The far end has begun anew and knows the stream by another name.
    pub(super) fn rename(&mut self, ssrc: u32) {
        self.ssrc = ssrc;
        self.end_source();
    }

    /// The stream's name.
    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The header for the next frame of ours.
    pub(super) fn own(&mut self, payload_type: u8, now: Timestamp) -> RtpHeader {
        let goes_on = self.source == Source::Own;
        let timestamp =
            if goes_on { self.newest.wrapping_add(STEP) } else { self.timestamp_at(now) };
        self.source = Source::Own;
        self.number(!goes_on, payload_type, timestamp, now)
    }

    /// The header for a packet of another leg; `None` while we send keys.
    pub(super) fn forward(&mut self, packet: RtpHeader, now: Timestamp) -> Option<RtpHeader> {
        let began = match self.source {
            Source::Keys => return None,
            Source::Other { ssrc, sequence, timestamp } => {
                let sequence = packet.sequence.wrapping_add(sequence);
                let timestamp = packet.timestamp.wrapping_add(timestamp);
                ssrc != packet.ssrc || self.jumps(RtpHeader { sequence, timestamp, ..packet }, now)
            }
            Source::None | Source::Own => true,
        };
        if began {
            self.source = Source::Other {
                ssrc: packet.ssrc,
                sequence: self.next_sequence.wrapping_sub(packet.sequence),
                timestamp: self.timestamp_at(now).wrapping_sub(packet.timestamp),
            };
        }
        let Source::Other { sequence, timestamp, .. } = self.source else {
            return None;
        };
        let header = RtpHeader {
            marker: packet.marker || began,
            payload_type: packet.payload_type,
            sequence: packet.sequence.wrapping_add(sequence),
            timestamp: packet.timestamp.wrapping_add(timestamp),
            ssrc: self.ssrc,
        };
        self.advance(header, now);
        Some(header)
    }

    /// Whether these numbers do not go on from what was sent: the other sender began anew under the
    /// same name. A browser's SRTP could not even carry numbers that turn back (RFC 3711 §3.3.1).
    fn jumps(&self, due: RtpHeader, now: Timestamp) -> bool {
        let ahead = due.sequence.wrapping_sub(self.next_sequence);
        let off = due.timestamp.wrapping_sub(self.timestamp_at(now)).cast_signed();
        // Packets of a key press keep the time of its start, those of audio go on.
        let turns_back = due.timestamp.wrapping_sub(self.newest).cast_signed() < 0
            && Codec::from_payload_type(due.payload_type).is_some();
        (AHEAD_MAX..u16::MAX - BEHIND_MAX).contains(&ahead)
            || off.unsigned_abs() > DRIFT_MAX
            || (ahead < AHEAD_MAX && turns_back)
    }

    /// A packet of another leg is left out on purpose: its number is not a loss to report. One that
    /// comes late, or a second time, has no number left that could be missed.
    pub(super) fn leave_out(&mut self, packet: RtpHeader) {
        if let Source::Other { ssrc, sequence, .. } = &mut self.source
            && *ssrc == packet.ssrc
            && packet.sequence.wrapping_add(*sequence).wrapping_sub(self.next_sequence) < AHEAD_MAX
        {
            *sequence = sequence.wrapping_sub(1);
        }
    }

    /// Begins a key press; returns its timestamp. Ends with [`Outgoing::end_source`].
    pub(super) fn begin_keys(&mut self, now: Timestamp) -> u32 {
        self.source = Source::Keys;
        self.timestamp_at(now)
    }

    /// The header for a packet of a key press.
    pub(super) fn keys(
        &mut self,
        marker: bool,
        payload_type: u8,
        timestamp: u32,
        now: Timestamp,
    ) -> RtpHeader {
        self.number(marker, payload_type, timestamp, now)
    }

    /// What was sent until now has ended; the next packet begins something new.
    pub(super) fn end_source(&mut self) {
        self.source = Source::None;
    }

    fn number(
        &mut self,
        marker: bool,
        payload_type: u8,
        timestamp: u32,
        now: Timestamp,
    ) -> RtpHeader {
        let sequence = self.next_sequence;
        let header = RtpHeader { marker, payload_type, sequence, timestamp, ssrc: self.ssrc };
        self.advance(header, now);
        header
    }

    /// Takes the numbers of a packet sent as the newest, unless it is a late one.
    fn advance(&mut self, sent: RtpHeader, now: Timestamp) {
        if sent.sequence.wrapping_sub(self.next_sequence) >= 0x8000 {
            return;
        }
        self.next_sequence = sent.sequence.wrapping_add(1);
        if self.newest_at.is_none() || sent.timestamp != self.newest {
            self.newest = sent.timestamp;
            self.newest_at = Some(now);
        }
    }

    /// Where the stream's clock stands now: on from the newest packet by the time passed, in whole
    /// frames, at least one.
    fn timestamp_at(&self, now: Timestamp) -> u32 {
        let Some(newest_at) = self.newest_at else {
            return self.newest;
        };
        let frames = (now.since(newest_at).as_millis() / 20).max(1);
        // Wraps as RTP timestamps do.
        #[expect(clippy::cast_possible_truncation, reason = "RTP timestamps wrap")]
        let samples = (frames as u32).wrapping_mul(STEP);
        self.newest.wrapping_add(samples)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(ms * 1000)
    }

    fn packet(ssrc: u32, sequence: u16, timestamp: u32) -> RtpHeader {
        RtpHeader { marker: false, payload_type: 8, sequence, timestamp, ssrc }
    }

    #[test]
    fn a_talk_after_a_prompt_goes_on_with_the_numbers_of_the_prompt() {
        let mut out = Outgoing::new(7, 65_535, 1000);
        let first = out.own(8, at(0));
        assert_eq!((first.sequence, first.timestamp, first.marker), (65_535, 1000, true));
        let second = out.own(8, at(20));
        assert_eq!((second.sequence, second.timestamp, second.marker), (0, 1160, false));
        // 60 ms later the other leg's packets begin, with numbers of their own.
        let third = out.forward(packet(9, 500, 99), at(80)).expect("forwarded");
        assert_eq!((third.sequence, third.timestamp), (1, 1160 + 3 * 160));
        assert_eq!((third.ssrc, third.marker), (7, true));
        let lost_one = out.forward(packet(9, 502, 99 + 320), at(120)).expect("forwarded");
        assert_eq!((lost_one.sequence, lost_one.timestamp), (3, 1640 + 320), "the gap shows");
    }

    #[test]
    fn a_packet_left_out_leaves_no_gap() {
        let mut out = Outgoing::new(7, 1, 0);
        out.forward(packet(9, 10, 0), at(0));
        out.leave_out(packet(9, 11, 160));
        let next = out.forward(packet(9, 12, 160), at(20)).expect("forwarded");
        assert_eq!(next.sequence, 2);
    }

    #[test]
    fn one_left_out_late_or_twice_takes_no_number_of_another() {
        let mut out = Outgoing::new(7, 1, 0);
        out.forward(packet(9, 10, 0), at(0));
        out.forward(packet(9, 12, 320), at(40));
        out.leave_out(packet(9, 11, 160));
        out.leave_out(packet(9, 13, 320));
        out.leave_out(packet(9, 13, 320));
        let next = out.forward(packet(9, 14, 480), at(60)).expect("forwarded");
        assert_eq!(next.sequence, 4);
    }

    #[test]
    fn a_sender_whose_numbers_jump_goes_on_where_it_was() {
        for jump in [20_000_u16, 40_000, 65_036] {
            let mut out = Outgoing::new(7, 1, 0);
            out.forward(packet(9, 1000, 0), at(0));
            let next = packet(9, 1000_u16.wrapping_add(jump), 160);
            let jumped = out.forward(next, at(20)).expect("forwarded");
            assert_eq!((jumped.sequence, jumped.timestamp, jumped.marker), (2, 160, true));
        }
        for jump in [100_000, 1 << 31, u32::MAX - 100_000, u32::MAX - 800] {
            let mut out = Outgoing::new(7, 1, 0);
            out.forward(packet(9, 1000, 7), at(0));
            let jumped = out.forward(packet(9, 1001, 7 + jump), at(20)).expect("forwarded");
            assert_eq!((jumped.sequence, jumped.timestamp), (2, 160));
        }
    }

    #[test]
    fn a_late_packet_does_not_turn_the_numbers_back() {
        let mut out = Outgoing::new(7, 1, 0);
        out.forward(packet(9, 10, 0), at(0));
        out.forward(packet(9, 12, 320), at(40));
        let late = out.forward(packet(9, 11, 160), at(41)).expect("forwarded");
        assert_eq!(late.sequence, 2);
        assert_eq!(out.own(8, at(60)).sequence, 4);
    }

    #[test]
    fn the_clock_runs_on_during_a_key_press() {
        let mut out = Outgoing::new(7, 1, 0);
        out.own(8, at(0));
        let pressed = out.begin_keys(at(20));
        for n in 0..7 {
            out.keys(n == 0, 101, pressed, at(20 + 20 * n));
        }
        out.end_source();
        assert_eq!(out.own(8, at(160)).timestamp, 8 * 160, "as much as time has passed");
    }

    proptest! {
        /// Whatever is mixed, the numbers only go up, and timestamps never turn back.
        #[test]
        fn the_far_end_sees_one_stream(steps in vec(0..5_u8, 1..200)) {
            let mut out = Outgoing::new(7, 65_500, u32::MAX - 5000);
            let mut theirs = packet(100, 60_000, 4_000_000_000);
            let mut last: Option<RtpHeader> = None;
            for (step, now) in steps.into_iter().zip((0..).map(|n| at(20 * n))) {
                theirs.sequence = theirs.sequence.wrapping_add(1);
                theirs.timestamp = theirs.timestamp.wrapping_add(STEP);
                let sent = match step {
                    0 => Some(out.own(8, now)),
                    1 => out.forward(theirs, now),
                    2 => {
                        out.leave_out(theirs);
                        None
                    }
                    3 => {
                        let timestamp = out.begin_keys(now);
                        let sent = out.keys(true, 101, timestamp, now);
                        out.end_source();
                        Some(sent)
                    }
                    _ => {
                        theirs = packet(theirs.ssrc + 1, theirs.sequence ^ 0x5555, !theirs.timestamp);
                        out.end_source();
                        None
                    }
                };
                if let (Some(before), Some(sent)) = (last, sent) {
                    // A packet of theirs that never came leaves its gap; one that was left out on
                    // purpose leaves none.
                    let gap = sent.sequence.wrapping_sub(before.sequence);
                    prop_assert!((1..300).contains(&gap), "{before:?} then {sent:?}");
                    let ahead = sent.timestamp.wrapping_sub(before.timestamp);
                    prop_assert!((1..0x8000_0000).contains(&ahead), "{before:?} then {sent:?}");
                }
                last = sent.or(last);
            }
        }
    }

    #[test]
    fn audio_waits_while_keys_are_sent() {
        let mut out = Outgoing::new(7, 1, 0);
        let timestamp = out.begin_keys(at(0));
        assert_eq!(out.forward(packet(9, 10, 0), at(0)), None);
        assert_eq!(out.keys(true, 101, timestamp, at(0)).sequence, 1);
        assert_eq!(out.keys(false, 101, timestamp, at(20)).sequence, 2);
        out.end_source();
        let audio = out.forward(packet(9, 20, 0), at(40)).expect("forwarded");
        assert_eq!((audio.sequence, audio.marker), (3, true));
    }
}
