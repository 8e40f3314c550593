//! What a gate needs to know.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::identity::Certificate;

/// Fills bytes with chance.
pub type Random = Box<dyn FnMut(&mut [u8]) + Send>;

/// What a [`super::Gate`] needs to know.
pub struct GateConfig {
    /// Our DTLS certificate; one for the whole process.
    pub certificate: Arc<Certificate>,
    /// The address that answers name: where browsers reach the shared port.
    pub candidate: SocketAddr,
    /// Deadlines.
    pub timing: GateTiming,
    /// Most peers at one time.
    pub peers_max: usize,
    /// Fills bytes with cryptographic chance, for names, passwords and session numbers.
    pub random: Random,
}

impl GateConfig {
    /// The usual deadlines, and 4096 peers.
    #[must_use]
    pub fn new(certificate: Arc<Certificate>, candidate: SocketAddr, random: Random) -> Self {
        Self { certificate, candidate, timing: GateTiming::default(), peers_max: 4096, random }
    }
}

/// Deadlines of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateTiming {
    /// From the answer until path and keys must be there; then `Lost`.
    pub connect_within: Duration,
    /// How long the chosen address may send no check, once it has proved to check often (Chromium
    /// and Safari: about every 2.5 s); then `Lost`.
    pub quiet_after: Duration,
    /// The same for a browser that checks at RFC 7675's pace of 4 to 6 s (Firefox), and for every
    /// browser in its first ten seconds or while it loses packets. Never shorter than
    /// `quiet_after`.
    pub quiet_after_unsteady: Duration,
    /// How long one check counts as consent to send (RFC 7675 §5.1). Then the address is
    /// forgotten.
    pub consent_lasts: Duration,
}

impl Default for GateTiming {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(30),
            quiet_after: Duration::from_secs(6),
            quiet_after_unsteady: Duration::from_secs(13),
            consent_lasts: Duration::from_secs(30),
        }
    }
}
