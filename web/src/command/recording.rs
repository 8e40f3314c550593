//! `helpline recording open`: a recording made audible, with the key of the house.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use telephony::media::record::{
    Closing, Consent, Mark, PauseReason, RecordingKey, RecordingReader, WavSummary, write_wav,
};

/// No file with one key in it is longer, bytes.
const KEY_FILE_MAX: u64 = 1024;

/// What to do with a recording.
#[derive(Debug, Subcommand)]
pub enum Recording {
    /// Turn a recording into a WAV file: left what the leg said, right what it heard.
    Open(Open),
}

/// A recording to open.
#[derive(Debug, Args)]
pub struct Open {
    /// The recording.
    file: PathBuf,
    /// The WAV file to make; it must not exist. It holds the call for everyone to hear!
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A file with the recording key, as 64 hexadecimal digits or in base64. May be given several
    /// times; the recording knows which it needs.
    #[arg(long, value_name = "FILE", required = true)]
    key_file: Vec<PathBuf>,
}

impl Recording {
    /// Does it and says what was found.
    ///
    /// # Errors
    /// A file cannot be read or written, no key fits, or the recording is damaged: then the WAV file
    /// holds what is left of it.
    pub fn run(&self) -> anyhow::Result<()> {
        let Self::Open(open) = self;
        open.run()
    }
}

impl Open {
    fn run(&self) -> anyhow::Result<()> {
        let keys: anyhow::Result<Vec<RecordingKey>> =
            self.key_file.iter().map(|path| key(path)).collect();
        let of_file = || self.file.display().to_string();
        let file = File::open(&self.file).with_context(of_file)?;
        let mut reader = RecordingReader::open(file, &keys?).with_context(of_file)?;
        let of_out = || self.out.display().to_string();
        let mut options = OpenOptions::new();
        // Plain speech: for the one who opened it and nobody else.
        let out = options.write(true).create_new(true).mode(0o600).open(&self.out);
        let out = BufWriter::new(out.with_context(of_out)?);
        let summary = write_wav(&mut reader, out).with_context(of_out)?;
        for line in describe(&summary) {
            println!("{line}");
        }
        println!("what can be heard is in {}", self.out.display());
        if !summary.damages.is_empty() {
            bail!("{} is damaged in {} places", self.file.display(), summary.damages.len());
        }
        Ok(())
    }
}

/// The key in a file.
fn key(path: &Path) -> anyhow::Result<RecordingKey> {
    let of_file = || path.display().to_string();
    let mut text = String::new();
    let file = File::open(path).with_context(of_file)?;
    file.take(KEY_FILE_MAX).read_to_string(&mut text).with_context(of_file)?;
    RecordingKey::parse(&text).with_context(of_file)
}

/// What was found, line by line.
fn describe(summary: &WavSummary) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(opening) = &summary.opening {
        let began = jiff::Timestamp::from_microsecond(opening.began.as_micros());
        let began = began.map_or_else(|_| "an unknown time".into(), |began| began.to_string());
        lines.push(format!("recording {} of {began}", opening.recording.0));
    }
    lines.push(format!("{} long", time(summary.samples)));
    let marks = summary.marks.iter().map(|(at, mark)| format!("{} {}", time(*at), words(*mark)));
    lines.extend(marks);
    lines.extend(summary.damages.iter().map(|damage| format!("damaged: {damage}")));
    lines.push(match summary.closing {
        Closing::Closed { .. } => "closed".into(),
        Closing::NotClosed => format!("cut: readable up to {}", time(summary.samples)),
    });
    lines
}

/// A position as a time: `1:02:03.456`.
fn time(samples: u64) -> String {
    let (ms, seconds) = (samples / 8 % 1000, samples / 8000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{hours}:{minutes:02}:{seconds:02}.{ms:03}")
}

fn words(mark: Mark) -> &'static str {
    match mark {
        Mark::Paused(PauseReason::Asked) => "paused: the caller asked for it",
        Mark::Paused(PauseReason::Secret) => "paused: something not to be kept",
        Mark::Paused(PauseReason::Hold) => "paused: on hold",
        Mark::Paused(PauseReason::NoConsent) => "paused: the caller did not agree",
        Mark::Paused(PauseReason::Unsaid) => "paused",
        Mark::Resumed => "resumed",
        Mark::Consent(Consent::Given) => "the caller agreed to be recorded",
        Mark::Consent(Consent::Refused) => "the caller refused to be recorded",
        Mark::Consent(Consent::Withdrawn) => "the caller no longer agreed to be recorded",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;
    use ids::Timestamp;
    use telephony::media::record::{FileSecrets, Opening, RecordingId, Sealer};
    use telephony::sdp::Codec;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        recording: Recording,
    }

    /// Two seconds with a pause, and the end if it is to have one.
    fn recorded(closed: bool) -> Vec<u8> {
        let mut file = Vec::new();
        let began = Timestamp::from_micros(1_700_000_000_000_000);
        let opening = Opening { began, recording: RecordingId(42) };
        let secrets = FileSecrets { salt: [1; 32], data_key: [2; 32], prefix: [3; 7] };
        let key = RecordingKey::new([0xab; 32]);
        let mut sealer = Sealer::begin(&key, secrets, &opening, &mut file);
        let second = [0xd5; 8000];
        sealer.audio(0, Codec::Pcma, [&second; 2], &mut file).expect("a number is left");
        let mark = Mark::Paused(PauseReason::Hold);
        sealer.mark(8000, mark, &mut file).expect("a number is left");
        if closed {
            sealer.end(20_004, &mut file).expect("a number is left");
        }
        file
    }

    fn run(folder: &Path, out: &str, keys: &[&str]) -> anyhow::Result<()> {
        let path = |name: &str| folder.join(name).display().to_string();
        let mut words = vec!["helpline".into(), "open".into(), path("r.rec")];
        words.extend(["--out".into(), path(out)]);
        words.extend(keys.iter().flat_map(|key| ["--key-file".into(), path(key)]));
        Line::try_parse_from(words)?.recording.run()
    }

    #[test]
    fn a_recording_becomes_a_wav_file_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fs::write(folder.join("r.rec"), recorded(true)).expect("writable");
        fs::write(folder.join("old.key"), format!("{}\n", "cd".repeat(32))).expect("writable");
        fs::write(folder.join("new.key"), format!("{}\n", "ab".repeat(32))).expect("writable");
        let refused = run(folder, "a.wav", &["old.key"]).expect_err("another key");
        assert!(format!("{refused:#}").contains("wrong key"), "{refused:#}");
        assert!(!folder.join("a.wav").exists());
        run(folder, "a.wav", &["old.key", "new.key"]).expect("one of them fits");
        let wav = hound::WavReader::open(folder.join("a.wav")).expect("a WAV file");
        assert_eq!((wav.duration(), wav.spec().channels), (20_004, 2));
        let refused = run(folder, "a.wav", &["new.key"]).expect_err("it exists");
        assert!(format!("{refused:#}").contains("a.wav"), "{refused:#}");
    }

    #[test]
    fn damage_fails_and_a_cut_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fs::write(folder.join("key"), "ab".repeat(32)).expect("writable");
        let mut file = recorded(true);
        file.truncate(file.len() - 3);
        fs::write(folder.join("r.rec"), &file).expect("writable");
        run(folder, "cut.wav", &["key"]).expect("a cut is no damage");
        file[9000] ^= 1;
        fs::write(folder.join("r.rec"), &file).expect("writable");
        let refused = run(folder, "bad.wav", &["key"]).expect_err("a chunk was changed");
        assert!(refused.to_string().contains("damaged in 1 places"), "{refused}");
        assert!(folder.join("bad.wav").exists(), "what is left of it");
    }

    #[test]
    fn what_was_found_is_told_in_words() {
        let told = |file: &[u8]| {
            let keys = [RecordingKey::new([0xab; 32])];
            let mut reader = RecordingReader::open(file, &keys).expect("readable");
            let wav = std::io::Cursor::new(Vec::new());
            describe(&write_wav(&mut reader, wav).expect("written")).join("\n")
        };
        let began = "recording 42 of 2023-11-14T22:13:20Z";
        let paused = "0:00:01.000 paused: on hold";
        let closed = format!("{began}\n0:00:02.500 long\n{paused}\nclosed");
        assert_eq!(told(&recorded(true)), closed);
        let cut = format!("{began}\n0:00:01.000 long\n{paused}\ncut: readable up to 0:00:01.000");
        assert_eq!(told(&recorded(false)), cut);
    }
}
