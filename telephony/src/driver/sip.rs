//! The port through which SIP reaches the exchange. `rsipstack` stays behind it.
//!
//! The vocabulary is here; [`RsipPort`] (`port`) is the port itself. Requests come in through
//! `listen` (who may), `incoming` (what is it) and `admission` (how many); each call is a task of
//! `leg`, whose end is seen to by `guard`. Calls that we place go through `outgoing`; what trunks are,
//! and whether they live, is `driver::trunk`'s. Not here: TLS, session timers (RFC 4028: the
//! trunk's refreshes are answered, ours are not sent), and offers of our own (an INVITE without one
//! gets 488).

mod admission;
mod admitted;
mod caller;
mod config;
mod guard;
mod incoming;
mod leg;
mod listen;
mod outgoing;
mod port;
mod refusal;

use ids::{LegId, Timestamp};

use crate::call::{LeftHow, Refusal};
use crate::driver::trunk::{TrunkHealth, TrunkName, TrunkView};
use crate::sdp::TrunkOffer;

pub use admission::ReservedLine;
pub use config::{SipConfig, SipCounts, SipStartError};
pub use ipnet::IpNet;
pub use port::RsipPort;
pub use refusal::SipRefusal;

/// An INVITE that came in. Nothing has been answered but `100 Trying`.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Minted by the driver; names this caller's leg from now on.
    pub leg: LegId,
    /// The caller's number as the trunk gave it (P-Asserted-Identity where that is believed, else
    /// From); `None` if withheld.
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
    /// A trunk's health is another now.
    TrunkHealth {
        /// Which trunk.
        trunk: TrunkName,
        /// How it is doing.
        health: TrunkHealth,
        /// Since when.
        since: Timestamp,
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
    /// The trunks and how they are doing, in the order of the settings.
    fn trunks(&self) -> Vec<TrunkView>;
}
