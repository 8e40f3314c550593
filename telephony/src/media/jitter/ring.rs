//! Samples by their place in time, with holes where nothing came.

use std::ops::Range;

/// Samples that fit: half a second.
pub(super) const RING_SAMPLES: usize = 4096;
/// Marks a hole. Neither law of G.711 decodes to it: the largest value is 32 256.
const HOLE: i16 = i16::MIN;

/// A window of time that moves forward. Places are samples on the stream's own time line; all
/// outside the window is a hole.
#[derive(Debug)]
pub(super) struct Ring {
    samples: Box<[i16]>,
    /// The first place that can be written and read.
    start: i64,
    /// Behind the last place that was written; never before `start`, and at most
    /// [`RING_SAMPLES`] behind it.
    end: i64,
}

impl Ring {
    pub(super) fn new() -> Self {
        Self { samples: vec![HOLE; RING_SAMPLES].into_boxed_slice(), start: 0, end: 0 }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.samples.len()
    }

    pub(super) fn start(&self) -> i64 {
        self.start
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Empties it and starts at another place, before or behind.
    pub(super) fn restart(&mut self, start: i64) {
        self.move_start(self.end);
        (self.start, self.end) = (start, start);
    }

    /// Forgets what lies before `start`. Never moves back.
    pub(super) fn move_start(&mut self, start: i64) {
        for piece in pieces(self.start..start.min(self.end)) {
            self.samples[piece].fill(HOLE);
        }
        self.start = self.start.max(start);
        self.end = self.end.max(self.start);
    }

    /// Writes samples from a place on; the oldest make way if they do not fit, and what lies before
    /// the window is left out.
    pub(super) fn write(&mut self, place: i64, samples: &[i16]) {
        let end = place + length(samples.len());
        self.move_start(end - length(RING_SAMPLES));
        let first = self.start.clamp(place, end);
        let left_out = usize::try_from(first - place).unwrap_or(0).min(samples.len());
        let mut samples = &samples[left_out..];
        for piece in pieces(first..end) {
            let (now, later) = samples.split_at(piece.len());
            self.samples[piece].copy_from_slice(now);
            samples = later;
        }
        self.end = self.end.max(end);
    }

    /// Copies what is there from a place on, up to the first hole; returns how much it was.
    pub(super) fn read(&self, place: i64, out: &mut [i16]) -> usize {
        let wanted = place..self.end.min(place + length(out.len()));
        if place < self.start {
            return 0;
        }
        let mut done = 0;
        for piece in pieces(wanted) {
            let there = &self.samples[piece];
            let present = there.iter().position(|sample| *sample == HOLE).unwrap_or(there.len());
            out[done..done + present].copy_from_slice(&there[..present]);
            done += present;
            if present < there.len() {
                break;
            }
        }
        done
    }

    /// The first place in a range that is no hole.
    pub(super) fn first_present(&self, from: i64, to: i64) -> Option<i64> {
        let mut place = from.max(self.start);
        for piece in pieces(place..to.min(self.end)) {
            let there = &self.samples[piece];
            if let Some(at) = there.iter().position(|sample| *sample != HOLE) {
                return Some(place + length(at));
            }
            place += length(there.len());
        }
        None
    }
}

/// Where places lie in memory: one piece, or two around the end. At most [`RING_SAMPLES`] places.
fn pieces(places: Range<i64>) -> [Range<usize>; 2] {
    let count = usize::try_from(places.end - places.start).unwrap_or(0).min(RING_SAMPLES);
    let first = index(places.start);
    let straight = count.min(RING_SAMPLES - first);
    [first..first + straight, 0..count - straight]
}

/// Places may be negative; the length is a power of two.
fn index(place: i64) -> usize {
    usize::try_from(place.rem_euclid(length(RING_SAMPLES))).expect("not negative, below the length")
}

/// Lengths here are a few thousand at most.
pub(super) fn length(samples: usize) -> i64 {
    i64::try_from(samples).unwrap_or(i64::MAX)
}
