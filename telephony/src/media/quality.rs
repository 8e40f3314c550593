//! How good the sound of a call is: figures of a leg once a second, and what they mean for those who
//! talk. Pure.
//!
//! [`LegMeter`] follows one leg: whether sound comes from it, whether it hears us, and how good a
//! talk over it can be by the E-model ([`emodel`], ITU-T G.107). [`AudioWatch`] reads the seconds of
//! a caller's and an operator's leg and gives the operator one sentence to act on, or none.

pub mod emodel;
mod meter;
mod watch;

pub use meter::LegMeter;
pub use watch::{AudioWatch, MOS_POOR, Verdict};

/// How a leg's audio is doing, once a second while it is in a talk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Packets received in the last second.
    pub received: u32,
    /// Packets lost in the last second, by gaps in the sequence numbers.
    pub lost: u32,
    /// Interarrival jitter, milliseconds (RFC 3550 §6.4.1).
    pub jitter_ms: f32,
    /// The way to the far end and back, milliseconds, by its last report (RFC 3550 §6.4.1); `None`
    /// while it has not said.
    pub round_trip_ms: Option<f32>,
    /// How well the far end is heard here: mean opinion score of the last second by the E-model,
    /// 1.0 (unusable) to 4.5 (as good as a telephone gets).
    pub mos: f32,
    /// What comes from the far end.
    pub sends: Sends,
    /// What the far end receives.
    pub hears: Hears,
}

/// What comes from a leg's far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    /// Packets with sound in them, within the last 5 s.
    Sound,
    /// Packets, but no sound in them for 5 s or more.
    Quiet,
    /// No packets for 2 s or more.
    Nothing,
}

/// What a leg's far end receives, by its own reports (RFC 3550 §6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hears {
    /// Its last report tells of little or no loss.
    Well,
    /// Its last report tells of heavy loss: a tenth or more.
    Poorly,
    /// Its reports tell that nothing arrives, or they stopped though we go on sending.
    Nothing,
    /// It sends no reports.
    Unknown,
}
