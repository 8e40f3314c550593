//! `[recording]`: where recordings of talks go, under which key, for how long. Reads the key's file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use telephony::media::record::RecordingKey;

use super::ConfigProblem;
use super::value::{blank_is_none, each_from_text};

/// No file with one key in it is longer, bytes.
const KEY_FILE_MAX: u64 = 1024;

/// Whether the talks of a queue's callers are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingRule {
    /// Never.
    #[default]
    Never,
    /// The caller is told.
    Announced,
    /// The caller is asked, and a key is the answer.
    Consent,
}

/// `[recording]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Recording {
    /// The folder of the files; `None`: `recordings` in the data folder.
    #[serde(deserialize_with = "blank_is_none")]
    pub folder: Option<PathBuf>,
    /// The key of new recordings; once the settings are read, also if it came from the file.
    #[serde(deserialize_with = "key_or_none")]
    pub key: Option<RecordingKey>,
    /// Where the key stands instead.
    #[serde(deserialize_with = "blank_is_none")]
    pub key_file: Option<PathBuf>,
    /// Files with the keys of old recordings.
    #[serde(deserialize_with = "each_from_text")]
    pub old_key_files: Vec<PathBuf>,
    /// The keys of those files.
    #[serde(skip)]
    pub old_keys: Vec<RecordingKey>,
    /// How long recordings are kept, days.
    pub keep_days: u32,
    /// None begins while the disk has less room, MiB.
    pub free_min_mb: u64,
    /// The longest pause, seconds.
    pub pause_max_s: u64,
    /// Whether a withdrawn consent destroys what was recorded.
    pub delete_withdrawn: bool,
}

impl Recording {
    /// How long recordings are kept.
    #[must_use]
    pub fn keep(&self) -> Duration {
        Duration::from_secs(u64::from(self.keep_days) * 86_400)
    }

    /// The key of new recordings, then those of old ones; empty without a key.
    #[must_use]
    pub fn keys(&self) -> Vec<RecordingKey> {
        self.key.iter().chain(&self.old_keys).cloned().collect()
    }

    /// The folder, within this data folder if none is set.
    #[must_use]
    pub fn folder(&self, data: &Path) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| data.join("recordings"))
    }

    /// Takes the keys from their files.
    pub(super) fn read_keys(&mut self) -> Result<(), ConfigProblem> {
        if let Some(file) = &self.key_file {
            let key = "recording.key_file";
            if self.key.is_some() {
                let why = "and `recording.key` are both given; one must go".to_owned();
                return Err(ConfigProblem::Value { key, why });
            }
            self.key = Some(read_key(key, file)?);
        }
        let old = self.old_key_files.iter();
        self.old_keys =
            old.map(|file| read_key("recording.old_key_files", file)).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// That each value can be used.
    pub(super) fn check(&self) -> Result<(), ConfigProblem> {
        let bad = |key, why: &str| Err(ConfigProblem::Value { key, why: why.to_owned() });
        if self.keep_days == 0 || self.keep_days > KEEP_DAYS_MAX {
            return bad("recording.keep_days", "must be between 1 and 36500");
        }
        if self.pause_max_s == 0 || self.pause_max_s > PAUSE_MAX_S {
            return bad("recording.pause_max_s", "must be between 1 and 120");
        }
        Ok(())
    }
}

/// A hundred years.
const KEEP_DAYS_MAX: u32 = 36_500;
/// A longer pause is one that somebody forgot.
const PAUSE_MAX_S: u64 = 120;

fn read_key(key: &'static str, file: &Path) -> Result<RecordingKey, ConfigProblem> {
    use std::io::Read as _;
    let bad = |why: String| ConfigProblem::Value { key, why: format!("{}: {why}", file.display()) };
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(|e| bad(format!("cannot be read: {e}")))?;
    let read = opened.take(KEY_FILE_MAX).read_to_string(&mut text);
    read.map_err(|e| bad(format!("cannot be read: {e}")))?;
    RecordingKey::parse(&text).map_err(|e| bad(e.to_string()))
}

fn key_or_none<'de, D: Deserializer<'de>>(input: D) -> Result<Option<RecordingKey>, D::Error> {
    let text = String::deserialize(input)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    RecordingKey::parse(&text).map(Some).map_err(D::Error::custom)
}
