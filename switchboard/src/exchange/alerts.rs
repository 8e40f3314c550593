//! The alerts and who has seen to them.

use ids::UserId;

use super::Exchange;
use crate::alerts::{Acknowledged, AlertView};

impl Exchange {
    /// The alerts raised, newest first; the last 200.
    #[must_use]
    pub fn alerts(&self) -> Vec<AlertView> {
        self.hub.bus.alerts()
    }

    /// Notes that this person has seen to an alert; the first who did stays. `None` if there is no such
    /// alert, or no longer.
    #[must_use]
    pub fn acknowledge_alert(&self, id: u64, by: UserId, name: String) -> Option<AlertView> {
        self.hub.bus.acknowledge(id, Acknowledged { by, name, at: self.hub.clock.now() })
    }
}
