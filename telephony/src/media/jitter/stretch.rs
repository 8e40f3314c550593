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
