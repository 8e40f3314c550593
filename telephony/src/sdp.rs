//! Session descriptions (RFC 8866) for G.711 telephone audio. Pure.

use std::net::SocketAddr;

/// A codec that we speak on telephone legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 A-law, payload type 8.
    Pcma,
    /// G.711 µ-law, payload type 0.
    Pcmu,
}

/// What the other side of a trunk leg offered, as far as we use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkOffer {
    /// Where its audio is to be sent.
    pub remote: SocketAddr,
    /// The G.711 codecs offered, in its order of preference.
    pub codecs: Vec<Codec>,
    /// Payload type of `telephone-event/8000`, if offered.
    pub telephone_event: Option<u8>,
}
