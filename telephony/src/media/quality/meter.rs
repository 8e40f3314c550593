//! What is measured at one leg. Pure: told of packets and reports, asked once a second.

use std::time::Duration;

use ids::Timestamp;

use super::emodel::{self, Concealment, Path};
use super::{Hears, Quality, Sends};
use crate::media::level::payload_level_dbfs;
use crate::rtp::Interval;
use crate::sdp::Codec;

/// A frame above this is sound, dBFS. Soft speech on a telephone is about −35, the hiss of an open
/// line −60, a dead microphone −90.
const LOUD_DBFS: f32 = -50.0;
/// Loud frames in a second that make it sound; fewer are clicks.
const LOUD_FRAMES_MIN: u32 = 3;
/// How long without sound is quiet.
const QUIET_AFTER: Duration = Duration::from_secs(5);
/// How long without packets is nothing.
const NOTHING_AFTER: Duration = Duration::from_secs(2);
/// Reports come every 5 s or so (RFC 3550 §6.2), at random up to 7.5 s; a receiver that hears nothing
/// leaves us out of them (§6.4). After this long, two may have been lost and the third is missing.
const REPORTS_MISSED_AFTER: Duration = Duration::from_secs(15);
/// A far end that reports less often is given as many times its own longest interval.
const INTERVALS_MISSED: u32 = 3;
/// Packets sent between two reports from which on a number that stands still means deafness.
const SENT_MIN: u32 = 50;
/// Loss told in a report that is heavy, in 256ths: a tenth.
const HEAVY_LOSS: u8 = 26;
/// A second that comes this late was preceded by a time without measuring.
const PAUSE: Duration = Duration::from_millis(2500);

/// Measures one leg.
#[derive(Clone, Debug)]
pub struct LegMeter {
    /// What the far end speaks.
    codec: Codec,
    loud_frames: u32,
    asked_at: Option<Timestamp>,
    packet_at: Timestamp,
    sound_at: Timestamp,
    /// The last score that stood on packets.
    mos: f32,
    round_trip: Option<Duration>,
    report: Option<Report>,
    sent_since_report: u32,
}

/// The last report of the far end.
#[derive(Clone, Copy, Debug)]
struct Report {
    at: Timestamp,
    highest_sequence: u32,
    hears: Hears,
    /// The longest time between two reports; `None` while there was but one, which promises no more.
    interval: Option<Duration>,
}

impl LegMeter {
    /// A meter that has heard nothing. `codec` is what the far end speaks.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            loud_frames: 0,
            asked_at: None,
            packet_at: Timestamp::default(),
            sound_at: Timestamp::default(),
            mos: score(Duration::ZERO, 0.0),
            round_trip: None,
            report: None,
            sent_since_report: 0,
        }
    }

    /// Takes the G.711 bytes of one audio packet of the far end. Costs a look-up for every seventh.
    pub fn audio(&mut self, payload: &[u8]) {
        self.loud_frames += u32::from(payload_level_dbfs(self.codec, payload) > LOUD_DBFS);
    }

    /// Takes a report block of the far end about what we send (RFC 3550 §6.4.1): loss since its last
    /// report in 256ths, the highest sequence number it received, and the round trip if known.
    pub fn reported(
        &mut self,
        now: Timestamp,
        fraction_lost: u8,
        highest_sequence: u32,
        round_trip: Option<Duration>,
    ) {
        let stands_still =
            self.report.is_some_and(|last| last.highest_sequence == highest_sequence);
        let hears =
            if fraction_lost == u8::MAX || stands_still && self.sent_since_report >= SENT_MIN {
                Hears::Nothing
            } else if fraction_lost >= HEAVY_LOSS {
                Hears::Poorly
            } else if stands_still {
                // We sent next to nothing: what was true stays true.
                self.report.map_or(Hears::Well, |last| last.hears)
            } else {
                Hears::Well
            };
        self.round_trip = round_trip.or(self.round_trip);
        let interval =
            self.report.map(|last| now.since(last.at).max(last.interval.unwrap_or_default()));
        self.report = Some(Report { at: now, highest_sequence, hears, interval });
        self.sent_since_report = 0;
    }

    /// The last second. `interval` is what came in it, `jitter_ms` the stream's jitter, `buffer_ms`
    /// what a jitter buffer of ours holds between this leg and its listener (0 if there is none),
    /// `sent` the packets sent to the far end in it. Where we only forward, the listener's device has
    /// to hold back as much: at least twice the jitter is reckoned.
    ///
    /// Asked once a second while the leg is in a talk. After a pause in the asking (the caller was on
    /// hold, or waited) what was heard before does not count.
    pub fn second(
        &mut self,
        now: Timestamp,
        interval: Interval,
        jitter_ms: f32,
        buffer_ms: f32,
        sent: u32,
    ) -> Quality {
        self.begin_after_pause(now);
        self.sent_since_report = self.sent_since_report.saturating_add(sent);
        if interval.received > 0 {
            self.packet_at = now;
        }
        if std::mem::take(&mut self.loud_frames) >= LOUD_FRAMES_MIN {
            self.sound_at = now;
        }
        let sends = self.sends(now);
        let buffer_ms = buffer_ms.max(2.0 * jitter_ms);
        let buffer = Duration::try_from_secs_f32(buffer_ms / 1000.0).unwrap_or_default();
        self.mos = match (sends, lost_share(interval)) {
            (Sends::Nothing, _) => 1.0,
            (Sends::Sound | Sends::Quiet, Some(loss)) => {
                score(emodel::one_way(self.round_trip.unwrap_or_default(), buffer), loss)
            }
            // A second without packets is too short to say what it was.
            (Sends::Sound | Sends::Quiet, None) => self.mos,
        };
        Quality {
            received: interval.received,
            lost: interval.lost,
            jitter_ms,
            round_trip_ms: self.round_trip.map(|trip| trip.as_secs_f32() * 1000.0),
            mos: self.mos,
            sends,
            hears: self.hears(now),
        }
    }

    fn begin_after_pause(&mut self, now: Timestamp) {
        let before = self.asked_at.replace(now);
        if before.is_some_and(|before| now.since(before) <= PAUSE) {
            return;
        }
        (self.packet_at, self.sound_at) = (now, now);
        self.sent_since_report = 0;
        if let Some(report) = &mut self.report {
            report.at = now;
        }
    }

    fn sends(&self, now: Timestamp) -> Sends {
        if now.since(self.packet_at) >= NOTHING_AFTER {
            Sends::Nothing
        } else if now.since(self.sound_at) >= QUIET_AFTER {
            Sends::Quiet
        } else {
            Sends::Sound
        }
    }

    fn hears(&self, now: Timestamp) -> Hears {
        let Some(report) = self.report else { return Hears::Unknown };
        let missed = report.interval.is_some_and(|interval| {
            let patience = REPORTS_MISSED_AFTER.max(interval.saturating_mul(INTERVALS_MISSED));
            now.since(report.at) >= patience
        });
        if missed && self.sent_since_report >= SENT_MIN { Hears::Nothing } else { report.hears }
    }
}

/// The share of packets lost; `None` if none were expected.
fn lost_share(interval: Interval) -> Option<f64> {
    let expected = f64::from(interval.received) + f64::from(interval.lost);
    (expected > 0.0 && interval.received > 0).then(|| f64::from(interval.lost) / expected)
}

fn score(delay: Duration, loss: f64) -> f32 {
    let path = Path { delay, loss, burst_ratio: 1.0, concealment: Concealment::Applied };
    #[expect(clippy::cast_possible_truncation, reason = "a score between 1 and 4.5")]
    let score = emodel::mos(emodel::rating(path)) as f32;
    score
}

#[cfg(test)]
mod tests;
