//! The records of calls, written as the calls go: an observer with a queue of its own.
//!
//! Marks are written in their order, several in one transaction when they pile up. A database that
//! does not answer delays rows and never a caller; each mark is tried again until it is written, and
//! may come twice, which changes nothing (`crm::interaction`).

use std::time::Duration;

use crm::CrmError;
use crm::interaction::{self, Direction, Mark, Origin, Told};
use crm::phone::E164;
use crm::preference;
use crm::recording::{self, Recording};
use ids::{CallId, Language, Timestamp};
use store::Store;
use telephony::call::EndCause;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::view::{CallView, Medium};

/// Marks that may wait for the database. Beyond it marks are lost, and counted.
const QUEUE_LEN: usize = 50_000;
/// Marks written in one transaction at most.
const GROUP_LEN_MAX: usize = 64;
/// How long one try may take.
const TRY_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two tries.
const RETRY_AFTER: Duration = Duration::from_millis(250);
/// Tries at the end of the program, when nobody waits any more.
const LAST_TRIES: u32 = 8;

enum Note {
    Mark { told: Told, written: Option<oneshot::Sender<()>> },
    Language { number: E164, language: Language, at: Timestamp },
    Recording(Box<Recording>),
    Stop(oneshot::Sender<()>),
}

/// Notes what happens to calls. Cheap to clone; never waits.
#[derive(Clone)]
pub(crate) struct RecordPort {
    notes: mpsc::Sender<Note>,
    store: Store,
}

/// The number in E.164, if what the trunk gave is one.
pub(crate) fn e164_of(given: &str) -> Option<E164> {
    E164::parse(given).ok()
}

/// Starts the writer.
pub(crate) fn start(store: Store) -> (RecordPort, JoinHandle<()>) {
    let (notes, received) = mpsc::channel(QUEUE_LEN);
    let writer = tokio::spawn(write_all(store.clone(), received));
    (RecordPort { notes, store }, writer)
}

impl RecordPort {
    /// A call came in. The receiver resolves once that is durable.
    pub(crate) fn arrived(&self, view: &CallView) -> oneshot::Receiver<()> {
        let (written, durable) = oneshot::channel();
        let medium = match view.medium {
            Medium::Call => interaction::Medium::Call,
            Medium::WebCall => interaction::Medium::WebCall,
        };
        let origin = Origin {
            direction: Direction::Inbound,
            medium,
            from: view.number,
            dialled: view.dialled.clone(),
        };
        let mark = Mark::Begun {
            origin,
            queue: Some(view.queue),
            class: Some(view.class),
            language: view.language,
        };
        let told = Told { call: view.id, at: view.arrived_at, journal_position: None, mark };
        self.push(Note::Mark { told, written: Some(written) });
        durable
    }

    /// Something happened to a call.
    pub(crate) fn mark(&self, call: CallId, at: Timestamp, mark: Mark) {
        let told = Told { call, at, journal_position: None, mark };
        self.push(Note::Mark { told, written: None });
    }

    /// A call is over.
    pub(crate) fn ended(&self, call: CallId, at: Timestamp, cause: EndCause) {
        self.mark(call, at, Mark::Ended { cause: text_of(cause) });
    }

    /// What is known of a recording now.
    pub(crate) fn recording(&self, row: Recording) {
        self.push(Note::Recording(Box::new(row)));
    }

    /// The database, for those who read beside the writer.
    pub(crate) const fn store(&self) -> &Store {
        &self.store
    }

    /// A caller chose a language.
    pub(crate) fn remember_language(&self, number: E164, language: Language, at: Timestamp) {
        self.push(Note::Language { number, language, at });
    }

    /// The language last chosen by this number.
    pub(crate) async fn remembered_language(&self, number: E164) -> Option<Language> {
        match preference::get(&self.store, &number).await {
            Ok(language) => language,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "no look-up of the remembered language");
                None
            }
        }
    }

    /// Writes what is left and stops.
    pub(crate) async fn stop(&self) {
        let (stopped, done) = oneshot::channel();
        if self.notes.send(Note::Stop(stopped)).await.is_ok() {
            // The writer bounds its own tries.
            let _ = done.await;
        }
    }

    fn push(&self, note: Note) {
        if self.notes.try_send(note).is_err() {
            metrics::counter!("helpline_records_lost_total").increment(1);
            tracing::error!("too many records wait for the database; one is lost");
        }
    }
}

/// The cause as the records keep it: the word of the wire, with the reason of a refusal.
fn text_of(cause: EndCause) -> String {
    match cause {
        EndCause::CallerHungUp => "caller_hung_up",
        EndCause::AgentHungUp => "agent_hung_up",
        EndCause::CancelledBeforeAnswer => "cancelled_before_answer",
        EndCause::AbandonedInGreeting => "abandoned_in_greeting",
        EndCause::AbandonedInQueue => "abandoned_in_queue",
        EndCause::CallerLost => "caller_lost",
        EndCause::Refused { .. } => "refused",
        EndCause::SetUpTimedOut => "set_up_timed_out",
        EndCause::Stopped => "stopped",
        EndCause::Panicked => "panicked",
    }
    .to_owned()
}

async fn write_all(store: Store, mut received: mpsc::Receiver<Note>) {
    let mut group = Vec::with_capacity(GROUP_LEN_MAX);
    while received.recv_many(&mut group, GROUP_LEN_MAX).await > 0 {
        let mut stops = Vec::new();
        let mut marks = Vec::new();
        let mut recordings = Vec::new();
        let mut waiting = Vec::new();
        for note in group.drain(..) {
            match note {
                Note::Mark { told, written } => {
                    marks.push(told);
                    waiting.extend(written);
                }
                Note::Language { number, language, at } => {
                    remember(&store, number, language, at).await;
                }
                Note::Recording(row) => recordings.push(*row),
                Note::Stop(stopped) => stops.push(stopped),
            }
        }
        let stopping = !stops.is_empty();
        if marks.is_empty() || write_until(stopping, || interaction::mark_all(&store, &marks)).await
        {
            for written in waiting {
                // Who waited may have gone on without it.
                let _ = written.send(());
            }
        }
        if !recordings.is_empty() {
            write_until(stopping, || recording::save_all(&store, &recordings)).await;
        }
        for stopped in stops {
            let _ = stopped.send(());
        }
        if stopping {
            return;
        }
    }
}

/// Tries until it is written; when stopping, for a while only.
async fn write_until<F>(stopping: bool, write: impl Fn() -> F) -> bool
where
    F: Future<Output = Result<(), CrmError>>,
{
    let mut tries = 0;
    loop {
        let error: Box<dyn std::error::Error + Send + Sync> =
            match timeout(TRY_TIMEOUT, write()).await {
                Ok(Ok(())) => return true,
                Ok(Err(error)) => error.into(),
                Err(late) => late.into(),
            };
        tries += 1;
        metrics::counter!("helpline_records_retried_total").increment(1);
        if tries == 1 || stopping {
            tracing::error!(%error, "the records of calls cannot be written; trying again");
        }
        drop(error);
        if stopping && tries >= LAST_TRIES {
            return false;
        }
        sleep(RETRY_AFTER).await;
    }
}

async fn remember(store: &Store, number: E164, language: Language, at: Timestamp) {
    // A preference is worth one try: the greeting asks again.
    let done = timeout(TRY_TIMEOUT, preference::set(store, &number, language, at));
    match done.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "a caller's language is not remembered");
        }
        Err(_) => tracing::warn!("a caller's language is not remembered: the database is late"),
    }
}
