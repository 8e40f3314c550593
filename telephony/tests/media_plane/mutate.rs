//! Good packets with something wrong, the same for the same seed.

use rand::rngs::StdRng;
use rand::{Rng as _, RngCore as _, SeedableRng as _};

/// Makes bad packets of good ones.
pub(crate) struct Mutator {
    chance: StdRng,
    samples: Vec<Vec<u8>>,
}

/// First bytes at the edges of the ranges of RFC 7983 §7.
const FIRST: [u8; 12] = [0, 1, 2, 3, 4, 20, 22, 63, 64, 127, 128, 191];

impl Mutator {
    pub(crate) fn new(seed: u64, samples: Vec<Vec<u8>>) -> Self {
        Self { chance: StdRng::seed_from_u64(seed), samples }
    }

    /// A sample with one to four things wrong.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.sample();
        for _ in 0..self.chance.random_range(1..=4) {
            self.once(&mut bytes);
        }
        bytes.truncate(2000);
        bytes
    }

    fn sample(&mut self) -> Vec<u8> {
        self.samples[self.chance.random_range(0..self.samples.len())].clone()
    }

    fn once(&mut self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            bytes.push(self.chance.random());
        }
        let at = self.chance.random_range(0..bytes.len());
        let end = (at + self.chance.random_range(1..16)).min(bytes.len());
        let head = self.chance.random_range(0..bytes.len().min(13));
        match self.chance.random_range(0..9) {
            0 => bytes[at] ^= 1 << self.chance.random_range(0..8),
            1 => bytes[head] = self.chance.random(),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => bytes.extend_from_within(at..),
            5 => bytes[0] = FIRST[self.chance.random_range(0..FIRST.len())],
            6 => bytes[head] = [0, 1, 2, 127, 128, 255][self.chance.random_range(0..6)],
            7 => {
                let other = self.sample();
                bytes.extend_from_slice(&other);
            }
            _ => self.chance.fill_bytes(&mut bytes[at..end]),
        }
    }
}
