//! How unevenly packets come, and the delay that makes up for it.

/// Ticks that are remembered: 5 s of packets.
const WINDOW: usize = 256;
/// Of so many in a hundred ticks the packets shall come in time; rarer ones are concealed.
const IN_TIME_PERCENT: usize = 97;
/// The window is judged after so many new values.
const JUDGED_EVERY: usize = 8;
/// The target falls by this much at each judgement: 10 ms in a second.
const FALL: i64 = 13;
/// What the target adds to the measured jitter, samples: a tick, because a packet may come just
/// after one, and 3 ms, because a skewed clock is made up for only now and then.
pub(super) const DELAY_MIN: i64 = 184;
/// The target's upper bound: 200 ms.
pub(super) const DELAY_MAX: i64 = 1600;

/// Transits of one stream: the time of arrival less the place in the stream, in samples. Only
/// differences between them mean anything. Each tick counts once, by its latest packet: a burst
/// after a stall is one event, however many packets it has.
#[derive(Debug)]
pub(super) struct Transits {
    window: [i64; WINDOW],
    /// Values in the window.
    filled: usize,
    /// Where the next value goes.
    next: usize,
    /// The latest packet since the last tick.
    latest: Option<i64>,
    /// The least transit in the window.
    base: Option<i64>,
    target: i64,
}

impl Transits {
    pub(super) fn new() -> Self {
        Self {
            window: [0; WINDOW],
            filled: 0,
            next: 0,
            latest: None,
            base: None,
            target: DELAY_MIN,
        }
    }

    /// Takes the transit of a packet.
    pub(super) fn note(&mut self, transit: i64) {
        self.latest = Some(self.latest.map_or(transit, |latest| latest.max(transit)));
        if self.base.is_none() {
            self.base = Some(transit);
        }
    }

    /// The least transit of late: that of packets which nothing held up.
    pub(super) fn base(&self) -> Option<i64> {
        self.base
    }

    /// The delay behind the base that is aimed at, samples.
    pub(super) fn target(&self) -> i64 {
        self.target
    }

    /// Aims at this delay at least; it falls again by and by.
    pub(super) fn raise_target(&mut self, delay: i64) {
        self.target = self.target.max(delay.min(DELAY_MAX));
    }

    /// A tick has passed.
    pub(super) fn tick(&mut self) {
        let Some(latest) = self.latest.take() else { return };
        self.window[self.next] = latest;
        self.next = (self.next + 1) % WINDOW;
        self.filled = (self.filled + 1).min(WINDOW);
        self.base = self.base.map(|base| base.min(latest));
        if self.next.is_multiple_of(JUDGED_EVERY) {
            self.judge();
        }
    }

    /// Forgets all transits; the target stays, and falls.
    pub(super) fn clear(&mut self) {
        *self = Self { target: self.target, ..Self::new() };
    }

    fn judge(&mut self) {
        let mut sorted = self.window;
        let sorted = &mut sorted[..self.filled];
        let Some(base) = sorted.iter().min().copied() else { return };
        let rank = (self.filled - 1) * IN_TIME_PERCENT / 100;
        let (_, late, _) = sorted.select_nth_unstable(rank);
        let wanted = (*late - base + DELAY_MIN).min(DELAY_MAX);
        self.base = Some(base);
        self.target = wanted.max(self.target - FALL);
    }
}
