//! Counts of the contacts that entered one queue at one class in one interval. Counts add up: a day
//! is the sum of its intervals.

use alloc::collections::BTreeMap;
use core::time::Duration;

use serde::{Deserialize, Serialize};

/// Waits are told apart to a tenth of a second.
const STEP: Duration = Duration::from_millis(100);

/// How long a number of people waited, to a tenth of a second, rounded up: "within 20 s" is exact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// Tenths of a second, and how many waited so long.
    tenths: BTreeMap<u32, u32>,
    total: Duration,
    longest: Duration,
}

impl Waits {
    /// One more wait.
    pub fn note(&mut self, wait: Duration) {
        let tenths = wait.as_micros().div_ceil(STEP.as_micros());
        *self.tenths.entry(u32::try_from(tenths).unwrap_or(u32::MAX)).or_default() += 1;
        self.total += wait;
        self.longest = self.longest.max(wait);
    }

    /// All of these waits as well.
    pub fn add(&mut self, other: &Self) {
        for (tenths, count) in &other.tenths {
            *self.tenths.entry(*tenths).or_default() += count;
        }
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.tenths.values().sum()
    }

    /// How many waited no longer than this; exact for whole tenths of a second.
    #[must_use]
    pub fn within(&self, limit: Duration) -> u32 {
        let tenths = limit.as_micros() / STEP.as_micros();
        let last = u32::try_from(tenths).unwrap_or(u32::MAX);
        self.tenths.range(..=last).map(|(_, count)| count).sum()
    }

    /// The mean; `None` of nobody.
    #[must_use]
    pub fn mean(&self) -> Option<Duration> {
        self.total.checked_div(self.count())
    }

    /// The shortest wait that this many percent did not exceed, to a tenth of a second; `None` of
    /// nobody.
    #[must_use]
    pub fn percentile(&self, percent: u32) -> Option<Duration> {
        let rank = (u64::from(self.count()) * u64::from(percent.min(100))).div_ceil(100).max(1);
        let mut seen = 0;
        let found = self.tenths.iter().find(|(_, count)| {
            seen += u64::from(**count);
            seen >= rank
        });
        found.map(|(tenths, _)| STEP.saturating_mul(*tenths))
    }

    /// The longest; zero of nobody.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.longest
    }
}

/// What became of the contacts that entered a queue. Each is in exactly one of `answered`,
/// `abandoned`, `callbacks`, `failed`, `moved` and `waiting`; see [`Cell::reconciles`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Entered the queue (O).
    pub offered: u32,
    /// An agent took them (A), after these waits.
    pub answered: Waits,
    /// Hung up while waiting (B), after these waits.
    pub abandoned: Waits,
    /// Took a call-back instead of waiting (C), after these waits.
    pub callbacks: Waits,
    /// Left without an agent through a fault of ours or of the network.
    pub failed: u32,
    /// Went on to another queue (F), where they count as offered once more.
    pub moved: u32,
    /// Wait for their first agent now.
    pub waiting: u32,
    /// Wait once more now, after an agent was lost; they count as answered.
    pub waiting_again: u32,
    /// Came back to the queue after an agent was lost.
    pub returned: u32,
    /// Turned away because the floor was full; never entered.
    pub refused: u32,
    /// Reservations made for them; one contact may have several.
    pub rings: u32,
    /// Reservations that nobody answered.
    pub not_answered: u32,
    /// Reservations that an agent declined.
    pub declined: u32,
    /// Calls that are over, wrap-up included.
    pub handled: u32,
    /// Talk in those calls, without hold.
    pub talk: Duration,
    /// Hold in those calls.
    pub hold: Duration,
    /// Wrap-up after those calls.
    pub wrap_up: Duration,
}

impl Cell {
    /// Adds the counts of another.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.answered.add(&other.answered);
        self.abandoned.add(&other.abandoned);
        self.callbacks.add(&other.callbacks);
        self.failed += other.failed;
        self.moved += other.moved;
        self.waiting += other.waiting;
        self.waiting_again += other.waiting_again;
        self.returned += other.returned;
        self.refused += other.refused;
        self.rings += other.rings;
        self.not_answered += other.not_answered;
        self.declined += other.declined;
        self.handled += other.handled;
        self.talk += other.talk;
        self.hold += other.hold;
        self.wrap_up += other.wrap_up;
    }

    /// Offered = answered + abandoned + call-back + failed + moved + waiting.
    #[must_use]
    pub fn reconciles(&self) -> bool {
        let ended = self.answered.count() + self.abandoned.count() + self.callbacks.count();
        self.offered == ended + self.failed + self.moved + self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(millis: &[u64]) -> Waits {
        let mut waits = Waits::default();
        millis.iter().for_each(|millis| waits.note(Duration::from_millis(*millis)));
        waits
    }

    #[test]
    fn a_limit_is_met_to_the_tenth_and_not_a_microsecond_later() {
        let mut waits = waits(&[0, 20_000]);
        waits.note(Duration::from_micros(20_000_001));
        assert_eq!(waits.within(Duration::from_secs(20)), 2);
        assert_eq!(waits.within(Duration::ZERO), 1);
        assert_eq!(waits.count(), 3);
    }

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let waits = waits(&[1_000, 2_000, 3_000, 4_000, 10_000]);
        let seconds = |percent| waits.percentile(percent).map(|wait| wait.as_secs());
        assert_eq!((seconds(50), seconds(95), seconds(0)), (Some(3), Some(10), Some(1)));
        assert_eq!(waits.mean(), Some(Duration::from_secs(4)));
        assert_eq!(waits.longest(), Duration::from_secs(10));
        assert_eq!((Waits::default().percentile(50), Waits::default().mean()), (None, None));
    }

    #[test]
    fn sums_are_as_if_counted_together() {
        let (mut first, second) = (waits(&[100, 900]), waits(&[900, 5_000]));
        first.add(&second);
        assert_eq!(first, waits(&[100, 900, 900, 5_000]));
    }
}
