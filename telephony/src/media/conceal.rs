//! What is heard when audio is missing: the last pitch period again, fading out within 60 ms, then
//! silence; and a short cross-fade back into what comes. Pure, integers only, fixed memory.
//!
//! The idea is that of G.711 Appendix I, without its delay of 3.75 ms: a voice is periodic, so its
//! last period, repeated, passes for its continuation for some tens of milliseconds.

/// Samples of the past that are kept: the longest period and what it is compared with.
const HISTORY: usize = 240;
/// The shortest and longest period that is looked for: 200 Hz to 62.5 Hz. A higher voice is found
/// at a multiple of its period.
const PERIOD_MIN: usize = 40;
const PERIOD_MAX: usize = 128;
/// Samples that are compared for the period.
const COMPARED: usize = 96;
/// Full loudness for the first 10 ms …
const STEADY: usize = 80;
/// … then down to nothing at 60 ms.
const FADED: usize = 480;
/// Cross-fade from what was made up, or from silence, into what came: 5 ms.
const BLEND: usize = 40;

/// Fills gaps in one stream of samples. All that is played goes through it, in order.
#[derive(Clone, Debug)]
pub struct Concealer {
    /// The last samples of real audio, oldest first.
    history: [i16; HISTORY],
    /// The period that is repeated; chosen when a gap begins.
    period: usize,
    /// Samples made up since the gap began; `None` while audio flows.
    made_up: Option<usize>,
    /// What would have been made up next when real audio came back, to blend into it.
    tail: [i16; BLEND],
    /// How much of the tail is blended; [`BLEND`] is all.
    blended: usize,
}

impl Default for Concealer {
    fn default() -> Self {
        Self::new()
    }
}

impl Concealer {
    /// Before any audio: a gap that has faded to silence, so that the first audio fades in.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            history: [0; HISTORY],
            period: PERIOD_MIN,
            made_up: Some(FADED),
            tail: [0; BLEND],
            blended: BLEND,
        }
    }

    /// Takes real audio that is about to be played, of any length; after a gap its beginning is
    /// blended in place with the end of what was made up.
    pub fn real(&mut self, samples: &mut [i16]) {
        if samples.is_empty() {
            return;
        }
        self.end_gap();
        for sample in samples.iter_mut() {
            if self.blended == BLEND {
                break;
            }
            self.blended += 1;
            let made_up = i32::from(self.tail[self.blended - 1]);
            let weight = as_i32(self.blended);
            let sum = i32::from(*sample) * weight + made_up * (as_i32(BLEND) - weight);
            *sample = narrow(sum / as_i32(BLEND));
        }
        self.remember(samples);
    }

    /// Makes up samples for a gap, any number of them. Returns whether anything but silence came.
    pub fn fill(&mut self, samples: &mut [i16]) -> bool {
        self.begin_gap();
        let audible = !self.is_silent();
        for sample in samples {
            *sample = self.next_made_up();
        }
        audible
    }

    /// What comes next does not follow what was played (something was left out): blend it.
    pub fn splice(&mut self) {
        self.begin_gap();
    }

    /// Whether the gap has lasted so long that only silence is made up.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.made_up.is_some_and(|made_up| made_up >= FADED)
    }

    fn begin_gap(&mut self) {
        if self.made_up.is_none() {
            self.period = period_of(&self.history);
            self.made_up = Some(0);
        }
    }

    fn end_gap(&mut self) {
        if self.made_up.is_some() {
            for at in 0..BLEND {
                self.tail[at] = self.next_made_up();
            }
            self.made_up = None;
            self.blended = 0;
        }
    }

    fn next_made_up(&mut self) -> i16 {
        let Some(at) = self.made_up else { return 0 };
        if at >= FADED {
            return 0;
        }
        self.made_up = Some(at + 1);
        let sample = i32::from(self.history[HISTORY - self.period + at % self.period]);
        if at < STEADY {
            return narrow(sample);
        }
        narrow(sample * as_i32(FADED - at) / as_i32(FADED - STEADY))
    }

    fn remember(&mut self, samples: &[i16]) {
        let samples = &samples[samples.len().saturating_sub(HISTORY)..];
        self.history.copy_within(samples.len().., 0);
        self.history[HISTORY - samples.len()..].copy_from_slice(samples);
    }
}

/// The lag at which the end of the history is most like what came before it. Ties and silence give
/// the shortest.
fn period_of(history: &[i16; HISTORY]) -> usize {
    let end = &history[HISTORY - COMPARED..];
    let mut best = (PERIOD_MIN, f32::MIN);
    for lag in PERIOD_MIN..=PERIOD_MAX {
        let before = &history[HISTORY - COMPARED - lag..HISTORY - lag];
        let likeness = likeness(end, before);
        if likeness > best.1 {
            best = (lag, likeness);
        }
    }
    best.0
}

/// Normalised correlation of two stretches of equal length, at most 128 samples: 1 is the same
/// shape, 0 has nothing in common (also: silence), −1 is upside down.
pub(super) fn likeness(a: &[i16], b: &[i16]) -> f32 {
    let (mut product, mut energy_a, mut energy_b) = (0_i32, 0_i32, 0_i32);
    for (a, b) in a.iter().zip(b).take(128) {
        // Three bits less each: sums of 128 products fit, and the loop runs in vectors.
        let (a, b) = (i32::from(*a >> 3), i32::from(*b >> 3));
        product += a * b;
        energy_a += a * a;
        energy_b += b * b;
    }
    if energy_a == 0 || energy_b == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a likeness needs no more than f32")]
    let (product, energies) = (product as f32, energy_a as f32 * energy_b as f32);
    product / energies.sqrt()
}

/// Lengths and weights here are below a thousand.
pub(super) fn as_i32(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A value as a sample; what is beyond full scale is cut.
pub(super) fn narrow(value: i32) -> i16 {
    let clamped = value.clamp(i32::from(i16::MIN), i32::from(i16::MAX));
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what fits")]
    let sample = clamped as i16;
    sample
}

#[cfg(test)]
mod tests;
