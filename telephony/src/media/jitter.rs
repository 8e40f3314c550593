//! The jitter buffer of a mixed leg: packets as they come in, 20 ms of samples at every tick out.
//! Pure: time comes in, nothing is allocated after [`JitterBuffer::new`], everything is bounded.
//!
//! Samples lie in a ring by their place in time (the RTP timestamp), so frames of any length, in
//! any order, with gaps, are the same to it. A cursor moves through the ring, one frame a tick. How
//! far it stays behind what comes is the **delay**:
//!
//! - The target follows what was measured: the delay at which 97 of 100 ticks of the last five
//!   seconds would have had their packets, 23–200 ms (`transit`).
//! - Audio that comes after its time, but before anything later was heard, is heard all the same:
//!   the cursor goes back, and the delay has grown at once. What was made up meanwhile fills the gap.
//! - Too much delay is taken away by short pieces, where the sound repeats itself or is quiet
//!   (`stretch`); too little is added the same way. Clock skew is nothing else.
//! - After 200 ms without audio nothing is worth waiting for: what comes then starts at the target,
//!   and older audio is dropped. In silence the delay is set free of charge.
//! - Delay above 240 ms is cut at once.
//!
//! Jumps of sequence numbers and timestamps, and other senders, are the business of `stream`.

mod ring;
mod steer;
mod stream;
mod stretch;
mod transit;

use std::time::Duration;

use ids::Timestamp;

use self::ring::{Ring, length};
use self::stream::{Coming, Stream};
use self::transit::Transits;
use super::conceal::Concealer;
use super::{FRAME_SAMPLES, g711};
use crate::rtp::RtpHeader;
use crate::sdp::Codec;

/// The longest payload that is taken, bytes: 200 ms.
const PAYLOAD_MAX: usize = 1600;
/// A tick, in samples.
const TICK: i64 = FRAME_SAMPLES as i64;
/// After so many ticks without audio nothing is waited for.
const STARVED_TICKS: u32 = 10;

/// What a frame that was taken is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Audio that came.
    Audio,
    /// At least a part was made up for what did not come.
    Concealed,
    /// Nothing came, and nothing is made up any more.
    Silence,
}

/// What became of the packets and frames of a buffer since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JitterCounts {
    /// Packets put.
    pub packets: u64,
    /// Packets that came after the time of their first sample.
    pub late: u64,
    /// Packets that had come before.
    pub duplicates: u64,
    /// Packets of another sender than the one that is heard.
    pub strangers: u64,
    /// Packets whose timestamp did not lie on the sender's time line.
    pub misfits: u64,
    /// Packets with no audio, with more than 200 ms, or of another payload type than G.711.
    pub not_audio: u64,
    /// Frames with made-up samples.
    pub concealed: u64,
    /// Pieces left out to shorten the delay.
    pub shortened: u64,
    /// Pieces put in to lengthen it.
    pub lengthened: u64,
    /// Cuts: the delay was far too long.
    pub cuts: u64,
}

/// Why a packet is not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Duplicate,
    Stranger,
    Misfit,
}

/// Makes an even stream of samples of the packets of one leg.
#[derive(Debug)]
pub struct JitterBuffer {
    codec: Codec,
    stream: Option<Stream>,
    ring: Ring,
    transits: Transits,
    concealer: Concealer,
    /// The place of the next sample to be taken.
    play: i64,
    /// The time of the last tick, less its lateness.
    clock: Option<i64>,
    /// Ticks in a row that were late by a tick or more.
    late_ticks: u32,
    ticks: u64,
    /// Ticks in a row without any audio that came.
    starved: u32,
    /// Ticks until the delay may be changed again.
    rest: u32,
    counts: JitterCounts,
}

impl JitterBuffer {
    /// An empty buffer for a leg that agreed on this codec. Its delay is 23 ms until something else
    /// is measured.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            stream: None,
            ring: Ring::new(),
            transits: Transits::new(),
            concealer: Concealer::new(),
            play: 0,
            clock: None,
            late_ticks: 0,
            ticks: 0,
            starved: STARVED_TICKS,
            rest: 0,
            counts: JitterCounts::default(),
        }
    }

    /// Takes what was last forwarded of this leg, before its room was mixed: the mix then goes on
    /// from it without a step, and what is missing until the delay has passed is made up from it.
    /// The same packets may also be [`put`](Self::put): they tell the jitter.
    pub fn prime(&mut self, payload: &[u8]) {
        let mut samples = [0; PAYLOAD_MAX];
        let count = g711::decode(self.codec, payload, &mut samples);
        self.concealer.real(&mut samples[..count]);
        self.concealer.splice();
    }

    /// Takes an audio packet; by its payload type it may be of the other law than agreed (RFC 3551
    /// §6: 0 or 8; all others are not audio). `arrival` is when it was received, on the clock of [`Self::take`].
    /// Whatever the packet says, the buffer stays bounded; what is not heard is counted.
    pub fn put(&mut self, header: RtpHeader, payload: &[u8], arrival: Timestamp) {
        self.counts.packets += 1;
        let codec = Codec::from_payload_type(header.payload_type);
        let (Some(codec), 1..=PAYLOAD_MAX) = (codec, payload.len()) else {
            self.counts.not_audio += 1;
            return;
        };
        let coming = Coming {
            samples: payload.len(),
            arrival: in_samples(arrival),
            tick: self.ticks,
            silent: self.concealer.is_silent(),
        };
        match self.place(&header, coming) {
            Ok(place) => self.write(codec, payload, coming.arrival, place),
            Err(Why::Duplicate) => self.counts.duplicates += 1,
            Err(Why::Stranger) => self.counts.strangers += 1,
            Err(Why::Misfit) => self.counts.misfits += 1,
        }
    }

    /// Takes the next 20 ms; to be called every 20 ms, `now` being the time of the tick.
    pub fn take(&mut self, now: Timestamp, frame: &mut [i16; FRAME_SAMPLES]) -> Taken {
        self.ticks += 1;
        self.rest = self.rest.saturating_sub(1);
        self.follow_clock(in_samples(now));
        self.transits.tick();
        self.steer();
        if self.stretched(frame) {
            self.starved = 0;
            return Taken::Audio;
        }
        let taken = self.play_on(frame);
        self.counts.concealed += u64::from(taken == Taken::Concealed);
        taken
    }

    /// How long audio waits here, from the arrival of a packet that nothing held up to the tick at
    /// which its first sample is due: 0–240 ms, mostly the measured jitter and 23 ms.
    #[must_use]
    pub fn delay(&self) -> Duration {
        // The cursor has already moved on to the next tick.
        let samples = self.behind().map_or(0, |behind| behind + TICK);
        Duration::from_micros(u64::try_from(samples).unwrap_or(0) * 125)
    }

    /// What became of packets and frames.
    #[must_use]
    pub fn counts(&self) -> JitterCounts {
        self.counts
    }

    fn place(&mut self, header: &RtpHeader, coming: Coming) -> Result<i64, Why> {
        let Some(stream) = &mut self.stream else {
            // The time line begins so that time and place are the same.
            let place = coming.arrival;
            self.stream = Some(Stream::starting(header, coming, place));
            self.ring.restart(place);
            self.play = place;
            return Ok(place);
        };
        stream.place(header, coming, &mut self.transits)
    }

    fn write(&mut self, codec: Codec, payload: &[u8], arrival: i64, place: i64) {
        self.transits.note(arrival - place);
        self.counts.late += u64::from(place < self.play);
        let mut samples = [0; PAYLOAD_MAX];
        let count = g711::decode(codec, payload, &mut samples);
        let start = self.ring.start();
        self.ring.write(place, &samples[..count]);
        if self.ring.start() > start {
            // It was full, nobody took: the oldest audio is gone.
            self.play = self.play.max(self.ring.start());
        }
    }

    /// The delay behind a packet that nothing held up, samples.
    fn behind(&self) -> Option<i64> {
        Some(self.clock? - self.play - self.transits.base()?)
    }

    /// The next frame as it lies in the ring, holes filled.
    fn play_on(&mut self, frame: &mut [i16; FRAME_SAMPLES]) -> Taken {
        let (mut at, mut real, mut audible) = (0, 0, false);
        while at < FRAME_SAMPLES {
            let rest = &mut frame[at..];
            let mut count = self.ring.read(self.play, rest);
            if count > 0 {
                self.concealer.real(&mut rest[..count]);
                real += count;
                self.ring.move_start(self.play + length(count));
            } else {
                let frame_end = self.play + length(rest.len());
                let next = self.ring.first_present(self.play, frame_end).unwrap_or(frame_end);
                count = usize::try_from(next - self.play).unwrap_or(rest.len());
                audible |= self.concealer.fill(&mut rest[..count]);
            }
            self.play += length(count);
            at += count;
        }
        self.starved = if real > 0 { 0 } else { self.starved.saturating_add(1) };
        match (real, audible) {
            (FRAME_SAMPLES, _) => Taken::Audio,
            (0, false) => Taken::Silence,
            _ => Taken::Concealed,
        }
    }
}

/// A time in samples.
fn in_samples(time: Timestamp) -> i64 {
    time.as_micros().div_euclid(125)
}

#[cfg(test)]
mod tests;
