//! The task of one call: feeds its machine, does what the machine asks, tells those who watch.
//!
//! Receive, step, perform, wait; what a call should do is decided in `telephony::call` alone. The
//! task runs under supervision: if it panics, the call ends with that cause and the agent is free.

use std::sync::Arc;

use crm::interaction::Mark;
use ids::{AgentId, CallId, Class, Language, LegId};
use routing::{FloorEvent, LeaveCause};
use telephony::call::{Call, CallEffect, CallEvent, EndCause};
use tokio::sync::mpsc;
use tracing::Instrument as _;

use crate::bus::{Audience, Happening};
use crate::hub::Hub;
use crate::recording::Witness;
use crate::view::{CallState, CallView, Medium};
use crate::wishes::WishWitness;

/// Events that may wait for one call. A call that lets more pile up is stuck and is ended.
pub(crate) const INBOX_LEN: usize = 256;

/// What reaches a call's task.
#[derive(Debug)]
pub(crate) enum CallInput {
    /// Something happened.
    Event(CallEvent),
}

/// What a call's task is started with.
pub(crate) struct CallTask {
    pub(crate) hub: Arc<Hub>,
    pub(crate) id: CallId,
    pub(crate) leg: LegId,
    pub(crate) medium: Medium,
    /// Our session description, until the call is answered.
    pub(crate) answer: Option<String>,
    pub(crate) inbox: mpsc::Receiver<CallInput>,
    /// What its recording needs to know.
    pub(crate) witness: Witness,
    /// Whether it leaves a wish to be called back.
    pub(crate) wishes: WishWitness,
}

impl CallTask {
    /// Runs the call to its end, supervised.
    pub(crate) async fn supervise(self, call: Call, first: Vec<CallEffect>) {
        let (hub, id, leg, medium) = (Arc::clone(&self.hub), self.id, self.leg, self.medium);
        // Every line of the log that is written on a call's behalf carries its id.
        let span = tracing::info_span!("call", call.id = %id);
        let run = tokio::spawn(self.run(call, first).instrument(span));
        if let Err(error) = run.await {
            metrics::counter!("helpline_calls_panicked_total").increment(1);
            tracing::error!(call.id = %id, error = %error, "the task of a call failed");
            hub.clean_up_after_panic(id, leg, medium).await;
        }
    }

    async fn run(mut self, mut call: Call, first: Vec<CallEffect>) {
        let mut effects = first;
        loop {
            if self.perform(&call, std::mem::take(&mut effects)).await {
                return self.leave_nobody_behind().await;
            }
            let event = self.next_event(&call).await;
            self.witness.event(&event);
            let now = self.hub.clock.now();
            call = match call.handle(now, event, &mut effects) {
                Ok(call) => call,
                Err(refused) => {
                    // Normal for a race: the caller hung up while the agent pressed hold.
                    metrics::counter!("helpline_call_events_refused_total").increment(1);
                    if refused.agent_to_release().is_some() {
                        self.hub.release_station(self.id);
                        self.hub.floor.tell(FloorEvent::CallEnded { call: self.id }).await;
                    }
                    refused.state
                }
            };
        }
    }

    /// An agent whose acceptance came too late to be read is free again.
    async fn leave_nobody_behind(&mut self) {
        self.inbox.close();
        while let Ok(CallInput::Event(event)) = self.inbox.try_recv() {
            if matches!(event, CallEvent::AgentAccepted { .. }) {
                self.hub.release_station(self.id);
                self.hub.floor.tell(FloorEvent::CallEnded { call: self.id }).await;
            }
        }
    }

    async fn next_event(&mut self, call: &Call) -> CallEvent {
        let wake = call.poll_timeout().map(|at| self.hub.clock.instant_of(at));
        let sleep = async {
            match wake {
                Some(wake) => tokio::time::sleep_until(wake).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            input = self.inbox.recv() => match input {
                Some(CallInput::Event(event)) => event,
                None => CallEvent::Stopped { cause: EndCause::Stopped },
            },
            () = sleep => CallEvent::Ticked,
        }
    }

    /// Does the effects in order; true once the call is over.
    async fn perform(&mut self, call: &Call, effects: Vec<CallEffect>) -> bool {
        let mut over = false;
        let breaks_off = effects.iter().any(breaks_off);
        for effect in effects {
            self.note_wish(&effect);
            self.observe(&effect);
            if let Some(note) = self.witness.effect(&effect) {
                self.hub.recording.note(note);
            }
            over |= matches!(effect, CallEffect::End { .. });
            self.perform_one(effect, breaks_off).await;
        }
        if !over {
            self.show(CallState::of(call));
        }
        over
    }

    async fn perform_one(&mut self, effect: CallEffect, breaks_off: bool) {
        let hub = &self.hub;
        match effect {
            CallEffect::Answer { leg } => {
                if let (Medium::Call, Some(answer)) = (self.medium, self.answer.take()) {
                    hub.sip.answer(leg, answer);
                }
            }
            CallEffect::Refuse { leg, refusal } => {
                if self.medium == Medium::Call {
                    hub.sip.refuse(leg, refusal);
                }
                hub.media.close(leg);
            }
            CallEffect::HangUp { leg } => {
                if self.medium == Medium::Call {
                    hub.sip.hang_up(leg);
                }
                hub.media.close(leg);
            }
            CallEffect::Play { leg, play, playlist } => hub.media.play(leg, play, &playlist),
            CallEffect::StopPlaying { leg } => hub.media.stop_playing(leg),
            CallEffect::Bridge { caller, agent } => hub.media.bridge(caller, agent),
            CallEffect::Unbridge { caller, agent } => hub.media.unbridge(caller, agent),
            CallEffect::SendDigit { leg, digit } => hub.media.send_digit(leg, digit),
            CallEffect::RememberLanguage { .. }
            | CallEffect::MarkTalking { .. }
            | CallEffect::WishCallback => {}
            CallEffect::JoinQueue { queue, class, language, since, head } => {
                let call = self.id;
                let caller =
                    hub.registry.call_view(call).and_then(|view| hub.caller_keys.of(&view));
                let event =
                    FloorEvent::CallerArrived { call, queue, class, language, since, head, caller };
                hub.floor.tell(event).await;
            }
            CallEffect::RaiseClass { class } => {
                hub.floor.tell(FloorEvent::CallerRaised { call: self.id, class }).await;
            }
            CallEffect::LeaveQueue { abandoned } => {
                let cause = if abandoned { LeaveCause::Abandoned } else { LeaveCause::Failed };
                hub.floor.tell(FloorEvent::CallerLeft { call: self.id, cause }).await;
            }
            CallEffect::ReleaseAgent { .. } => {
                hub.release_station(self.id);
                let call = self.id;
                let ended = FloorEvent::CallEnded { call };
                let dropped = FloorEvent::CallDropped { call };
                hub.floor.tell(if breaks_off { dropped } else { ended }).await;
            }
            CallEffect::SetHold { held, .. } => {
                let call = self.id;
                let event = if held {
                    FloorEvent::CallHeld { call }
                } else {
                    FloorEvent::CallResumed { call }
                };
                hub.floor.tell(event).await;
            }
            CallEffect::End { call, cause } => hub.end_call(call, self.leg, cause),
        }
    }

    /// Those who watch a call watch its effects: here the view and the records.
    fn observe(&self, effect: &CallEffect) {
        let (hub, id, now) = (&self.hub, self.id, self.hub.clock.now());
        match effect {
            CallEffect::Answer { .. } => {
                hub.registry.update_call(id, |view| view.answered_at = Some(now));
                hub.records.mark(id, now, Mark::Answered);
            }
            CallEffect::RememberLanguage { language } => self.language_chosen(*language),
            CallEffect::JoinQueue { queue, class, language, since, .. } => {
                let (queue, class, language) = (*queue, *class, *language);
                hub.registry.update_call(id, |view| {
                    view.queue = queue;
                    view.class = class;
                    view.language = language.or(view.language);
                    view.queued_at = Some(*since);
                    view.talking_at = None;
                    view.agent = None;
                });
                hub.records.mark(id, *since, Mark::Queued { queue, class, language });
            }
            CallEffect::RaiseClass { class } => {
                let class = *class;
                let view = hub.registry.update_call(id, |view| view.class = class);
                if let Some(CallView { queue, language, .. }) = view {
                    hub.records.mark(id, now, Mark::Queued { queue, class, language });
                }
            }
            CallEffect::MarkTalking { agent } => {
                let agent = *agent;
                hub.registry.update_call(id, |view| {
                    view.talking_at = Some(now);
                    view.agent = Some(agent);
                    view.position = None;
                });
                hub.records.mark(id, now, Mark::Talking { agent });
            }
            CallEffect::End { cause, .. } => {
                tracing::debug!(?cause, "a call is over");
                hub.record_end(id, now, *cause);
            }
            CallEffect::ReleaseAgent { agent } => self.say_goodbye(*agent),
            CallEffect::Refuse { .. }
            | CallEffect::HangUp { .. }
            | CallEffect::Play { .. }
            | CallEffect::StopPlaying { .. }
            | CallEffect::Bridge { .. }
            | CallEffect::Unbridge { .. }
            | CallEffect::SendDigit { .. }
            | CallEffect::LeaveQueue { .. }
            | CallEffect::WishCallback
            | CallEffect::SetHold { .. } => {}
        }
    }

    /// Before the end is noted, so that the call is still known.
    fn note_wish(&mut self, effect: &CallEffect) {
        let view = || self.hub.registry.call_view(self.id);
        let class = || view().map_or(Class::Standard, |view| view.class);
        if let Some(noted) = self.wishes.effect(class, effect)
            && let Some(view) = view()
        {
            self.hub.note_wish(view.id, view.class, noted);
        }
    }

    fn language_chosen(&self, language: Language) {
        let hub = &self.hub;
        let view = hub.registry.update_call(self.id, |view| view.language = Some(language));
        if let Some(number) = view.and_then(|view| view.number) {
            hub.records.remember_language(number, language, hub.clock.now());
        }
    }

    /// The agent's console learns that its part is over, whatever becomes of the caller.
    fn say_goodbye(&self, agent: AgentId) {
        let Some(mut view) = self.hub.registry.call_view(self.id) else { return };
        view.state = CallState::Ended;
        let happening = Happening::CallChanged(Box::new(view));
        self.hub.bus.publish(self.hub.clock.now(), Audience::Agent(agent), happening);
    }

    /// Publishes the view if it differs from what was shown.
    fn show(&self, state: CallState) {
        let hub = &self.hub;
        let mut changed = false;
        let view = hub.registry.update_call(self.id, |view| {
            changed = view.state != state;
            view.state = state;
        });
        if let (true, Some(view)) = (changed, view) {
            tracing::debug!(?state, "a call moved on");
            let audience = view.agent.map_or(Audience::Supervisors, Audience::Agent);
            hub.bus.publish(hub.clock.now(), audience, Happening::CallChanged(Box::new(view)));
        }
    }
}

/// The call ends and nobody meant it to: the line failed, or we did.
fn breaks_off(effect: &CallEffect) -> bool {
    let CallEffect::End { cause, .. } = effect else { return false };
    match cause {
        EndCause::CallerLost | EndCause::Stopped | EndCause::Panicked => true,
        EndCause::CallerHungUp
        | EndCause::AgentHungUp
        | EndCause::CancelledBeforeAnswer
        | EndCause::AbandonedInGreeting
        | EndCause::AbandonedInQueue
        | EndCause::Refused { .. }
        | EndCause::SetUpTimedOut => false,
    }
}
