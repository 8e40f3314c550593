//! Samples by their place in time, with holes where nothing came.

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
    /// Behind the last place that was written; never before `start`.
    end: i64,
}

impl Ring {
    pub(super) fn new() -> Self {
        Self { samples: vec![HOLE; RING_SAMPLES].into_boxed_slice(), start: 0, end: 0 }
    }

    pub(super) fn start(&self) -> i64 {
        self.start
    }

    pub(super) fn end(&self) -> i64 {
        self.end
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.samples.len()
    }

    /// Empties it and starts at another place, before or behind.
    pub(super) fn restart(&mut self, start: i64) {
        self.move_start(self.end);
        (self.start, self.end) = (start, start);
    }

    /// Forgets what lies before `start`. Never moves back.
    pub(super) fn move_start(&mut self, start: i64) {
        for place in self.start..start.min(self.end) {
            self.samples[index(place)] = HOLE;
        }
        self.start = self.start.max(start);
        self.end = self.end.max(self.start);
    }

    /// Writes samples from a place on; the oldest make way if they do not fit, and what lies before
    /// the window is left out.
    pub(super) fn write(&mut self, place: i64, samples: &[i16]) {
        let end = place + length(samples.len());
        self.move_start(end - length(RING_SAMPLES));
        for (place, sample) in (place..end).zip(samples) {
            if place >= self.start {
                self.samples[index(place)] = (*sample).max(-i16::MAX);
            }
        }
        self.end = self.end.max(end);
    }

    /// Copies what is there from a place on, up to the first hole; returns how much it was.
    pub(super) fn read(&self, place: i64, out: &mut [i16]) -> usize {
        for (at, sample) in out.iter_mut().enumerate() {
            let Some(found) = self.get(place + length(at)) else { return at };
            *sample = found;
        }
        out.len()
    }

    /// The first place in a range that is no hole.
    pub(super) fn first_present(&self, from: i64, to: i64) -> Option<i64> {
        (from.max(self.start)..to.min(self.end)).find(|place| self.samples[index(*place)] != HOLE)
    }

    fn get(&self, place: i64) -> Option<i16> {
        let inside = (self.start..self.end).contains(&place);
        let sample = self.samples[index(place)];
        (inside && sample != HOLE).then_some(sample)
    }
}

/// Places may be negative; the length is a power of two.
fn index(place: i64) -> usize {
    usize::try_from(place.rem_euclid(length(RING_SAMPLES))).expect("not negative, below the length")
}

/// Lengths here are a few thousand at most.
pub(super) fn length(samples: usize) -> i64 {
    i64::try_from(samples).unwrap_or(i64::MAX)
}
