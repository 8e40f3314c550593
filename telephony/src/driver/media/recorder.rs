//! The recorder: one thread that writes every recording, and one that brings them to the disk.
//! Does I/O: files, the clock, random keys.
//!
//! It watches and never touches: media threads put frames into a bounded queue and go on, whether
//! there was room or not; a disk that is slow or full costs a recording, never a call. The file's
//! format is `media::record`. Between them: `writer` (the thread), `file` (one recording), `disk`
//! (what reaches the disk, and when).

mod disk;
mod file;
mod writer;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_queue::ArrayQueue;
use ids::Timestamp;
use metrics::Counter;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use crate::media::record::{Consent, PauseReason, RecordedFrame, RecordingId, RecordingKey};
use crate::sdp::Codec;

/// Commands that may wait for the writer.
const COMMANDS_MAX: usize = 4096;

/// What the recorder needs to know.
#[derive(Clone, Debug)]
pub struct RecorderConfig {
    /// The key under which new recordings are made.
    pub key: RecordingKey,
    /// How often what is written is brought to the disk, of each recording.
    pub sync_every: Duration,
    /// Recordings at once, those being closed included.
    pub open_max: usize,
    /// The longest recording. It is closed then; the call goes on.
    pub length_max: Duration,
    /// No recording begins while the disk has less room than this, bytes.
    pub free_min: u64,
    /// Frames that may wait for the writer; 272 bytes each. A thousand recordings make a hundred
    /// thousand a second.
    pub queue_frames: usize,
}

impl RecorderConfig {
    /// The usual settings: synced each 5 s, 1000 at once, 4 h, 1 GiB free, 32768 frames.
    #[must_use]
    pub const fn new(key: RecordingKey) -> Self {
        Self {
            key,
            sync_every: Duration::from_secs(5),
            open_max: 1000,
            length_max: Duration::from_secs(4 * 3600),
            free_min: 1 << 30,
            queue_frames: 32_768,
        }
    }
}

/// A recording to begin.
#[derive(Clone, Debug)]
pub struct BeginRecording {
    /// Its id, unique among the open ones.
    pub recording: RecordingId,
    /// The file to make: in a folder that is there, of a name that is free and tells nothing about
    /// the people in the call.
    pub path: PathBuf,
    /// The moment from which frames count their positions, by the clock of the media plane.
    pub began: Timestamp,
    /// The law of the file; frames of the other are turned into it.
    pub law: Codec,
}

/// What the recorder reports: one event for each recording that began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecorderEvent {
    /// It is closed and on the disk.
    RecordingEnded {
        /// Which.
        recording: RecordingId,
        /// Its length, rounded up to seconds, pauses included.
        seconds: u32,
        /// Bytes of its file.
        bytes: u64,
        /// Why.
        because: EndedBecause,
    },
    /// It stopped. What was written until then can be read; the call goes on.
    RecordingFailed {
        /// Which.
        recording: RecordingId,
        /// Why.
        why: RecordingFault,
    },
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBecause {
    /// It was asked to.
    Asked,
    /// It came to the greatest length.
    TooLong,
    /// The recorder was closed.
    RecorderClosed,
}

/// Why a recording stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecordingFault {
    /// No room on the disk, or none for this user.
    #[error("the disk is full")]
    DiskFull,
    /// The file may not become so large.
    #[error("the file would become too large")]
    FileTooLarge,
    /// Something else.
    #[error("the file cannot be written: {0}")]
    Io(io::ErrorKind),
}

impl From<&io::Error> for RecordingFault {
    fn from(error: &io::Error) -> Self {
        let kind = error.kind();
        if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::DiskFull
        } else if kind == io::ErrorKind::FileTooLarge {
            Self::FileTooLarge
        } else {
            Self::Io(kind)
        }
    }
}

/// Why a recording did not begin.
#[derive(Debug, Error)]
pub enum BeginRefused {
    /// As many as may be are open.
    #[error("{open} recordings are open, which is the limit")]
    TooMany {
        /// How many.
        open: usize,
    },
    /// The disk has too little room.
    #[error("the disk has {free} bytes free, recordings need {needed}")]
    NoRoom {
        /// Bytes free for this program.
        free: u64,
        /// Bytes that must be.
        needed: u64,
    },
    /// There is a recording of this id.
    #[error("a recording of this id is open")]
    AlreadyOpen,
    /// The file cannot be made: there is one, or no such folder, or no right to.
    #[error("the file cannot be made")]
    Create(#[source] io::Error),
    /// The writer has too much to do, or is no more.
    #[error(transparent)]
    Unheard(#[from] RecorderUnheard),
}

/// The writer did not take a command: nothing has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecorderUnheard {
    /// Too many commands wait.
    #[error("too many commands wait for the recorder")]
    Busy,
    /// It is closed.
    #[error("the recorder is closed")]
    Closed,
}

/// Why the recorder could not start.
#[derive(Debug, Error)]
#[error("cannot start the recorder's threads")]
pub struct RecorderStartError(#[source] io::Error);

/// The recorder, for those who begin and end recordings. Dropping it closes every recording and
/// waits for the disk; [`Recorder::close`] does it where waiting is allowed.
#[derive(Debug)]
pub struct Recorder {
    commands: Option<SyncSender<Command>>,
    port: RecorderPort,
    writer: Option<JoinHandle<()>>,
}

/// The recorder, for the threads that have the audio. One queue for all.
#[derive(Clone, Debug)]
pub struct RecorderPort {
    frames: Arc<ArrayQueue<RecordedFrame>>,
    full: Counter,
}

impl RecorderPort {
    /// Hands a frame over. Never waits, allocates or enters the kernel; false if there was no room:
    /// then the frame is lost and counted.
    pub fn frame(&self, frame: &RecordedFrame) -> bool {
        let taken = self.frames.push(*frame).is_ok();
        if !taken {
            self.full.increment(1);
        }
        taken
    }
}

/// What the writer is told.
#[derive(Debug)]
enum Command {
    Begin(BeginRecording, oneshot::Sender<Result<(), BeginRefused>>),
    Change(RecordingId, Timestamp, Change),
}

/// What happens to an open recording.
#[derive(Clone, Copy, Debug)]
enum Change {
    Pause(PauseReason),
    Resume,
    Consent(Consent),
    End,
}

impl Recorder {
    /// Starts the recorder's threads. Events wait for room in `events` and are never lost while it
    /// is read.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        config: RecorderConfig,
        events: mpsc::Sender<RecorderEvent>,
    ) -> Result<Self, RecorderStartError> {
        let frames = Arc::new(ArrayQueue::new(config.queue_frames.max(1)));
        let full = metrics::counter!("helpline_recording_frames_dropped_total", "why" => "full");
        let port = RecorderPort { frames: Arc::clone(&frames), full };
        let (commands, inbox) = sync_channel(COMMANDS_MAX);
        let disk = disk::Disk::start(config.open_max.max(1)).map_err(RecorderStartError)?;
        let writer = writer::Writer::new(config, frames, inbox, events, disk);
        let thread = std::thread::Builder::new().name("recorder".into());
        let writer = thread.spawn(move || writer.run()).map_err(RecorderStartError)?;
        Ok(Self { commands: Some(commands), port, writer: Some(writer) })
    }

    /// Where media threads hand in frames.
    #[must_use]
    pub fn port(&self) -> RecorderPort {
        self.port.clone()
    }

    /// Makes the file and begins.
    ///
    /// # Errors
    /// There is no room, no right or no file; nothing is recorded then.
    pub async fn begin(&self, begin: BeginRecording) -> Result<(), BeginRefused> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Begin(begin, reply))?;
        answer.await.unwrap_or(Err(BeginRefused::Unheard(RecorderUnheard::Closed)))
    }

    /// Stops keeping what is said and heard from `now` on, and marks it. A pause within a pause is
    /// marked too. Of a recording that is not open: nothing.
    ///
    /// # Errors
    /// The writer did not take it: the recording goes on! Try again, or end the recording.
    pub fn pause(
        &self,
        recording: RecordingId,
        now: Timestamp,
        reason: PauseReason,
    ) -> Result<(), RecorderUnheard> {
        self.send(Command::Change(recording, now, Change::Pause(reason)))
    }

    /// Keeps everything again from `now` on, and marks it.
    ///
    /// # Errors
    /// The writer did not take it: the pause lasts.
    pub fn resume(&self, recording: RecordingId, now: Timestamp) -> Result<(), RecorderUnheard> {
        self.send(Command::Change(recording, now, Change::Resume))
    }

    /// Marks what the caller said to being recorded. It changes nothing else.
    ///
    /// # Errors
    /// The writer did not take it.
    pub fn consent(
        &self,
        recording: RecordingId,
        now: Timestamp,
        consent: Consent,
    ) -> Result<(), RecorderUnheard> {
        self.send(Command::Change(recording, now, Change::Consent(consent)))
    }

    /// Ends a recording at `now`; [`RecorderEvent::RecordingEnded`] follows when it is on the disk.
    ///
    /// # Errors
    /// The writer did not take it: the recording goes on.
    pub fn end(&self, recording: RecordingId, now: Timestamp) -> Result<(), RecorderUnheard> {
        self.send(Command::Change(recording, now, Change::End))
    }

    /// Closes every recording, tells so, and waits for the disk.
    pub async fn close(mut self) {
        self.commands = None;
        let Some(writer) = self.writer.take() else {
            return;
        };
        let waited = tokio::task::spawn_blocking(move || writer.join()).await;
        if !matches!(waited, Ok(Ok(()))) {
            tracing::error!("the recorder ended in disorder");
        }
    }

    fn send(&self, command: Command) -> Result<(), RecorderUnheard> {
        let commands = self.commands.as_ref().ok_or(RecorderUnheard::Closed)?;
        commands.try_send(command).map_err(|e| match e {
            TrySendError::Full(_) => RecorderUnheard::Busy,
            TrySendError::Disconnected(_) => RecorderUnheard::Closed,
        })
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(writer) = self.writer.take() {
            let _panicked = writer.join();
        }
    }
}
