//! A reservation: one agent asked to take one caller, until a deadline. And the timers.

use ids::{ReservationId, Timestamp};

use super::agent::{AgentSlot, Origin};
use super::caller::CallerSlot;

/// A reservation that rings. Once over it is removed; its number never comes again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reservation {
    pub(crate) agent: AgentSlot,
    pub(crate) caller: CallerSlot,
    pub(crate) expires_at: Timestamp,
    pub(crate) origin: Origin,
}

/// What happens at a deadline. The order decides between timers of the same microsecond, and rests
/// on numbers that a replay and a restored floor share: of reservations, registrations and arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The console rang for the whole ring time.
    Ring(ReservationId),
    /// Wrap-up is over.
    WrapUp(AgentSlot),
    /// An agent may be asked again for a caller they declined.
    CoolDown { arrival: u64, agent: AgentSlot, caller: CallerSlot },
    /// A caller has waited so long that more agents are asked.
    Relax { arrival: u64, caller: CallerSlot },
}
