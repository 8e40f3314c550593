//! What two legs' seconds mean for the operator who talks. Pure.

use super::{Hears, Quality, Sends};

/// A score below this makes a poor line: at R = 60, which is MOS 3.1, "nearly all users dissatisfied"
/// begins (ITU-T G.109, table 1).
pub const MOS_POOR: f32 = 3.1;
/// Seconds of good after which a verdict goes.
const GONE_AFTER: u8 = 3;
/// Seconds of a way that carries nothing after which it is told.
const DEAF_AFTER: u8 = 3;
/// Seconds of a poor line after which it is told.
const POOR_AFTER: u8 = 5;
/// Quiet begins after 5 s: this many seconds of it are 10 s without a sound.
const SILENT_AFTER: u8 = 6;
/// The same for a side that was heard before in this talk: 30 s. Who listens, or looks for papers,
/// is often silent for longer than a dead microphone may go unnoticed.
const SILENT_AGAIN_AFTER: u8 = 26;
/// Seconds of sound after which a side counts as heard: a side that never makes one is not yet quiet
/// for its first five.
const HEARD_AFTER: u8 = 6;

/// What is wrong with the sound of a talk, for the operator. One at a time, the most useful first:
/// what the operator cannot hear for themselves comes before what they can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing reaches the caller, or nothing comes from the operator's browser to be sent there.
    CallerCannotHearYou,
    /// Nothing comes from the caller, or nothing reaches the operator's browser.
    YouCannotHearCaller,
    /// The operator's browser sends packets without sound.
    YourMicrophoneIsSilent,
    /// The caller's telephone sends packets without sound.
    CallerIsSilent,
    /// Much is lost or late, one way or the other.
    PoorLine,
}

impl Verdict {
    /// All of them, the most useful first.
    pub const ALL: [Self; 5] = [
        Self::CallerCannotHearYou,
        Self::YouCannotHearCaller,
        Self::YourMicrophoneIsSilent,
        Self::CallerIsSilent,
        Self::PoorLine,
    ];
}

/// Watches one talk: from its beginning to its end, with one operator.
#[derive(Clone, Debug, Default)]
pub struct AudioWatch {
    latches: [Latch; Verdict::ALL.len()],
    /// Seconds in which sound came, up to what matters.
    caller_sound: u8,
    operator_sound: u8,
}

/// A condition with hysteresis: on after so many bad seconds in a row, off after so many good ones.
#[derive(Clone, Copy, Debug, Default)]
struct Latch {
    bad: u8,
    good: u8,
    on: bool,
}

impl AudioWatch {
    /// A talk that begins.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a second of both legs. Returns what to tell the operator now.
    pub fn second(&mut self, caller: &Quality, operator: &Quality) -> Option<Verdict> {
        count_sound(&mut self.caller_sound, caller);
        count_sound(&mut self.operator_sound, operator);
        let mut told = None;
        for (at, verdict) in Verdict::ALL.into_iter().enumerate() {
            let after = self.patience(verdict);
            let on = self.latches[at].second(is_so(verdict, caller, operator), after);
            told = told.or(on.then_some(verdict));
        }
        told
    }

    /// Bad seconds in a row before a verdict is told.
    const fn patience(&self, verdict: Verdict) -> u8 {
        match verdict {
            Verdict::CallerCannotHearYou | Verdict::YouCannotHearCaller => DEAF_AFTER,
            Verdict::YourMicrophoneIsSilent => silent_after(self.operator_sound),
            Verdict::CallerIsSilent => silent_after(self.caller_sound),
            Verdict::PoorLine => POOR_AFTER,
        }
    }
}

impl Latch {
    fn second(&mut self, bad: bool, after: u8) -> bool {
        if bad {
            (self.bad, self.good) = (self.bad.saturating_add(1), 0);
            self.on |= self.bad >= after;
        } else {
            (self.bad, self.good) = (0, self.good.saturating_add(1));
            self.on &= self.good < GONE_AFTER;
        }
        self.on
    }
}

fn count_sound(seconds: &mut u8, side: &Quality) {
    if side.sends == Sends::Sound {
        *seconds = seconds.saturating_add(1);
    }
}

const fn silent_after(sound_seconds: u8) -> u8 {
    if sound_seconds > HEARD_AFTER { SILENT_AGAIN_AFTER } else { SILENT_AFTER }
}

fn is_so(verdict: Verdict, caller: &Quality, operator: &Quality) -> bool {
    match verdict {
        Verdict::CallerCannotHearYou => cannot_hear(caller, operator),
        Verdict::YouCannotHearCaller => cannot_hear(operator, caller),
        Verdict::YourMicrophoneIsSilent => operator.sends == Sends::Quiet,
        Verdict::CallerIsSilent => caller.sends == Sends::Quiet,
        Verdict::PoorLine => is_poor(caller) || is_poor(operator),
    }
}

fn cannot_hear(listener: &Quality, speaker: &Quality) -> bool {
    listener.hears == Hears::Nothing || speaker.sends == Sends::Nothing
}

fn is_poor(side: &Quality) -> bool {
    side.mos < MOS_POOR || side.hears == Hears::Poorly
}

#[cfg(test)]
mod tests;
