//! A line of callers: sorted, with the rank of any member at hand.
//!
//! A sorted list cut into chunks. A standard ordered set cannot say how many members stand before
//! one; here that is a sum over the chunks before, a thousand words of memory for a hundred
//! thousand callers. First in, first out touches only the two ends.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use ids::Timestamp;

use super::CallerSlot;

/// A caller's turn. The order of the fields is the order of service within a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    /// False for those who stand at the head.
    pub(crate) tail: bool,
    /// Waiting since.
    pub(crate) since: Timestamp,
    /// Number of arrival: unique, and so decides every tie. The slot after it never does.
    pub(crate) arrival: u64,
    pub(crate) slot: CallerSlot,
}

/// Members of a chunk before it is cut in two.
const CHUNK_MAX: usize = if cfg!(test) { 8 } else { 128 };

#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// The first of all: looked at far more often than anything else.
    first: Option<Turn>,
    /// Each chunk sorted and none empty; each wholly before the next.
    chunks: Vec<VecDeque<Turn>>,
    len: u32,
}

impl Line {
    pub(crate) fn insert(&mut self, turn: Turn) {
        self.len += 1;
        self.first = Some(self.first.map_or(turn, |first| first.min(turn)));
        let index = self.chunk_of(&turn);
        if index == self.chunks.len() {
            // After all others: the ordinary arrival.
            match self.chunks.last_mut() {
                Some(last) if last.len() < CHUNK_MAX => last.push_back(turn),
                Some(_) | None => self.chunks.push(VecDeque::from([turn])),
            }
            return;
        }
        let chunk = &mut self.chunks[index];
        let at = chunk.partition_point(|other| *other < turn);
        chunk.insert(at, turn);
        if chunk.len() > CHUNK_MAX {
            let second = chunk.split_off(CHUNK_MAX / 2);
            self.chunks.insert(index + 1, second);
        }
    }

    /// Takes a member out; false if it was not there.
    pub(crate) fn remove(&mut self, turn: &Turn) -> bool {
        let index = self.chunk_of(turn);
        let Some(chunk) = self.chunks.get_mut(index) else { return false };
        let Ok(at) = chunk.binary_search(turn) else { return false };
        chunk.remove(at);
        if chunk.is_empty() {
            self.chunks.remove(index);
        }
        self.len -= 1;
        if self.first == Some(*turn) {
            self.first = self.chunks.first().and_then(VecDeque::front).copied();
        }
        true
    }

    pub(crate) fn first(&self) -> Option<&Turn> {
        self.first.as_ref()
    }

    /// The first of those who do not stand at the head.
    pub(crate) fn first_of_tail(&self) -> Option<&Turn> {
        self.tail().next()
    }

    /// Those who do not stand at the head, in order.
    pub(crate) fn tail(&self) -> impl Iterator<Item = &Turn> {
        let skipped = self.chunks.partition_point(|chunk| chunk.back().is_some_and(|t| !t.tail));
        self.chunks[skipped..].iter().flatten().skip_while(|turn| !turn.tail)
    }

    /// How many stand before this turn.
    pub(crate) fn rank(&self, turn: &Turn) -> u32 {
        let index = self.chunk_of(turn);
        let (before, after) = self.chunks.split_at(index);
        let within = after.first().map_or(0, |chunk| chunk.partition_point(|other| other < turn));
        let count = |chunks: &[VecDeque<Turn>]| chunks.iter().map(VecDeque::len).sum::<usize>();
        // The shorter side is counted: most who ask have just come, and stand last.
        let rank = if before.len() <= after.len() {
            count(before) + within
        } else {
            self.len as usize - count(after) + within
        };
        u32::try_from(rank).unwrap_or(u32::MAX)
    }

    pub(crate) fn contains(&self, turn: &Turn) -> bool {
        let chunk = self.chunks.get(self.chunk_of(turn));
        chunk.is_some_and(|chunk| chunk.binary_search(turn).is_ok())
    }

    /// Sorted, without empty chunks, and rightly counted.
    pub(crate) fn is_sound(&self) -> bool {
        let len: usize = self.chunks.iter().map(VecDeque::len).sum();
        self.iter().is_sorted_by(|a, b| a < b)
            && !self.chunks.iter().any(VecDeque::is_empty)
            && self.first() == self.iter().next()
            && len == self.len as usize
    }

    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Turn> + use<'_> {
        self.chunks.iter().flatten()
    }

    /// The chunk that holds the turn or would; the number of chunks if it is after all.
    fn chunk_of(&self, turn: &Turn) -> usize {
        let is_before = |chunk: &VecDeque<Turn>| chunk.back().is_some_and(|last| last < turn);
        // Whoever comes stands behind all, and whoever is taken stands before almost all.
        match &self.chunks[..] {
            [first, ..] if !is_before(first) => 0,
            [.., last] if is_before(last) => self.chunks.len(),
            chunks => chunks.partition_point(is_before),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn turn(number: u16) -> Turn {
        let since = Timestamp::from_micros(i64::from(number % 90));
        Turn { tail: number.is_multiple_of(7), since, arrival: number.into(), slot: CallerSlot(0) }
    }

    proptest! {
        #[test]
        fn a_line_agrees_with_an_ordered_set(
            steps in proptest::collection::vec((any::<bool>(), 0..200_u16), 0..300),
        ) {
            let mut line = Line::default();
            let mut set = BTreeSet::new();
            for (insert, number) in steps {
                let turn = turn(number);
                if insert && set.insert(turn) {
                    line.insert(turn);
                } else if !insert {
                    prop_assert_eq!(line.remove(&turn), set.remove(&turn));
                }
                prop_assert_eq!(line.len() as usize, set.len());
                prop_assert_eq!(line.first(), set.first());
                prop_assert_eq!(line.rank(&turn) as usize, set.range(..turn).count());
            }
            prop_assert_eq!(line.first_of_tail(), set.iter().find(|turn| turn.tail));
            prop_assert!(line.iter().eq(set.iter()));
        }
    }
}
