//! The clerk with a real recorder, a real folder and a real database; calls are told of, not made.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crm::actor::{Actor, Purpose, Role};
use crm::interaction::id_of;
use crm::recording::{self as rows, Consent, PauseReason, Recording, State};
use ids::{AgentId, UserId};
use routing::Alert;
use store::testing::TestDb;
use telephony::media::record::{Closing, RecordingReader, extent};
use tokio::time::sleep;

use super::*;
use crate::hub::Hub;
use crate::pumps::tests::{hub, view};
use crate::registry::CallEntry;
use crate::talk_quality::TalkQuality;
use crate::view::CallView;

/// Longest wait for anything that should happen at once.
const SOON: Duration = Duration::from_secs(20);

struct Bench {
    hub: Arc<Hub>,
    db: TestDb,
    folder: tempfile::TempDir,
}

fn key() -> RecordingKey {
    RecordingKey::new([9; 32])
}

fn config(folder: &Path) -> RecordingConfig {
    RecordingConfig {
        folder: folder.join("recordings"),
        keys: vec![key()],
        keep: Duration::from_secs(3600),
        free_min: 1,
        pause_max: Duration::from_secs(120),
        delete_withdrawn: true,
    }
}

impl Bench {
    async fn start(change: impl FnOnce(&mut RecordingConfig)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = config(folder.path());
        change(&mut config);
        Self::again(TestDb::sqlite().await, folder, config).await
    }

    async fn again(db: TestDb, folder: tempfile::TempDir, config: RecordingConfig) -> Self {
        let mut hub = hub(&db).await;
        let (notes, received) = mpsc::channel(NOTES_MAX);
        hub.recording = RecordingPort::new(notes);
        let hub = Arc::new(hub);
        Clerk::start(&hub, config, received).expect("threads are given");
        Self { hub, db, folder }
    }

    /// The call as an agent has it.
    fn alive(&self) {
        let (inbox, _) = mpsc::channel(1);
        let leg = LegId::from_number(3);
        let quality = TalkQuality::default();
        let view = CallView { agent: Some(AgentId::from_number(2)), ..view(call()) };
        let entry = CallEntry { inbox, leg, view, quality };
        self.hub.registry.lock().calls.insert(call(), entry);
    }

    fn join(&self, call: CallId, rule: Rule, consent: Option<Consent>) {
        let leg = LegId::from_number(3);
        let begun = Begun { call, leg, rule, announced: true, consent };
        self.hub.recording.note(Note::Joined(begun));
    }

    /// The row once it is as wanted.
    async fn until(&self, call: CallId, wanted: impl Fn(&Recording) -> bool) -> Recording {
        let reason = Purpose::Reason("test".to_owned());
        let actor = Actor { user: UserId::from_number(1), role: Role::Supervisor, purpose: reason };
        let found = tokio::time::timeout(SOON, async {
            loop {
                let now = self.hub.clock.now();
                let found = rows::of_interaction(self.db.store(), &actor, id_of(call), now).await;
                let found = found.unwrap_or_default().into_iter().next();
                if let Some(row) = found.filter(&wanted) {
                    return row;
                }
                sleep(Duration::from_millis(10)).await;
            }
        });
        found.await.expect("the row becomes so")
    }

    async fn wish(&self, call: CallId, wish: RecordingWish) -> Result<(), RecordingError> {
        self.hub.recording.wish(call, wish).await
    }

    fn file(&self, row: &Recording) -> PathBuf {
        let name = row.file.as_ref().expect("it has a file");
        self.folder.path().join("recordings").join(name)
    }

    fn closing(&self, row: &Recording) -> Closing {
        let file = fs::File::open(self.file(row)).expect("the file is there");
        let mut reader = RecordingReader::open(file, &[key()]).expect("our key fits");
        extent(&mut reader).expect("readable").closing
    }
}

fn call() -> CallId {
    CallId::from_number(77)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_talk_with_a_hold_and_a_pause_is_one_closed_file_and_one_row() {
    let bench = Bench::start(|_| {}).await;
    let call = call();
    bench.join(call, Rule::Announced, None);
    let begun = bench.until(call, |row| row.state == State::Recording).await;
    assert_eq!(begun.key.as_deref(), Some(&*key().id().to_string()));
    bench.hub.recording.note(Note::Parted(call));
    bench.join(call, Rule::Announced, None);
    bench.wish(call, RecordingWish::Pause(PauseReason::Secret)).await.expect("it is recorded");
    bench.wish(call, RecordingWish::Resume).await.expect("it is paused");
    assert_eq!(bench.wish(call, RecordingWish::Resume).await, Err(RecordingError::WrongState));
    bench.hub.recording.note(Note::Ended(call));
    let row = bench.until(call, |row| row.state == State::Kept).await;
    let why: Vec<_> = row.pauses.iter().map(|pause| pause.because).collect();
    assert_eq!(why, [PauseReason::Hold, PauseReason::Secret]);
    assert!(row.pauses.iter().all(|pause| pause.until_ms.is_some()), "{:?}", row.pauses);
    assert!(row.announced && row.fault.is_none());
    assert!(matches!(bench.closing(&row), Closing::Closed { .. }));
    assert_eq!(row.bytes, fs::metadata(bench.file(&row)).expect("a file").len());
    let over = bench.wish(call, RecordingWish::Pause(PauseReason::Asked)).await;
    assert_eq!(over, Err(RecordingError::WrongState));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_that_is_forgotten_ends_by_itself_and_somebody_is_told() {
    let bench = Bench::start(|config| config.pause_max = Duration::from_millis(50)).await;
    let mut live = bench.hub.bus.subscribe(None).live;
    bench.alive();
    bench.join(call(), Rule::Announced, None);
    bench.wish(call(), RecordingWish::Pause(PauseReason::Asked)).await.expect("it is recorded");
    let told = tokio::time::timeout(SOON, async {
        loop {
            let event = live.recv().await.expect("the bus lives");
            if let crate::Happening::Alerted(alert) = &event.happening {
                return *alert;
            }
        }
    });
    let (agent, call) = (AgentId::from_number(2), call());
    let over = Alert::RecordingPauseOver { agent, call };
    assert_eq!(told.await.expect("somebody is told"), over);
    assert_eq!(bench.wish(call, RecordingWish::Resume).await, Err(RecordingError::WrongState));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_consent_nothing_is_recorded_and_the_answer_is_kept() {
    let bench = Bench::start(|_| {}).await;
    for (number, consent) in [(1, None), (2, Some(Consent::Refused))] {
        let call = CallId::from_number(number);
        bench.join(call, Rule::Consent, consent);
        let row = bench.until(call, |_| true).await;
        assert_eq!((row.state, row.consent, row.file), (State::NotMade, consent, None));
        bench.hub.recording.note(Note::Ended(call));
    }
    let agreed = CallId::from_number(3);
    bench.join(agreed, Rule::Consent, Some(Consent::Given));
    let row = bench.until(agreed, |_| true).await;
    assert_eq!((row.state, row.consent), (State::Recording, Some(Consent::Given)));
    bench.wish(agreed, RecordingWish::Stop { withdrawn: true }).await.expect("it is recorded");
    let row = bench.until(agreed, |row| row.state == State::Kept).await;
    assert_eq!(row.consent, Some(Consent::Withdrawn));
    assert!(row.keep_until <= bench.hub.clock.now(), "due at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_and_a_missing_folder_are_told_in_words_and_calls_go_on() {
    let full = Bench::start(|config| config.free_min = u64::MAX).await;
    full.join(call(), Rule::Announced, None);
    let row = full.until(call(), |row| row.state == State::Failed).await;
    let fault = row.fault.unwrap_or_default();
    assert!(fault.contains("bytes free"), "{fault}");
    let missing = Bench::start(|config| config.folder = "/dev/null/recordings".into()).await;
    missing.join(call(), Rule::Announced, None);
    let row = missing.until(call(), |row| row.state == State::Failed).await;
    let fault = row.fault.unwrap_or_default();
    assert!(fault.contains("cannot be made"), "{fault}");
    assert_eq!(row.file, None);
    let wish = missing.wish(call(), RecordingWish::Pause(PauseReason::Asked)).await;
    assert_eq!(wish, Err(RecordingError::WrongState));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_left_open_is_closed_by_the_next_start() {
    let bench = Bench::start(|_| {}).await;
    bench.join(call(), Rule::Announced, None);
    let row = bench.until(call(), |row| row.state == State::Recording).await;
    // The file as a crash leaves it; the row as the database has it.
    let cut = fs::read(bench.file(&row)).expect("the file is there");
    bench.hub.recording.stop().await;
    bench.until(call(), |row| row.state == State::Kept).await;
    fs::write(bench.file(&row), cut).expect("writable");
    rows::save_all(bench.db.store(), std::slice::from_ref(&row)).await.expect("written");
    let Bench { hub, db, folder } = bench;
    drop(hub);
    let config = config(folder.path());
    let bench = Bench::again(db, folder, config).await;
    let closed = bench.until(call(), |row| row.state == State::Kept).await;
    assert_eq!(closed.fault.as_deref(), Some(after_crash::CUT));
    assert_eq!(bench.closing(&closed), Closing::NotClosed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_closes_what_is_open() {
    let bench = Bench::start(|_| {}).await;
    bench.join(call(), Rule::Announced, None);
    bench.until(call(), |row| row.state == State::Recording).await;
    bench.hub.recording.stop().await;
    let row = bench.until(call(), |row| row.state == State::Kept).await;
    assert_eq!(row.fault, None);
    assert!(matches!(bench.closing(&row), Closing::Closed { .. }));
}
