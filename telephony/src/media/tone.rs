//! Tones: made, and found again at the far end. Pure.
//!
//! A call test succeeds when a tone that went in at one end comes out at the other, in both
//! directions. A steady tone may be stuck somewhere in a buffer or filtered as noise, so the tones
//! of the tests are gated: on and off at a known pace, and the far end counts the beats.

use std::f64::consts::TAU;

use super::{FRAME_SAMPLES, SAMPLES_PER_SECOND};

/// A tone is "there" when this share of a block's energy is at its frequency. Speech, music and
/// noise stay well below; G.711 leaves a clean tone above 0.99.
const SHARE_MIN: f64 = 0.7;
/// Quieter blocks hold no tone, dBFS.
const LEVEL_DBFS_MIN: f32 = -45.0;

/// Makes a sine, steady or gated.
#[derive(Clone, Debug)]
pub struct ToneGenerator {
    step: f64,
    amplitude: f64,
    /// Samples on and off; off 0 is a steady tone.
    gate: (u64, u64),
    sample: u64,
}

impl ToneGenerator {
    /// A steady tone. `amplitude` is the peak, 0–32767.
    #[must_use]
    pub fn steady(hertz: f64, amplitude: i16) -> Self {
        Self::gated(hertz, amplitude, 1000, 0)
    }

    /// A tone that is on and off in turn, starting with on; milliseconds, on for at least 1.
    #[must_use]
    pub fn gated(hertz: f64, amplitude: i16, on_ms: u32, off_ms: u32) -> Self {
        let gate = (u64::from(on_ms.max(1)) * 8, u64::from(off_ms) * 8);
        let step = TAU * hertz / SAMPLES_PER_SECOND as f64;
        Self { step, amplitude: f64::from(amplitude), gate, sample: 0 }
    }

    /// Fills the next samples.
    pub fn fill(&mut self, samples: &mut [i16]) {
        for sample in samples {
            *sample = self.value();
            self.sample += 1;
        }
    }

    fn value(&self) -> i16 {
        if self.sample % (self.gate.0 + self.gate.1) >= self.gate.0 {
            return 0;
        }
        #[expect(clippy::cast_precision_loss, reason = "hours of samples are far below 2^52")]
        let phase = self.step * self.sample as f64;
        #[expect(clippy::cast_possible_truncation, reason = "the amplitude is an i16")]
        let value = (self.amplitude * phase.sin()).round() as i16;
        value
    }
}

/// The share (0–1) of the energy of samples that is at one frequency, by Goertzel's algorithm. The
/// blind spot: fewer samples than one period. Silence has none.
#[must_use]
pub fn tone_share(hertz: f64, samples: &[i16]) -> f64 {
    let coefficient = 2.0 * (TAU * hertz / SAMPLES_PER_SECOND as f64).cos();
    let (mut before, mut last, mut energy) = (0.0_f64, 0.0_f64, 0.0_f64);
    for sample in samples {
        let sample = f64::from(*sample);
        energy += sample * sample;
        (before, last) = (last, coefficient.mul_add(last, sample) - before);
    }
    if energy <= 0.0 {
        return 0.0;
    }
    let power = last.mul_add(last, before * before) - coefficient * last * before;
    #[expect(clippy::cast_precision_loss, reason = "a block is short")]
    let share = 2.0 * power / (energy * samples.len() as f64);
    share.min(1.0)
}

/// Listens for one tone in a stream and counts its beats.
#[derive(Clone, Debug)]
pub struct ToneDetector {
    hertz: f64,
    block: Vec<i16>,
    heard: Heard,
    on: bool,
}

/// What a detector has heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Blocks of 20 ms in all.
    pub blocks: u32,
    /// Blocks with the tone.
    pub with_tone: u32,
    /// Times that the tone began.
    pub beats: u32,
}

impl ToneDetector {
    /// Listens for this frequency, hertz.
    #[must_use]
    pub fn new(hertz: f64) -> Self {
        Self { hertz, block: Vec::with_capacity(FRAME_SAMPLES), heard: Heard::default(), on: false }
    }

    /// Takes samples, in any portions.
    pub fn push(&mut self, samples: &[i16]) {
        for sample in samples {
            self.block.push(*sample);
            if self.block.len() == FRAME_SAMPLES {
                self.judge();
            }
        }
    }

    /// What was heard so far.
    #[must_use]
    pub fn heard(&self) -> Heard {
        self.heard
    }

    fn judge(&mut self) {
        let loud = super::level::level_dbfs(&self.block) >= LEVEL_DBFS_MIN;
        let on = loud && tone_share(self.hertz, &self.block) >= SHARE_MIN;
        self.block.clear();
        self.heard.blocks += 1;
        self.heard.with_tone += u32::from(on);
        self.heard.beats += u32::from(on && !self.on);
        self.on = on;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::g711;
    use crate::sdp::Codec;

    fn heard(hertz: f64, samples: &[i16]) -> Heard {
        let mut detector = ToneDetector::new(hertz);
        for portion in samples.chunks(77) {
            detector.push(portion);
        }
        detector.heard()
    }

    #[test]
    fn a_gated_tone_is_counted_through_both_laws() {
        let mut samples = [0; 8000 * 2];
        ToneGenerator::gated(700.0, 8000, 200, 200).fill(&mut samples);
        for codec in [Codec::Pcma, Codec::Pcmu] {
            let there = g711::decoded(codec, &g711::encoded(codec, &samples));
            let heard = heard(700.0, &there);
            assert_eq!(heard, Heard { blocks: 100, with_tone: 50, beats: 5 }, "{codec:?}");
        }
    }

    #[test]
    fn another_tone_silence_and_noise_are_not_the_tone() {
        let mut other = [0; 8000];
        ToneGenerator::steady(1100.0, 8000).fill(&mut other);
        assert_eq!(heard(700.0, &other).with_tone, 0);
        assert_eq!(heard(700.0, &[0; 8000]).with_tone, 0);
        let mut state = 1_u32;
        let noise: Vec<i16> = (0..8000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                i16::try_from(state >> 17).expect("fifteen bits") - 16_384
            })
            .collect();
        assert_eq!(heard(700.0, &noise).with_tone, 0);
    }

    #[test]
    fn a_clean_tone_has_nearly_all_the_energy() {
        let mut samples = [0; 160];
        ToneGenerator::steady(700.0, 8000).fill(&mut samples);
        assert!(tone_share(700.0, &samples) > 0.98);
    }
}
