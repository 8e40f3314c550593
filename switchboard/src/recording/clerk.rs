//! The task that carries out recordings: begins files, pauses and ends them, keeps their rows and
//! tells the consoles. One for all calls; what it does for one call is decided in [`super::talk`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crm::recording::{Consent, Recording, Rule, State};
use ids::{CallId, Timestamp};
use routing::Alert;
use telephony::driver::media::recorder::{
    BeginRecording, Recorder, RecorderConfig, RecorderEvent, RecorderStartError,
};
use telephony::media::record::{Consent as Mark, PauseReason as MarkedPause, RecordingId};
use telephony::sdp::Codec;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::talk::{Order, Talk};
use super::{
    Begun, Note, RecordingConfig, RecordingError, RecordingState, RecordingWish, after_crash,
};
use crate::bus::{Audience, Happening};
use crate::hub::Hub;

/// Notes that may wait: some for each call that can be.
pub(crate) const NOTES_MAX: usize = 16_384;
/// Reports of the recorder that may wait.
const REPORTS_MAX: usize = 4096;
/// How long making a file may take. The call goes on meanwhile.
const BEGIN_PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries to let a paused recording go on.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long the last files may take to reach the disk when the program stops.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// Keeps the recordings of all calls.
pub(crate) struct Clerk {
    hub: Arc<Hub>,
    config: RecordingConfig,
    recorder: Recorder,
    talks: HashMap<CallId, Talk>,
    /// Whose recording a number of the recorder is.
    numbers: HashMap<RecordingId, CallId>,
}

/// What the end of a file does to its talk.
type Settle = Box<dyn FnOnce(&mut Talk, Timestamp)>;

impl Clerk {
    /// Starts the recorder's threads, and the task.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn start(
        hub: &Arc<Hub>,
        config: RecordingConfig,
        notes: mpsc::Receiver<Note>,
    ) -> Result<(), RecorderStartError> {
        let Some(key) = config.keys.first().cloned() else { return Ok(()) };
        if let Err(error) = std::fs::create_dir_all(&config.folder) {
            // Every recording will be refused with its reason; calls are taken all the same.
            tracing::error!(%error, "the folder of `recording.folder` cannot be made: no call is recorded");
        }
        let (reports, received) = mpsc::channel(REPORTS_MAX);
        let recorder = RecorderConfig { free_min: config.free_min, ..RecorderConfig::new(key) };
        let recorder = Recorder::start(recorder, reports)?;
        let (talks, numbers) = (HashMap::new(), HashMap::new());
        let clerk = Self { hub: Arc::clone(hub), config, recorder, talks, numbers };
        hub.tasks.spawn(clerk.run(notes, received));
        Ok(())
    }

    async fn run(
        mut self,
        mut notes: mpsc::Receiver<Note>,
        mut reports: mpsc::Receiver<RecorderEvent>,
    ) {
        let folder = self.config.folder.clone();
        let keys = self.config.keys.clone();
        let started = self.hub.clock.now();
        self.hub.tasks.spawn(after_crash::close(Arc::clone(&self.hub), folder, keys, started));
        loop {
            let wake = self.talks.values().filter_map(Talk::deadline).min();
            let wake = wake.map(|at| self.hub.clock.instant_of(at));
            tokio::select! {
                note = notes.recv() => match note {
                    Some(Note::Stop(stopped)) => {
                        self.close(&mut reports).await;
                        // Whoever asked may have gone on.
                        let _ = stopped.send(());
                        return;
                    }
                    Some(note) => self.take(note).await,
                    None => return,
                },
                Some(report) = reports.recv() => self.report(report),
                () = until(wake) => self.resume_late(),
            }
        }
    }

    async fn take(&mut self, note: Note) {
        match note {
            Note::Joined(begun) if self.talks.contains_key(&begun.call) => {
                self.step(begun.call, Talk::joined);
            }
            Note::Joined(begun) => self.begin(begun).await,
            Note::Parted(call) => self.step(call, Talk::parted),
            Note::Ended(call) => self.end(call),
            Note::Wish(call, wish, reply) => {
                let done = self.wish(call, wish);
                // Whoever asked may have gone on.
                let _ = reply.send(done);
            }
            Note::Stop(_) => {}
        }
    }

    async fn begin(&mut self, begun: Begun) {
        let Begun { call, leg, rule, announced, consent } = begun;
        let now = self.hub.clock.now();
        let id = ids::RecordingId::from_uuid(self.hub.clock.mint());
        let row = Recording {
            announced,
            consent,
            ..Recording::new(id, call, rule, now, now + self.config.keep)
        };
        if rule == Rule::Consent && consent != Some(Consent::Given) {
            let row = Recording { state: State::NotMade, ended_at: Some(now), ..row };
            let talk = Talk::without_sound(row, leg, RecordingState::NoConsent);
            return self.keep(call, talk);
        }
        let number = RecordingId(id.as_uuid().as_u64_pair().1);
        let talk = match self.begin_file(&row, number).await {
            Ok(began) => {
                self.hub.media.record(leg, number, began, self.recorder.port());
                if consent.is_some() {
                    // A mark for whoever has the file alone; the row has it too.
                    let _ = self.recorder.consent(number, began, Mark::Given);
                }
                self.numbers.insert(number, call);
                let key = self.config.keys.first().map(|key| key.id().to_string());
                let row = Recording { key, file: Some(file_name(&row)), ..row };
                Talk::running(row, leg, number)
            }
            Err(fault) => {
                metrics::counter!("helpline_recordings_not_begun_total").increment(1);
                tracing::error!(call.id = %call, fault, "a call is not recorded");
                let fault = Some(fault);
                let row = Recording { state: State::Failed, ended_at: Some(now), fault, ..row };
                Talk::without_sound(row, leg, RecordingState::Failed)
            }
        };
        let failed = talk.view().state == RecordingState::Failed;
        self.keep(call, talk);
        if failed {
            self.alert(Alert::RecordingFailed { call });
        }
    }

    /// Makes the file; the moment from which it counts.
    async fn begin_file(&self, row: &Recording, number: RecordingId) -> Result<Timestamp, String> {
        let began = self.hub.media.now();
        let path = self.config.folder.join(file_name(row));
        let begin = BeginRecording { recording: number, path, began, law: Codec::Pcma };
        match timeout(BEGIN_PATIENCE, self.recorder.begin(begin)).await {
            Ok(Ok(())) => Ok(began),
            Ok(Err(refused)) => Err(in_words(&refused)),
            Err(_) => {
                // It may still be made: then it is closed at once, and empty.
                let _ = self.recorder.end(number, self.hub.media.now());
                Err("the recorder did not answer in time".to_owned())
            }
        }
    }

    fn wish(&mut self, call: CallId, wish: RecordingWish) -> Result<(), RecordingError> {
        let now = self.hub.clock.now();
        let most = self.config.pause_max;
        let delete = self.config.delete_withdrawn;
        let before = self.talks.get(&call).ok_or(RecordingError::WrongState)?;
        let number = before.number.ok_or(RecordingError::WrongState)?;
        let mut after = before.clone();
        match wish {
            RecordingWish::Pause(because) => {
                let order = after.pause(now, most, because).ok_or(RecordingError::WrongState)?;
                self.tell(number, order)?;
            }
            RecordingWish::Resume => {
                let order = after.resume(now).ok_or(RecordingError::WrongState)?;
                order.map_or(Ok(()), |order| self.tell(number, order))?;
            }
            RecordingWish::Stop { withdrawn } => {
                if !after.stop(now, withdrawn, delete) {
                    return Err(RecordingError::WrongState);
                }
                let at = self.hub.media.now();
                if withdrawn {
                    let _ = self.recorder.consent(number, at, Mark::Withdrawn);
                }
                self.recorder.end(number, at).map_err(|_| RecordingError::Unavailable)?;
                self.hub.media.stop_recording(after.leg);
            }
        }
        // What was not heard by the recorder is not shown either.
        self.keep(call, after);
        Ok(())
    }

    /// A step of a talk that nobody waits for.
    fn step(&mut self, call: CallId, step: impl FnOnce(&mut Talk, Timestamp) -> Option<Order>) {
        let now = self.hub.clock.now();
        let Some(talk) = self.talks.get_mut(&call) else { return };
        let order = step(talk, now);
        let (number, leg) = (talk.number, talk.leg);
        if let (Some(order), Some(number)) = (order, number)
            && self.tell(number, order).is_err()
        {
            tracing::error!(call.id = %call, "the recorder takes no orders: it gets no more sound");
            self.hub.media.stop_recording(leg);
        }
        self.save(call);
    }

    fn tell(&self, number: RecordingId, order: Order) -> Result<(), RecordingError> {
        let at = self.hub.media.now();
        let told = match order {
            Order::Pause(because) => self.recorder.pause(number, at, marked(because)),
            Order::Resume => self.recorder.resume(number, at),
        };
        told.map_err(|_| RecordingError::Unavailable)
    }

    /// Agents' pauses that lasted as long as they may.
    fn resume_late(&mut self) {
        let now = self.hub.clock.now();
        let due = |(call, talk): (&CallId, &Talk)| {
            talk.deadline().is_some_and(|at| at <= now).then_some(*call)
        };
        let due: Vec<_> = self.talks.iter().filter_map(due).collect();
        for call in due {
            if self.wish(call, RecordingWish::Resume).is_ok() {
                let agent = self.hub.registry.call_view(call).and_then(|view| view.agent);
                let over = agent.map(|agent| Alert::RecordingPauseOver { agent, call });
                over.into_iter().for_each(|over| self.alert(over));
            } else if let Some(talk) = self.talks.get_mut(&call) {
                talk.postpone(now + RETRY_AFTER);
            }
        }
    }

    fn end(&mut self, call: CallId) {
        let now = self.hub.clock.now();
        let Some(talk) = self.talks.get_mut(&call) else { return };
        let must_tell = talk.ended(now);
        if let (true, Some(number)) = (must_tell, talk.number) {
            self.hub.media.stop_recording(talk.leg);
            if self.recorder.end(number, self.hub.media.now()).is_err() {
                tracing::error!(call.id = %call, "the end of a recording was not heard");
            }
        }
        if talk.is_settled() {
            self.talks.remove(&call);
        }
    }

    fn report(&mut self, report: RecorderEvent) {
        let (number, settle): (_, Settle) = match report {
            RecorderEvent::RecordingEnded { recording, seconds, bytes, because: _ } => {
                (recording, Box::new(move |talk, now| talk.closed(now, seconds, bytes, None)))
            }
            RecorderEvent::RecordingFailed { recording, why } => {
                (recording, Box::new(move |talk, now| talk.failed(now, why.to_string())))
            }
        };
        let Some(call) = self.numbers.remove(&number) else { return };
        let now = self.hub.clock.now();
        let Some(talk) = self.talks.get_mut(&call) else { return };
        settle(talk, now);
        let failed = talk.view().state == RecordingState::Failed;
        self.show(call);
        self.save(call);
        if failed {
            tracing::error!(call.id = %call, "the recording of a call failed");
            self.alert(Alert::RecordingFailed { call });
        }
        if self.talks.get(&call).is_some_and(Talk::is_settled) {
            self.talks.remove(&call);
        }
    }

    /// Every recording ends; what the recorder tells of it is written.
    async fn close(mut self, reports: &mut mpsc::Receiver<RecorderEvent>) {
        let calls: Vec<_> = self.talks.keys().copied().collect();
        for call in calls {
            self.end(call);
        }
        let until = Instant::now() + STOP_PATIENCE;
        while !self.numbers.is_empty() {
            match tokio::time::timeout_at(until, reports.recv()).await {
                Ok(Some(report)) => self.report(report),
                Ok(None) | Err(_) => break,
            }
        }
        let closed = timeout(STOP_PATIENCE, self.recorder.close()).await;
        if closed.is_err() {
            tracing::error!(
                "the last recordings are not on the disk; they are closed at the next start"
            );
        }
    }

    fn keep(&mut self, call: CallId, talk: Talk) {
        self.talks.insert(call, talk);
        self.show(call);
        self.save(call);
    }

    fn save(&self, call: CallId) {
        if let Some(talk) = self.talks.get(&call) {
            self.hub.records.recording(talk.row.clone());
        }
    }

    /// The consoles see what the recording is doing, if it differs from what they saw.
    fn show(&self, call: CallId) {
        let Some(talk) = self.talks.get(&call) else { return };
        let shown = Some(talk.view());
        let mut changed = false;
        let view = self.hub.registry.update_call(call, |view| {
            changed = view.recording != shown;
            view.recording = shown;
        });
        if let (true, Some(view)) = (changed, view) {
            let audience = view.agent.map_or(Audience::Supervisors, Audience::Agent);
            let happening = Happening::CallChanged(Box::new(view));
            self.hub.bus.publish(self.hub.clock.now(), audience, happening);
        }
    }

    fn alert(&self, alert: Alert) {
        let now = self.hub.clock.now();
        self.hub.bus.publish(now, Audience::Supervisors, Happening::Alerted(alert));
    }
}

async fn until(wake: Option<Instant>) {
    match wake {
        Some(wake) => sleep_until(wake).await,
        None => std::future::pending().await,
    }
}

/// Tells nothing about the people in the call.
fn file_name(row: &Recording) -> String {
    format!("{}.rec", row.id)
}

fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        next = cause.source();
    }
    words
}

const fn marked(because: crm::recording::PauseReason) -> MarkedPause {
    match because {
        crm::recording::PauseReason::Asked => MarkedPause::Asked,
        crm::recording::PauseReason::Secret => MarkedPause::Secret,
        crm::recording::PauseReason::Hold => MarkedPause::Hold,
    }
}
