//! Order, loss and jitter of one stream of packets (RFC 3550 §6.4.1, appendices A.1, A.3, A.8).
//! Pure.

use ids::Timestamp;

/// A jump forward of more than this is a new start of the sender, not loss (RFC 3550 A.1).
const DROPOUT_MAX: u16 = 3000;
/// A step back of more than this is a new start, not a late packet.
const MISORDER_MAX: u16 = 100;
/// Telephone audio's clock.
const CLOCK_HZ: i64 = 8000;

/// Packets of one interval, see [`SequenceTracker::take_interval`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Packets that came.
    pub received: u32,
    /// Packets that did not, by gaps in the sequence numbers.
    pub lost: u32,
}

/// Follows the sequence numbers of one stream.
#[derive(Clone, Debug, Default)]
pub struct SequenceTracker {
    stream: Option<Stream>,
    received_total: u64,
    lost_before: u64,
    reported: Reported,
    jitter: Jitter,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    /// First extended number since the (re)start.
    base: u64,
    /// Highest extended number.
    highest: u64,
    /// Packets since the (re)start.
    received: u64,
    /// Where a restarted sender would go on; a second packet there proves the restart.
    restart_at: Option<u16>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reported {
    received: u64,
    lost: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Jitter {
    /// Transit of the packet before, in 1/8000 s.
    transit: Option<i64>,
    /// Sixteen times the mean deviation, in 1/8000 s.
    scaled: i64,
}

impl SequenceTracker {
    /// A tracker that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a packet's sequence number, RTP timestamp and time of arrival. Returns the extended
    /// sequence number (it never wraps), or `None` for a packet that is out of all bounds.
    pub fn packet(&mut self, sequence: u16, timestamp: u32, arrival: Timestamp) -> Option<u64> {
        let extended = self.follow(sequence)?;
        self.received_total += 1;
        self.jitter.packet(timestamp, arrival);
        Some(extended)
    }

    /// Packets received since the start.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received_total
    }

    /// Packets lost since the start. A late packet takes its loss back.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost_before + self.stream.map_or(0, |stream| stream.lost())
    }

    /// Interarrival jitter, milliseconds.
    #[must_use]
    pub fn jitter_ms(&self) -> f32 {
        // Whole 1/8000 s up to hours: exact in an f32 for every value that means anything.
        #[expect(clippy::cast_precision_loss, reason = "bounded in Jitter::packet")]
        let units = self.jitter.scaled as f32;
        units / 16.0 / 8.0
    }

    /// The highest extended sequence number (it never wraps), of the stream that runs now.
    #[must_use]
    pub fn highest(&self) -> Option<u64> {
        self.stream.map(|stream| stream.highest)
    }

    /// Interarrival jitter in 1/8000 s, as reports carry it.
    #[must_use]
    pub fn jitter_units(&self) -> u32 {
        u32::try_from(self.jitter.scaled >> 4).unwrap_or(0)
    }

    /// Another sender begins, with numbers of its own: no gap is loss, no transit is jitter.
    pub fn begin_stream(&mut self) {
        self.lost_before = self.lost();
        self.stream = None;
        self.jitter.transit = None;
    }

    /// The packets since the last call of this.
    pub fn take_interval(&mut self) -> Interval {
        let now = Reported { received: self.received_total, lost: self.lost() };
        let before = std::mem::replace(&mut self.reported, now);
        Interval {
            received: saturate(now.received - before.received),
            // Late packets may have taken back more than was lost meanwhile.
            lost: saturate(now.lost.saturating_sub(before.lost)),
        }
    }

    fn follow(&mut self, sequence: u16) -> Option<u64> {
        let Some(stream) = &mut self.stream else {
            self.stream = Some(Stream::starting(0x1_0000 + u64::from(sequence)));
            return self.stream.map(|stream| stream.highest);
        };
        let highest = stream.highest;
        let ahead = sequence.wrapping_sub(low_bits(highest));
        let behind = low_bits(highest).wrapping_sub(sequence);
        if ahead < DROPOUT_MAX {
            stream.highest = highest + u64::from(ahead);
            stream.accept();
            return Some(stream.highest);
        }
        if behind <= MISORDER_MAX {
            let extended = highest - u64::from(behind);
            // A packet from before the first one that we saw was never counted as expected.
            stream.base = stream.base.min(extended);
            stream.accept();
            return Some(extended);
        }
        if stream.restart_at != Some(sequence) {
            stream.restart_at = Some(sequence.wrapping_add(1));
            return None;
        }
        self.lost_before += stream.lost();
        let base = (highest / 0x1_0000 + 1) * 0x1_0000 + u64::from(sequence);
        self.stream = Some(Stream::starting(base));
        Some(base)
    }
}

impl Stream {
    const fn starting(base: u64) -> Self {
        Self { base, highest: base, received: 1, restart_at: None }
    }

    fn accept(&mut self) {
        self.received += 1;
        self.restart_at = None;
    }

    /// Doubled packets may make this less than it was; never negative.
    fn lost(&self) -> u64 {
        (self.highest - self.base + 1).saturating_sub(self.received)
    }
}

impl Jitter {
    fn packet(&mut self, timestamp: u32, arrival: Timestamp) {
        let arrival = arrival.as_micros().wrapping_mul(CLOCK_HZ / 1000) / 1000;
        let transit = arrival.wrapping_sub(i64::from(timestamp));
        let before = self.transit.replace(transit);
        let Some(before) = before else { return };
        let deviation = transit.wrapping_sub(before).unsigned_abs();
        // A wrapped or restarted timestamp is not jitter: leave out anything over ten seconds.
        let Ok(deviation) = i64::try_from(deviation) else {
            return;
        };
        if deviation > 10 * CLOCK_HZ {
            return;
        }
        self.scaled += deviation - ((self.scaled + 8) >> 4);
    }
}

fn low_bits(extended: u64) -> u16 {
    u16::try_from(extended & 0xffff).expect("sixteen bits fit")
}

fn saturate(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
