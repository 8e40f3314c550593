//! Frames of two sides put in their places in time, and cut into seconds. Pure.

use arrayvec::ArrayVec;

use super::{CHUNK_SAMPLES, REORDER_SAMPLES, RecordedFrame};
use crate::media::g711;
use crate::sdp::Codec;

/// What is held: the second that is being filled and the half that may come before it is full.
const WINDOW: usize = CHUNK_SAMPLES + REORDER_SAMPLES;
/// A gap up to this is closed by holding the last sample, not by silence, which would click: 2 ms.
const HOLD_MAX: u64 = 16;
/// Pauses within a window that are kept apart; with more, the last is made longer.
const PAUSES_MAX: usize = 8;

/// Places the frames of one recording. Fixed memory, 24 kB.
#[derive(Debug)]
pub struct ChunkBuilder {
    law: Codec,
    /// Position of the window's first sample; a multiple of [`CHUNK_SAMPLES`].
    base: u64,
    sides: [Track; 2],
    /// Whether anything was placed in the window's first second, and behind it.
    filled: [bool; 2],
    /// The end of what was placed, of both sides.
    newest: u64,
    /// From where to where nothing is kept; those that end before the window are forgotten.
    pauses: ArrayVec<(u64, u64), PAUSES_MAX>,
}

#[derive(Debug)]
struct Track {
    window: Box<[u8; WINDOW]>,
    /// The end of what was placed.
    end: u64,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It is in its place; a part that came too late or into a pause may be missing.
    Kept,
    /// Its second is written.
    Late,
    /// Nothing of it is kept, because the recording is paused there.
    Paused,
    /// It has no audio, or a position beyond all bounds, or is so far ahead that
    /// [`ChunkBuilder::advance`] should have come first.
    Unusable,
}

impl ChunkBuilder {
    /// Nothing yet; chunks will be in this law.
    #[must_use]
    pub fn new(law: Codec) -> Self {
        let silence = g711::silence(law);
        let track = || Track { window: Box::new([silence; WINDOW]), end: 0 };
        Self {
            law,
            base: 0,
            sides: [track(), track()],
            filled: [false; 2],
            newest: 0,
            pauses: ArrayVec::new(),
        }
    }

    /// The law of the chunks.
    #[must_use]
    pub const fn law(&self) -> Codec {
        self.law
    }

    /// The end of what was placed so far, of both sides, in 1/8000 s.
    #[must_use]
    pub const fn newest(&self) -> u64 {
        self.newest
    }

    /// Places a frame. Before it, [`Self::advance`] must have been called with the frame's end.
    /// A frame that comes twice is written over itself.
    pub fn put(&mut self, frame: &RecordedFrame) -> Placed {
        let audio = frame.audio();
        let Some(end) = frame.at.checked_add(widened(audio.len())) else {
            return Placed::Unusable;
        };
        if end <= self.base && !audio.is_empty() {
            return Placed::Late;
        }
        if audio.is_empty() || end > self.base + widened(WINDOW) {
            return Placed::Unusable;
        }
        if self.pauses.iter().any(|(from, to)| *from <= frame.at && end <= *to) {
            return Placed::Paused;
        }
        self.hold_over_gap(frame);
        self.write(frame, audio);
        let track = &mut self.sides[frame.side.channel()];
        track.end = track.end.max(end);
        self.newest = self.newest.max(end);
        let second = self.base + widened(CHUNK_SAMPLES);
        self.filled[0] |= frame.at < second;
        self.filled[1] |= end > second;
        Placed::Kept
    }

    /// From here nothing is kept, whenever it comes. What was placed behind it already is silenced.
    pub fn pause(&mut self, at: u64) {
        let base = self.base;
        self.pauses.retain(|(_, to)| *to > base);
        let full = self.pauses.is_full();
        match self.pauses.last_mut() {
            Some((_, to)) if *to == u64::MAX => return,
            Some((_, to)) if full => *to = u64::MAX,
            _ => self.pauses.push((at, u64::MAX)),
        }
        let from = narrowed(at.saturating_sub(self.base)).min(WINDOW);
        for track in &mut self.sides {
            track.window[from..].fill(g711::silence(self.law));
            track.end = track.end.min(at);
        }
        self.newest = self.newest.min(at);
        self.filled = [self.filled[0] && from > 0, self.filled[1] && from > CHUNK_SAMPLES];
    }

    /// From here everything is kept again.
    pub fn resume(&mut self, at: u64) {
        if let Some((from, to)) = self.pauses.last_mut().filter(|(_, to)| *to == u64::MAX) {
            *to = at.max(*from);
        }
    }

    /// Hands out, in order, the seconds that are complete when the newest sample is at `to`: those
    /// that end half a second before it. Seconds without any frame are left out.
    ///
    /// # Errors
    /// What the taker returns; the second that it got is gone.
    pub fn advance<E>(
        &mut self,
        to: u64,
        mut take: impl FnMut(u64, [&[u8]; 2]) -> Result<(), E>,
    ) -> Result<(), E> {
        while to >= self.base.saturating_add(widened(WINDOW)) {
            let [filled, more] = self.filled;
            if !filled && !more {
                let seconds = (to - self.base - widened(REORDER_SAMPLES)) / widened(CHUNK_SAMPLES);
                self.base += seconds * widened(CHUNK_SAMPLES);
                break;
            }
            let taken = if filled { take(self.base, self.parts(CHUNK_SAMPLES)) } else { Ok(()) };
            self.shift();
            taken?;
        }
        Ok(())
    }

    /// Hands out everything that is left up to `end`.
    ///
    /// # Errors
    /// What the taker returns.
    pub fn finish<E>(
        &mut self,
        end: u64,
        mut take: impl FnMut(u64, [&[u8]; 2]) -> Result<(), E>,
    ) -> Result<(), E> {
        for _ in 0..2 {
            let left = self.newest.min(end).saturating_sub(self.base);
            let len = narrowed(left).min(CHUNK_SAMPLES);
            let wanted = self.filled[0] && len > 0;
            let taken = if wanted { take(self.base, self.parts(len)) } else { Ok(()) };
            self.shift();
            taken?;
        }
        Ok(())
    }

    fn parts(&self, len: usize) -> [&[u8]; 2] {
        [&self.sides[0].window[..len], &self.sides[1].window[..len]]
    }

    /// The next second.
    fn shift(&mut self) {
        for track in &mut self.sides {
            track.window.copy_within(CHUNK_SAMPLES.., 0);
            track.window[REORDER_SAMPLES..].fill(g711::silence(self.law));
        }
        self.filled = [self.filled[1], false];
        self.base += widened(CHUNK_SAMPLES);
    }

    /// Writes what of a frame is in the window. Its place ends there at the latest.
    fn write(&mut self, frame: &RecordedFrame, audio: &[u8]) {
        let late = narrowed(self.base.saturating_sub(frame.at)).min(audio.len());
        let from = narrowed(frame.at.saturating_sub(self.base));
        let place = from..from + audio.len() - late;
        let silence = g711::silence(self.law);
        let window = &mut self.sides[frame.side.channel()].window;
        let Some(place) = window.get_mut(place) else {
            return;
        };
        place.copy_from_slice(&audio[late..]);
        g711::transcode(frame.codec, self.law, place);
        let first = frame.at.max(self.base);
        for (from, to) in &self.pauses {
            let [from, to] = [from, to].map(|at| narrowed(at.saturating_sub(first)));
            let len = place.len();
            place[from.min(len)..to.min(len)].fill(silence);
        }
    }

    /// Closes a gap of a few samples before a frame: what the drift of a clock leaves.
    fn hold_over_gap(&mut self, frame: &RecordedFrame) {
        let track = &mut self.sides[frame.side.channel()];
        let gap = frame.at.saturating_sub(track.end);
        if (1..=HOLD_MAX).contains(&gap) && track.end > self.base {
            let (from, to) = (narrowed(track.end - self.base), narrowed(frame.at - self.base));
            let last = track.window[from - 1];
            track.window[from..to].fill(last);
        }
    }
}

fn widened(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

fn narrowed(len: u64) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
