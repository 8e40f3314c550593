//! A web call that has begun: what its page asks, and its audio after a change of network.

use telephony::call::{CallEvent, Digit, LeftHow};

use super::{Exchange, ExchangeError, refused_media};
use crate::view::CallView;

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

    /// The citizen page hangs up. False if there is no such call.
    #[must_use]
    pub fn web_call_hang_up(&self, token: &str) -> bool {
        self.tell_web(token, CallEvent::CallerLeft { how: LeftHow::HungUp })
    }

    /// A key was pressed on the citizen page. False if there is no such call.
    #[must_use]
    pub fn web_call_digit(&self, token: &str, digit: Digit) -> bool {
        self.tell_web(token, CallEvent::DigitPressed { digit })
    }

    /// The call of a citizen page, while it lives.
    #[must_use]
    pub fn web_call_view(&self, token: &str) -> Option<CallView> {
        let call = self.hub.registry.lock().web_calls.get(token).copied()?;
        self.call_view(call)
    }

    fn tell_web(&self, token: &str, event: CallEvent) -> bool {
        let call = self.hub.registry.lock().web_calls.get(token).copied();
        call.inspect(|call| self.hub.tell_call(*call, event)).is_some()
    }
}
