//! The media plane as the exchange sees it: legs that carry audio, joined, parted and played to.
//!
//! [`MediaPlane`] takes commands, events come out through a bounded queue; nothing outside knows a
//! socket. Inside, a leg (`leg`) stands between two seams: a line (`line`) carries packets to its far
//! end, which is a trunk (`trunk`, on a port of `ports`) or a browser (`peer`, at the one port of
//! `mux`). What a leg sends is numbered as one stream (`outgoing`), whether it is a playlist or a key
//! press (`pacer`) or what another leg hears; what comes too late is left out (`lateness`).
//!
//! Two-party calls are forwarded without decoding: header rewritten, bytes passed on, or through a
//! table of 256 where the two sides speak different laws. Not here: mixing, recording, RTCP.

mod config;
mod events;
mod handler;
mod incoming;
mod lateness;
mod leg;
mod line;
mod mux;
mod negotiation;
mod outgoing;
mod pacer;
mod peer;
mod plane;
mod ports;
mod runtime;
mod stun;
mod trunk;

use ids::LegId;

use crate::call::{Digit, PlayId};

pub use crate::media::quality::{Hears, Quality, Sends};
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
    /// A browser's leg lost its connection; it may come back.
    PeerDisconnected {
        /// Which leg.
        leg: LegId,
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
