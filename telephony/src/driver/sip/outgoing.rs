//! Calls that we place: over the healthiest trunk, and over the next if that fails. Does I/O.

use std::sync::PoisonError;

use tokio::time::Instant;

use super::admitted::Admitted;
use super::port::RsipPort;
use crate::driver::trunk::choice::About;
use crate::driver::trunk::place::{Answered, Patience, Tried, code_of, invite, try_once, verdict};
use crate::driver::trunk::request::{Way, find};
use crate::driver::trunk::{Attempt, OutgoingCall, OutgoingLeg, PlaceError, TrunkFault, TrunkName};

/// What one trunk made of a call.
enum Outcome {
    Answered(Box<Answered>, Box<dyn Send>),
    Failed(TrunkFault),
    Full,
}

impl RsipPort {
    /// Places a call: over the trunk that is named, else over the healthiest by priority, and over the
    /// next where one fails for a reason of its own. Returns when somebody has answered.
    ///
    /// # Errors
    /// Nobody answered, the called side refused, or no trunk could take the call.
    pub async fn place(&self, call: OutgoingCall) -> Result<OutgoingLeg, PlaceError> {
        let gives_up_at = Instant::now() + call.answer_within;
        let mut attempts: Vec<Attempt> = Vec::new();
        for index in self.order(call.trunk.as_ref()) {
            let Some(trunk) = self.shared.trunks.get(index) else { continue };
            let name = trunk.config.name.clone();
            match self.try_trunk(index, &call, gives_up_at).await? {
                Outcome::Answered(answered, place) => {
                    return Ok(self.leg(name, attempts, call.offer, *answered, place));
                }
                Outcome::Failed(fault) => {
                    metrics::counter!("helpline_sip_trunk_failed_calls_total", "trunk" => name.to_string())
                        .increment(1);
                    tracing::warn!(trunk = %name, why = %fault, "a call goes to the next trunk");
                    attempts.push(Attempt { trunk: name, fault });
                }
                Outcome::Full => {}
            }
        }
        if attempts.is_empty() {
            return Err(PlaceError::NoTrunk);
        }
        Err(PlaceError::AllFailed { attempts })
    }

    fn order(&self, only: Option<&TrunkName>) -> Vec<usize> {
        let door = self.shared.door.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.trunks.order(only, |trunk| door.has_room(trunk))
    }

    async fn try_trunk(
        &self,
        index: usize,
        call: &OutgoingCall,
        gives_up_at: Instant,
    ) -> Result<Outcome, PlaceError> {
        if self.shared.stop.is_cancelled() || self.shared.tasks.is_closed() {
            return Err(PlaceError::Stopping);
        }
        let Some(trunk) = self.shared.trunks.get(index) else { return Ok(Outcome::Full) };
        let Some(to) = trunk.config.send_to.as_ref() else { return Ok(Outcome::Full) };
        let Ok(place) = Admitted::outgoing(&self.shared.door, index) else {
            return Ok(Outcome::Full);
        };
        let within = self.shared.config.keep_alive.answer_within;
        let address = match trunk.address() {
            Some(address) => address,
            None => match find(to, within).await {
                Ok(found) => {
                    let Some(first) = found.first().copied() else { return Ok(Outcome::Full) };
                    trunk.found(found);
                    first
                }
                Err(fault) => return Ok(Outcome::Failed(fault)),
            },
        };
        let dialogs = &self.shared.dialogs;
        let (endpoint, contact) = (&dialogs.endpoint, self.shared.contact);
        let way = Way { endpoint, contact, trunk: &trunk.config, to, address };
        let option = invite(way, &call.to, call.from.as_deref(), &call.offer)?;
        let first_answer_by = Some(Instant::now() + within);
        let patience = Patience { first_answer_by, gives_up_at, taken_back: None };
        let tried = try_once(dialogs, option, patience, &mut || {}).await;
        let Ok(tried) = tried else { return Ok(Outcome::Failed(TrunkFault::Unreachable)) };
        match (verdict(&tried), tried) {
            (_, Tried::Answered(answered)) => Ok(Outcome::Answered(answered, Box::new(place))),
            (_, Tried::Over { given_up: true, .. }) => Err(PlaceError::Unanswered),
            (Some(About::Trunk(_)), Tried::Silent) if Instant::now() >= gives_up_at => {
                Err(PlaceError::Unanswered)
            }
            (Some(About::Called), Tried::Over { reason, .. }) => Err(PlaceError::Refused {
                trunk: trunk.config.name.clone(),
                code: code_of(&reason),
            }),
            (Some(About::Trunk(fault)), _) => Ok(Outcome::Failed(fault)),
            (Some(About::Called) | None, _) => Ok(Outcome::Failed(TrunkFault::NoAnswer)),
        }
    }

    fn leg(
        &self,
        trunk: TrunkName,
        attempts: Vec<Attempt>,
        offer: String,
        answered: Answered,
        place: Box<dyn Send>,
    ) -> OutgoingLeg {
        OutgoingLeg {
            trunk,
            attempts,
            offer,
            answered,
            dialogs: self.shared.dialogs.clone(),
            tasks: self.shared.tasks.clone(),
            over: false,
            place: Some(place),
        }
    }
}
