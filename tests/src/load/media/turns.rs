//! What the members of a room say, since a marker does not survive mixing: one after the other is
//! loud for a moment, so that it can be heard who came through, and how late. Pure.

use std::sync::atomic::{AtomicU64, Ordering};

use telephony::media::g711;
use telephony::sdp::Codec;

use super::marker::PAYLOAD_BYTES;

/// Members of a room: a telephone and two browsers.
pub const SEATS: usize = 3;
/// Packets of one turn.
const TURN: u64 = 40;
/// Those of them that are loud: 300 ms of 800.
const LOUD: u64 = 15;
/// Half a period of the loud sound, samples: 500 Hz.
const HALF_PERIOD: usize = 8;
const AMPLITUDE: i16 = 8000;
/// A frame with a sample beyond this is loud.
const LOUD_MIN: u16 = 3000;

/// When each member of a room last began to be loud.
#[derive(Debug)]
pub struct Turns {
    /// Nanoseconds of the tool's clock; 0: not yet.
    onsets: [AtomicU64; SEATS],
    loud: [u8; PAYLOAD_BYTES],
    quiet: [u8; PAYLOAD_BYTES],
}

/// What a listener made of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing new.
    Nothing,
    /// A member who began to be loud at that moment, for the first time.
    Onset {
        /// When it was sent.
        sent_ns: u64,
    },
    /// It is itself whose turn it is: nobody else may be loud.
    Echo,
}

/// One listener's memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ear {
    was_loud: bool,
    heard_ns: u64,
}

impl Default for Turns {
    fn default() -> Self {
        let wave =
            |at: usize| if (at / HALF_PERIOD).is_multiple_of(2) { AMPLITUDE } else { -AMPLITUDE };
        let frame = |samples: [i16; PAYLOAD_BYTES]| {
            let mut payload = [0; PAYLOAD_BYTES];
            g711::encode(Codec::Pcma, &samples, &mut payload);
            payload
        };
        Self {
            onsets: Default::default(),
            loud: frame(std::array::from_fn(wave)),
            quiet: frame([0; PAYLOAD_BYTES]),
        }
    }
}

impl Turns {
    /// What a member sends in a round; whether it begins to be loud with it.
    pub fn say(&self, seat: usize, round: u64, now_ns: u64) -> (&[u8; PAYLOAD_BYTES], bool) {
        let speaker = usize::try_from(round / TURN).unwrap_or(0) % SEATS;
        let into = round % TURN;
        if speaker != seat || into >= LOUD {
            return (&self.quiet, false);
        }
        if into == 0 {
            self.onsets[seat].store(now_ns, Ordering::Relaxed);
        }
        (&self.loud, into == 0)
    }

    /// What a member hears.
    pub fn hear(&self, seat: usize, ear: &mut Ear, payload: &[u8]) -> Heard {
        let samples = g711::decoded(Codec::Pcma, payload);
        let is_loud = samples.iter().any(|sample| sample.unsigned_abs() > LOUD_MIN);
        let begins = is_loud && !ear.was_loud;
        ear.was_loud = is_loud;
        if !begins {
            return Heard::Nothing;
        }
        let onsets = self.onsets.iter().map(|onset| onset.load(Ordering::Relaxed));
        let Some((sent_ns, speaker)) = onsets.zip(0..).max() else { return Heard::Nothing };
        if speaker == seat {
            return Heard::Echo;
        }
        if sent_ns == 0 || sent_ns == ear.heard_ns {
            return Heard::Nothing;
        }
        ear.heard_ns = sent_ns;
        Heard::Onset { sent_ns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_hear_an_onset_once_and_a_member_must_not_hear_itself() {
        let turns = Turns::default();
        let (loud, begins) = turns.say(1, TURN, 77);
        assert!(begins);
        let (mut other, mut own) = (Ear::default(), Ear::default());
        assert_eq!(turns.hear(0, &mut other, loud), Heard::Onset { sent_ns: 77 });
        assert_eq!(turns.hear(0, &mut other, loud), Heard::Nothing);
        assert_eq!(turns.hear(1, &mut own, loud), Heard::Echo);
        let (quiet, begins) = turns.say(1, TURN + LOUD, 99);
        assert!(!begins);
        assert_eq!(turns.hear(0, &mut other, quiet), Heard::Nothing);
        assert_eq!(turns.hear(0, &mut other, loud), Heard::Nothing, "the same onset");
        assert_eq!(turns.say(0, TURN, 5).0, quiet);
    }
}
