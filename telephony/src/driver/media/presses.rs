//! Keys that come by two ways count once. Pure.
//!
//! A key is heard in the audio (RFC 4733) or told by the signalling (SIP INFO); some trunks do both.

use std::time::Duration;

use arrayvec::ArrayVec;
use ids::Timestamp;

use crate::call::Digit;

/// How long after one way the other may bring the same press: an INFO that was lost once comes half a
/// second late, twice one and a half.
const WINDOW: Duration = Duration::from_secs(2);
/// Presses kept for their twin; fingers are not faster.
const KEPT_MAX: usize = 16;

/// The way on which a press came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In the audio stream.
    Heard,
    /// By the signalling.
    Signalled,
}

/// Recognises the second coming of a press.
#[derive(Debug, Default)]
pub(super) struct Presses {
    /// Presses that have come by one way only, oldest first.
    single: ArrayVec<(Digit, Way, Timestamp), KEPT_MAX>,
}

impl Presses {
    /// Whether this press is a new one.
    pub(super) fn is_new(&mut self, digit: Digit, way: Way, now: Timestamp) -> bool {
        self.single.retain(|(_, _, at)| now.since(*at) < WINDOW);
        let is_twin = |other: &(Digit, Way, Timestamp)| other.0 == digit && other.1 != way;
        if let Some(twin) = self.single.iter().position(is_twin) {
            self.single.remove(twin);
            return false;
        }
        if self.single.is_full() {
            self.single.remove(0);
        }
        self.single.push((digit, way, now));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Way::{Heard, Signalled};
    use super::*;

    fn count(presses: &[(char, Way, i64)]) -> usize {
        let mut seen = Presses::default();
        let mut is_new = |(key, way, ms): &(char, Way, i64)| {
            let digit = Digit::new(*key).expect("a key");
            seen.is_new(digit, *way, Timestamp::from_micros(ms * 1000))
        };
        presses.iter().filter(|press| is_new(press)).count()
    }

    #[test]
    fn a_press_by_both_ways_counts_once_whichever_is_first() {
        assert_eq!(count(&[('5', Heard, 0), ('5', Signalled, 1900)]), 1);
        assert_eq!(count(&[('5', Signalled, 0), ('5', Heard, 30)]), 1);
    }

    #[test]
    fn the_same_key_twice_by_both_ways_counts_twice() {
        let twice =
            [('1', Heard, 0), ('1', Heard, 400), ('1', Signalled, 500), ('1', Signalled, 900)];
        assert_eq!(count(&twice), 2);
    }

    #[test]
    fn other_keys_other_times_and_one_way_are_presses_of_their_own() {
        assert_eq!(count(&[('1', Heard, 0), ('2', Signalled, 10)]), 2);
        assert_eq!(count(&[('1', Heard, 0), ('1', Signalled, 2001)]), 2);
        assert_eq!(count(&[('1', Signalled, 0), ('1', Signalled, 100)]), 2);
    }

    #[test]
    fn more_presses_than_are_kept_forget_the_oldest() {
        let many: Vec<_> = (0..40).map(|n| ('7', Heard, n)).collect();
        assert_eq!(count(&many), 40);
    }
}
