//! What all tasks of the exchange share, and how the floor's effects reach calls and consoles.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crm::callback::{Cause, Kind};
use crm::interaction::Mark;
use ids::{AgentId, CallId, Class, LegId, QueueId, ReservationId, Timestamp, WishId};
use routing::{Alert, Effects, FloorEffect, FloorEvent, LeaveCause, RefusedWhy};
use telephony::call::{CallEvent, EndCause};
use telephony::driver::media::MediaPlane;
use telephony::driver::sip::SipPort;
use tokio::sync::mpsc::error::TrySendError;
use tokio_util::task::TaskTracker;

use crate::bus::{Audience, Bus, Happening};
use crate::call_task::CallInput;
use crate::caller_keys::CallerKeys;
use crate::clock::Clock;
use crate::floor_task::{FloorPort, Perform};
use crate::lines::CurrentLines;
use crate::recording::{Note, RecordingPort};
use crate::records::RecordPort;
use crate::registry::{AgentEntry, AgentLeg, Registry};
use crate::view::{CallState, Medium, RingingView};
use crate::wishes::Noted;

pub(crate) struct Hub {
    pub(crate) clock: Clock,
    pub(crate) bus: Bus,
    pub(crate) registry: Registry,
    pub(crate) sip: Arc<dyn SipPort>,
    pub(crate) media: MediaPlane,
    pub(crate) floor: FloorPort,
    pub(crate) records: RecordPort,
    pub(crate) recording: RecordingPort,
    pub(crate) lines: CurrentLines,
    pub(crate) caller_keys: CallerKeys,
    pub(crate) calls_max: usize,
    pub(crate) tasks: TaskTracker,
    pub(crate) draining: AtomicBool,
}

impl Hub {
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Hands an event to a call. A call that is over needs no telling.
    pub(crate) fn tell_call(&self, call: CallId, event: CallEvent) {
        self.try_tell_call(call, event);
    }

    /// Hands an event to a call; false if there is no such call any more. A call that does not take
    /// its events is stuck and loses its inbox.
    fn try_tell_call(&self, call: CallId, event: CallEvent) -> bool {
        let Some(inbox) = self.registry.inbox_of(call) else { return false };
        match inbox.try_send(CallInput::Event(event)) {
            Ok(()) => true,
            Err(TrySendError::Closed(_)) => false,
            Err(TrySendError::Full(_)) => {
                metrics::counter!("helpline_calls_stuck_total").increment(1);
                tracing::error!(call.id = %call, "a call does not take its events");
                // Without its inbox the task ends the call as stopped as soon as it looks again.
                self.registry.remove_call(call);
                false
            }
        }
    }

    /// Tells the floor from a place that must not wait.
    pub(crate) fn tell_floor_later(self: &Arc<Self>, event: FloorEvent) {
        let hub = Arc::clone(self);
        self.tasks.spawn(async move { hub.floor.tell(event).await });
    }

    /// What the records learn at the end of a call.
    pub(crate) fn record_end(&self, call: CallId, now: Timestamp, cause: EndCause) {
        if let Some(quality) = self.registry.line_quality(call) {
            let quality = Box::new(quality);
            self.records.mark(call, now, Mark::Measured { quality });
        }
        self.records.ended(call, now, cause);
        self.recording.note(Note::Ended(call));
    }

    /// The last act of a call.
    pub(crate) fn end_call(&self, call: CallId, leg: LegId, cause: EndCause) {
        let now = self.clock.now();
        let view = self.registry.update_call(call, |view| {
            view.state = CallState::Ended;
            view.ended_at = Some(now);
        });
        self.media.close(leg);
        self.registry.remove_call(call);
        let agent = view.as_ref().and_then(|view| view.agent);
        let audience = agent.map_or(Audience::Supervisors, Audience::Agent);
        let view = view.map(Box::new);
        self.bus.publish(now, audience, Happening::CallEnded { call, cause, view });
        metrics::gauge!("helpline_calls").decrement(1.0);
    }

    /// A call's task panicked: nobody stays behind on a dead line.
    pub(crate) async fn clean_up_after_panic(&self, call: CallId, leg: LegId, medium: Medium) {
        if medium == Medium::Call {
            self.sip.hang_up(leg);
        }
        self.release_station(call);
        let now = self.clock.now();
        if let Some(view) = self.registry.call_view(call) {
            self.note_wish(call, view.class, Noted { kind: Kind::Unserved, cause: Cause::Fault });
        }
        self.record_end(call, now, EndCause::Panicked);
        self.end_call(call, leg, EndCause::Panicked);
        // One of the two applies; the floor refuses the other.
        self.floor.tell(FloorEvent::CallerLeft { call, cause: LeaveCause::Failed }).await;
        self.floor.tell(FloorEvent::CallDropped { call }).await;
    }

    /// A caller wishes to be called back, or was not served.
    pub(crate) fn note_wish(&self, call: CallId, class: Class, noted: Noted) {
        let (now, Noted { kind, cause }) = (self.clock.now(), noted);
        let id = WishId::from_uuid(self.clock.mint());
        metrics::counter!("helpline_callback_wishes_total", "kind" => kind.as_str()).increment(1);
        self.records.mark(call, now, Mark::Wished { id, kind, cause });
        if class == Class::Emergency && kind == Kind::Unserved {
            let alert = Alert::EmergencyUnserved { call };
            self.bus.publish(now, Audience::Supervisors, Happening::Alerted(alert));
        }
    }

    fn ring(&self, now: Timestamp, agent: AgentId, ringing: RingingView) {
        let reservation = ringing.reservation;
        let kept = ringing.clone();
        self.registry.update_agent(agent, |entry| {
            entry.ringing.insert(reservation, kept);
        });
        let happening = Happening::ReservationRinging { agent, ringing: Box::new(ringing) };
        self.bus.publish(now, Audience::Agent(agent), happening);
    }

    fn connect(
        self: &Arc<Self>,
        now: Timestamp,
        reservation: ReservationId,
        (agent, call): (AgentId, CallId),
    ) {
        let by_telephone = self.connect_station(reservation);
        let by_telephone = by_telephone.map(|leg| AgentLeg { leg, connected: true });
        let has_telephone = self.registry.station_of(agent).is_some();
        let in_browser = self.registry.agent_leg(agent);
        let in_browser = in_browser.filter(|leg| leg.connected || !has_telephone);
        let Some(entry) = by_telephone.or(in_browser) else {
            // The floor knows an agent whom nobody signed in here, or whose telephone was hung up in
            // this moment: the caller waits again.
            self.take_back(call);
            return;
        };
        self.registry.update_call(call, |view| view.agent = Some(agent));
        if !self.try_tell_call(call, CallEvent::AgentAccepted { agent, leg: entry.leg }) {
            // The caller hung up in the same moment: the agent is free again.
            self.release_station(call);
            self.tell_floor_later(FloorEvent::CallEnded { call });
        } else if !entry.connected {
            self.bus.publish(now, Audience::Agent(agent), Happening::MediaLost { agent });
            self.tell_call(call, CallEvent::AgentMediaLost);
        }
    }

    /// Puts a caller back to the head of the queue, the wait intact.
    fn take_back(self: &Arc<Self>, call: CallId) {
        let hub = Arc::clone(self);
        self.tasks.spawn(async move {
            hub.floor.tell(FloorEvent::CallEnded { call }).await;
            let Some(view) = hub.registry.call_view(call) else { return };
            let since = view.queued_at.unwrap_or(view.arrived_at);
            let caller = hub.caller_keys.of(&view);
            let (queue, class, language) = (view.queue, view.class, view.language);
            let head = true;
            let event =
                FloorEvent::CallerArrived { call, queue, class, language, since, head, caller };
            hub.floor.tell(event).await;
        });
    }

    fn perform_one(self: &Arc<Self>, now: Timestamp, effect: FloorEffect) {
        match effect {
            FloorEffect::Ring { reservation, agent, call, expires_at, explanation, .. } => {
                let Some(call) = self.registry.call_view(call) else { return };
                let rang_at = now;
                let ringing = RingingView { reservation, call, rang_at, expires_at, explanation };
                self.ring(now, agent, ringing.clone());
                self.ring_station(agent, &ringing);
            }
            FloorEffect::StopRinging { reservation, agent, cause, .. } => {
                self.stop_ringing(now, agent, reservation, Some(cause));
                self.stop_station(reservation, cause);
            }
            FloorEffect::Connect { reservation, agent, call, .. } => {
                self.stop_ringing(now, agent, reservation, None);
                self.connect(now, reservation, (agent, call));
            }
            FloorEffect::SetAgentState { agent, state, next } => {
                self.show_agent(now, agent, |entry| {
                    entry.enter(state, now);
                    entry.next = next;
                });
            }
            FloorEffect::SetWaiting { call, queue, class, position, expected_wait } => {
                self.note_reroute(now, call, queue, class);
                let view = self.registry.set_waiting(call, queue, class, position, now);
                self.bus.publish(now, Audience::Everyone, Happening::QueueChanged(view));
                self.show_waiting(now, call);
                self.tell_call(call, CallEvent::PlaceChanged { position, expected_wait });
            }
            FloorEffect::ClearWaiting { call, queue } => {
                let view = self.registry.clear_waiting(call, queue);
                self.bus.publish(now, Audience::Everyone, Happening::QueueChanged(view));
            }
            FloorEffect::Alert { alert } => {
                self.bus.publish(now, Audience::Supervisors, Happening::Alerted(alert));
            }
            FloorEffect::Refuse { event, why } => {
                metrics::counter!("helpline_floor_events_refused_total").increment(1);
                if let (FloorEvent::CallerArrived { call, .. }, RefusedWhy::Full) = (event, why) {
                    self.tell_call(call, CallEvent::QueueFull);
                }
            }
        }
    }

    /// Tells the call, the records and those who watch that a supervisor moved the caller or gave
    /// another class. What the call itself asked for, it knows.
    fn note_reroute(&self, now: Timestamp, call: CallId, queue: QueueId, class: Class) {
        let mut rerouted = false;
        let view = self.registry.update_call(call, |view| {
            rerouted = (view.queue, view.class) != (queue, class);
            (view.queue, view.class) = (queue, class);
        });
        let (true, Some(view)) = (rerouted, view) else { return };
        self.tell_call(call, CallEvent::Rerouted { queue, class });
        self.records.mark(call, now, Mark::Queued { queue, class, language: view.language });
    }

    /// Changes an agent and tells whoever watches. Told under the lock of the change: of two changes
    /// at once, the one that was made last is told last.
    pub(crate) fn show_agent(
        &self,
        now: Timestamp,
        agent: AgentId,
        change: impl FnOnce(&mut AgentEntry),
    ) {
        let mut maps = self.registry.lock();
        let Some(entry) = maps.agents.get_mut(&agent) else { return };
        change(entry);
        let happening = Happening::AgentStateChanged(entry.view());
        self.bus.publish(now, Audience::Agent(agent), happening);
    }

    /// Tells supervisors where a caller waits now. Under the lock, so that it is never told after the
    /// end of the call.
    fn show_waiting(&self, now: Timestamp, call: CallId) {
        let maps = self.registry.lock();
        let Some(entry) = maps.calls.get(&call) else { return };
        if entry.view.state != CallState::Ended {
            let happening = Happening::CallChanged(Box::new(entry.view.clone()));
            self.bus.publish(now, Audience::Supervisors, happening);
        }
    }

    fn stop_ringing(
        &self,
        now: Timestamp,
        agent: AgentId,
        reservation: ReservationId,
        cause: Option<routing::StopCause>,
    ) {
        self.registry.update_agent(agent, |entry| {
            entry.ringing.remove(&reservation);
        });
        let happening = Happening::ReservationStopped { agent, reservation, cause };
        self.bus.publish(now, Audience::Agent(agent), happening);
    }
}

impl Perform for Arc<Hub> {
    fn perform(&self, at: Timestamp, effects: Effects) {
        for effect in effects {
            self.perform_one(at, effect);
        }
    }
}
