//! Draws that follow from a seed and a number, without a generator's state: whoever else draws, the
//! same person draws the same.

use alloc::vec::Vec;
use core::time::Duration;

/// Where a run's chance begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// 64 even bits for one purpose of one person: the finaliser of SplitMix64 over all of them.
    fn bits(self, purpose: Purpose, person: u128, turn: u64) -> u64 {
        let low = u64::try_from(person & u128::from(u64::MAX)).unwrap_or(0);
        let high = u64::try_from(person >> 64).unwrap_or(0);
        [purpose as u64, low, high, turn].into_iter().fold(self.0, |state, word| {
            let mixed = (state ^ word).wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        })
    }

    /// One of these, each as likely; `None` of none.
    pub(super) fn pick<T: Copy>(
        self,
        purpose: Purpose,
        person: u128,
        turn: u64,
        from: &[T],
    ) -> Option<T> {
        let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
        let at = self.bits(purpose, person, turn) % count;
        from.get(usize::try_from(at).ok()?).copied()
    }

    /// Between 0 and 1, not 1.
    fn share(self, purpose: Purpose, person: u128) -> f64 {
        let bits = u32::try_from(self.bits(purpose, person, 0) >> 32).unwrap_or(0);
        f64::from(bits) / 4_294_967_296.0
    }
}

/// What is drawn; each purpose has draws of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Patience = 1,
    Talk,
    WrapUp,
    Reply,
    Return,
}

/// How long callers wait before they hang up, estimated from those who did and those who did not have
/// to: the share still waiting after each wait at which somebody gave up (Kaplan and Meier, 1958).
#[derive(Clone, Debug, Default)]
pub(super) struct Patience {
    /// Rising waits, falling shares.
    steps: Vec<(Duration, f64)>,
}

impl Patience {
    /// From waits, and whether the caller gave up then (else: was answered or cut off then).
    pub(super) fn estimated(mut waits: Vec<(Duration, bool)>) -> Self {
        // Those who gave up come first among equals: they were still at risk.
        waits.sort_unstable_by_key(|(wait, gave_up)| (*wait, !gave_up));
        let mut steps = Vec::new();
        let mut still = 1.0;
        let mut at_risk = u32::try_from(waits.len()).unwrap_or(u32::MAX);
        for (wait, gave_up) in waits {
            if gave_up {
                still *= 1.0 - 1.0 / f64::from(at_risk);
                steps.push((wait, still));
            }
            at_risk -= 1;
        }
        Self { steps }
    }

    /// How long a caller waits in all who waited so long already; `None`: to the end.
    pub(super) fn beyond(&self, waited: Duration, chance: Chance, call: u128) -> Option<Duration> {
        let before = self.steps.partition_point(|(wait, _)| *wait <= waited);
        let still = before.checked_sub(1).map_or(1.0, |last| self.steps[last].1);
        let left = still * chance.share(Purpose::Patience, call);
        // Gives up at the first step that fewer than this share outlast.
        self.steps[before..].iter().find(|(_, share)| *share <= left).map(|(wait, _)| *wait)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    /// The textbook case: of five, two gave up; those answered in between weigh on the later step.
    #[test]
    fn patience_is_as_kaplan_and_meier_say() {
        let waits = [(10, true), (20, false), (30, true), (40, false), (50, false)];
        let waits = waits.map(|(wait, gave_up)| (seconds(wait), gave_up));
        let patience = Patience::estimated(waits.to_vec());
        let found: Vec<(u64, f64)> =
            patience.steps.iter().map(|(wait, share)| (wait.as_secs(), *share)).collect();
        assert_eq!(found.len(), 2);
        assert!((found[0].1 - 0.8).abs() < 1e-12 && found[0].0 == 10);
        assert!((found[1].1 - 0.8 * 2.0 / 3.0).abs() < 1e-12 && found[1].0 == 30);
    }

    #[test]
    fn whoever_waited_longer_than_all_who_gave_up_stays() {
        let patience = Patience::estimated(vec![(seconds(10), true), (seconds(30), true)]);
        for call in 0..200 {
            assert_eq!(patience.beyond(seconds(30), Chance(1), call), None);
            assert_eq!(patience.beyond(seconds(10), Chance(1), call), Some(seconds(30)));
        }
    }

    #[test]
    fn draws_have_the_estimated_shares_and_repeat() {
        let mut waits = vec![(seconds(10), true), (seconds(10), true), (seconds(20), true)];
        waits.push((seconds(60), false));
        let patience = Patience::estimated(waits);
        let draw = |call| patience.beyond(Duration::ZERO, Chance(7), call);
        let count = |wait| (0..10_000).filter(|call| draw(*call) == wait).count();
        let found = [Some(seconds(10)), Some(seconds(20)), None].map(count);
        for (found, expected) in found.into_iter().zip([5_000_usize, 2_500, 2_500]) {
            assert!(found.abs_diff(expected) < 200, "{found} instead of {expected}");
        }
        assert_eq!((0..100).map(draw).collect::<Vec<_>>(), (0..100).map(draw).collect::<Vec<_>>());
    }
}
