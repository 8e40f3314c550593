//! Browsers' audio connections behind one shared UDP port: the answer to an offer (RFC 8829), the
//! ICE-lite side of connectivity checks (RFC 8445 §2.5), and the DTLS server that yields the keys
//! of SRTP (RFC 5764). No sockets and no clock: a [`Gate`] is fed datagrams and the time, and
//! polled for datagrams and events.
//!
//! G.711 audio only, and one codec of it: a browser's 20 ms frames then go to a trunk as they are.
//! ICE-lite, because our address is known: the browser probes, we answer, and no `.local` name or
//! candidate of the browser needs to be understood.
//!
//! SRTP and SRTCP never come here: datagrams that begin with a byte of 128–191 belong to the
//! media threads (RFC 7983). STUN and DTLS do.
//!
//! Not here: SRTP itself ([`crate::srtp`]), TCP candidates, relays (a browser behind a TURN server
//! looks like any other address), trickled candidates, video, data channels.

mod answer;
mod binding;
mod config;
mod credentials;
mod gate;
mod handshake;
mod identity;
mod offer;
mod path;
mod peer;
mod records;

use std::net::SocketAddr;

use thiserror::Error;

use crate::sdp::Codec;
use crate::srtp::SrtpKeys;

pub use config::{GateConfig, GateTiming, Random};
pub use gate::Gate;
pub use identity::{Certificate, CertificateError};

/// Names a browser's connection to its [`Gate`]; chosen by the owner of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// What a [`Gate`] asks for, from [`Gate::poll_output`].
#[derive(Debug)]
pub enum GateOutput {
    /// Send this from the shared port.
    Transmit {
        /// Where to.
        to: SocketAddr,
        /// What: a STUN answer or a DTLS flight, no longer than 1280 bytes.
        datagram: Vec<u8>,
    },
    /// Something became true.
    Event(GateEvent),
}

/// What became true of a peer.
pub enum GateEvent {
    /// The DTLS handshake is complete and the browser's certificate is the one of its offer.
    /// Exactly once for each association; a fresh connection ([`AnswerKind::Fresh`]) brings new
    /// keys, a restarted one keeps those it has.
    Keys {
        /// Whose.
        peer: PeerId,
        /// For both directions.
        keys: SrtpKeys,
    },
    /// Where the browser is to be sent to from now on: the first nominated address, another one
    /// later, or the same again after [`GateEvent::Lost`].
    Path {
        /// Whose.
        peer: PeerId,
        /// Its address, as seen from our socket.
        remote: SocketAddr,
    },
    /// It did not connect in time, or its checks stopped: nothing may be sent to it (RFC 7675).
    /// It comes back with [`GateEvent::Path`] if its checks do.
    Lost {
        /// Who.
        peer: PeerId,
    },
    /// The DTLS association is over: the browser said goodbye, gave up with a fatal alert, or
    /// showed another certificate than its offer had named. Only a new offer brings it back.
    Closed {
        /// Who.
        peer: PeerId,
    },
}

impl std::fmt::Debug for GateEvent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the keys, whatever their own type prints.
        match self {
            Self::Keys { peer, .. } => write!(formatter, "Keys({})", peer.0),
            Self::Path { peer, remote } => write!(formatter, "Path({}, {remote})", peer.0),
            Self::Lost { peer } => write!(formatter, "Lost({})", peer.0),
            Self::Closed { peer } => write!(formatter, "Closed({})", peer.0),
        }
    }
}

/// Whether an answer continues a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// A new connection: new keys will come. What the peer had before is void.
    Fresh,
    /// An ICE restart (RFC 8445 §9): keys and DTLS stay, addresses may change.
    Restarted,
}

/// The answer to a browser's offer, and what it settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerAnswer {
    /// The session description for the browser.
    pub description: String,
    /// The codec of both directions.
    pub codec: Codec,
    /// The payload type of telephone events (RFC 4733), if the browser offered them.
    pub telephone_event: Option<u8>,
    /// Fresh, or a restart of the ICE part only.
    pub kind: AnswerKind,
}

/// Why an offer was not answered. A peer that exists already goes on as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnswerRefused {
    /// Longer than 64 KiB, or more lines or streams than any browser writes.
    #[error("the session description is too long")]
    TooLong,
    /// Not RFC 8866.
    #[error("the session description is malformed")]
    Malformed,
    /// No audio over DTLS-SRTP.
    #[error("the session description offers no audio over DTLS-SRTP")]
    NoAudio,
    /// Neither PCMA nor PCMU.
    #[error("no codec in common")]
    NoCommonCodec,
    /// No ICE credentials, or none that RFC 8839 §5.4 allows.
    #[error("the session description has no usable ICE credentials")]
    NoIce,
    /// No SHA-256 fingerprint of a certificate.
    #[error("the session description has no usable fingerprint")]
    NoFingerprint,
    /// It insists on being the DTLS server, or on no connection; browsers offer `actpass`.
    #[error("the session description leaves us no DTLS role")]
    NoRole,
    /// RTCP on a port of its own; we have one port (RFC 8834 §4.5 obliges browsers to offer it).
    #[error("the session description does not multiplex RTP and RTCP")]
    NoRtcpMux,
    /// The gate has as many peers as it may.
    #[error("too many peers")]
    TooManyPeers,
    /// The DTLS library refused to begin.
    #[error("the connection could not be set up")]
    Failed,
}

/// What a gate has seen and holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GateCounts {
    /// Peers now.
    pub peers: usize,
    /// Addresses and names by which peers are found now.
    pub routes: usize,
    /// Datagrams that belonged to no peer, ever.
    pub strangers: u64,
    /// Datagrams of peers that were malformed, wrongly signed or over a limit, ever.
    pub rejected: u64,
    /// Handshakes that ended with another certificate than the offer named, ever.
    pub impostors: u64,
}
