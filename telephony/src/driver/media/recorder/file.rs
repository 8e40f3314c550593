//! One recording that is open: its place in time, its seal, its file. Does I/O: writes the file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ids::Timestamp;

use super::disk::Job;
use super::{BeginRecording, Change, EndedBecause};
use crate::media::record::{
    ChunkBuilder, FileSecrets, Mark, Opening, Placed, RecordedFrame, RecordingId, RecordingKey,
    Sealer, position,
};

/// How far ahead of our clock a frame may claim to be, in 1/8000 s: 2 s.
const AHEAD_MAX: u64 = 2 * 8000;
/// How long after a second's time it is written although no newer frame came, in 1/8000 s: 1 s, on
/// top of the half that frames may come late.
const PATIENCE: u64 = 8000;

/// An open recording.
pub(super) struct RecordingFile {
    id: RecordingId,
    began: Timestamp,
    builder: ChunkBuilder,
    /// Absent once the end is written.
    sealer: Option<Sealer>,
    file: Arc<File>,
    /// Bytes in the file, all of them whole chunks.
    bytes: u64,
    /// To be brought to the disk with the file, once.
    folder: Option<PathBuf>,
    /// Whether something was written since the last sync was asked for.
    pub(super) unsynced: bool,
    /// When that was.
    pub(super) synced: Timestamp,
    /// Whether it is under way.
    pub(super) syncing: bool,
    /// Where it is to end, and why.
    pub(super) ending: Option<(u64, EndedBecause)>,
}

impl RecordingFile {
    /// Makes the file and writes its beginning.
    pub(super) fn create(
        begin: &BeginRecording,
        key: &RecordingKey,
        secrets: FileSecrets,
        now: Timestamp,
    ) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&begin.path)?;
        let opening = Opening { began: begin.began, recording: begin.recording };
        let mut head = Vec::new();
        let sealer = Sealer::begin(key, secrets, &opening, &mut head);
        let mut recording = Self {
            id: begin.recording,
            began: begin.began,
            builder: ChunkBuilder::new(begin.law),
            sealer: Some(sealer),
            file: Arc::new(file),
            bytes: 0,
            folder: Some(folder_of(&begin.path)),
            unsynced: true,
            synced: now,
            syncing: false,
            ending: None,
        };
        let written = recording.append(&head);
        if written.is_err() {
            let _leftover = std::fs::remove_file(&begin.path);
        }
        written.map(|()| recording)
    }

    /// Where in the recording this moment is.
    pub(super) fn position(&self, now: Timestamp) -> u64 {
        position(self.began, now)
    }

    /// Bytes of the file.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Places a frame, and writes the seconds that became complete by it.
    pub(super) fn frame(
        &mut self,
        frame: &RecordedFrame,
        now: Timestamp,
        buffer: &mut Vec<u8>,
    ) -> io::Result<Placed> {
        let end = frame.at.saturating_add(u64::from(frame.len));
        if end > self.position(now).saturating_add(AHEAD_MAX) {
            return Ok(Placed::Unusable);
        }
        self.advance(end, buffer)?;
        Ok(self.builder.put(frame))
    }

    /// Writes the seconds that are over by the clock, whether or not newer frames came.
    pub(super) fn tick(&mut self, now: Timestamp, buffer: &mut Vec<u8>) -> io::Result<()> {
        self.advance(self.position(now).saturating_sub(PATIENCE), buffer)
    }

    /// Does what was asked for, except ending, which waits for the frames under way.
    pub(super) fn change(
        &mut self,
        now: Timestamp,
        change: Change,
        buffer: &mut Vec<u8>,
    ) -> io::Result<()> {
        if self.ending.is_some() {
            return Ok(());
        }
        let at = self.position(now);
        let mark = match change {
            Change::Pause(reason) => {
                self.builder.pause(at);
                Mark::Paused(reason)
            }
            Change::Resume => {
                self.builder.resume(at);
                Mark::Resumed
            }
            Change::Consent(consent) => Mark::Consent(consent),
            Change::End => {
                self.builder.pause(at);
                self.ending = Some((at, EndedBecause::Asked));
                return Ok(());
            }
        };
        buffer.clear();
        if let Some(sealer) = &mut self.sealer {
            sealer.mark(at, mark, buffer).map_err(io::Error::other)?;
        }
        self.append(buffer)
    }

    /// Writes what is left up to `end`, and the end.
    pub(super) fn finish(&mut self, end: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        let Some(mut sealer) = self.sealer.take() else {
            return Ok(());
        };
        buffer.clear();
        let law = self.builder.law();
        let sealed = self.builder.finish(end, |at, sides| sealer.audio(at, law, sides, buffer));
        sealed.and_then(|()| sealer.end(end, buffer)).map_err(io::Error::other)?;
        self.append(buffer)
    }

    /// Whether the end is written.
    pub(super) fn is_finished(&self) -> bool {
        self.sealer.is_none()
    }

    /// The job that brings it to the disk.
    pub(super) fn job(&self) -> Job {
        let folder = self.folder.clone();
        Job { recording: self.id, file: Arc::clone(&self.file), folder }
    }

    /// It is on the disk, and so is its name.
    pub(super) fn was_synced(&mut self) {
        self.syncing = false;
        self.folder = None;
    }

    fn advance(&mut self, to: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        let Some(sealer) = &mut self.sealer else {
            return Ok(());
        };
        buffer.clear();
        let law = self.builder.law();
        self.builder
            .advance(to, |at, sides| sealer.audio(at, law, sides, buffer))
            .map_err(io::Error::other)?;
        self.append(buffer)
    }

    /// Writes whole chunks. If that fails, the file is cut back to the last whole one.
    fn append(&mut self, chunks: &[u8]) -> io::Result<()> {
        if chunks.is_empty() {
            return Ok(());
        }
        let mut file = &*self.file;
        if let Err(e) = file.write_all(chunks) {
            // If not even this can be done, the reader does without the torn chunk.
            let _torn = file.set_len(self.bytes);
            return Err(e);
        }
        self.bytes += u64::try_from(chunks.len()).unwrap_or(u64::MAX);
        self.unsynced = true;
        Ok(())
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::media::recorder::RecordingFault;
    use crate::media::record::{HEADER_LEN, PauseReason, Side};
    use crate::sdp::Codec;

    fn secrets() -> FileSecrets {
        FileSecrets { salt: [1; 32], data_key: [2; 32], prefix: [3; 7] }
    }

    fn recording(folder: &Path) -> RecordingFile {
        let began = Timestamp::from_micros(0);
        let path = folder.join("1.rec");
        let begin = BeginRecording { recording: RecordingId(1), path, began, law: Codec::Pcma };
        let key = RecordingKey::new([4; 32]);
        RecordingFile::create(&begin, &key, secrets(), began).expect("room")
    }

    fn moment(ms: i64) -> Timestamp {
        Timestamp::from_micros(ms * 1000)
    }

    #[test]
    fn a_device_that_is_full_is_told_as_such() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut recording = recording(folder.path());
        let before = recording.bytes();
        // The kernel's own full disk: every write fails with ENOSPC.
        let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        recording.file = Arc::new(full);
        let change = Change::Pause(PauseReason::Asked);
        let refused = recording.change(moment(100), change, &mut Vec::new());
        let refused = refused.expect_err("it is full");
        assert_eq!(RecordingFault::from(&refused), RecordingFault::DiskFull);
        assert_eq!(recording.bytes(), before, "what counts is what is whole");
    }

    #[test]
    fn a_second_goes_to_the_file_once_it_is_over_and_not_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut recording = recording(folder.path());
        let mut buffer = Vec::new();
        let head = recording.bytes();
        assert!(head > u64::try_from(HEADER_LEN).expect("small"));
        let frame = RecordedFrame::new(RecordingId(1), Side::Said, 0, Codec::Pcma, &[1; 160]);
        let frame = frame.expect("20 ms");
        let placed = recording.frame(&frame, moment(20), &mut buffer).expect("room");
        assert_eq!(placed, Placed::Kept);
        recording.tick(moment(2499), &mut buffer).expect("room");
        assert_eq!(recording.bytes(), head);
        recording.tick(moment(2500), &mut buffer).expect("room");
        assert!(recording.bytes() > head + 16_000, "a second of both sides");
        recording.tick(moment(3_600_000), &mut buffer).expect("room");
        assert!(recording.bytes() < head + 17_000, "silence costs nothing");
    }

    #[test]
    fn a_frame_from_the_future_is_not_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut recording = recording(folder.path());
        let frame = RecordedFrame::new(RecordingId(1), Side::Said, 0, Codec::Pcma, &[1; 160]);
        let frame = frame.expect("20 ms");
        for at in [16_000, 1 << 40, u64::MAX] {
            let ahead = RecordedFrame { at, ..frame };
            let placed = recording.frame(&ahead, moment(0), &mut Vec::new()).expect("room");
            assert_eq!(placed, Placed::Unusable, "{at}");
        }
        let placed = recording.frame(&frame, moment(0), &mut Vec::new()).expect("room");
        assert_eq!(placed, Placed::Kept);
    }
}
