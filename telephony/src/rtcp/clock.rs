//! NTP timestamps as reports carry them (RFC 3550 §4), and the round trip they tell.

use core::time::Duration;

use ids::Timestamp;

use super::ReportBlock;

/// Seconds from 1900-01-01 (NTP) to 1970-01-01 (Unix).
const NTP_BEFORE_UNIX: i64 = 2_208_988_800;
const MICROS: i64 = 1_000_000;

/// A moment as NTP has it: seconds since 1900 in the upper 32 bits (they wrap in 2036), fractions
/// in the lower.
#[must_use]
pub fn ntp_of(at: Timestamp) -> u64 {
    let seconds = at.as_micros().div_euclid(MICROS) + NTP_BEFORE_UNIX;
    let micros = at.as_micros().rem_euclid(MICROS);
    // Bits above the 32 of an era are cut off by the shift.
    (seconds.cast_unsigned() << 32) | ((micros.cast_unsigned() << 32) / MICROS.cast_unsigned())
}

/// The middle 32 bits of an NTP timestamp: the moment in 1/65536 s, wrapping after 18 hours.
#[must_use]
pub fn ntp_middle(ntp: u64) -> u32 {
    let [_, _, a, b, c, d, _, _] = ntp.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// A span in 1/65536 s, at most 18 hours.
#[must_use]
pub fn ntp_short(span: Duration) -> u32 {
    let parts = span.as_micros().saturating_mul(1 << 16) / MICROS.unsigned_abs() as u128;
    u32::try_from(parts).unwrap_or(u32::MAX)
}

/// The way there and back, told by a block about our own stream that arrives at `now_ntp`
/// (RFC 3550 §6.4.1). It rests on the far end's word. `None` if no report of ours had reached it, or if its
/// figures would mean that it answered before we asked.
#[must_use]
pub fn round_trip(block: &ReportBlock, now_ntp: u64) -> Option<Duration> {
    if block.last_sr == 0 {
        return None;
    }
    let since = ntp_middle(now_ntp).wrapping_sub(block.last_sr);
    let parts = u64::from(since.checked_sub(block.delay_since_last_sr)?);
    // Half of what the wrapping clock can tell apart lies in the future.
    (parts < 1 << 31).then(|| Duration::from_micros((parts * MICROS.cast_unsigned()) >> 16))
}
