//! The recorder's thread: receive, place, seal, write. Does I/O.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use crossbeam_queue::ArrayQueue;
use ids::Timestamp;
use metrics::{Counter, Gauge};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::disk::Disk;
use super::file::RecordingFile;
use super::{
    BeginRecording, BeginRefused, Change, Command, EndedBecause, RecorderConfig, RecorderEvent,
    RecordingFault,
};
use crate::driver::clock;
use crate::media::record::{FileSecrets, Placed, RecordedFrame, RecordingId};

/// How often the queue is looked at. Nobody wakes the writer for a frame: that would cost a media
/// thread a system call.
const POLL: Duration = Duration::from_millis(20);
/// How long an ending recording waits for the queue to run empty, if it does not.
const ENDING_MAX: Duration = Duration::from_secs(1);
/// How long, at the close, the disk and the reader of the events are waited for.
const CLOSE_MAX: Duration = Duration::from_secs(30);

pub(super) struct Writer {
    config: RecorderConfig,
    frames: Arc<ArrayQueue<RecordedFrame>>,
    commands: Receiver<Command>,
    events: mpsc::Sender<RecorderEvent>,
    /// Events for which there was no room yet: at most one for each recording that began.
    unsent: VecDeque<RecorderEvent>,
    open: HashMap<RecordingId, RecordingFile>,
    disk: Disk,
    random: SystemRandom,
    /// Sealed chunks on their way into a file.
    buffer: Vec<u8>,
    counts: Counts,
    closing: bool,
}

struct Counts {
    late: Counter,
    unusable: Counter,
    unknown: Counter,
    failures: Counter,
    open: Gauge,
    sync_age: Gauge,
}

impl Writer {
    pub(super) fn new(
        config: RecorderConfig,
        frames: Arc<ArrayQueue<RecordedFrame>>,
        commands: Receiver<Command>,
        events: mpsc::Sender<RecorderEvent>,
        disk: Disk,
    ) -> Self {
        let dropped =
            |why| metrics::counter!("helpline_recording_frames_dropped_total", "why" => why);
        let counts = Counts {
            late: dropped("late"),
            unusable: dropped("unusable"),
            unknown: dropped("unknown"),
            failures: metrics::counter!("helpline_recording_failures_total"),
            open: metrics::gauge!("helpline_recordings_open"),
            sync_age: metrics::gauge!("helpline_recording_sync_age_seconds"),
        };
        Self {
            config,
            frames,
            commands,
            events,
            unsent: VecDeque::new(),
            open: HashMap::new(),
            disk,
            random: SystemRandom::new(),
            buffer: Vec::new(),
            counts,
            closing: false,
        }
    }

    /// Works until the [`super::Recorder`] is gone and every recording is closed.
    pub(super) fn run(mut self) {
        while !self.closing {
            self.wait();
            let drained = self.drain();
            self.sweep(drained);
        }
        self.close();
    }

    /// Waits for a command, or for frames to gather.
    fn wait(&mut self) {
        match self.commands.recv_timeout(POLL) {
            Ok(command) => self.obey(command),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.closing = true,
        }
    }

    /// Takes the frames that wait; true if none is left. Commands come first, before each frame: a
    /// pause must be known before anything of its time can be written.
    fn drain(&mut self) -> bool {
        let mut now = clock::now();
        for taken in 0..self.frames.capacity() {
            self.obey_all();
            let Some(frame) = self.frames.pop() else {
                return true;
            };
            if taken % 64 == 63 {
                now = clock::now();
            }
            self.place(&frame, now);
        }
        self.frames.is_empty()
    }

    fn obey_all(&mut self) {
        loop {
            match self.commands.try_recv() {
                Ok(command) => self.obey(command),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.closing = true;
                    return;
                }
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Begin(begin, reply) => {
                let begun = self.begin(&begin);
                if reply.send(begun).is_err() {
                    // Nobody waits for it any more: nobody would end it.
                    self.change(begin.recording, begin.began, Change::End);
                }
            }
            Command::Change(recording, now, change) => self.change(recording, now, change),
        }
        self.counts.open.set(self.open.len() as f64);
    }

    fn begin(&mut self, begin: &BeginRecording) -> Result<(), BeginRefused> {
        let open = self.open.len();
        if open.max(self.unsent.len()) >= self.config.open_max {
            return Err(BeginRefused::TooMany { open });
        }
        if self.open.contains_key(&begin.recording) {
            return Err(BeginRefused::AlreadyOpen);
        }
        let folder = begin.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let disk = rustix::fs::statvfs(folder.unwrap_or(".".as_ref()));
        let disk = disk.map_err(|e| BeginRefused::Create(e.into()))?;
        let (free, needed) = (disk.f_bavail.saturating_mul(disk.f_frsize), self.config.free_min);
        if free < needed {
            return Err(BeginRefused::NoRoom { free, needed });
        }
        let secrets = self.secrets().map_err(BeginRefused::Create)?;
        let file = RecordingFile::create(begin, &self.config.key, secrets, clock::now());
        self.open.insert(begin.recording, file.map_err(BeginRefused::Create)?);
        Ok(())
    }

    fn secrets(&self) -> std::io::Result<FileSecrets> {
        let mut secrets = FileSecrets { salt: [0; 32], data_key: [0; 32], prefix: [0; 7] };
        for part in [&mut secrets.salt[..], &mut secrets.data_key, &mut secrets.prefix] {
            self.random.fill(part).map_err(|_| std::io::Error::other("no random numbers"))?;
        }
        Ok(secrets)
    }

    fn change(&mut self, recording: RecordingId, now: Timestamp, change: Change) {
        let Some(file) = self.open.get_mut(&recording) else {
            return;
        };
        if let Err(e) = file.change(now, change, &mut self.buffer) {
            self.fail(recording, &e);
        }
    }

    fn place(&mut self, frame: &RecordedFrame, now: Timestamp) {
        let Some(file) = self.open.get_mut(&frame.recording).filter(|file| !file.is_finished())
        else {
            self.counts.unknown.increment(1);
            return;
        };
        match file.frame(frame, now, &mut self.buffer) {
            Ok(Placed::Kept | Placed::Paused) => {}
            Ok(Placed::Late) => self.counts.late.increment(1),
            Ok(Placed::Unusable) => self.counts.unusable.increment(1),
            Err(e) => self.fail(frame.recording, &e),
        }
    }

    /// What is due by the clock: seconds without frames, limits, ends, syncs, events.
    fn sweep(&mut self, drained: bool) {
        let now = clock::now();
        let (mut failed, mut oldest) = (Vec::new(), Duration::ZERO);
        for (id, file) in &mut self.open {
            if let Err(e) = upkeep(file, now, drained, &self.config, &mut self.buffer) {
                failed.push((*id, e));
                continue;
            }
            let due = file.is_finished() || now.since(file.synced) >= self.config.sync_every;
            if file.unsynced && due && !file.syncing && self.disk.sync(file.job()) {
                file.unsynced = false;
                file.syncing = true;
                file.synced = now;
            }
            oldest = oldest.max(now.since(file.synced));
        }
        self.counts.sync_age.set(oldest.as_secs_f64());
        for (id, e) in failed {
            self.fail(id, &e);
        }
        while let Some(done) = self.disk.done() {
            match done.outcome {
                Ok(()) => self.synced(done.recording),
                Err(e) => self.fail(done.recording, &e),
            }
        }
        self.tell();
        self.counts.open.set(self.open.len() as f64);
    }

    fn synced(&mut self, recording: RecordingId) {
        let Some(file) = self.open.get_mut(&recording) else {
            return;
        };
        file.was_synced();
        if let (true, false, Some((at, because))) = (file.is_finished(), file.unsynced, file.ending)
        {
            let seconds = u32::try_from(at.div_ceil(8000)).unwrap_or(u32::MAX);
            let bytes = file.bytes();
            let ended = RecorderEvent::RecordingEnded { recording, seconds, bytes, because };
            self.unsent.push_back(ended);
            self.open.remove(&recording);
        }
    }

    fn fail(&mut self, recording: RecordingId, error: &std::io::Error) {
        if self.open.remove(&recording).is_none() {
            return;
        }
        let why = RecordingFault::from(error);
        tracing::error!(recording = recording.0, %why, "a recording stopped");
        self.counts.failures.increment(1);
        self.unsent.push_back(RecorderEvent::RecordingFailed { recording, why });
    }

    /// Sends the events that there is room for.
    fn tell(&mut self) {
        while let Some(event) = self.unsent.front() {
            match self.events.try_send(*event) {
                Ok(()) | Err(TrySendError::Closed(_)) => self.unsent.pop_front(),
                Err(TrySendError::Full(_)) => return,
            };
        }
    }

    /// Ends every recording and sees it to the disk, for a while.
    fn close(mut self) {
        let began = clock::now();
        let mut drained = self.drain();
        for file in self.open.values_mut() {
            let end = file.position(began);
            file.ending.get_or_insert((end, EndedBecause::RecorderClosed));
        }
        while !(self.open.is_empty() && self.unsent.is_empty()) {
            self.sweep(drained);
            if clock::now().since(began) >= CLOSE_MAX {
                tracing::error!(open = self.open.len(), "recordings were left at the close");
                return;
            }
            std::thread::park_timeout(POLL);
            drained = self.drain();
        }
    }
}

/// What is due in one recording: its length's limit, its end, its seconds without frames.
fn upkeep(
    file: &mut RecordingFile,
    now: Timestamp,
    drained: bool,
    config: &RecorderConfig,
    buffer: &mut Vec<u8>,
) -> std::io::Result<()> {
    let position = file.position(now);
    let longest = u64::try_from(config.length_max.as_millis()).unwrap_or(u64::MAX / 8) * 8;
    if position >= longest {
        file.ending.get_or_insert((longest, EndedBecause::TooLong));
    }
    if file.is_finished() {
        return Ok(());
    }
    match file.ending {
        Some((at, _)) if drained || position >= at + in_samples(ENDING_MAX) => {
            file.finish(at, buffer)
        }
        // With frames still waiting, the clock must not declare them late.
        None if drained => file.tick(now, buffer),
        Some(_) | None => Ok(()),
    }
}

fn in_samples(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX / 8) * 8
}
