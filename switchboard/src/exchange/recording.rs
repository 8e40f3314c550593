//! What an agent asks of the recording of the call that goes on.

use ids::{AgentId, CallId};

use super::{Exchange, ExchangeError};
use crate::recording::RecordingWish;

impl Exchange {
    /// Pauses, resumes or ends the recording of this agent's call. Done once the recorder has taken
    /// it: from then on nothing of a pause reaches the disk.
    ///
    /// # Errors
    /// [`ExchangeError::NotYourCall`]; [`ExchangeError::Recording`] if nothing of the kind goes on, or
    /// the recorder does not answer.
    pub async fn wish_recording(
        &self,
        agent: AgentId,
        call: CallId,
        wish: RecordingWish,
    ) -> Result<(), ExchangeError> {
        if self.hub.registry.call_of(agent) != Some(call) {
            return Err(ExchangeError::NotYourCall);
        }
        Ok(self.hub.recording.wish(call, wish).await?)
    }
}
