//! What the floor remembers of callers who are gone, for a while: bounded, oldest forgotten first.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use ids::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::CallerKey;

/// Most callers remembered; at 600 calls an hour this is more than a week.
const LEN_MAX: usize = 131_072;

/// One fact for each caller, the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Memory<T> {
    facts: BTreeMap<CallerKey, (Timestamp, T)>,
    by_age: BTreeSet<(Timestamp, CallerKey)>,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self { facts: BTreeMap::new(), by_age: BTreeSet::new() }
    }
}

impl<T: Copy> Memory<T> {
    /// Remembers a fact, and forgets what is older than `span`.
    pub(super) fn keep(&mut self, key: CallerKey, fact: T, now: Timestamp, span: Duration) {
        self.insert(now, key, fact);
        while let Some((at, oldest)) = self.by_age.first().copied()
            && (now.since(at) > span || self.facts.len() > LEN_MAX)
        {
            self.by_age.pop_first();
            self.facts.remove(&oldest);
        }
    }

    /// The fact, if it is not older than `span`.
    pub(super) fn recall(&self, key: CallerKey, now: Timestamp, span: Duration) -> Option<T> {
        let (at, fact) = self.facts.get(&key)?;
        (now.since(*at) <= span).then_some(*fact)
    }

    pub(super) fn forget(&mut self, key: CallerKey) {
        if let Some((at, _)) = self.facts.remove(&key) {
            self.by_age.remove(&(at, key));
        }
    }

    /// Every fact, oldest first.
    pub(crate) fn records(&self) -> Vec<Remembered<T>> {
        let record = |(at, key): &(Timestamp, CallerKey)| {
            self.facts.get(key).map(|(_, fact)| Remembered { at: *at, key: *key, fact: *fact })
        };
        self.by_age.iter().filter_map(record).collect()
    }

    pub(crate) fn of_records(records: Vec<Remembered<T>>) -> Self {
        let mut memory = Self::default();
        for Remembered { at, key, fact } in records {
            memory.insert(at, key, fact);
        }
        memory
    }

    /// Both indexes agree, and the bound is kept.
    pub(crate) fn is_sound(&self) -> bool {
        let agree = |(at, key): &(Timestamp, CallerKey)| {
            self.facts.get(key).is_some_and(|(noted, _)| noted == at)
        };
        let lens = self.by_age.len() == self.facts.len() && self.facts.len() <= LEN_MAX;
        lens && self.by_age.iter().all(agree)
    }

    fn insert(&mut self, at: Timestamp, key: CallerKey, fact: T) {
        self.forget(key);
        self.facts.insert(key, (at, fact));
        self.by_age.insert((at, key));
    }
}

/// A fact as it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered<T> {
    at: Timestamp,
    key: CallerKey,
    fact: T,
}
