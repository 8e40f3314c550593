//! The port through which SIP reaches the exchange. `rsipstack` stays behind it.
//!
//! The vocabulary is here; [`RsipPort`] (`port`) is the port itself. Requests come in through
//! `listen` (who may), `incoming` (what is it) and `admission` (how many); each call is a task of
//! `leg`, whose end is seen to by `guard`. What the far end asks within a call is in `within`, how a
//! call that nobody refreshes is found dead in `refresh` and `session_timer` (RFC 4028). Calls that we
//! place over trunks go through `outgoing`, those to operators' telephones through `placed`; what trunks are, and whether they live, is `driver::trunk`'s.
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
mod placed;
mod port;
pub mod probe;
mod refresh;
mod refusal;
mod session_timer;
mod within;

use std::time::Duration;

use ids::{LegId, Timestamp};

use crate::call::{Digit, LeftHow, Refusal};
use crate::driver::station::StationAddress;
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

/// A call to an operator's telephone.
#[derive(Clone, Debug)]
pub struct StationCall {
    /// Which telephone.
    pub to: StationAddress,
    /// The caller's number, for its display; `None` if withheld.
    pub from: Option<String>,
    /// Our session description.
    pub offer: String,
    /// How long it may ring.
    pub answer_within: Duration,
}

/// Why a call of ours did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// Somebody declined, or the telephone is busy (480, 486, 600, 603).
    Declined,
    /// It rang until its time was over, or until we took the call back.
    Unanswered,
    /// It cannot be reached, refuses, or has no audio that we have.
    Unreachable,
}

/// Why we take a call back that rings; the telephone is told (RFC 3326).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// Somebody else answered: the telephone need not list a missed call.
    AnsweredElsewhere,
    /// The caller is gone, or the time is over.
    Over,
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
    /// The telephone that we call rings.
    Rings {
        /// Which leg.
        leg: LegId,
    },
    /// It was answered.
    Taken {
        /// Which leg.
        leg: LegId,
        /// What its side can do: the answer to our offer.
        answer: Box<TrunkOffer>,
    },
    /// It was not, and nothing more comes of this leg. Every leg that was placed reports this or, once
    /// it was taken, [`SipEvent::Left`], exactly once.
    NotTaken {
        /// Which leg.
        leg: LegId,
        /// Why.
        why: NotTaken,
    },
    /// The leg ended; nothing more comes of it. Every leg that was invited or taken reports this
    /// exactly once, also when the end was ours (then as `HungUp`).
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
    /// BYE; for a call of ours that was not answered yet, CANCEL.
    fn hang_up(&self, leg: LegId);
    /// Whether an operator's telephone may be at this address.
    fn may_call(&self, station: &StationAddress) -> bool;
    /// Calls an operator's telephone; `leg` is minted by the caller of this. [`SipEvent::Taken`] or
    /// [`SipEvent::NotTaken`] follows.
    fn place(&self, leg: LegId, call: StationCall);
    /// CANCEL with the reason. If it was answered in the same moment, it is hung up.
    fn take_back(&self, leg: LegId, why: TakenBack);
    /// The trunks and how they are doing, in the order of the settings.
    fn trunks(&self) -> Vec<TrunkView>;
    /// What is open and what was counted.
    fn counts(&self) -> SipCounts;
}
