//! The port through which SIP reaches the exchange. `rsipstack` stays behind it.
//!
//! The vocabulary is here; [`RsipPort`] (`port`) is the port itself. Requests come in through
//! `listen` (who may), `incoming` (what is it) and `admission` (how many); each call is a task of
//! `leg`, whose end is seen to by `guard`. Not here: registration, TLS, session timers (RFC 4028: the
//! trunk's refreshes are answered, ours are not sent), and offers of our own (an INVITE without one
//! gets 488).

mod admission;
mod caller;
mod config;
mod guard;
mod incoming;
mod leg;
mod listen;
mod port;
pub mod probe;
mod refusal;

use ids::LegId;

use crate::call::{LeftHow, Refusal};
use crate::sdp::TrunkOffer;

pub use config::{SipConfig, SipCounts, SipStartError};
pub use ipnet::IpNet;
pub use port::RsipPort;
pub use refusal::SipRefusal;

/// An INVITE that came in. Nothing has been answered but `100 Trying`.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Minted by the driver; names this caller's leg from now on.
    pub leg: LegId,
    /// The caller's number as the trunk gave it (user part of From); `None` if withheld.
    pub from: Option<String>,
    /// The number dialled (user part of the request URI).
    pub dialled: String,
    /// What the caller's side can do.
    pub offer: TrunkOffer,
}

/// What SIP reports.
#[derive(Clone, Debug)]
pub enum SipEvent {
    /// A call came in.
    Invited(Box<Invitation>),
    /// The caller confirmed the answer (ACK).
    Confirmed {
        /// Which leg.
        leg: LegId,
    },
    /// The leg ended; nothing more comes of it. Every leg that was invited reports this exactly
    /// once, also when the end was ours (then as `HungUp`).
    Left {
        /// Which leg.
        leg: LegId,
        /// How.
        how: LeftHow,
    },
}

/// What the exchange asks of SIP. Each returns at once; the outcome is an event.
pub trait SipPort: Send + Sync + 'static {
    /// `180 Ringing`.
    fn ring(&self, leg: LegId);
    /// `200 OK` with this session description.
    fn answer(&self, leg: LegId, description: String);
    /// A final refusal; see `sip::refusal` for the codes.
    fn refuse(&self, leg: LegId, refusal: Refusal);
    /// BYE.
    fn hang_up(&self, leg: LegId);
}
