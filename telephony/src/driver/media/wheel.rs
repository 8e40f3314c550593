//! Who has something to send in which of the ten slots of 20 ms. Pure.
//!
//! Playing legs and mixing rooms send each 20 ms. Spread over ten slots of 2 ms they share wake-ups
//! with the lane's tick, and no slot carries all of them.

use std::time::Duration;

use ids::Timestamp;

/// The time of one slot, µs.
const SLOT_MICROS: u64 = 2000;
/// Slots in 20 ms.
const SLOTS: usize = 10;
/// A round further behind than this is given up instead of sent in a burst: the far end's jitter
/// buffer would take it for a longer path and delay the rest of the call.
const BEHIND_MAX_SLOTS: u64 = 30;

/// What is due each 20 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paced {
    /// The leg of this number.
    Leg(usize),
    /// The room of this number.
    Room(usize),
}

/// The slots.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    slots: [Vec<Paced>; SLOTS],
    /// The slot to come, counted from the beginning of time.
    next: u64,
    len: usize,
}

impl Wheel {
    /// Begins at this time.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { next: slot_at(now) + 1, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds what is due from the next slot on; its slot.
    pub(super) fn add(&mut self, what: Paced) -> usize {
        let slot = place(self.next);
        self.slots[slot].push(what);
        self.len += 1;
        slot
    }

    /// Takes it out of its slot.
    pub(super) fn remove(&mut self, slot: usize, what: Paced) {
        let before = self.slots[slot].len();
        self.slots[slot].retain(|paced| *paced != what);
        self.len -= before - self.slots[slot].len();
    }

    /// Copies what is due into `due`, one slot at each call; false when nothing is left.
    pub(super) fn take_due(&mut self, now: Timestamp, due: &mut Vec<Paced>) -> bool {
        due.clear();
        let current = slot_at(now);
        while self.next <= current {
            let slot = place(self.next);
            self.next += 1;
            if !self.slots[slot].is_empty() {
                due.extend_from_slice(&self.slots[slot]);
                return true;
            }
        }
        false
    }

    /// Gives up whole rounds that are too far behind; how many frames that is.
    pub(super) fn catch_up(&mut self, now: Timestamp) -> usize {
        let current = slot_at(now);
        if current < self.next + BEHIND_MAX_SLOTS {
            return 0;
        }
        let rounds = (current - self.next) / SLOTS as u64;
        self.next += rounds * SLOTS as u64;
        self.len * usize::try_from(rounds).unwrap_or(usize::MAX)
    }

    /// How long until something is due.
    pub(super) fn until_due(&self, now: Timestamp) -> Option<Duration> {
        if self.is_empty() {
            return None;
        }
        let ahead = (0..SLOTS as u64).find(|n| !self.slots[place(self.next + n)].is_empty())?;
        let due = i64::try_from((self.next + ahead) * SLOT_MICROS).ok()?;
        Some(Timestamp::from_micros(due).since(now))
    }
}

fn slot_at(now: Timestamp) -> u64 {
    u64::try_from(now.as_micros()).unwrap_or(0) / SLOT_MICROS
}

fn place(slot: u64) -> usize {
    usize::try_from(slot % SLOTS as u64).expect("a remainder of ten fits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(ms * 1000)
    }

    #[test]
    fn each_is_due_once_in_20_ms() {
        let mut wheel = Wheel::new(at(0));
        wheel.add(Paced::Leg(1));
        let mut due = Vec::new();
        let mut times = Vec::new();
        for ms in 0..100 {
            while wheel.take_due(at(ms), &mut due) {
                assert_eq!(due, [Paced::Leg(1)]);
                times.push(ms);
            }
        }
        assert_eq!(times, [2, 22, 42, 62, 82]);
        assert_eq!(wheel.until_due(at(99)), Some(Duration::from_millis(3)));
    }

    #[test]
    fn a_short_delay_is_caught_up_and_a_long_one_given_up() {
        let mut wheel = Wheel::new(at(0));
        let slot = wheel.add(Paced::Room(1));
        let mut due = Vec::new();
        assert_eq!(wheel.catch_up(at(50)), 0);
        let mut sent = 0;
        while wheel.take_due(at(50), &mut due) {
            sent += 1;
        }
        assert_eq!(sent, 3);
        assert_eq!(wheel.catch_up(at(1000)), 47, "fifty rounds were owed, at most three are sent");
        wheel.remove(slot, Paced::Room(1));
        assert!(wheel.is_empty());
        assert_eq!(wheel.until_due(at(1000)), None);
    }
}
