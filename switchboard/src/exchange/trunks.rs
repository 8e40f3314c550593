//! The lines to carriers, as the edges see them.

use telephony::driver::trunk::TrunkView;

use super::Exchange;

impl Exchange {
    /// The trunks and how they are doing, in the order of the settings.
    #[must_use]
    pub fn trunks(&self) -> Vec<TrunkView> {
        self.hub.sip.trunks()
    }
}
