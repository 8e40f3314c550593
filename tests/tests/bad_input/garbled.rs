//! Garbles good input, the same way in each run: the seed is given. Pure.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

/// Bytes on which parsers stumble.
const NASTY: &[u8] = b"\0\r\n:;,<>@\"\\{}[]\xff\xc3% ";

/// A source of garbled input.
pub(crate) struct Garbler(StdRng);

impl Garbler {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// The input with one to four things wrong.
    pub(crate) fn garbled(&mut self, input: &[u8]) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..self.0.random_range(1..=4) {
            if bytes.is_empty() {
                break;
            }
            let at = self.0.random_range(0..bytes.len());
            let to = (at + self.0.random_range(0..40)).min(bytes.len());
            match self.0.random_range(0..6) {
                0 => bytes[at] = self.0.random(),
                1 => bytes.truncate(at),
                2 => bytes.insert(at, *NASTY.choose(&mut self.0).expect("there are some")),
                3 => {
                    let copy = bytes[at..to].to_vec();
                    bytes.splice(at..at, copy);
                }
                4 => bytes[at] = *NASTY.choose(&mut self.0).expect("there are some"),
                _ => {
                    bytes.drain(at..to);
                }
            }
        }
        bytes
    }

    /// Bytes by chance.
    pub(crate) fn noise(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.0.random()).collect()
    }
}
