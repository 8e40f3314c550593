//! How loud a frame is. Pure.

use super::g711;
use crate::sdp::Codec;

/// What silence measures, dBFS: G.711 knows nothing quieter.
pub const LEVEL_DBFS_MIN: f32 = -90.0;

/// RMS level of samples in dBFS: 0 is a full-scale square wave, a full-scale sine is −3. Never
/// below [`LEVEL_DBFS_MIN`]; also for no samples.
#[must_use]
pub fn level_dbfs(samples: &[i16]) -> f32 {
    if samples.is_empty() {
        return LEVEL_DBFS_MIN;
    }
    let sum: f64 = samples.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
    #[expect(clippy::cast_precision_loss, reason = "a count of samples is far below 2^52")]
    let rms = (sum / samples.len() as f64).sqrt() / 32_768.0;
    #[expect(clippy::cast_possible_truncation, reason = "a level needs no more than f32")]
    let level = (20.0 * rms.log10()) as f32;
    level.max(LEVEL_DBFS_MIN)
}

/// RMS level of G.711 bytes in dBFS; at most the first 20 ms are measured.
#[must_use]
pub fn frame_level_dbfs(codec: Codec, bytes: &[u8]) -> f32 {
    let mut samples = [0; super::FRAME_SAMPLES];
    let len = g711::decode(codec, bytes, &mut samples);
    level_dbfs(&samples[..len])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_levels() {
        assert!(level_dbfs(&[i16::MAX; 160]).abs() < 0.01);
        assert!((level_dbfs(&[3277, -3277]) + 20.0).abs() < 0.01, "a tenth of full scale");
        assert!((level_dbfs(&[]) - LEVEL_DBFS_MIN).abs() < f32::EPSILON);
        assert!(frame_level_dbfs(Codec::Pcmu, &g711::silence_frame(Codec::Pcmu)) <= -90.0);
        assert!(frame_level_dbfs(Codec::Pcma, &g711::silence_frame(Codec::Pcma)) < -70.0);
    }
}
