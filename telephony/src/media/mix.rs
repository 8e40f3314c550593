//! The mix of a room: each hears all but itself. Pure, integers only, no memory of its own.
//!
//! All inputs are summed once; each listener's sum is the total less its own input and less those
//! that it must not hear. So a room of three costs three additions and three subtractions a sample.
//! Overload is bent, not cut: a sum of three loud voices stays a voice, and never wraps around.

use super::FRAME_SAMPLES;
use super::conceal::narrow;

/// Members of a mixed room at most.
pub const MEMBERS_MAX: usize = 8;

/// Up to here (2.5 dB below full scale) a sum passes unchanged; above it is bent towards full scale.
const KNEE: i32 = 24_576;
/// What is left above the knee.
const HEADROOM: i32 = i16::MAX as i32 - KNEE;

/// Who does not hear whom in a room, by the members' places in it (0 to [`MEMBERS_MAX`] − 1).
///
/// By default all hear all others; nobody ever hears itself. Places out of range hear nothing and
/// are not heard; to mute them does nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mutes {
    /// For each listener a bit for each speaker that it does not hear.
    deaf_to: [u8; MEMBERS_MAX],
}

impl Mutes {
    /// From now on `to` does not hear `from`.
    pub fn mute(&mut self, from: usize, to: usize) {
        if from < MEMBERS_MAX && to < MEMBERS_MAX {
            self.deaf_to[to] |= 1 << from;
        }
    }

    /// From now on `to` hears `from` again.
    pub fn unmute(&mut self, from: usize, to: usize) {
        if from < MEMBERS_MAX && to < MEMBERS_MAX {
            self.deaf_to[to] &= !(1 << from);
        }
    }

    /// `speaker` is heard by `confidant` alone. What `speaker` hears stays as it was.
    pub fn whisper(&mut self, speaker: usize, confidant: usize) {
        for listener in 0..MEMBERS_MAX {
            self.mute(speaker, listener);
        }
        self.unmute(speaker, confidant);
    }

    /// `member` neither hears the others nor is heard by them.
    pub fn hold(&mut self, member: usize) {
        for other in 0..MEMBERS_MAX {
            self.mute(member, other);
            self.mute(other, member);
        }
    }

    /// Whether the input of `speaker` is part of what `listener` gets.
    #[must_use]
    pub fn hears(&self, listener: usize, speaker: usize) -> bool {
        listener != speaker
            && listener < MEMBERS_MAX
            && speaker < MEMBERS_MAX
            && self.deaf_to[listener] & (1 << speaker) == 0
    }
}

/// Mixes one frame of a room: `out[i]` gets what member `i` hears. Members beyond
/// [`MEMBERS_MAX`] are not heard and get silence, as do listeners without an input.
pub fn mix(inputs: &[[i16; FRAME_SAMPLES]], mutes: &Mutes, out: &mut [[i16; FRAME_SAMPLES]]) {
    let inputs = &inputs[..inputs.len().min(MEMBERS_MAX)];
    let mut total = [0_i32; FRAME_SAMPLES];
    for input in inputs {
        add(&mut total, input);
    }
    for (listener, heard) in out.iter_mut().enumerate() {
        if listener >= inputs.len() {
            *heard = [0; FRAME_SAMPLES];
            continue;
        }
        let mut sum = total;
        for (speaker, input) in inputs.iter().enumerate() {
            if !mutes.hears(listener, speaker) {
                subtract(&mut sum, input);
            }
        }
        limit(&sum, heard);
    }
}

fn add(sum: &mut [i32; FRAME_SAMPLES], input: &[i16; FRAME_SAMPLES]) {
    for (sum, sample) in sum.iter_mut().zip(input) {
        *sum += i32::from(*sample);
    }
}

fn subtract(sum: &mut [i32; FRAME_SAMPLES], input: &[i16; FRAME_SAMPLES]) {
    for (sum, sample) in sum.iter_mut().zip(input) {
        *sum -= i32::from(*sample);
    }
}

/// Sums as samples. Most frames have no overload: they are told by one look and only narrowed.
fn limit(sums: &[i32; FRAME_SAMPLES], out: &mut [i16; FRAME_SAMPLES]) {
    let loudest = sums.iter().fold(0, |loudest, sum| loudest.max(sum.abs()));
    if loudest > KNEE {
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = limited(*sum);
        }
        return;
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        // Below the knee the clamp changes nothing; it lets the compiler narrow eight at a time.
        *out = narrow(*sum);
    }
}

/// A sum as a sample: unchanged up to the knee, then approaching full scale without reaching it.
/// The curve has no step and no corner, so overload adds little that was not there.
fn limited(sum: i32) -> i16 {
    let size = sum.abs();
    let size = if size <= KNEE {
        size
    } else {
        let over = size - KNEE;
        // At most 8 · 32768 over: the product stays below 2^31.
        KNEE + over * HEADROOM / (over + HEADROOM)
    };
    let signed = if sum < 0 { -size } else { size };
    i16::try_from(signed).expect("the curve stays below full scale")
}

#[cfg(test)]
mod tests;
