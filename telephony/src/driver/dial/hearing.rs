//! What a caller hears: level, tones and their times, losses. Pure.

use std::time::Duration;

use ids::Timestamp;

use crate::call::Digit;
use crate::media::level::{LEVEL_DBFS_MIN, level_dbfs};
use crate::media::tone::tone_share;
use crate::media::{FRAME_SAMPLES, g711};
use crate::rtp::{DtmfDetector, RtpPacket, SequenceTracker};
use crate::sdp::Codec;

/// Share of the energy that makes a tone of a frame.
const SHARE_MIN: f64 = 0.6;
/// Quieter than this is no tone, dBFS.
const TONE_DBFS_MIN: f32 = -45.0;
/// The time of a frame.
const FRAME: Duration = Duration::from_millis(20);
/// A sender's clock that differs from ours by more has been set anew.
const CLOCK_STEP_MAX: Duration = Duration::from_secs(2);
/// A tone goes on over gaps up to this: a lost packet or two.
const GAP_MAX: Duration = Duration::from_millis(60);
/// Shorter tones are chance.
const TONE_MIN: Duration = Duration::from_millis(60);
/// Most audio kept: 10 minutes.
const AUDIO_SAMPLES_MAX: usize = 600 * 8000;
/// Most intervals kept for each tone, and most keys.
const INTERVALS_MAX: usize = 10_000;

/// A tone that was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToneHeard {
    /// Which, hertz.
    pub hertz: f64,
    /// When it began, after the answer.
    pub from: Duration,
    /// When it ended.
    pub to: Duration,
}

/// Listens.
#[derive(Debug)]
pub(super) struct Hearing {
    codec: Codec,
    answered_at: Timestamp,
    pub(super) sequence: SequenceTracker,
    pub(super) heard_after: Option<Duration>,
    /// When the first packet came, and its timestamp.
    clock: Option<(Duration, u32)>,
    telephone_event: Option<u8>,
    detector: DtmfDetector,
    pub(super) keys: Vec<Digit>,
    listeners: Vec<Listener>,
    keeps: bool,
    pub(super) audio: Vec<i16>,
    /// Of the samples' squares, over all frames.
    power: f64,
    frames: u64,
}

#[derive(Debug)]
struct Listener {
    hertz: f64,
    intervals: Vec<(Duration, Duration)>,
}

impl Hearing {
    pub(super) fn new(
        (codec, telephone_event): (Codec, Option<u8>),
        answered_at: Timestamp,
        tones: &[f64],
        keeps: bool,
    ) -> Self {
        let listener = |hertz: &f64| Listener { hertz: *hertz, intervals: Vec::new() };
        Self {
            codec,
            answered_at,
            sequence: SequenceTracker::new(),
            heard_after: None,
            clock: None,
            telephone_event,
            detector: DtmfDetector::new(),
            keys: Vec::new(),
            listeners: tones.iter().map(listener).collect(),
            keeps,
            audio: Vec::new(),
            power: 0.0,
            frames: 0,
        }
    }

    /// Takes a packet of the other side.
    pub(super) fn packet(&mut self, packet: RtpPacket<'_>, arrival: Timestamp) {
        let header = packet.header;
        self.sequence.packet(header.sequence, header.timestamp, arrival);
        let arrived = arrival.since(self.answered_at);
        self.heard_after.get_or_insert(arrived);
        if Some(header.payload_type) == self.telephone_event {
            let key = self.detector.packet(header.timestamp, packet.payload);
            self.keys.extend(key.filter(|_| self.keys.len() < INTERVALS_MAX));
        }
        if header.payload_type == self.codec.payload_type() {
            let at = self.media_time(header.timestamp, arrived);
            let samples = g711::decoded(self.codec, packet.payload);
            for (frame, n) in samples.chunks(FRAME_SAMPLES).zip(0..) {
                self.frame(frame, at + n * FRAME);
            }
        }
    }

    /// When a packet was meant to be heard: by its timestamp, since packets that were held up come
    /// together. A timestamp far from the arrival is a new clock of the sender.
    fn media_time(&mut self, timestamp: u32, arrived: Duration) -> Duration {
        let (origin, first) = *self.clock.get_or_insert((arrived, timestamp));
        let samples = u64::from(timestamp.wrapping_sub(first));
        let at = origin + Duration::from_micros(samples * 125);
        if at.abs_diff(arrived) > CLOCK_STEP_MAX {
            self.clock = Some((arrived, timestamp));
            return arrived;
        }
        at
    }

    fn frame(&mut self, frame: &[i16], at: Duration) {
        let level = level_dbfs(frame);
        self.power += f64::from(10.0_f32.powf(level / 10.0));
        self.frames += 1;
        if level >= TONE_DBFS_MIN {
            for listener in &mut self.listeners {
                if tone_share(listener.hertz, frame) >= SHARE_MIN {
                    listener.heard(at);
                }
            }
        }
        if self.keeps && self.audio.len() < AUDIO_SAMPLES_MAX {
            self.audio.extend_from_slice(frame);
        }
    }

    /// Mean level of all, dBFS.
    pub(super) fn level_dbfs(&self) -> f32 {
        if self.frames == 0 {
            return LEVEL_DBFS_MIN;
        }
        #[expect(clippy::cast_precision_loss, reason = "frames of a call are far below 2^52")]
        let mean = self.power / self.frames as f64;
        #[expect(clippy::cast_possible_truncation, reason = "a level needs no f64")]
        let level = (10.0 * mean.log10()) as f32;
        level.max(LEVEL_DBFS_MIN)
    }

    /// The tones, in the order of their beginning.
    pub(super) fn tones(&self) -> Vec<ToneHeard> {
        let mut tones: Vec<ToneHeard> = self.listeners.iter().flat_map(Listener::tones).collect();
        tones.sort_by_key(|tone| tone.from);
        tones
    }
}

impl Listener {
    /// A frame that arrived now has the tone.
    fn heard(&mut self, at: Duration) {
        let to = at + FRAME;
        if let Some(last) = self.intervals.last_mut()
            && at <= last.1 + GAP_MAX
        {
            last.1 = last.1.max(to);
        } else if self.intervals.len() < INTERVALS_MAX {
            self.intervals.push((at, to));
        }
    }

    fn tones(&self) -> impl Iterator<Item = ToneHeard> {
        let long = self.intervals.iter().filter(|(from, to)| *to - *from >= TONE_MIN);
        long.map(|(from, to)| ToneHeard { hertz: self.hertz, from: *from, to: *to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::ToneGenerator;
    use crate::rtp::RtpHeader;

    #[test]
    fn a_gated_tone_is_heard_with_its_times() {
        let mut hearing =
            Hearing::new((Codec::Pcma, None), Timestamp::default(), &[440.0, 1000.0], true);
        let mut tone = ToneGenerator::gated(440.0, 8000, 200, 300);
        for n in 0..50_u16 {
            let mut samples = [0; FRAME_SAMPLES];
            tone.fill(&mut samples);
            let payload = g711::encoded(Codec::Pcma, &samples);
            let timestamp = u32::from(n) * 160;
            let header =
                RtpHeader { marker: false, payload_type: 8, sequence: n, timestamp, ssrc: 1 };
            let arrival = Timestamp::from_micros(i64::from(n) * 20_000);
            hearing.packet(RtpPacket { header, payload: &payload }, arrival);
        }
        let tones = hearing.tones();
        assert_eq!(tones.len(), 2, "{tones:?}");
        assert!(tones.iter().all(|tone| tone.hertz == 440.0));
        assert_eq!((tones[0].from, tones[0].to), (Duration::ZERO, Duration::from_millis(200)));
        assert_eq!(tones[1].from, Duration::from_millis(500));
        assert_eq!(hearing.audio.len(), 8000);
        assert!(hearing.level_dbfs() > -25.0, "{}", hearing.level_dbfs());
    }
}
