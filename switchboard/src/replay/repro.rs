//! A stretch of the floor's life as a file: what a breach leaves behind, and what
//! `helpline replay --file` runs. Ids of calls and agents stand in it, and no personal data.
//!
//! JSON lines: what was broken and the state before the stretch, then `[position, microseconds, line]`
//! for each line of the journal.

use std::path::Path;

use ids::Timestamp;
use routing::{Floor, Violation};
use serde::{Deserialize, Serialize};
use store::journal::Recorded;

use super::{ReplayError, Replayer};
use crate::floor_journal::{Kept, PROGRAM};

/// Why a file could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ReproError {
    /// The file could not be read.
    #[error("the file cannot be read")]
    Unreadable(#[from] std::io::Error),
    /// A line is not as such files have it.
    #[error("line {number} of the file is not of a floor")]
    Line {
        /// Counted from 1.
        number: usize,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The state or an event cannot be used.
    #[error("the file cannot be run")]
    Replay(#[from] ReplayError),
    /// The state contradicts itself.
    #[error("the state in the file cannot be restored")]
    Restore(#[from] routing::RestoreError),
}

#[derive(Serialize, Deserialize)]
struct Head {
    breach: String,
    /// The last position that the state includes.
    position: i64,
    state: Kept,
}

/// A stretch of the floor's life.
pub(crate) struct Repro {
    /// The last position that the state includes.
    position: i64,
    state: Kept,
    lines: Vec<Recorded>,
}

/// What came of running a file.
#[derive(Debug)]
pub struct Rerun {
    /// What was broken when the file was written.
    pub breach: String,
    /// Events run.
    pub events: u64,
    /// The first promise found broken, and after which position.
    pub broken: Option<(i64, Violation)>,
    /// The first position whose effects were not those of the first run.
    pub mismatch: Option<i64>,
    /// The floor at the end.
    pub floor: Floor,
}

impl Repro {
    /// Begins with a floor as it is after `position`.
    pub(crate) fn beginning(floor: &Floor, position: i64) -> Self {
        Self { position, state: Kept::of(floor), lines: Vec::new() }
    }

    /// Lines since the begin.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn push(&mut self, line: Recorded) {
        self.lines.push(line);
    }

    /// The text of the file.
    pub(crate) fn to_lines(&self, breach: &str) -> String {
        let state = serde_json::to_value(&self.state).expect("a snapshot is plain data");
        let head = serde_json::json!({
            "breach": breach, "position": self.position, "state": state,
        });
        let mut text = head.to_string();
        for line in &self.lines {
            let (position, at) = (line.position, line.at.as_micros());
            text.push_str(&format!("\n[{position},{at},{}]", line.event));
        }
        text
    }
}

/// Runs a file, and checks every promise of the floor after each event.
///
/// # Errors
/// [`ReproError`].
pub fn run_file(path: &Path) -> Result<Rerun, ReproError> {
    run_text(&std::fs::read_to_string(path)?)
}

fn run_text(text: &str) -> Result<Rerun, ReproError> {
    let mut lines = (1..).zip(text.lines());
    let bad = |number, source| ReproError::Line { number, source };
    let (_, head) = lines.next().ok_or(ReproError::Empty)?;
    let head: Head = serde_json::from_str(head).map_err(|source| bad(1, source))?;
    let Kept { config, floor, program } = head.state;
    let ours = program.as_deref() == Some(PROGRAM);
    let mut replayer = Replayer::new(Floor::restore(config, floor)?, head.position, ours);
    let mut broken = None;
    for (number, line) in lines {
        let (position, at, event): (i64, Timestamp, serde_json::Value) =
            serde_json::from_str(line).map_err(|source| bad(number, source))?;
        let recorded = Recorded { position, epoch: 0, at, event: event.to_string() };
        replayer.apply(&recorded, &mut |_, _, _| {})?;
        if broken.is_none() {
            broken = replayer.floor.check().err().map(|violation| (position, violation));
        }
    }
    let Replayer { floor, events, mismatch, .. } = replayer;
    Ok(Rerun { breach: head.breach, events, broken, mismatch, floor })
}

#[cfg(test)]
mod tests;
