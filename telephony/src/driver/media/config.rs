//! What the media plane is told and what it answers: its configuration, its refusals, its counts.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use thiserror::Error;

use crate::call::Refusal;
use crate::webrtc::{AnswerRefused, CertificateError};

/// What the media plane needs to know.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// Where trunk legs receive.
    pub rtp_address: IpAddr,
    /// The address that the trunk sends to, if it is another one (NAT).
    pub rtp_public: Option<IpAddr>,
    /// The ports of trunk legs; the even ones are used.
    pub rtp_ports: RangeInclusive<u16>,
    /// The UDP port of all browsers, of the first thread. Port 0 takes a free port.
    pub webrtc_listen: SocketAddr,
    /// The address that browsers send to, if it is another one (NAT).
    pub webrtc_public: Option<IpAddr>,
    /// How long a trunk leg may send nothing until it is reported silent.
    pub silence_limit: Duration,
    /// Media threads; 0: one for each core. Each has a port of its own for browsers: the one
    /// configured and those that follow.
    pub threads: usize,
    /// How often a busy thread looks for packets; zero: each packet wakes it, which costs three
    /// times as much.
    pub tick: Duration,
    /// From this many legs on a thread is busy.
    pub busy_from: usize,
}

impl MediaConfig {
    /// Everything on one address, with the usual ports.
    #[must_use]
    pub fn new(address: IpAddr) -> Self {
        Self {
            rtp_address: address,
            rtp_public: None,
            rtp_ports: 16_384..=32_767,
            webrtc_listen: SocketAddr::new(address, 0),
            webrtc_public: None,
            silence_limit: Duration::from_secs(30),
            threads: 1,
            tick: Duration::from_millis(2),
            busy_from: 20,
        }
    }
}

/// Why the media plane could not start.
#[derive(Debug, Error)]
pub enum MediaStartError {
    /// The browsers' port is taken, or the address is not ours.
    #[error("cannot listen for browsers on {address}")]
    BindWebRtc {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No certificate for DTLS could be made.
    #[error("cannot make the certificate for browsers")]
    Certificate(#[source] CertificateError),
    /// The system gives no thread, or no queue to wait on.
    #[error("cannot start a media thread")]
    Thread(#[source] std::io::Error),
    /// The range holds no even port with its odd neighbour.
    #[error("the range of RTP ports holds no pair of ports")]
    NoPorts,
}

/// Why a leg was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MediaRefused {
    /// The far end speaks no G.711.
    #[error("no codec in common")]
    NoCommonCodec,
    /// The description cannot be read, or offers no audio.
    #[error("the session description cannot be used")]
    BadDescription,
    /// Every port is in use or at rest.
    #[error("no free port")]
    NoPort,
    /// There is a leg of this id.
    #[error("the leg is open already")]
    AlreadyOpen,
    /// There is no trunk leg of this id: it was closed, or never opened.
    #[error("there is no such trunk leg")]
    UnknownLeg,
    /// Answering a browser took too long.
    #[error("the peer connection was not ready in time")]
    TimedOut,
    /// The WebRTC stack failed.
    #[error("the peer connection failed")]
    Failed,
}

impl From<AnswerRefused> for MediaRefused {
    fn from(refused: AnswerRefused) -> Self {
        match refused {
            AnswerRefused::NoCommonCodec => Self::NoCommonCodec,
            AnswerRefused::TooManyPeers => Self::NoPort,
            AnswerRefused::Failed => Self::Failed,
            AnswerRefused::TooLong
            | AnswerRefused::Malformed
            | AnswerRefused::NoAudio
            | AnswerRefused::NoIce
            | AnswerRefused::NoFingerprint
            | AnswerRefused::NoRole
            | AnswerRefused::NoRtcpMux => Self::BadDescription,
        }
    }
}

impl From<MediaRefused> for Refusal {
    fn from(refused: MediaRefused) -> Self {
        match refused {
            MediaRefused::NoCommonCodec => Self::NoCommonCodec,
            MediaRefused::BadDescription => Self::BadDescription,
            MediaRefused::NoPort => Self::Busy,
            MediaRefused::AlreadyOpen
            | MediaRefused::UnknownLeg
            | MediaRefused::TimedOut
            | MediaRefused::Failed => Self::Fault,
        }
    }
}

/// What is open now. All zero once every leg is closed and its connections have wound up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaCounts {
    /// Legs.
    pub legs: usize,
    /// Trunk ports in use.
    pub ports: usize,
    /// Browsers' peer connections.
    pub peers: usize,
    /// Entries in the table of the browsers' port.
    pub routes: usize,
}
