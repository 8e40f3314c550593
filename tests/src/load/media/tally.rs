//! Counts of a run while it goes on, for each way and each interval. Written by the threads that send
//! and receive, read by the one that prints.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use rtc::shared::error::Error;

use super::marker::{Unmarked, Way};

/// Width of a step of the histograms.
const STEP_NS: u64 = 10_000;
/// Steps; latencies beyond count in the last one.
const STEPS: usize = 20_000;

/// When packets count: intervals one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The first begins so long after the clock.
    pub begin: Duration,
    /// Each is so long; at least a microsecond.
    pub interval: Duration,
    /// So many.
    pub count: usize,
}

impl Plan {
    /// When an interval ends.
    #[must_use]
    pub fn end_of(&self, index: usize) -> Duration {
        let ends = u32::try_from(index + 1).unwrap_or(u32::MAX);
        self.begin + self.interval * ends
    }

    /// When the last one ends.
    #[must_use]
    pub fn end(&self) -> Duration {
        self.end_of(self.count.saturating_sub(1))
    }

    /// The interval of a moment.
    fn index(&self, at_ns: u64) -> Option<usize> {
        let since = Duration::from_nanos(at_ns).checked_sub(self.begin)?;
        let index = usize::try_from(since.as_nanos() / self.interval.as_nanos()).ok()?;
        (index < self.count).then_some(index)
    }
}

/// Counts of all intervals.
#[derive(Debug)]
pub struct Tally {
    plan: Plan,
    intervals: Vec<[Counters; 2]>,
    /// Packets that are nobody's: not authentic, or from the wrong call.
    pub faults: Faults,
    /// How late the tool itself was at sending, by its own plan.
    pub lateness: Histogram,
}

/// What must stay zero.
#[derive(Debug, Default)]
pub struct Faults {
    /// SRTP and SRTCP packets that are not authentic.
    pub not_authentic: AtomicU64,
    /// SRTP and SRTCP packets whose number came before, or is too old to tell.
    pub replayed: AtomicU64,
    /// Packets of another call.
    pub misdelivered: AtomicU64,
    /// Payloads that changed on the way.
    pub damaged: AtomicU64,
    /// Packets that the server made itself.
    pub strange: AtomicU64,
    /// Datagrams that the tool could not send.
    pub unsent: AtomicU64,
    /// Ends of DTLS connections that nobody asked for.
    pub closed: AtomicU64,
    /// Times that a member of a room heard itself.
    pub echoes: AtomicU64,
}

/// Counts of one interval and way.
#[derive(Debug, Default)]
struct Counters {
    sent: AtomicU64,
    received: AtomicU64,
    packets: AtomicU64,
    duplicated: AtomicU64,
    reordered: AtomicU64,
    latency: Histogram,
}

/// The same, at a moment.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Packets sent.
    pub sent: u64,
    /// Packets received, each once.
    pub received: u64,
    /// Audio packets that arrived, whatever they carry.
    pub packets: u64,
    /// Received again.
    pub duplicated: u64,
    /// Received after a later one.
    pub reordered: u64,
    /// From just before the sending call to the system's receiving it, at half of the packets.
    pub p50: Option<Duration>,
    /// At 99 of 100.
    pub p99: Option<Duration>,
    /// At 999 of 1000.
    pub p999: Option<Duration>,
}

impl Counted {
    /// Sent and not received.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.received)
    }
}

/// How a packet arrived, within its flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The next, or a later one.
    InOrder,
    /// After a later one.
    Reordered,
    /// Not for the first time.
    Duplicated,
}

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let mut intervals = Vec::new();
        intervals.resize_with(plan.count, Default::default);
        Self { plan, intervals, faults: Faults::default(), lateness: Histogram::default() }
    }

    /// The intervals.
    #[must_use]
    pub fn plan(&self) -> Plan {
        self.plan
    }

    fn counters(&self, way: Way, sent_ns: u64) -> Option<&Counters> {
        Some(&self.intervals[self.plan.index(sent_ns)?][way as usize])
    }

    /// A packet was sent.
    pub fn sent(&self, way: Way, sent_ns: u64) {
        if let Some(counters) = self.counters(way, sent_ns) {
            add(&counters.sent);
        }
    }

    /// An audio packet arrived, whatever it carries.
    pub fn packet(&self, way: Way, now_ns: u64) {
        if let Some(counters) = self.counters(way, now_ns) {
            add(&counters.packets);
        }
    }

    /// What was sent arrived.
    pub fn arrived(&self, way: Way, sent_ns: u64, now_ns: u64, arrival: Arrival) {
        let Some(counters) = self.counters(way, sent_ns) else { return };
        match arrival {
            Arrival::Duplicated => return add(&counters.duplicated),
            Arrival::Reordered => add(&counters.reordered),
            Arrival::InOrder => {}
        }
        add(&counters.received);
        counters.latency.add(now_ns.saturating_sub(sent_ns));
    }

    /// A payload without a marker that can be read.
    pub fn unmarked(&self, why: Unmarked) {
        add(match why {
            Unmarked::Strange => &self.faults.strange,
            Unmarked::Damaged => &self.faults.damaged,
        });
    }

    /// The counts of one interval and way.
    #[must_use]
    pub fn counted(&self, index: usize, way: Way) -> Counted {
        let counters = &self.intervals[index][way as usize];
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counted {
            sent: of(&counters.sent),
            received: of(&counters.received),
            packets: of(&counters.packets),
            duplicated: of(&counters.duplicated),
            reordered: of(&counters.reordered),
            p50: counters.latency.quantile(500),
            p99: counters.latency.quantile(990),
            p999: counters.latency.quantile(999),
        }
    }
}

impl Faults {
    /// A packet that SRTP refused.
    pub fn refused(&self, why: &Error) {
        let again = matches!(why, Error::SrtpSsrcDuplicated(..) | Error::SrtcpSsrcDuplicated(..));
        add(if again { &self.replayed } else { &self.not_authentic });
    }

    /// All of them by name, for printing.
    #[must_use]
    pub fn list(&self) -> [(&'static str, u64); 8] {
        [
            ("not authentic", &self.not_authentic),
            ("replayed", &self.replayed),
            ("of another call", &self.misdelivered),
            ("damaged", &self.damaged),
            ("made by the server", &self.strange),
            ("not sent by the tool", &self.unsent),
            ("that end a connection", &self.closed),
            ("that are an echo", &self.echoes),
        ]
        .map(|(name, count)| (name, count.load(Ordering::Relaxed)))
    }
}

/// Times in steps of 10 µs, up to 200 ms.
#[derive(Debug)]
pub struct Histogram(Vec<AtomicU32>);

impl Default for Histogram {
    fn default() -> Self {
        let mut steps = Vec::new();
        steps.resize_with(STEPS, AtomicU32::default);
        Self(steps)
    }
}

impl Histogram {
    /// Adds one time.
    pub fn add(&self, ns: u64) {
        let step = usize::try_from(ns / STEP_NS).unwrap_or(STEPS).min(STEPS - 1);
        self.0[step].fetch_add(1, Ordering::Relaxed);
    }

    /// The smallest step that is not below so many in a thousand of the times; `None` without any.
    #[must_use]
    pub fn quantile(&self, per_mille: u64) -> Option<Duration> {
        let counts: Vec<u64> =
            self.0.iter().map(|step| step.load(Ordering::Relaxed).into()).collect();
        let all: u64 = counts.iter().sum();
        let rank = (all * per_mille).div_ceil(1000).max(1);
        let mut below = 0;
        for (step, count) in (1_u64..).zip(counts) {
            below += count;
            if below >= rank {
                return Some(Duration::from_nanos(step * STEP_NS));
            }
        }
        None
    }

    /// How many times lie beyond a limit.
    #[must_use]
    pub fn beyond(&self, limit: Duration) -> u64 {
        let steps = usize::try_from(limit.as_nanos() / u128::from(STEP_NS)).unwrap_or(STEPS);
        self.0.iter().skip(steps).map(|step| u64::from(step.load(Ordering::Relaxed))).sum()
    }
}

/// Adds one to a count.
pub fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_count_in_the_interval_in_which_they_were_sent() {
        let second = Duration::from_secs(1);
        let tally = Tally::new(Plan { begin: second, interval: second, count: 2 });
        let ms = |ms: u64| ms * 1_000_000;
        for sent in [ms(999), ms(1000), ms(1999), ms(2000), ms(3000)] {
            tally.sent(Way::ToTrunk, sent);
        }
        tally.arrived(Way::ToTrunk, ms(1999), ms(2004), Arrival::InOrder);
        tally.arrived(Way::ToTrunk, ms(1999), ms(2005), Arrival::Duplicated);
        let [first, then] = [0, 1].map(|index| tally.counted(index, Way::ToTrunk));
        assert_eq!((first.sent, first.received, first.duplicated, first.lost()), (2, 1, 1, 1));
        assert_eq!((then.sent, then.lost()), (1, 1));
        assert_eq!(first.p50, Some(Duration::from_micros(5010)));
        assert_eq!(tally.counted(0, Way::ToBrowser).sent, 0);
    }

    #[test]
    fn quantiles_count_from_below() {
        let histogram = Histogram::default();
        assert_eq!(histogram.quantile(500), None);
        for ms in 1..=100 {
            histogram.add(ms * 1_000_000);
        }
        histogram.add(u64::MAX);
        assert_eq!(histogram.quantile(500), Some(Duration::from_micros(51_010)));
        assert_eq!(histogram.beyond(Duration::from_millis(99)), 3);
    }
}
