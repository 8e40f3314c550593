//! A frame made a little longer or shorter without a click: where the sound repeats itself, one
//! repetition is left out or doubled, and the seam is cross-faded (overlap-add).

use crate::media::FRAME_SAMPLES;
use crate::media::conceal::{as_i32, likeness, narrow};

/// The longest piece left out, samples: 10 ms.
pub(super) const PIECE_MAX: usize = 80;
/// The longest piece put in: the frame must still hold it twice, and the seam.
pub(super) const PIECE_IN_MAX: usize = 60;
/// The shortest piece: 2.5 ms.
const PIECE_MIN: usize = 20;
/// Samples of the seam: 5 ms.
const SEAM: usize = 40;
/// A seam as good as this is not heard.
const LIKE_ENOUGH: f32 = 0.85;
/// Mean size of samples below which any seam is good: −50 dBFS.
const QUIET: i32 = 100;

/// The best piece to leave out of `input`, at most `longest` samples; `None` if every seam would be
/// heard and `must` is not set.
pub(super) fn piece(input: &[i16], longest: usize, must: bool) -> Option<usize> {
    let longest = longest.min(input.len().saturating_sub(SEAM));
    if longest < PIECE_MIN {
        return None;
    }
    let size: i32 = input.iter().map(|sample| i32::from(*sample).abs()).sum();
    if size <= QUIET * as_i32(input.len()) {
        return Some(longest);
    }
    let mut best = (PIECE_MIN, f32::MIN);
    for lag in PIECE_MIN..=longest {
        let likeness = likeness(&input[..SEAM], &input[lag..lag + SEAM]);
        if likeness > best.1 {
            best = (lag, likeness);
        }
    }
    (must || best.1 >= LIKE_ENOUGH).then_some(best.0)
}

/// Leaves the first `piece` samples out: `input` is a frame and the piece, the seam is at its
/// beginning.
pub(super) fn shorten(input: &[i16], piece: usize, frame: &mut [i16; FRAME_SAMPLES]) {
    frame.copy_from_slice(&input[piece..piece + FRAME_SAMPLES]);
    blend(&input[..SEAM], &mut frame[..SEAM]);
}

/// Plays the first `piece` samples twice: `input` is a frame less the piece.
pub(super) fn lengthen(input: &[i16], piece: usize, frame: &mut [i16; FRAME_SAMPLES]) {
    frame[..piece].copy_from_slice(&input[..piece]);
    frame[piece..].copy_from_slice(&input[..FRAME_SAMPLES - piece]);
    blend(&input[piece..piece + SEAM], &mut frame[piece..piece + SEAM]);
}

/// Fades from one sound into what is in place.
fn blend(from: &[i16], into: &mut [i16]) {
    for (at, (from, into)) in from.iter().zip(into).enumerate() {
        let weight = as_i32(at) + 1;
        let sum = i32::from(*into) * weight + i32::from(*from) * (as_i32(SEAM) - weight);
        *into = narrow(sum / as_i32(SEAM));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::{ToneGenerator, tone_share};

    fn tone(hertz: f64) -> [i16; FRAME_SAMPLES + PIECE_MAX] {
        let mut samples = [0; FRAME_SAMPLES + PIECE_MAX];
        ToneGenerator::steady(hertz, 8000).fill(&mut samples);
        samples
    }

    #[test]
    fn a_tone_loses_or_gains_whole_periods() {
        for hertz in [150.0, 200.0, 333.0, 440.0, 1000.0, 2700.0] {
            let (input, mut frame) = (tone(hertz), [0; FRAME_SAMPLES]);
            let out = piece(&input, PIECE_MAX, false).expect("a tone repeats itself");
            shorten(&input[..FRAME_SAMPLES + out], out, &mut frame);
            assert!(tone_share(hertz, &frame) > 0.95, "{hertz} less {out}");
            assert_eq!(frame[0], input[0] / 40 * 39 + input[out] / 40, "it begins as the input");
            assert_eq!(frame[FRAME_SAMPLES - 1], input[FRAME_SAMPLES + out - 1], "and ends so");
            let Some(into) = piece(&input, PIECE_IN_MAX, false) else {
                assert!(hertz < 200.0, "only a long period has no room twice");
                continue;
            };
            lengthen(&input, into, &mut frame);
            assert!(tone_share(hertz, &frame) > 0.95, "{hertz} and {into}");
            assert_eq!(frame[FRAME_SAMPLES - 1], input[FRAME_SAMPLES - into - 1]);
        }
    }

    #[test]
    fn noise_is_cut_only_if_it_must_and_quiet_anywhere() {
        let mut state = 1_u32;
        let noise: Vec<i16> = (0..240)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                i16::try_from(state >> 17).expect("fifteen bits") - 16_384
            })
            .collect();
        assert_eq!(piece(&noise, PIECE_MAX, false), None);
        assert!(piece(&noise, PIECE_MAX, true).is_some_and(|piece| piece <= PIECE_MAX));
        assert_eq!(piece(&[8; 240], 57, false), Some(57));
        assert_eq!(piece(&[8; 240], 19, true), None, "too short to be worth it");
        assert_eq!(piece(&[8; 50], PIECE_MAX, true), None, "no room for the seam");
    }
}
