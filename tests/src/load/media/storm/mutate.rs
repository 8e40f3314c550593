//! One thing after another goes wrong with a good packet, the same for the same seed. Pure.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

/// Longest mutant, bytes: beyond an Ethernet frame, which no reader may trust not to come.
pub const MUTANT_BYTES_MAX: usize = 2000;
/// First bytes of the protocols that share a port, at the edges of their ranges (RFC 7983 §7).
const FIRST: [u8; 12] = [0, 1, 2, 3, 4, 20, 22, 63, 64, 127, 128, 191];
/// Lengths that readers trip over.
const LENGTHS: [u16; 8] = [0, 1, 3, 4, 0x7fff, 0x8000, 0xfffe, 0xffff];

/// The sample with one to four things wrong; now and then it is only sent as it is, or is noise.
#[must_use]
pub fn mutate(seed: u64, sample: &[u8]) -> Vec<u8> {
    let mut chance = StdRng::seed_from_u64(seed);
    match chance.random_range(0..100) {
        0 => return sample.to_vec(),
        1 => return noise(&mut chance),
        _ => {}
    }
    let mut bytes = sample.to_vec();
    for _ in 0..chance.random_range(1..=4) {
        once(&mut bytes, &mut chance);
    }
    bytes.truncate(MUTANT_BYTES_MAX);
    bytes
}

fn noise(chance: &mut StdRng) -> Vec<u8> {
    let len = chance.random_range(0..=MUTANT_BYTES_MAX);
    (0..len).map(|_| chance.random()).collect()
}

fn once(bytes: &mut Vec<u8>, chance: &mut StdRng) {
    if bytes.is_empty() {
        bytes.push(chance.random());
        return;
    }
    let at = chance.random_range(0..bytes.len());
    let to = (at + chance.random_range(0..40)).min(bytes.len());
    match chance.random_range(0..9) {
        0 => bytes[at] ^= 1 << chance.random_range(0..8),
        1 => bytes[at] = chance.random(),
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..to)),
        4 => {
            let again = bytes[at..to].to_vec();
            bytes.splice(at..at, again);
        }
        5 => bytes[0] = *FIRST.choose(chance).unwrap_or(&0),
        6 => {
            // Sixteen bits in network order, wherever they are: most lengths are such.
            let len = LENGTHS.choose(chance).unwrap_or(&0).to_be_bytes();
            let end = bytes.len().min(at + 2);
            bytes[at..end].copy_from_slice(&len[..end - at]);
        }
        7 => {
            let more = chance.random_range(1..1400);
            bytes.extend((0..more).map(|_| chance.random::<u8>()));
        }
        // The head alone: flags, types, counts.
        _ => {
            let head = bytes.len().min(13);
            bytes[chance.random_range(0..head)] = chance.random();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_makes_one_mutant_and_most_differ() {
        let sample: Vec<u8> = (0..172).collect();
        let mutants: Vec<_> = (0..1000).map(|seed| mutate(seed, &sample)).collect();
        let again: Vec<_> = (0..1000).map(|seed| mutate(seed, &sample)).collect();
        assert_eq!(mutants, again);
        let same = mutants.iter().filter(|mutant| **mutant == sample).count();
        assert!((1..60).contains(&same), "{same} of 1000 are the sample itself");
        assert!(mutants.iter().all(|mutant| mutant.len() <= MUTANT_BYTES_MAX));
        assert!(mutants.iter().any(|mutant| mutant.len() > 1500));
        assert!((0..100).all(|seed| mutate(seed, &[]).len() <= MUTANT_BYTES_MAX));
    }
}
