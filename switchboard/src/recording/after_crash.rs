//! Recordings that an earlier process left open: their files are looked through, and their rows say
//! how they ended. Reads files.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crm::recording::{self, Recording, State};
use ids::Timestamp;
use telephony::media::record::{Closing, RecordingKey, RecordingReader, extent};

use crate::hub::Hub;

/// What a row says whose file ends before its call did.
pub(super) const CUT: &str = "the program stopped before the call was over";

/// Closes what was begun before `started`. Tried once: what cannot be written is found at the next
/// start again.
pub(super) async fn close(
    hub: Arc<Hub>,
    folder: PathBuf,
    keys: Vec<RecordingKey>,
    started: Timestamp,
) {
    let left_open = match recording::unfinished(hub.records.store()).await {
        Ok(found) => found,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "recordings of an earlier run cannot be looked for");
            return;
        }
    };
    let mut closed = 0_u32;
    for row in left_open.into_iter().filter(|row| row.started_at < started) {
        let (folder, keys) = (folder.clone(), keys.clone());
        let looked = tokio::task::spawn_blocking(move || looked_through(row, &folder, &keys));
        if let Ok(row) = looked.await {
            hub.records.recording(row);
            closed += 1;
        }
    }
    if closed > 0 {
        tracing::warn!(closed, "recordings were open when the last run ended; they are closed now");
    }
}

/// The row as the file says.
fn looked_through(row: Recording, folder: &Path, keys: &[RecordingKey]) -> Recording {
    let failed = |fault: String| Recording {
        state: State::Failed,
        ended_at: Some(row.started_at),
        fault: Some(fault),
        ..row.clone()
    };
    let Some(name) = &row.file else { return failed(CUT.to_owned()) };
    let opened = File::open(folder.join(name)).map_err(|e| e.to_string());
    let file = match opened {
        Ok(file) => file,
        Err(why) => return failed(format!("{CUT}; its file cannot be read: {why}")),
    };
    let bytes = file.metadata().map_or(0, |data| data.len());
    let read = RecordingReader::open(file, keys).map_err(|e| e.to_string());
    let found = read.and_then(|mut reader| extent(&mut reader).map_err(|e| e.to_string()));
    match found {
        Ok(found) => {
            let lasted = std::time::Duration::from_micros(found.samples * 125);
            let fault = match found.closing {
                Closing::Closed { .. } => row.fault.clone(),
                Closing::NotClosed => Some(CUT.to_owned()),
            };
            Recording {
                state: State::Kept,
                ended_at: Some(row.started_at + lasted),
                seconds: u32::try_from(found.samples.div_ceil(8000)).unwrap_or(u32::MAX),
                bytes,
                fault,
                ..row
            }
        }
        Err(why) => failed(format!("{CUT}; its file cannot be read: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use crm::recording::Rule;
    use ids::{CallId, RecordingId};
    use telephony::media::record::{FileSecrets, Opening, RecordingId as Number, Sealer};
    use telephony::sdp::Codec;

    use super::*;

    fn row(file: Option<&str>) -> Recording {
        let (id, call) = (RecordingId::from_number(1), CallId::from_number(2));
        let (began, until) = (Timestamp::from_micros(1_000_000), Timestamp::from_micros(9_000_000));
        let row = Recording::new(id, call, Rule::Announced, began, until);
        Recording { file: file.map(str::to_owned), ..row }
    }

    fn key() -> RecordingKey {
        RecordingKey::new([7; 32])
    }

    /// Two seconds of sound and no end.
    fn cut() -> Vec<u8> {
        let mut file = Vec::new();
        let opening = Opening { began: Timestamp::from_micros(1), recording: Number(1) };
        let secrets = FileSecrets { salt: [1; 32], data_key: [2; 32], prefix: [3; 7] };
        let mut sealer = Sealer::begin(&key(), secrets, &opening, &mut file);
        for second in 0..2 {
            let sound = [0xd5; 8000];
            let sealed = sealer.audio(second * 8000, Codec::Pcma, [&sound; 2], &mut file);
            sealed.expect("a number is left");
        }
        file
    }

    #[test]
    fn a_file_without_an_end_is_kept_as_long_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("1.rec"), cut()).expect("writable");
        let row = looked_through(row(Some("1.rec")), folder.path(), &[key()]);
        assert_eq!((row.state, row.seconds), (State::Kept, 2));
        assert_eq!(row.ended_at, Some(Timestamp::from_micros(3_000_000)));
        assert_eq!(row.fault.as_deref(), Some(CUT));
        assert!(row.bytes > 32_000);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("1.rec"), cut()).expect("writable");
        let other = [RecordingKey::new([8; 32])];
        for (file, keys, why) in [
            (Some("none.rec"), &[key()], "cannot be read"),
            (Some("1.rec"), &other, "wrong key"),
            (None, &other, "the program stopped"),
        ] {
            let row = looked_through(row(file), folder.path(), keys);
            let fault = row.fault.unwrap_or_default();
            assert_eq!(row.state, State::Failed);
            assert!(fault.contains(why), "{fault}");
        }
    }
}
