//! What the floor remembers of callers who are gone, for a while: bounded, oldest forgotten first.
//!
//! A list in order of time, and a table into it. A fact that was replaced or used up leaves an empty
//! place in the list, until its turn comes or until the empty places outnumber the others.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;

use ids::Timestamp;
use serde::{Deserialize, Serialize};

use super::table::Table;
use crate::event::CallerKey;

/// Most callers remembered; at 600 calls an hour this is more than a week.
const LEN_MAX: usize = if cfg!(test) { 40 } else { 131_072 };

/// Empty places that are not worth a clearing.
const EMPTY_MIN: usize = 16;

/// One fact for each caller, the newest.
#[derive(Clone, Debug)]
pub(crate) struct Memory<T> {
    /// Oldest first. A place has a number, `gone` is the first's.
    places: VecDeque<Option<Remembered<T>>>,
    gone: u64,
    /// The numbers of the places.
    numbers: Table<CallerKey, u64>,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self { places: VecDeque::new(), gone: 0, numbers: Table::default() }
    }
}

impl<T: Copy> Memory<T> {
    /// Remembers a fact, and forgets what is older than `span`.
    pub(super) fn keep(&mut self, key: CallerKey, fact: T, now: Timestamp, span: Duration) {
        self.insert(Remembered { at: now, key, fact });
        while let Some(oldest) = self.places.front() {
            if let Some(Remembered { at, key, .. }) = oldest {
                if now.since(*at) <= span && self.numbers.len() <= LEN_MAX {
                    return;
                }
                self.numbers.remove(key);
            }
            self.places.pop_front();
            self.gone += 1;
        }
    }

    /// The fact, if it is not older than `span`.
    pub(super) fn recall(&self, key: CallerKey, now: Timestamp, span: Duration) -> Option<T> {
        let place = self.index(*self.numbers.get(&key)?);
        let remembered = self.places[place].filter(|fact| now.since(fact.at) <= span)?;
        Some(remembered.fact)
    }

    pub(super) fn forget(&mut self, key: CallerKey) {
        if let Some(number) = self.numbers.remove(&key) {
            let place = self.index(number);
            self.places[place] = None;
        }
    }

    /// Every fact, oldest first.
    pub(crate) fn records(&self) -> Vec<Remembered<T>> {
        self.places.iter().flatten().copied().collect()
    }

    pub(crate) fn of_records(records: Vec<Remembered<T>>) -> Self {
        let mut memory = Self::default();
        records.into_iter().for_each(|record| memory.insert(record));
        memory
    }

    /// Every fact is found, in order of time, and the bounds are kept.
    pub(crate) fn is_sound(&self) -> bool {
        let facts =
            || (self.gone..).zip(&self.places).filter_map(|(at, place)| Some((at, (*place)?)));
        facts().is_sorted_by_key(|(_, fact)| fact.at)
            && facts().count() == self.numbers.len()
            && self.numbers.len() <= LEN_MAX
            && facts().all(|(at, fact)| self.numbers.get(&fact.key) == Some(&at))
    }

    fn insert(&mut self, fact: Remembered<T>) {
        self.forget(fact.key);
        if self.places.len() > 2 * self.numbers.len() + EMPTY_MIN {
            self.clear_empty_places();
        }
        self.numbers.insert(fact.key, self.gone + self.places.len() as u64);
        self.places.push_back(Some(fact));
    }

    fn clear_empty_places(&mut self) {
        self.places.retain(Option::is_some);
        for (number, fact) in (self.gone..).zip(self.places.iter().flatten()) {
            self.numbers.insert(fact.key, number);
        }
    }

    fn index(&self, number: u64) -> usize {
        usize::try_from(number - self.gone).unwrap_or(usize::MAX)
    }
}

/// A fact as it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered<T> {
    at: Timestamp,
    key: CallerKey,
    fact: T,
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const SPAN: Duration = Duration::from_secs(60);

    proptest! {
        #[test]
        fn a_memory_agrees_with_a_plain_table(
            steps in proptest::collection::vec((0..4_u8, 0..90_u64, 0..4_u64), 0..400),
        ) {
            let mut memory = Memory::default();
            let mut table: BTreeMap<CallerKey, (Timestamp, u64, usize)> = BTreeMap::new();
            let mut now = Timestamp::default();
            for (number, (what, key, seconds)) in steps.into_iter().enumerate() {
                now = now + Duration::from_secs(seconds);
                let key = CallerKey(key);
                if what == 0 {
                    memory.forget(key);
                    table.remove(&key);
                } else {
                    let fact = number as u64;
                    memory.keep(key, fact, now, SPAN);
                    table.insert(key, (now, fact, number));
                    table.retain(|_, (at, ..)| now.since(*at) <= SPAN);
                    while table.len() > LEN_MAX {
                        let oldest = table.iter().min_by_key(|(_, (.., order))| *order);
                        let oldest = *oldest.expect("it is not empty").0;
                        table.remove(&oldest);
                    }
                }
                prop_assert!(memory.is_sound());
                for key in (0..90).map(CallerKey) {
                    let known = table.get(&key).filter(|(at, ..)| now.since(*at) <= SPAN);
                    prop_assert_eq!(memory.recall(key, now, SPAN), known.map(|(_, fact, _)| *fact));
                }
            }
            let records = memory.records();
            let again = Memory::of_records(records.clone());
            prop_assert!(again.is_sound());
            prop_assert_eq!(again.records(), records);
        }
    }
}
