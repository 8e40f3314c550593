//! Session descriptions (RFC 8866) for G.711 telephone audio, by offer and answer (RFC 3264). Pure.
//!
//! The grammar is parsed by the `sdp` part of the `rtc` crate, which ships with our WebRTC stack:
//! it is maintained, takes lines in the orders that real trunks send, and accepts any transport.
//! Ours is what it leaves to the caller: limits before parsing, which stream is the telephone
//! audio, which codec both sides speak, and an answer that mirrors the offer's streams.
//!
//! An answer is read by the same [`TrunkOffer::parse`] (as `helpline dial` does): for a side with
//! one audio stream, both say the same things.
//!
//! Not here: host names in `c=` (we never resolve names in signalling), SRTP and ICE (browsers'
//! descriptions are the business of `driver::media`), video.

mod media_session;
mod offer;
mod write;

use std::net::SocketAddr;

pub use media_session::MediaSession;
pub use offer::ParseOfferError;
pub(crate) use offer::formats;
pub(crate) use write::stream;
pub use write::{AgreedAudio, LocalAudio, write_offer};

/// A codec that we speak on telephone legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 A-law, payload type 8.
    Pcma,
    /// G.711 µ-law, payload type 0.
    Pcmu,
}

impl Codec {
    /// The static RTP payload type (RFC 3551 table 4).
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcma => 8,
            Self::Pcmu => 0,
        }
    }

    /// The codec of a static payload type, if it is one of ours.
    #[must_use]
    pub const fn from_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            8 => Some(Self::Pcma),
            0 => Some(Self::Pcmu),
            _ => None,
        }
    }

    /// The encoding name in `a=rtpmap`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
        }
    }
}

/// Which way audio flows, as the side that wrote the description sees it (RFC 8866 §6.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ways; also when nothing is said.
    #[default]
    SendRecv,
    /// It only sends: we are on its hold.
    SendOnly,
    /// It only listens.
    RecvOnly,
    /// Nothing flows.
    Inactive,
}

impl Direction {
    /// The direction that answers this one (RFC 3264 §6.1).
    #[must_use]
    pub const fn answered(self) -> Self {
        match self {
            Self::SendRecv => Self::SendRecv,
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            Self::Inactive => Self::Inactive,
        }
    }
}

/// A stream of the offer that we refuse: repeated in the answer with port 0, at the same place
/// (RFC 3264 §6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedStream {
    /// `audio`, `video`, `image`, …
    pub media: String,
    /// Its transport: `RTP/AVP`, `udptl`, …
    pub transport: String,
    /// Its first format.
    pub format: String,
}

/// What the other side of a trunk leg offered, as far as we use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkOffer {
    /// Where its audio is to be sent.
    pub remote: SocketAddr,
    /// The G.711 codecs offered, in its order of preference; empty if it speaks none of ours.
    pub codecs: Vec<Codec>,
    /// Payload type of `telephone-event/8000`, if offered.
    pub telephone_event: Option<u8>,
    /// Which way its audio flows. An unspecified address (`0.0.0.0`, the old way to hold) counts
    /// as "does not listen".
    pub direction: Direction,
    /// The packet time that it asks for, milliseconds (1–200), if it says so.
    pub ptime_ms: Option<u16>,
    /// Streams before the telephone audio.
    pub refused_before: Vec<RefusedStream>,
    /// Streams after the telephone audio.
    pub refused_after: Vec<RefusedStream>,
}

#[cfg(test)]
mod tests;
