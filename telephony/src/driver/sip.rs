//! The port through which SIP reaches the exchange. `rsipstack` stays behind it.
//!
//! The vocabulary is here; [`RsipPort`] (`port`) is the port itself. Requests come in through
//! `listen` (who may), `incoming` (what is it) and `admission` (how many); each call is a task of
//! `leg`, whose end is seen to by `guard`. What the far end asks within a call is in `within`, how a
//! call that nobody refreshes is found dead in `refresh` and `session_timer` (RFC 4028). Calls that we
//! place go through `outgoing`; what trunks are, and whether they live, is `driver::trunk`'s.
//! `docs/SIP.md` has the answer to each request. Not here: TLS.

mod admission;
mod admitted;
mod caller;
mod config;
mod extensions;
mod guard;
mod incoming;
mod info;
mod leg;
mod listen;
mod outgoing;
mod port;
pub mod probe;
mod refresh;
mod refusal;
mod session_timer;
mod within;

use ids::{LegId, Timestamp};

use crate::call::{Digit, LeftHow, Refusal};
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
    /// What the caller's side can do; `None` if it wants our offer instead (RFC 3261 §13.2.1): what
    /// [`SipPort::answer`] then carries is an offer, and [`SipEvent::Answered`] follows.
    pub offer: Option<TrunkOffer>,
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
    /// The far end wants its audio otherwise: another address, codec or direction (re-INVITE or
    /// UPDATE). To be answered with [`SipPort::describe`] within five seconds.
    Offered {
        /// Which leg.
        leg: LegId,
        /// What it wants.
        offer: Box<TrunkOffer>,
    },
    /// The far end wants an offer of ours for the call that stands (re-INVITE without one). To be
    /// answered with [`SipPort::describe`] within five seconds; [`SipEvent::Answered`] follows.
    OfferWanted {
        /// Which leg.
        leg: LegId,
    },
    /// The far end's answer to an offer of ours.
    Answered {
        /// Which leg.
        leg: LegId,
        /// What it takes.
        answer: Box<TrunkOffer>,
    },
    /// The far end tells of a key that was pressed (INFO). The same press may be heard in the audio.
    DigitSignalled {
        /// Which leg.
        leg: LegId,
        /// The key.
        digit: Digit,
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
    /// The description that [`SipEvent::Offered`] or [`SipEvent::OfferWanted`] asks for; a refusal
    /// leaves the call as it was.
    fn describe(&self, leg: LegId, description: Result<String, Refusal>);
    /// A final refusal; see `sip::refusal` for the codes.
    fn refuse(&self, leg: LegId, refusal: Refusal);
    /// BYE.
    fn hang_up(&self, leg: LegId);
    /// The trunks and how they are doing, in the order of the settings.
    fn trunks(&self) -> Vec<TrunkView>;
    /// What is open and what was counted.
    fn counts(&self) -> SipCounts;
}
