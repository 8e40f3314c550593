//! How many calls are let in: at once, and per second. Pure; time comes in as an argument.

use std::collections::VecDeque;
use std::time::Duration;

use ids::Timestamp;

/// The door of the exchange.
///
/// Beyond its limits a call gets 503 with `Retry-After`: a trunk with several routes then takes
/// another, where a call let in would only make every other call worse.
#[derive(Debug)]
pub(super) struct Admission {
    calls_max: usize,
    calls_per_second_max: usize,
    /// When the calls of the last second came in, oldest first; bounded by the rate.
    recent: VecDeque<Timestamp>,
}

impl Admission {
    pub(super) fn new(calls_max: usize, calls_per_second_max: usize) -> Self {
        Self { calls_max, calls_per_second_max, recent: VecDeque::new() }
    }

    /// Whether one more call may come in now, with `open` calls already there. Counts it if so.
    pub(super) fn admit(&mut self, now: Timestamp, open: usize) -> bool {
        while self.recent.front().is_some_and(|at| now.since(*at) >= Duration::from_secs(1)) {
            self.recent.pop_front();
        }
        if open >= self.calls_max || self.recent.len() >= self.calls_per_second_max {
            return false;
        }
        self.recent.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn calls_beyond_the_rate_wait_for_the_next_second() {
        let mut door = Admission::new(100, 2);
        assert!(door.admit(Timestamp::from_micros(0), 0));
        assert!(door.admit(Timestamp::from_micros(SECOND / 2), 1));
        assert!(!door.admit(Timestamp::from_micros(SECOND - 1), 2));
        assert!(door.admit(Timestamp::from_micros(SECOND), 2), "the first is a second old");
        assert!(!door.admit(Timestamp::from_micros(SECOND + 1), 3));
    }

    #[test]
    fn calls_beyond_the_maximum_are_not_counted_against_the_rate() {
        let mut door = Admission::new(1, 1);
        assert!(!door.admit(Timestamp::from_micros(0), 1));
        assert!(door.admit(Timestamp::from_micros(1), 0));
    }
}
