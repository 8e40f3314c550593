//! What the exchange holds for calls at a moment: when the last call is over, none of it is left but the
//! audio of agents who are signed in.

use std::collections::HashMap;

use telephony::driver::media::MediaCounts;
use telephony::driver::sip::SipCounts;

use super::Exchange;

/// What is held.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// By the SIP stack.
    pub sip: SipCounts,
    /// By the media plane.
    pub media: MediaCounts,
    /// Callers who wait.
    pub callers: usize,
    /// Consoles that ring.
    pub reservations: usize,
}

impl Exchange {
    /// What is held now.
    #[must_use]
    pub fn held(&self) -> Held {
        let (callers, reservations) = self.hub.registry.lock().open();
        let (sip, media) = (self.hub.sip.counts(), self.hub.media.counts());
        Held { sip, media, callers, reservations }
    }
}

impl crate::registry::Maps {
    /// Callers who wait, and consoles that ring.
    fn open(&self) -> (usize, usize) {
        let ringing = self.agents.values().map(|agent| agent.ringing.len()).sum();
        (self.waiting().map(HashMap::len).sum(), ringing)
    }
}
