//! The audio of a web call after a change of network.

use super::{Exchange, ExchangeError, refused_media};

impl Exchange {
    /// Connects the audio of a web call anew; what the caller hears and who the caller talks with
    /// stay. `None` if there is no such call.
    ///
    /// # Errors
    /// [`ExchangeError::CallRefused`] when the offer cannot be used.
    pub async fn web_call_media(
        &self,
        token: &str,
        offer: &str,
    ) -> Result<Option<String>, ExchangeError> {
        let leg = || {
            let maps = self.hub.registry.lock();
            let call = maps.web_calls.get(token)?;
            maps.calls.get(call).map(|entry| entry.leg)
        };
        let Some(before) = leg() else { return Ok(None) };
        let answer = self.hub.media.open_peer(before, offer).await.map_err(refused_media)?;
        if leg() != Some(before) {
            // The call ended meanwhile, and its leg with it: the new one would have no owner.
            self.hub.media.close(before);
            return Ok(None);
        }
        Ok(Some(answer))
    }
}
