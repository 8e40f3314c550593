//! The files of recordings, as the edge needs them: their sound as a stream, and their removal. Reads
//! and removes files.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use axum::body::{Body, Bytes};
use crm::recording::{self, Recording};
use futures_util::stream;
use ids::Timestamp;
use telephony::media::record::{
    PCM_FRAME_BYTES, Pcm, RecordingKey, RecordingReader, WAV_HEADER_BYTES, extent, wav_header,
};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::app::App;
use crate::problem::{Answer, Problem, ProblemKind};

/// Blocks that may wait for a slow listener, a second of sound each.
const BLOCKS_MAX: usize = 8;
/// How long a listener may take nothing until the stream is given up.
const LISTENER_PATIENCE: Duration = Duration::from_secs(60);
/// Recordings removed in one go.
const REMOVED_AT_ONCE: u64 = 500;

/// A recording whose sound can be sent.
pub struct Sound {
    path: PathBuf,
    keys: Vec<RecordingKey>,
    samples: u64,
}

/// What a request asks for of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// A part.
    Part(Part),
    /// A part that the file does not have.
    NoPart,
}

/// A part of a file: its first and its last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The first byte.
    pub first: u64,
    /// The last byte.
    pub last: u64,
}

impl Part {
    /// What a `Range` asks for of so many bytes. Another unit, several ranges and what cannot be read
    /// ask for the whole (RFC 9110 §14.2).
    #[must_use]
    pub fn of(range: &str, bytes: u64) -> Wanted {
        let bounds = range.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-'));
        let Some((first, last)) = bounds else { return Wanted::Whole };
        let number = |text: &str| -> Option<Option<u64>> {
            if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
        };
        let (Some(first), Some(last)) = (number(first.trim()), number(last.trim())) else {
            return Wanted::Whole;
        };
        let end = bytes.saturating_sub(1);
        let part = match (first, last) {
            (None, None) => return Wanted::Whole,
            (None, Some(0)) => return Wanted::NoPart,
            (None, Some(suffix)) => Self { first: bytes.saturating_sub(suffix), last: end },
            (Some(first), None) => Self { first, last: end },
            (Some(first), Some(last)) if first > last => return Wanted::Whole,
            (Some(first), Some(last)) => Self { first, last: last.min(end) },
        };
        if part.first >= bytes { Wanted::NoPart } else { Wanted::Part(part) }
    }

    /// How many bytes it has.
    #[must_use]
    pub const fn len(self) -> u64 {
        self.last - self.first + 1
    }

    /// Never: a part has at least one byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        false
    }
}

/// Opens the file of a recording and learns its length.
///
/// # Errors
/// The file is gone or cannot be read, or no key of ours opens it.
pub async fn open(app: &App, recording: &Recording) -> Answer<Sound> {
    let settings = &app.settings().recording;
    let Some(file) = &recording.file else { return Err(Problem::not_found("recording")) };
    let path = settings.folder(&app.settings().data.folder).join(file);
    let keys = settings.keys();
    let look = move || -> Answer<Sound> {
        let file = File::open(&path).map_err(Problem::fault)?;
        let mut reader = RecordingReader::open(file, &keys).map_err(|refused| {
            Problem::new(
                ProblemKind::Unavailable,
                "The key of this recording is not among `recording.key_file` and `old_key_files`.",
            )
            .because(refused)
        })?;
        let samples = extent(&mut reader).map_err(Problem::fault)?.samples;
        Ok(Sound { path, keys, samples })
    };
    spawn_blocking(look).await.map_err(Problem::fault)?
}

impl Sound {
    /// Bytes of the WAV file.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        WAV_HEADER_BYTES as u64 + self.samples * PCM_FRAME_BYTES as u64
    }

    /// A part of the WAV file, decrypted as it goes out.
    pub fn stream(self, part: Part) -> Body {
        let (sender, receiver) = mpsc::channel(BLOCKS_MAX);
        let runtime = Handle::current();
        spawn_blocking(move || {
            let outlet = Outlet { sender, runtime, skip: part.first, left: part.len() };
            if let Err(error) = self.send(outlet) {
                tracing::warn!(%error, "a recording was not sent to its end");
            }
        });
        Body::from_stream(stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|block| (block, receiver))
        }))
    }

    fn send(self, mut outlet: Outlet) -> io::Result<()> {
        outlet.take(wav_header(self.samples).to_vec())?;
        let whole_samples = outlet.skip / PCM_FRAME_BYTES as u64;
        outlet.skip %= PCM_FRAME_BYTES as u64;
        let file = File::open(&self.path)?;
        let reader = RecordingReader::open(file, &self.keys).map_err(io::Error::other)?;
        let mut pcm = Pcm::new(reader, whole_samples, self.samples);
        while outlet.left > 0 {
            let Some(block) = pcm.block()? else { break };
            outlet.take(block)?;
        }
        Ok(())
    }
}

/// Where blocks go: what is before the part is skipped, what is behind it is cut off.
struct Outlet {
    sender: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
    skip: u64,
    left: u64,
}

impl Outlet {
    fn take(&mut self, mut block: Vec<u8>) -> io::Result<()> {
        let len = block.len() as u64;
        let skipped = self.skip.min(len);
        self.skip -= skipped;
        block.drain(..usize::try_from(skipped).unwrap_or(usize::MAX));
        block.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= block.len() as u64;
        if block.is_empty() {
            return Ok(());
        }
        let sent = timeout(LISTENER_PATIENCE, self.sender.send(Ok(block.into())));
        let sent = self.runtime.block_on(sent).map_err(|_| io::ErrorKind::TimedOut)?;
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Deletes the recordings whose time is over: first the row says so, then the file goes, then the row
/// knows that it is gone. Whatever is interrupted is done the next time.
pub async fn remove_due(app: &App, now: Timestamp) {
    let due = match recording::due(app.store(), now, REMOVED_AT_ONCE).await {
        Ok(due) => due,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                "recordings whose time is over cannot be looked for; tried again"
            );
            return;
        }
    };
    let folder = app.settings().recording.folder(&app.settings().data.folder);
    for one in due {
        let path = one.file.as_ref().map(|file| folder.join(file));
        if let Err(error) = remove(app, &one, path, now).await {
            tracing::warn!(recording = %one.id, error, "a recording cannot be deleted; tried again");
        }
    }
}

async fn remove(
    app: &App,
    due: &recording::Due,
    path: Option<PathBuf>,
    now: Timestamp,
) -> Result<(), String> {
    let in_words = |error: crm::CrmError| error.to_string();
    if !due.deleted && !recording::delete_due(app.store(), due.id, now).await.map_err(in_words)? {
        return Ok(());
    }
    if let Some(path) = path
        && let Err(error) = tokio::fs::remove_file(path).await
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error.to_string());
    }
    recording::file_gone(app.store(), due.id).await.map_err(in_words)?;
    metrics::counter!("helpline_recordings_deleted_total").increment(1);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Part, Wanted};

    #[test]
    fn a_range_is_read_as_browsers_send_it() {
        let part = |first, last| Wanted::Part(Part { first, last });
        for (range, wanted) in [
            ("bytes=0-", part(0, 99)),
            ("bytes=10-19", part(10, 19)),
            ("bytes=10-1000", part(10, 99)),
            ("bytes=-30", part(70, 99)),
            ("bytes=-1000", part(0, 99)),
            ("bytes=100-", Wanted::NoPart),
            ("bytes=-0", Wanted::NoPart),
            ("bytes=5-4", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("samples=0-1", Wanted::Whole),
            ("bytes=x-", Wanted::Whole),
        ] {
            assert_eq!(Part::of(range, 100), wanted, "{range}");
        }
    }
}
