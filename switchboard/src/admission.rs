//! A caller comes in: by trunk or by the citizen page, it becomes a call in the same way.

use std::sync::Arc;
use std::time::Duration;

use ids::{CallId, Language, LegId};
use telephony::call::{Call, CallEvent, CallFacts, Refusal};
use telephony::driver::sip::Invitation;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::call_task::{CallInput, CallTask, INBOX_LEN};
use crate::hub::Hub;
use crate::lines::{Line, Lines};
use crate::recording::{Witness, notice};
use crate::registry::{CallEntry, LegOwner};
use crate::talk_quality::TalkQuality;
use crate::view::{CallState, CallView, Medium};
use crate::wishes::WishWitness;

/// How long the look-up of the remembered language may hold up a call.
const LANGUAGE_PATIENCE: Duration = Duration::from_millis(300);
/// How long the interaction's row may hold up a call; the call machine has a deadline of its own.
const RECORD_PATIENCE: Duration = Duration::from_secs(2);

/// A call that has an id, an entry and an inbox, and no task yet. Dropped before it is started, it
/// takes its place and its audio away again: a page that is closed while its call is being set up
/// leaves nothing behind.
pub(crate) struct Admitted {
    hub: Arc<Hub>,
    view: CallView,
    leg: LegId,
    /// The line dialled, and the lines that this call keeps to its end.
    line: Line,
    lines: Arc<Lines>,
    /// Taken by the task that the call gets.
    inbox: Option<mpsc::Receiver<CallInput>>,
}

impl Admitted {
    /// Gives the caller a place, at once, so that a CANCEL that follows finds it.
    ///
    /// # Errors
    /// Why the call must be refused.
    pub(crate) fn new(
        hub: &Arc<Hub>,
        leg: LegId,
        from: Option<&str>,
        dialled: &str,
        medium: Medium,
    ) -> Result<Self, Refusal> {
        if hub.is_draining() {
            return Err(Refusal::Stopping);
        }
        let lines = hub.lines.get();
        let line = lines.of(dialled).clone();
        let id = CallId::from_uuid(hub.clock.mint());
        let view = CallView {
            id,
            interaction_id: crm::interaction::id_of(id),
            case_id: None,
            contact_id: None,
            state: CallState::Greeting,
            medium,
            number: from.and_then(crate::records::e164_of),
            dialled: dialled.to_owned(),
            queue: line.queue,
            class: line.class,
            language: None,
            arrived_at: hub.clock.now(),
            answered_at: None,
            queued_at: None,
            talking_at: None,
            ended_at: None,
            agent: None,
            position: None,
            recording: None,
        };
        let (inbox, received) = mpsc::channel(INBOX_LEN);
        let mut maps = hub.registry.lock();
        if maps.calls.len() >= hub.calls_max {
            return Err(Refusal::Busy);
        }
        maps.legs.insert(leg, LegOwner::Call(view.id));
        let quality = TalkQuality::default();
        maps.calls.insert(view.id, CallEntry { inbox, leg, view: view.clone(), quality });
        drop(maps);
        metrics::gauge!("helpline_calls").increment(1.0);
        metrics::counter!("helpline_calls_arrived_total").increment(1);
        Ok(Self { hub: Arc::clone(hub), view, leg, line, lines, inbox: Some(received) })
    }

    pub(crate) fn id(&self) -> CallId {
        self.view.id
    }

    /// Starts the call. `answer` is our session description, where the trunk still waits for it;
    /// `language` what the caller has chosen already, where there was a way to.
    pub(crate) async fn start(mut self, answer: Option<String>, language: Option<Language>) {
        let remembered = match language {
            Some(chosen) => Some(chosen),
            None => remembered_language(&self.hub, &self.view).await,
        };
        // From here on nothing waits: the call has its task, or is taken away whole.
        let Some(inbox) = self.inbox.take() else { return };
        self.view.language = remembered;
        let (hub, view, leg) = (Arc::clone(&self.hub), &self.view, self.leg);
        hub.registry.update_call(view.id, |view| view.language = remembered);
        let written = hub.records.arrived(view);
        hub.tasks.spawn(await_record(Arc::clone(&hub), view.id, written));
        let (hours, queue) = self.line.at(view.arrived_at);
        let rule = hub.recording.rule(self.line.recording);
        let facts = CallFacts {
            id: view.id,
            leg,
            queue,
            hours,
            sounds: self.lines.sounds().clone(),
            flow: Arc::clone(&self.line.flow),
            remembered_language: remembered,
            class: self.line.class,
            notice: notice(rule),
            reachable: view.number.is_some(),
        };
        let mut effects = Vec::new();
        let call = Call::arrived(facts, hub.clock.now(), &mut effects);
        let (id, medium) = (view.id, view.medium);
        let witness = Witness::new(id, rule);
        let wishes = WishWitness::default();
        let tasks = hub.tasks.clone();
        let task = CallTask { hub, id, leg, medium, answer, inbox, witness, wishes };
        tasks.spawn(task.supervise(call, effects));
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        if self.inbox.is_some() {
            self.hub.media.close(self.leg);
            self.hub.registry.remove_call(self.view.id);
            metrics::gauge!("helpline_calls").decrement(1.0);
        }
    }
}

async fn await_record(hub: Arc<Hub>, call: CallId, written: oneshot::Receiver<()>) {
    let event = match timeout(RECORD_PATIENCE, written).await {
        Ok(Ok(())) => CallEvent::Recorded,
        Ok(Err(_)) | Err(_) => CallEvent::RecordFailed,
    };
    hub.tell_call(call, event);
}

async fn remembered_language(hub: &Hub, view: &CallView) -> Option<Language> {
    let number = view.number?;
    let found = timeout(LANGUAGE_PATIENCE, hub.records.remembered_language(number)).await;
    // No answer in time costs the caller one more question, not the call.
    found.ok().flatten()
}

/// An INVITE came in.
pub(crate) fn invited(hub: &Arc<Hub>, invitation: Invitation) {
    let Invitation { leg, from, dialled, offer } = invitation;
    let admitted = match Admitted::new(hub, leg, from.as_deref(), &dialled, Medium::Call) {
        Ok(admitted) => admitted,
        Err(refusal) => return refuse(hub, leg, refusal),
    };
    let hub = Arc::clone(hub);
    hub.tasks.clone().spawn(async move {
        let described = match &offer {
            Some(offer) => hub.media.open_trunk(leg, offer).await,
            None => hub.media.offer_trunk(leg),
        };
        match described {
            Ok(answer) => admitted.start(Some(answer), None).await,
            Err(refused) => {
                drop(admitted);
                refuse(&hub, leg, Refusal::from(refused));
            }
        }
    });
}

fn refuse(hub: &Hub, leg: LegId, refusal: Refusal) {
    metrics::counter!("helpline_calls_refused_total").increment(1);
    hub.sip.refuse(leg, refusal);
}
