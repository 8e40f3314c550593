//! An agent's telephone, set for the shift.

use ids::AgentId;
use telephony::driver::station::StationAddress;

use super::{Exchange, ExchangeError};
use crate::stations::Station;
use crate::view::{AgentView, StationState};

impl Exchange {
    /// From now on this telephone rings for the agent, instead of the browser's audio; with `None` the
    /// browser's again. A call that the agent is on stays where it is.
    ///
    /// # Errors
    /// [`ExchangeError::StationNotAllowed`] for a telephone outside of the networks for them,
    /// [`ExchangeError::NotOnTheFloor`].
    pub fn set_station(
        &self,
        agent: AgentId,
        address: Option<StationAddress>,
    ) -> Result<AgentView, ExchangeError> {
        if address.as_ref().is_some_and(|address| !self.hub.sip.may_call(address)) {
            return Err(ExchangeError::StationNotAllowed);
        }
        let station = address.map(|address| Station { address, state: StationState::Ready });
        self.hub.show_agent(self.hub.clock.now(), agent, |entry| entry.station = station);
        self.agent_view(agent).ok_or(ExchangeError::NotOnTheFloor)
    }
}
