//! What the drivers report, brought to the call or the agent whose it is. Decides nothing.

use std::sync::Arc;
use std::time::Duration;

use ids::{AgentId, CallId, LegId};
use telephony::call::{CallEvent, LeftHow, Refusal};
use telephony::driver::media::{MediaEvent, Quality};
use telephony::driver::sip::SipEvent;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::admission;
use crate::bus::{Audience, Happening};
use crate::hub::Hub;
use crate::registry::LegOwner;
use crate::talk_quality::TalkSecond;

/// How long a caller's page may be without audio until the call counts as ended.
const CALLER_PATIENCE: Duration = Duration::from_secs(10);

/// Brings SIP's reports to their calls until SIP stops.
pub(crate) async fn pump_sip(hub: Arc<Hub>, mut events: mpsc::Receiver<SipEvent>) {
    while let Some(event) = events.recv().await {
        match event {
            SipEvent::Invited(invitation) => admission::invited(&hub, *invitation),
            SipEvent::Confirmed { leg } => tell_owner(&hub, leg, CallEvent::CallerConfirmed),
            SipEvent::Offered { leg, offer } => {
                let answer = hub.media.change_trunk(leg, &offer);
                hub.sip.describe(leg, answer.map_err(Refusal::from));
            }
            SipEvent::OfferWanted { leg } => {
                hub.sip.describe(leg, hub.media.offer_trunk(leg).map_err(Refusal::from));
            }
            SipEvent::Answered { leg, answer } => {
                // SIP passes no answer on that takes neither law, so the leg has just ended.
                let _ended = hub.media.agree_trunk(leg, &answer);
            }
            SipEvent::DigitSignalled { leg, digit } => hub.media.digit_signalled(leg, digit),
            SipEvent::Left { leg, how } => match hub.registry.owner_of(leg) {
                Some(LegOwner::Call(call)) => hub.tell_call(call, CallEvent::CallerLeft { how }),
                Some(LegOwner::Agent(_)) => hub.station_left(leg, how),
                None => {}
            },
            SipEvent::Rings { leg } => hub.station_rings(leg),
            SipEvent::Taken { leg, answer } => hub.station_taken(leg, &answer),
            SipEvent::NotTaken { leg, why } => hub.station_not_taken(leg, why),
            SipEvent::TrunkHealth { trunk, health, since } => {
                let happening = Happening::TrunkChanged { trunk, health, since };
                hub.bus.publish(hub.clock.now(), Audience::Supervisors, happening);
            }
        }
    }
}

/// Brings the media plane's reports to their calls and agents until the plane stops.
pub(crate) async fn pump_media(hub: Arc<Hub>, mut events: mpsc::Receiver<MediaEvent>) {
    while let Some(event) = events.recv().await {
        match event {
            MediaEvent::DigitPressed { leg, digit } => {
                tell_owner(&hub, leg, CallEvent::DigitPressed { digit });
            }
            MediaEvent::PlayEnded { leg, play } => {
                tell_owner(&hub, leg, CallEvent::PlayEnded { play });
            }
            MediaEvent::PeerConnected { leg } => match hub.registry.owner_of(leg) {
                Some(LegOwner::Agent(agent)) => agent_media(&hub, agent, leg, true),
                Some(LegOwner::Call(call)) => {
                    hub.registry.caller_back(leg);
                    hub.tell_call(call, CallEvent::CallerConfirmed);
                }
                None => {}
            },
            MediaEvent::PeerDisconnected { leg, closed } => match hub.registry.owner_of(leg) {
                Some(LegOwner::Agent(agent)) => agent_media(&hub, agent, leg, false),
                Some(LegOwner::Call(call)) if closed => media_lost(&hub, call),
                Some(LegOwner::Call(call)) => wait_for_caller(&hub, call, leg),
                None => {}
            },
            MediaEvent::TrunkSilent { leg } => match hub.registry.owner_of(leg) {
                Some(LegOwner::Call(call)) => {
                    // The dialog still stands: without a BYE the other side would go on paying.
                    hub.sip.hang_up(leg);
                    media_lost(&hub, call);
                }
                Some(LegOwner::Agent(_)) => hub.station_silent(leg),
                None => {}
            },
            MediaEvent::Measured { leg, quality } => measured(&hub, leg, quality),
        }
    }
}

/// An agent's keys are no caller's keys: only a call's own leg speaks to its machine.
fn tell_owner(hub: &Hub, leg: LegId, event: CallEvent) {
    if let Some(LegOwner::Call(call)) = hub.registry.owner_of(leg) {
        hub.tell_call(call, event);
    }
}

/// A page whose network changes mends its connection in a few seconds: the call waits for it.
fn wait_for_caller(hub: &Arc<Hub>, call: CallId, leg: LegId) {
    let patience = hub.registry.caller_absent(leg);
    let hub = Arc::clone(hub);
    tokio::spawn(async move {
        if timeout(CALLER_PATIENCE, patience.cancelled()).await.is_err() {
            hub.registry.caller_back(leg);
            media_lost(&hub, call);
        }
    });
}

fn media_lost(hub: &Hub, call: CallId) {
    hub.tell_call(call, CallEvent::CallerLeft { how: LeftHow::MediaLost });
}

fn agent_media(hub: &Hub, agent: AgentId, leg: LegId, connected: bool) {
    let now = hub.clock.now();
    hub.show_agent(now, agent, |entry| {
        entry.media_connected = connected;
        entry.heard_at = now;
    });
    if !connected {
        hub.bus.publish(now, Audience::Agent(agent), Happening::MediaLost { agent });
    }
    if let Some(call) =
        hub.registry.call_of(agent).filter(|_| !hub.registry.talks_by_telephone(agent))
    {
        let event =
            if connected { CallEvent::AgentMediaBack { leg } } else { CallEvent::AgentMediaLost };
        hub.tell_call(call, event);
    }
}

fn measured(hub: &Hub, leg: LegId, quality: Quality) {
    let Some((call, agent, second)) = hub.registry.measured(leg, quality) else { return };
    let TalkSecond { caller, operator, verdict } = second;
    let happening = Happening::CallQuality { call, caller, operator, verdict };
    hub.bus.publish(hub.clock.now(), Audience::Agent(agent), happening);
}

#[cfg(test)]
pub(crate) mod tests;
