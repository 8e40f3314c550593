//! Operators' telephones: each reservation of an agent who has one rings it as well.
//!
//! Answering the telephone accepts the reservation, declining rejects it, hanging up is the agent's
//! hanging up. The floor and the call know nothing of it: to the call the telephone's leg is the leg of
//! the agent who accepted. One telephone leg lives from the ringing to the end of the agent's part.

use std::sync::Arc;
use std::time::Duration;

use ids::{AgentId, CallId, LegId, ReservationId};
use routing::{FloorEvent, StopCause};
use telephony::call::{CallEvent, LeftHow};
use telephony::driver::sip::{NotTaken, StationCall, TakenBack};
use telephony::driver::station::StationAddress;
use telephony::sdp::TrunkOffer;

use crate::hub::Hub;
use crate::registry::{AgentEntry, LegOwner};
use crate::view::{RingingView, StationState};

/// The floor ends a reservation; a telephone that is still ringing this much later is stopped here.
const FLOOR_PATIENCE: Duration = Duration::from_secs(2);

/// An agent's telephone, as set for the shift.
#[derive(Clone, Debug)]
pub(crate) struct Station {
    pub(crate) address: StationAddress,
    pub(crate) state: StationState,
}

/// The leg of a telephone that was called for a reservation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StationLeg {
    pub(crate) agent: AgentId,
    pub(crate) reservation: ReservationId,
    pub(crate) call: CallId,
    pub(crate) stage: Stage,
}

/// How far a telephone's leg has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It was called.
    Called,
    /// Somebody answered, and the floor has not said yes yet.
    Answered,
    /// The call has it.
    Connected,
}

impl Hub {
    /// Calls the agent's telephone for what rings at the console, if the agent has one.
    pub(crate) fn ring_station(self: &Arc<Self>, agent: AgentId, ringing: &RingingView) {
        let Some(to) = self.registry.station_of(agent) else { return };
        let reservation = ringing.reservation;
        let leg = LegId::from_uuid(self.clock.mint());
        let Ok(offer) = self.media.offer_trunk(leg) else {
            tracing::error!("no port is free for an agent's telephone");
            return self.tell_floor_later(FloorEvent::ReservationRejected { reservation, agent });
        };
        let call = ringing.call.id;
        let entry = StationLeg { agent, reservation, call, stage: Stage::Called };
        {
            let mut maps = self.registry.lock();
            maps.legs.insert(leg, LegOwner::Agent(agent));
            maps.stations.insert(leg, entry);
        }
        self.show_station(agent, StationState::Calling);
        let from = ringing.call.number.map(|number| number.expose().to_owned());
        let answer_within = ringing.expires_at.since(self.clock.now()) + FLOOR_PATIENCE;
        self.sip.place(leg, StationCall { to, from, offer, answer_within });
    }

    /// The reservation is over and the agent does not get the call: the telephone stops ringing.
    pub(crate) fn stop_station(&self, reservation: ReservationId, cause: StopCause) {
        let Some((leg, entry)) = self.registry.station_leg_for(reservation) else { return };
        self.forget_station_leg(leg, entry);
        let why = match cause {
            StopCause::TakenByAnother => TakenBack::AnsweredElsewhere,
            StopCause::CallerLeft
            | StopCause::TimedOut
            | StopCause::Rejected
            | StopCause::AgentLost
            | StopCause::Replaced
            | StopCause::Withdrawn => TakenBack::Over,
        };
        self.sip.take_back(leg, why);
    }

    /// The leg on which the agent answered this reservation, for the call to have.
    pub(crate) fn connect_station(&self, reservation: ReservationId) -> Option<LegId> {
        let mut maps = self.registry.lock();
        let answered =
            |entry: &StationLeg| entry.reservation == reservation && entry.stage == Stage::Answered;
        let (leg, entry) = maps.stations.iter_mut().find(|(_, entry)| answered(entry))?;
        entry.stage = Stage::Connected;
        Some(*leg)
    }

    /// The agent's part of a call is over: the telephone is hung up.
    pub(crate) fn release_station(&self, call: CallId) {
        let of_call = |entry: &StationLeg| entry.call == call && entry.stage == Stage::Connected;
        while let Some((leg, entry)) = self.registry.station_leg(of_call) {
            self.forget_station_leg(leg, entry);
            self.sip.hang_up(leg);
        }
    }

    /// The telephone rings.
    pub(crate) fn station_rings(&self, leg: LegId) {
        let entry = self.registry.lock().stations.get(&leg).copied();
        if let Some(entry) = entry.filter(|entry| entry.stage == Stage::Called) {
            self.show_station(entry.agent, StationState::Ringing);
        }
    }

    /// The telephone was answered: that accepts the reservation. If the floor says no, because somebody
    /// else was first, it is hung up.
    pub(crate) fn station_taken(self: &Arc<Self>, leg: LegId, answer: &TrunkOffer) {
        let Some(entry) = self.registry.lock().stations.get(&leg).copied() else { return };
        let StationLeg { agent, reservation, .. } = entry;
        if self.media.agree_trunk(leg, answer).is_err() {
            return self.station_fails(leg, entry);
        }
        if let Some(entry) = self.registry.lock().stations.get_mut(&leg) {
            entry.stage = Stage::Answered;
        }
        self.show_station(agent, StationState::Answered);
        let hub = Arc::clone(self);
        self.tasks.spawn(async move {
            let accepted = hub.floor.ask(FloorEvent::ReservationAccepted { reservation, agent });
            if accepted.await != Some(Ok(())) {
                hub.forget_station_leg(leg, entry);
                hub.sip.hang_up(leg);
            }
        });
    }

    /// The telephone was not answered.
    pub(crate) fn station_not_taken(self: &Arc<Self>, leg: LegId, why: NotTaken) {
        let Some(entry) = self.registry.lock().stations.get(&leg).copied() else { return };
        metrics::counter!("helpline_station_calls_not_taken_total", "why" => word(why))
            .increment(1);
        let StationLeg { agent, reservation, .. } = entry;
        match why {
            NotTaken::Declined | NotTaken::Unanswered => {
                self.forget_station_leg(leg, entry);
                self.tell_floor_later(FloorEvent::ReservationRejected { reservation, agent });
            }
            NotTaken::Unreachable => self.station_fails(leg, entry),
        }
    }

    /// A telephone's leg ended: hung up by the agent, or lost. A lost telephone does not come back by
    /// itself, so the caller goes back to the queue at once.
    pub(crate) fn station_left(&self, leg: LegId, how: LeftHow) {
        let Some(entry) = self.registry.lock().stations.get(&leg).copied() else { return };
        self.forget_station_leg(leg, entry);
        if entry.stage == Stage::Connected {
            self.tell_call(
                entry.call,
                match how {
                    LeftHow::HungUp | LeftHow::Cancelled => CallEvent::AgentHungUp,
                    LeftHow::MediaLost | LeftHow::SignallingLost => CallEvent::AgentGone { leg },
                },
            );
        }
    }

    /// Nothing is heard from a telephone that talks.
    pub(crate) fn station_silent(&self, leg: LegId) {
        // The dialog may still stand: its BYE must leave all the same.
        self.sip.hang_up(leg);
        self.station_left(leg, LeftHow::MediaLost);
    }

    /// A telephone that cannot be reached takes its agent off the floor: whoever came next would only
    /// wait for it as well.
    fn station_fails(self: &Arc<Self>, leg: LegId, entry: StationLeg) {
        tracing::warn!(agent.id = %entry.agent, "an agent's telephone cannot be reached");
        self.forget_station_leg(leg, entry);
        self.sip.hang_up(leg);
        self.show_station(entry.agent, StationState::Unreachable);
        self.tell_floor_later(FloorEvent::AgentLost { agent: entry.agent });
    }

    fn forget_station_leg(&self, leg: LegId, entry: StationLeg) {
        {
            let mut maps = self.registry.lock();
            maps.legs.remove(&leg);
            if maps.stations.remove(&leg).is_none() {
                return;
            }
        }
        self.media.close(leg);
        self.show_station(entry.agent, StationState::Ready);
    }

    fn show_station(&self, agent: AgentId, state: StationState) {
        let now = self.clock.now();
        self.show_agent(now, agent, |entry: &mut AgentEntry| {
            if let Some(station) = &mut entry.station {
                station.state = state;
            }
        });
    }
}

fn word(why: NotTaken) -> &'static str {
    match why {
        NotTaken::Declined => "declined",
        NotTaken::Unanswered => "unanswered",
        NotTaken::Unreachable => "unreachable",
    }
}
