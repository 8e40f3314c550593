//! A hash table of what is looked up by name at every event: calls, agents, reservations, callers.
//!
//! `alloc` has ordered maps only, and their dozen steps through cold memory were a third of an event's
//! cost. Open addressing with linear probing, and a removal that closes the gap (Knuth, The Art of
//! Computer Programming, 6.4, Algorithms L and R): no tombstones, so the cost stays what it is. The hash
//! has no secret: the names are minted by us or hashed with a secret already. Nothing may depend on the
//! order of the entries.

use alloc::vec::Vec;

use ids::{AgentId, CallId, ReservationId};

use crate::event::CallerKey;

/// A name whose bits say where its entry is looked for.
pub(crate) trait Name: Copy + Eq {
    /// The bits in which names differ.
    fn bits(self) -> u64;
}

impl Name for CallId {
    fn bits(self) -> u64 {
        let (high, low) = self.as_uuid().as_u64_pair();
        high ^ low
    }
}

impl Name for AgentId {
    fn bits(self) -> u64 {
        let (high, low) = self.as_uuid().as_u64_pair();
        high ^ low
    }
}

impl Name for ReservationId {
    fn bits(self) -> u64 {
        self.0
    }
}

impl Name for CallerKey {
    fn bits(self) -> u64 {
        self.0
    }
}

/// Entries for which there is room before the first growth.
const LEN_MIN: usize = 8;

/// Values by name, each name once.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, V> {
    /// A power of two, or none at all; at least half of them empty.
    slots: Vec<Option<(K, V)>>,
    len: usize,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { slots: Vec::new(), len: 0 }
    }
}

impl<K: Name, V> Table<K, V> {
    /// Enters a value; gives back the one that had the name.
    pub(crate) fn insert(&mut self, name: K, value: V) -> Option<V> {
        if 2 * (self.len + 1) > self.slots.len() {
            self.grow();
        }
        let at = self.place(name);
        let before = self.slots[at].replace((name, value));
        self.len += usize::from(before.is_none());
        before.map(|(_, value)| value)
    }

    pub(crate) fn get(&self, name: &K) -> Option<&V> {
        if self.slots.is_empty() {
            return None;
        }
        self.slots[self.place(*name)].as_ref().map(|(_, value)| value)
    }

    pub(crate) fn contains_key(&self, name: &K) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn remove(&mut self, name: &K) -> Option<V> {
        if self.slots.is_empty() {
            return None;
        }
        let mut gap = self.place(*name);
        let (_, value) = self.slots[gap].take()?;
        self.len -= 1;
        let mut at = gap;
        loop {
            at = self.after(at);
            let Some((other, _)) = &self.slots[at] else { return Some(value) };
            // Whoever is looked for at or before the gap must not be cut off by it.
            let way = self.distance(self.home(*other), at);
            if way >= self.distance(gap, at) {
                self.slots.swap(gap, at);
                gap = at;
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Every entry, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.slots.iter().flatten().map(|(name, value)| (name, value))
    }

    /// Where a name is, or would be.
    fn place(&self, name: K) -> usize {
        let mut at = self.home(name);
        while let Some((other, _)) = &self.slots[at]
            && *other != name
        {
            at = self.after(at);
        }
        at
    }

    /// Where the search for a name begins. The multiplication spreads names that differ in few bits.
    fn home(&self, name: K) -> usize {
        let hash = name.bits().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        usize::try_from(hash).unwrap_or_default() & (self.slots.len() - 1)
    }

    fn after(&self, at: usize) -> usize {
        (at + 1) & (self.slots.len() - 1)
    }

    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        let room = (2 * self.slots.len()).max(2 * LEN_MIN);
        let entries = core::mem::take(&mut self.slots);
        self.slots.resize_with(room, || None);
        for (name, value) in entries.into_iter().flatten() {
            let at = self.place(name);
            self.slots[at] = Some((name, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_table_agrees_with_an_ordered_map(
            steps in proptest::collection::vec((any::<bool>(), 0..60_u64, any::<u32>()), 0..400),
        ) {
            let (mut table, mut map) = (Table::default(), BTreeMap::new());
            for (insert, name, value) in steps {
                // Many with the same low bits: long runs, and runs over the end.
                let name = CallerKey(name << 29);
                if insert {
                    prop_assert_eq!(table.insert(name, value), map.insert(name, value));
                } else {
                    prop_assert_eq!(table.remove(&name), map.remove(&name));
                }
                prop_assert_eq!(table.len(), map.len());
                for name in (0..60).map(|name| CallerKey(name << 29)) {
                    prop_assert_eq!(table.get(&name), map.get(&name));
                }
            }
            let entries: BTreeMap<_, _> = table.iter().map(|(name, value)| (*name, *value)).collect();
            prop_assert_eq!(entries, map);
        }
    }
}
