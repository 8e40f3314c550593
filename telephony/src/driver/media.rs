//! The media plane as the exchange sees it: legs that carry audio, joined, parted and played to.
//!
//! [`MediaPlane`] takes commands, events come out through a bounded queue; nothing outside knows a
//! socket. Inside, each **lane** is a thread of its own with the legs on it: no async, no lock, no
//! allocation for a packet. A leg (`leg`) has a link (`link`) to its far end, which is a trunk (`trunk`,
//! on ports of `ports`) or a browser (`browser`, at the lane's shared port); ICE and DTLS of browsers
//! are the business of the lane's gate (`gatekeeper`), beside the audio. What a leg sends is numbered
//! as one stream (`outgoing`), whatever it is made of; what comes too late is left out (`lateness`).
//!
//! Legs meet in **rooms**: two are forwarded without decoding, more are mixed. `docs/MEDIA.md` explains
//! it to the next engineer.

mod browser;
mod command;
mod config;
mod counters;
mod event_queue;
mod gatekeeper;
mod incoming;
mod lane;
mod lateness;
mod leg;
mod link;
mod outgoing;
mod plane;
mod poll;
mod ports;
mod presses;
pub mod recorder;
mod registry;
mod reports;
mod start;
mod sys;
mod tap;
mod trunk;
mod trunk_legs;
mod wheel;

use ids::LegId;

use crate::call::{Digit, PlayId};

pub use crate::media::quality::{Hears, Quality, Sends};
pub use command::RoomId;
pub use config::{MediaConfig, MediaCounts, MediaRefused, MediaStartError};
pub use plane::MediaPlane;

/// What the media plane reports.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaEvent {
    /// A key was pressed on this leg (once for each press).
    DigitPressed {
        /// Which leg.
        leg: LegId,
        /// The key.
        digit: Digit,
    },
    /// A playlist came to its end.
    PlayEnded {
        /// Which leg.
        leg: LegId,
        /// Which playlist.
        play: PlayId,
    },
    /// A browser's leg is connected (ICE and DTLS done).
    PeerConnected {
        /// Which leg.
        leg: LegId,
    },
    /// A browser's leg lost its connection.
    PeerDisconnected {
        /// Which leg.
        leg: LegId,
        /// The browser has closed it; else it may come back.
        closed: bool,
    },
    /// A trunk leg has had no packet for the limit.
    TrunkSilent {
        /// Which leg.
        leg: LegId,
    },
    /// Quality of a leg over the last second.
    Measured {
        /// Which leg.
        leg: LegId,
        /// The figures.
        quality: Quality,
    },
}
