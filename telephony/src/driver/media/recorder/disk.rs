//! Bringing files to the disk on a thread of its own: a slow disk holds up nothing else. Does I/O.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::media::record::RecordingId;

/// The thread that syncs. Each recording has at most one job here.
pub(super) struct Disk {
    jobs: SyncSender<Job>,
    done: Receiver<Done>,
}

/// A file to bring to the disk.
pub(super) struct Job {
    pub(super) recording: RecordingId,
    pub(super) file: Arc<File>,
    /// The folder, for a new file: its name must be on the disk as well.
    pub(super) folder: Option<PathBuf>,
}

/// What became of a job.
pub(super) struct Done {
    pub(super) recording: RecordingId,
    pub(super) outcome: io::Result<()>,
}

impl Disk {
    /// Starts the thread; room for one job of each recording.
    pub(super) fn start(open_max: usize) -> io::Result<Self> {
        let (jobs, inbox) = sync_channel::<Job>(open_max);
        let (sender, done) = sync_channel(open_max);
        let thread = std::thread::Builder::new().name("recorder-disk".into());
        // Nobody waits for the thread: it ends when this is dropped, or with the disk it hangs on.
        thread.spawn(move || {
            for job in inbox {
                let outcome = job.sync();
                // Without the writer nobody asks; the file is on the disk all the same.
                let _gone = sender.send(Done { recording: job.recording, outcome });
            }
        })?;
        Ok(Self { jobs, done })
    }

    /// Hands in a job; false if there is no room, which means to try again.
    pub(super) fn sync(&self, job: Job) -> bool {
        self.jobs.try_send(job).is_ok()
    }

    /// A job that is done.
    pub(super) fn done(&self) -> Option<Done> {
        self.done.try_recv().ok()
    }
}

impl Job {
    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()?;
        self.folder.as_ref().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}
