//! Where in a recording a packet belongs: its own timestamps, held to our clock. Pure.
//!
//! Placed by arrival, jitter would tear a stream to pieces; placed by the far end's timestamps alone,
//! its clock would carry it away from ours: 300 ppm are a second in an hour. So timestamps place, and
//! the anchor follows the least transit, a sample at a time, which nobody hears.

use std::time::Duration;

use ids::Timestamp;

/// For how long a least transit counts, in 1/8000 s: 2 s.
const WINDOW: u64 = 2 * 8000;
/// The anchor moves when it is off by more, in 1/8000 s: 2 ms.
const DEAD_ZONE: i64 = 2 * 8;
/// Off by more for a window's length, it jumps, in 1/8000 s: 100 ms.
const JUMP: i64 = 100 * 8;
/// A packet that seems later than this comes from a new clock, in 1/8000 s: 10 s.
const STEP_MAX: i64 = 10 * 8000;

/// Position of a moment in a recording that began then: 1/8000 s; 0 before it began.
#[must_use]
pub fn position(began: Timestamp, now: Timestamp) -> u64 {
    micros(now.since(began)) / 125
}

/// Places the packets of one side of a recording. Small, no memory of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Placement {
    stream: Option<Stream>,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    ssrc: u32,
    /// A timestamp and its position.
    anchor: (u32, i64),
    /// The least lateness in this window and in the one before, in 1/8000 s.
    least: (i64, i64),
    window_began: u64,
}

impl Placement {
    /// The position of the packet with this timestamp, which arrived at the position `arrival` (see
    /// [`position`]); for [`super::RecordedFrame::at`].
    pub fn place(&mut self, ssrc: u32, timestamp: u32, arrival: u64) -> u64 {
        let came = i64::try_from(arrival).unwrap_or(i64::MAX / 2).min(i64::MAX / 2);
        let begun =
            Stream { ssrc, anchor: (timestamp, came), least: (0, 0), window_began: arrival };
        let stream = self.stream.get_or_insert(begun);
        let late = came - stream.predicted(timestamp);
        let impossible = !(-JUMP..=STEP_MAX).contains(&late);
        let moved = stream.follow(timestamp, late, arrival);
        if stream.ssrc != ssrc || impossible || moved {
            *stream = begun;
        }
        u64::try_from(stream.predicted(timestamp)).unwrap_or(0)
    }
}

impl Stream {
    fn predicted(&self, timestamp: u32) -> i64 {
        // The difference of two RTP timestamps is signed: packets come out of order.
        self.anchor.1 + i64::from(timestamp.wrapping_sub(self.anchor.0).cast_signed())
    }

    /// Lets the anchor follow; true if the path became so much longer that it must begin anew.
    fn follow(&mut self, timestamp: u32, late: i64, arrival: u64) -> bool {
        let mut jump = false;
        if arrival.saturating_sub(self.window_began) >= WINDOW {
            jump = self.least.0 > JUMP;
            self.least = (late, self.least.0);
            self.window_began = arrival;
        }
        self.least.0 = self.least.0.min(late);
        let off = self.least.0.min(self.least.1);
        let step = if off.abs() > DEAD_ZONE { off.signum() } else { 0 };
        // The anchor's timestamp must stay within half of what 32 bits hold: 74 hours.
        self.anchor = (timestamp, self.predicted(timestamp) + step);
        self.least = (self.least.0 - step, self.least.1 - step);
        jump
    }
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positions of a stream of frames of 20 ms whose clock is off by `ppm`, with this lateness.
    fn run(
        frames: u64,
        ppm: f64,
        mut late: impl FnMut(u64) -> u64,
    ) -> impl Iterator<Item = (u64, u64)> {
        let mut placement = Placement::default();
        (0..frames).map(move |n| {
            #[expect(clippy::cast_precision_loss, reason = "hours of samples are below 2^52")]
            let sent = (n * 160) as f64 / (1.0 + ppm / 1e6);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            let sent = sent as u64;
            let timestamp = u32::try_from(n * 160).expect("hours").wrapping_add(u32::MAX - 5000);
            (sent, placement.place(9, timestamp, sent + late(n)))
        })
    }

    #[test]
    fn within_jitter_frames_follow_one_another_without_gaps() {
        let mut last = None;
        for (_, at) in run(3000, 0.0, |n| 400 + n * 7919 % 480) {
            let gap = last.map(|last: u64| at.abs_diff(last + 160));
            assert!(gap.is_none_or(|gap| gap <= 1), "{gap:?}");
            last = Some(at);
        }
    }

    #[test]
    fn an_hour_of_two_clocks_that_drift_apart_keeps_the_sides_within_20_ms() {
        for ppm in [-300.0, 300.0] {
            let mut last = 0;
            for (sent, at) in run(180_000, ppm, |n| n * 7919 % 320) {
                // Ten milliseconds from the truth: twenty from one another.
                assert!(at.abs_diff(sent) <= 80, "{ppm} ppm: {at} for {sent}");
                assert!(last == 0 || at.abs_diff(last + 160) <= 1, "{at} after {last}");
                last = at;
            }
        }
    }

    #[test]
    fn a_packet_out_of_order_finds_its_own_place() {
        let mut placement = Placement::default();
        assert_eq!(placement.place(1, 1000, 800), 800);
        assert_eq!(placement.place(1, 1320, 1120), 1120);
        assert_eq!(placement.place(1, 1160, 1130), 960);
    }

    #[test]
    fn a_new_stream_or_a_jump_of_its_clock_is_placed_by_arrival() {
        let mut placement = Placement::default();
        placement.place(1, 1000, 800);
        assert_eq!(placement.place(2, 77, 960), 960, "another source");
        assert_eq!(placement.place(2, 1_000_000, 1120), 1120, "forward");
        assert_eq!(placement.place(2, 5, 1280), 1280, "back");
        assert_eq!(placement.place(2, 165, 1441), 1440);
    }

    #[test]
    fn a_path_that_became_longer_is_followed_within_five_seconds() {
        let mut last = (0, 0);
        for placed in run(500, 0.0, |n| if n < 100 { 0 } else { 3200 }) {
            last = placed;
        }
        assert!(last.1.abs_diff(last.0 + 3200) <= 16, "{last:?}");
    }

    #[test]
    fn positions_are_eights_of_milliseconds_since_the_beginning() {
        let began = Timestamp::from_micros(1_000_000);
        assert_eq!(position(began, Timestamp::from_micros(1_020_000)), 160);
        assert_eq!(position(began, Timestamp::from_micros(0)), 0);
    }
}
