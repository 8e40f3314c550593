//! Recordings that an earlier process left open: their files are looked through, and their rows say
//! how they ended. Reads files.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crm::recording::{self, Consent, Recording, Rule, State};
use ids::{CallId, RecordingId, Timestamp};
use telephony::media::record::{Closing, RecordingKey, RecordingReader, extent};

use crate::hub::Hub;

/// What a row says whose file ends before its call did.
pub(super) const CUT: &str = "the program stopped before the call was over";

/// Files of a folder that are looked at.
const FILES_MAX: usize = 1_000_000;

/// Closes what was begun before `started`. Tried once: what cannot be written is found at the next
/// start again.
pub(super) async fn close(
    hub: Arc<Hub>,
    folder: PathBuf,
    keys: Vec<RecordingKey>,
    (started, keep): (Timestamp, Duration),
) {
    let left_open = match recording::unfinished(hub.records.store()).await {
        Ok(found) => found,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "recordings of an earlier run cannot be looked for");
            return;
        }
    };
    mend_strays(&hub, &folder, &keys, (started, keep)).await;
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

/// Gives rows to files that have none: the program died between making the file and writing the row.
async fn mend_strays(
    hub: &Arc<Hub>,
    folder: &Path,
    keys: &[RecordingKey],
    (started, keep): (Timestamp, Duration),
) {
    let place = folder.to_owned();
    let looked = tokio::task::spawn_blocking(move || named(&place));
    let mut files: Vec<Recording> = looked.await.unwrap_or_default();
    files.retain(|row| row.started_at < started);
    let ids = files.iter().map(|row| row.id).collect();
    let known = match recording::with_rows(hub.records.store(), ids).await {
        Ok(known) => known,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            return tracing::error!(error, "recordings without a row cannot be looked for");
        }
    };
    for row in files.into_iter().filter(|row| !known.contains(&row.id)) {
        tracing::warn!(recording = %row.id, "a recording had no row; it has one now");
        let (folder, keys) = (folder.to_owned(), keys.to_vec());
        let row = Recording { keep_until: row.started_at + keep, ..row };
        let looked = tokio::task::spawn_blocking(move || looked_through(row, &folder, &keys));
        if let Ok(row) = looked.await {
            hub.records.recording(row);
        }
    }
}

/// What the names of the files say; a name that is not ours is nobody's recording.
fn named(folder: &Path) -> Vec<Recording> {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    files.filter_map(|file| of_name(file.file_name().to_str()?)).take(FILES_MAX).collect()
}

fn of_name(name: &str) -> Option<Recording> {
    let mut parts = name.strip_suffix(".rec")?.split('.');
    let id: RecordingId = parts.next()?.parse().ok()?;
    let call: CallId = parts.next()?.parse().ok()?;
    let word = parts.next().filter(|_| parts.clone().next().is_none())?;
    let rule = [Rule::Announced, Rule::Consent].into_iter().find(|rule| rule.as_str() == word)?;
    // The id tells when it was made.
    let (seconds, nanos) = id.as_uuid().get_timestamp()?.to_unix();
    let micros = i64::try_from(seconds * 1_000_000 + u64::from(nanos / 1000)).ok()?;
    let began = Timestamp::from_micros(micros);
    let row = Recording::new(id, call, rule, began, began);
    // A caller who is asked is recorded only after a yes.
    let consent = (rule == Rule::Consent).then_some(Consent::Given);
    Some(Recording { announced: true, consent, file: Some(name.to_owned()), ..row })
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
            let lasted = Duration::from_micros(found.samples * 125);
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
    fn a_name_says_whose_recording_it_is() {
        let id =
            RecordingId::from_uuid("01a20667-7c1e-74e9-acba-f3a6aae56623".parse().expect("v7"));
        let (call, began) = (CallId::from_number(2), Timestamp::from_micros(5));
        for rule in [Rule::Announced, Rule::Consent] {
            let row = Recording::new(id, call, rule, began, began);
            let read = of_name(&super::super::clerk::file_name(&row)).expect("our own name");
            assert_eq!((read.id, read.interaction, read.rule), (id, row.interaction, rule));
            assert_eq!(read.consent.is_some(), rule == Rule::Consent);
            assert!(read.started_at > Timestamp::from_micros(1_700_000_000_000_000));
        }
        let name = format!("{id}.{call}.announced");
        for other in [name.clone(), format!("{name}.x.rec"), format!("{id}.rec"), "x.rec".into()] {
            assert_eq!(of_name(&other), None, "{other}");
        }
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
