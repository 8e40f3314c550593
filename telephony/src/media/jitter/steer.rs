//! Where the cursor goes: the clock of the ticks, the delay, and how it is changed.

use super::ring::length;
use super::transit::DELAY_MAX;
use super::{JitterBuffer, STARVED_TICKS, TICK, stretch};
use crate::media::FRAME_SAMPLES;

/// More delay than this is cut at once.
const DELAY_CUT: i64 = DELAY_MAX + 2 * TICK;
/// A clock that jumps by more than this (2 s) starts the buffer anew.
const CLOCK_JUMP: i64 = 16_000;
/// A late tick moves the clock by no more than 1 ms …
const CLOCK_GIVES: i64 = 8;
/// … but so many late ones in a row are not late: some were left out.
const LATE_TICKS: u32 = 8;
/// More delay than the target and this (5 ms): a piece is left out …
const TOO_MUCH: i64 = 40;
/// … less than the target by this (2.5 ms): a piece is put in.
const TOO_LITTLE: i64 = 20;
/// So far off the target (40 ms, 10 ms) a seam may be heard: the sound offers no good one.
const MUCH_TOO_MUCH: i64 = 320;
const MUCH_TOO_LITTLE: i64 = 80;
/// Ticks between two pieces left out, or put in.
const REST_AFTER_SHORTENING: u32 = 10;
const REST_AFTER_LENGTHENING: u32 = 2;

impl JitterBuffer {
    /// Takes the time of a tick.
    pub(super) fn follow_clock(&mut self, now: i64) {
        let expected = self.clock.map_or(now, |clock| clock + TICK);
        let late = now - expected;
        if late.abs() <= CLOCK_JUMP {
            self.late_ticks = if late > TICK { self.late_ticks + 1 } else { 0 };
            let left_out = late > DELAY_MAX || self.late_ticks >= LATE_TICKS;
            let latest = if left_out { now } else { expected + CLOCK_GIVES };
            self.clock = Some(now.min(latest));
            return;
        }
        self.clock = Some(now);
        self.stream = None;
        self.starved = STARVED_TICKS;
        self.transits.clear();
        self.ring.restart(self.play);
        self.concealer.splice();
    }

    /// Sets the cursor where it must not go on as it is.
    pub(super) fn steer(&mut self) {
        let (Some(behind), target) = (self.behind(), self.transits.target()) else { return };
        let aim = self.play + behind - target;
        if self.starved >= STARVED_TICKS {
            self.play = aim;
            if self.ring.is_empty() {
                self.ring.restart(aim);
            }
            self.ring.move_start(aim);
            return;
        }
        if behind > DELAY_CUT {
            self.counts.cuts += 1;
            self.play = aim;
            self.ring.move_start(aim);
            self.concealer.splice();
            return;
        }
        self.go_back(aim + target - DELAY_MAX);
    }

    /// To audio that came after its time, if it does not lie before `earliest`.
    fn go_back(&mut self, earliest: i64) {
        if let Some(place) = self.ring.first_present(earliest, self.play) {
            self.play = place;
            self.concealer.splice();
            self.transits.raise_target(self.behind().unwrap_or(0));
        }
    }

    /// Changes the delay by a piece, if that is wanted and will not be heard; the frame is filled
    /// then.
    pub(super) fn stretched(&mut self, frame: &mut [i16; FRAME_SAMPLES]) -> bool {
        let Some(behind) = self.behind() else { return false };
        let excess = behind - self.transits.target();
        if self.rest > 0 || (-TOO_LITTLE..=TOO_MUCH).contains(&excess) {
            return false;
        }
        let mut input = [0; FRAME_SAMPLES + stretch::PIECE_MAX];
        let count = self.ring.read(self.play, &mut input);
        let done = if excess > 0 {
            self.shorten(&input[..count], excess, frame)
        } else {
            self.lengthen(&input[..count], -excess, frame)
        };
        if done {
            self.ring.move_start(self.play);
            self.concealer.real(frame);
        }
        done
    }

    fn shorten(&mut self, input: &[i16], excess: i64, frame: &mut [i16; FRAME_SAMPLES]) -> bool {
        let spare = input.len().saturating_sub(FRAME_SAMPLES);
        let longest = spare.min(usize::try_from(excess).unwrap_or(0));
        let must = excess > MUCH_TOO_MUCH;
        let Some(piece) = stretch::piece(input, longest, must) else { return false };
        stretch::shorten(input, piece, frame);
        self.play += TICK + length(piece);
        self.rest = REST_AFTER_SHORTENING;
        self.counts.shortened += 1;
        true
    }

    fn lengthen(&mut self, input: &[i16], lacking: i64, frame: &mut [i16; FRAME_SAMPLES]) -> bool {
        if input.len() < FRAME_SAMPLES {
            return false;
        }
        let must = lacking > MUCH_TOO_LITTLE;
        let Some(piece) = stretch::piece(input, stretch::PIECE_IN_MAX, must) else { return false };
        stretch::lengthen(input, piece, frame);
        self.play += TICK - length(piece);
        self.rest = REST_AFTER_LENGTHENING;
        self.counts.lengthened += 1;
        true
    }
}
