//! Which packets come too late to be worth hearing. Pure.
//!
//! Packets that waited in a queue (a starved machine, a stalled browser) come in a burst. Forwarded,
//! they would put their delay into the far end's jitter buffer for the rest of the call; so the old
//! ones are left out and the talk is at once in the present again.

use std::time::Duration;

use ids::Timestamp;

/// How much later than the best of late a packet may come, in 1/8000 s: 200 ms.
const EXCESS_MAX: i64 = 200 * 8;
/// For how long a best transit counts. A path that became longer for good is accepted after it.
const WINDOW: Duration = Duration::from_secs(2);
/// Late packets that keep coming at their own pace for so long are no burst: the path became longer
/// for good, or the sender's clock stood still in a pause. Leaving them out would win nothing.
const STEADY: Duration = Duration::from_millis(100);
/// A step of the transit beyond this is a new clock of the sender, not lateness, in 1/8000 s: 10 s.
const STEP_MAX: i64 = 10 * 8000;

/// Follows the transit time of one stream.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lateness {
    stream: Option<Stream>,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    ssrc: u32,
    /// Arrival and timestamp of the packet against which all are measured.
    origin: (Timestamp, u32),
    /// The least transit in this window and in the one before, in 1/8000 s after the origin's.
    best: (i64, i64),
    window_began: Timestamp,
    /// Arrival and transit of the late packet that later ones are compared with.
    late: Option<(Timestamp, i64)>,
}

impl Lateness {
    /// Whether this packet is too late.
    pub(super) fn is_late(&mut self, ssrc: u32, timestamp: u32, arrival: Timestamp) -> bool {
        let begun = Stream {
            ssrc,
            origin: (arrival, timestamp),
            best: (0, 0),
            window_began: arrival,
            late: None,
        };
        let stream = self.stream.get_or_insert(begun);
        let transit = stream.transit(timestamp, arrival);
        let best = stream.best.0.min(stream.best.1);
        if stream.ssrc != ssrc || (transit - best).abs() > STEP_MAX {
            *stream = begun;
            return false;
        }
        if arrival.since(stream.window_began) >= WINDOW {
            stream.best = (transit, stream.best.0);
            stream.window_began = arrival;
        }
        stream.best.0 = stream.best.0.min(transit);
        if transit - stream.best.0.min(stream.best.1) <= EXCESS_MAX {
            stream.late = None;
            return false;
        }
        if stream.is_steady(transit, arrival) {
            *stream = begun;
            return false;
        }
        true
    }
}

impl Stream {
    /// Whether late packets have kept their distance for a while: those of a burst catch up.
    fn is_steady(&mut self, transit: i64, arrival: Timestamp) -> bool {
        let (since, first) = *self.late.get_or_insert((arrival, transit));
        let passed = arrival.since(since);
        if passed < STEADY {
            return false;
        }
        self.late = Some((arrival, transit));
        let passed = i64::try_from(passed.as_micros() / 125).unwrap_or(i64::MAX);
        (first - transit).saturating_mul(4) < passed
    }

    fn transit(&self, timestamp: u32, arrival: Timestamp) -> i64 {
        // The difference of two RTP timestamps is signed: packets come out of order.
        let sent = i64::from(timestamp.wrapping_sub(self.origin.1).cast_signed());
        let came = i64::try_from(arrival.since(self.origin.0).as_micros()).unwrap_or(i64::MAX);
        came / 125 - sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(late: &mut Lateness, packets: impl Iterator<Item = (u32, i64)>) -> Vec<u32> {
        packets
            .filter(|(n, ms)| late.is_late(1, n * 160, Timestamp::from_micros(ms * 1000)))
            .map(|(n, _)| n)
            .collect()
    }

    #[test]
    fn a_steady_stream_is_never_late_whatever_its_jitter() {
        let mut late = Lateness::default();
        let packets = (0..1000).map(|n| (n, i64::from(n) * 20 + i64::from(n % 7) * 15));
        assert_eq!(feed(&mut late, packets), Vec::<u32>::new());
    }

    #[test]
    fn after_a_stall_the_old_packets_are_late_and_the_newest_are_not() {
        let mut late = Lateness::default();
        assert!(feed(&mut late, (0..50).map(|n| (n, i64::from(n) * 20))).is_empty());
        // One second of packets comes at once.
        let dropped = feed(&mut late, (50..100).map(|n| (n, 2000)));
        assert_eq!(dropped.first(), Some(&50));
        assert_eq!(dropped.last(), Some(&89), "the last 200 ms are kept: {dropped:?}");
    }

    #[test]
    fn a_path_that_became_longer_is_accepted_at_once() {
        let mut late = Lateness::default();
        feed(&mut late, (0..50).map(|n| (n, i64::from(n) * 20)));
        let dropped = feed(&mut late, (50..500).map(|n| (n, i64::from(n) * 20 + 400)));
        assert!(dropped.len() <= 5, "{} packets", dropped.len());
    }

    #[test]
    fn a_burst_that_comes_at_twice_its_pace_is_late_until_it_has_caught_up() {
        let mut late = Lateness::default();
        assert!(feed(&mut late, (0..50).map(|n| (n, i64::from(n) * 20))).is_empty());
        // One second late, 10 ms apart: they have caught up after a second.
        let dropped = feed(&mut late, (50..200).map(|n| (n, 2000 + i64::from(n - 50) * 10)));
        assert!((75..=82).contains(&dropped.len()), "{dropped:?}");
    }

    #[test]
    fn a_new_clock_of_the_sender_is_no_lateness() {
        let mut late = Lateness::default();
        assert!(!late.is_late(1, 1_000_000, Timestamp::from_micros(0)));
        assert!(!late.is_late(1, 0, Timestamp::from_micros(20_000)));
        assert!(!late.is_late(2, 77, Timestamp::from_micros(40_000)));
    }
}
