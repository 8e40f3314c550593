//! Synthetic senders over synthetic paths: how much of the tone is heard, where, how late.

mod cases;
mod properties;
mod recovery;
mod skew;

use ids::Timestamp;

use super::*;
use crate::media::level::level_dbfs;
use crate::media::tone::{ToneGenerator, tone_share};

const HERTZ: f64 = 440.0;
const SSRC: u32 = 0xfeed;
/// Ticks are 7 ms off the packets' pace.
const TICK_PHASE: i64 = 7_000;

/// A packet on its way.
#[derive(Clone, Debug)]
struct Packet {
    /// Microseconds since the sender began.
    arrival: i64,
    header: RtpHeader,
    payload: Vec<u8>,
}

/// A steady tone in packets of these lengths in turn, for so long. A packet leaves when its last
/// sample was spoken; the path takes no time. Both numbers wrap within the first second.
fn talk(codec: Codec, lengths: &[usize], milliseconds: usize) -> Vec<Packet> {
    speak(codec, &mut ToneGenerator::steady(HERTZ, 8000), lengths, milliseconds)
}

fn speak(
    codec: Codec,
    voice: &mut ToneGenerator,
    lengths: &[usize],
    milliseconds: usize,
) -> Vec<Packet> {
    let (mut packets, mut place) = (Vec::new(), 0_usize);
    let mut sequence = 65_500_u16;
    while place < milliseconds * 8 {
        let length = lengths[packets.len() % lengths.len()];
        let mut samples = vec![0; length];
        voice.fill(&mut samples);
        let header = RtpHeader {
            marker: place == 0,
            payload_type: codec.payload_type(),
            sequence,
            timestamp: u32::MAX.wrapping_sub(8000).wrapping_add(u32::try_from(place).unwrap()),
            ssrc: SSRC,
        };
        place += length;
        sequence = sequence.wrapping_add(1);
        let arrival = i64::try_from(place).unwrap() * 125;
        packets.push(Packet { arrival, header, payload: g711::encoded(codec, &samples) });
    }
    packets
}

/// What came out.
struct Heard {
    samples: Vec<i16>,
    taken: Vec<Taken>,
    delays_ms: Vec<u128>,
    counts: JitterCounts,
}

/// Puts packets as they arrive and takes a frame at each tick, until the last packet came.
fn listen(packets: &[Packet]) -> Heard {
    listen_late(packets, |_| 0)
}

/// The same with ticks that are late, by microseconds.
fn listen_late(packets: &[Packet], lateness: fn(i64) -> i64) -> Heard {
    let mut packets: Vec<&Packet> = packets.iter().collect();
    packets.sort_by_key(|packet| packet.arrival);
    let last = packets.last().map_or(0, |packet| packet.arrival);
    let mut coming = packets.into_iter().peekable();
    let mut buffer = JitterBuffer::new(Codec::Pcma);
    let mut heard = Heard {
        samples: Vec::new(),
        taken: Vec::new(),
        delays_ms: Vec::new(),
        counts: JitterCounts::default(),
    };
    for tick in 0.. {
        let now = TICK_PHASE + tick * 20_000 + lateness(tick);
        if now > last {
            break;
        }
        while let Some(packet) = coming.next_if(|packet| packet.arrival <= now) {
            buffer.put(packet.header, &packet.payload, Timestamp::from_micros(packet.arrival));
        }
        let mut frame = [0; FRAME_SAMPLES];
        heard.taken.push(buffer.take(Timestamp::from_micros(now), &mut frame));
        heard.samples.extend(frame);
        heard.delays_ms.push(buffer.delay().as_millis());
    }
    heard.counts = buffer.counts();
    heard
}

impl Heard {
    /// Frames from one time to another, milliseconds.
    fn frames(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        from / 20..(to / 20).min(self.taken.len())
    }

    /// Frames in which the tone is loud and clear, of those in the time, percent.
    fn clear(&self, from: usize, to: usize) -> usize {
        let frames = self.frames(from, to);
        let all = frames.len().max(1);
        let clear = frames.filter(|frame| {
            let samples = &self.samples[frame * FRAME_SAMPLES..][..FRAME_SAMPLES];
            level_dbfs(samples) > -20.0 && tone_share(HERTZ, samples) > 0.9
        });
        clear.count() * 100 / all
    }

    /// How often a kind of frame came in the time.
    fn count(&self, kind: Taken, from: usize, to: usize) -> usize {
        self.taken[self.frames(from, to)].iter().filter(|taken| **taken == kind).count()
    }

    fn delay_at(&self, milliseconds: usize) -> u128 {
        self.delays_ms[milliseconds / 20]
    }
}
