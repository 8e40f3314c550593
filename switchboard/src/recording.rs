//! Recordings of talks: an observer of calls that drives the recorder. No call waits for it, ends
//! because of it, or knows of it.
//!
//! ```text
//!  call task ─ effects, keys ─▶ Witness ─▶ notes ─▶ Clerk ─▶ recorder, rows, consoles
//! ```
//!
//! [`witness`] and [`talk`] are pure: what one call's effects mean, and what is known of one
//! recording. [`clerk`] is the task that carries it out; [`after_crash`] closes what an earlier
//! process left open.

mod after_crash;
mod clerk;
mod talk;
mod witness;

use std::path::PathBuf;
use std::time::Duration;

use crm::recording::{PauseReason, Rule};
use ids::{CallId, LegId, Timestamp};
use serde::Serialize;
use telephony::call::{PROMPT_RECORDED, PROMPT_RECORDING_CONSENT, PromptName};
use telephony::media::record::RecordingKey;
use tokio::sync::{mpsc, oneshot};

pub(crate) use clerk::{Clerk, NOTES_MAX};
pub(crate) use witness::Witness;

/// Whose talk with the caller it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Operators'.
    One,
}

/// Whether the talks of a line's callers are recorded, for each tier. `None`: never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordingRules {
    /// With operators.
    pub tier_one: Option<Rule>,
}

impl RecordingRules {
    /// The rule of this tier.
    #[must_use]
    pub const fn of(self, tier: Tier) -> Option<Rule> {
        match tier {
            Tier::One => self.tier_one,
        }
    }
}

/// Where recordings go and how long they are kept.
#[derive(Clone, Debug)]
pub struct RecordingConfig {
    /// The folder of their files; made if it is missing.
    pub folder: PathBuf,
    /// The key of new recordings first, then those of old ones; never empty.
    pub keys: Vec<RecordingKey>,
    /// How long they are kept.
    pub keep: Duration,
    /// None begins while the disk has less room than this, bytes.
    pub free_min: u64,
    /// The longest pause that an agent may ask for; then the recording goes on.
    pub pause_max: Duration,
    /// Whether what was recorded is destroyed when the caller takes the consent back.
    pub delete_withdrawn: bool,
}

/// What the agent on a call sees of its recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordingView {
    /// What it is doing.
    pub state: RecordingState,
    /// When it goes on by itself, while it is paused.
    pub paused_until: Option<Timestamp>,
    /// The caller has heard that the talk is recorded. If not, the agent says so.
    pub announced: bool,
}

/// What a recording is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// What is said is kept.
    On,
    /// The agent paused it.
    Paused,
    /// The caller did not agree, or no longer does.
    NoConsent,
    /// It was ended before the call.
    Stopped,
    /// It could not be made: a disk is full, a folder is missing.
    Failed,
}

/// Why something asked of a recording was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// Nothing of the kind goes on: no recording, no pause, or it is over.
    #[error("the recording's state does not allow it")]
    WrongState,
    /// The recorder has too much to do, or is no more. A pause that gets this answer was not heard.
    #[error("the recorder does not answer")]
    Unavailable,
}

/// What an agent asks of the recording of the call that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingWish {
    /// Keep nothing for a while.
    Pause(PauseReason),
    /// Keep everything again.
    Resume,
    /// Keep nothing more of this call. `withdrawn`: because the caller no longer agrees.
    Stop {
        /// The caller no longer agrees.
        withdrawn: bool,
    },
}

/// A talk begins or goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) call: CallId,
    pub(crate) leg: LegId,
    pub(crate) rule: Rule,
    pub(crate) announced: bool,
    pub(crate) consent: Option<crm::recording::Consent>,
}

/// What the clerk is told.
#[derive(Debug)]
pub(crate) enum Note {
    Joined(Begun),
    Parted(CallId),
    Ended(CallId),
    Wish(CallId, RecordingWish, oneshot::Sender<Result<(), RecordingError>>),
    Stop(oneshot::Sender<()>),
}

/// The way to the clerk. Cheap to clone; never waits.
#[derive(Clone, Debug)]
pub(crate) struct RecordingPort {
    /// Absent where nothing is recorded at all.
    notes: Option<mpsc::Sender<Note>>,
}

impl RecordingPort {
    pub(crate) const fn off() -> Self {
        Self { notes: None }
    }

    pub(crate) const fn new(notes: mpsc::Sender<Note>) -> Self {
        Self { notes: Some(notes) }
    }

    /// The rule of a line, as far as this program can follow it: without a key nothing is recorded,
    /// and no caller is told so.
    pub(crate) fn rule(&self, rules: RecordingRules) -> Option<Rule> {
        self.notes.as_ref().and_then(|_| rules.of(Tier::One))
    }

    pub(crate) fn note(&self, note: Note) {
        if let Some(notes) = &self.notes
            && notes.try_send(note).is_err()
        {
            metrics::counter!("helpline_recording_notes_lost_total").increment(1);
            tracing::error!(
                "the recordings' clerk does not follow; what happened to a call is lost"
            );
        }
    }

    pub(crate) async fn wish(
        &self,
        call: CallId,
        wish: RecordingWish,
    ) -> Result<(), RecordingError> {
        let notes = self.notes.as_ref().ok_or(RecordingError::WrongState)?;
        let (reply, answer) = oneshot::channel();
        let sent = notes.try_send(Note::Wish(call, wish, reply));
        sent.map_err(|_| RecordingError::Unavailable)?;
        let answered = tokio::time::timeout(WISH_PATIENCE, answer).await;
        answered
            .map_err(|_| RecordingError::Unavailable)?
            .unwrap_or(Err(RecordingError::Unavailable))
    }

    /// Ends every recording and waits until the disk has them.
    pub(crate) async fn stop(&self) {
        let Some(notes) = &self.notes else { return };
        let (stopped, done) = oneshot::channel();
        if notes.send(Note::Stop(stopped)).await.is_ok() {
            // The clerk bounds its own waits.
            let _ = done.await;
        }
    }
}

/// How long an agent's wish may take.
const WISH_PATIENCE: Duration = Duration::from_secs(5);

/// What callers of a line hear before a person answers.
pub(crate) fn notice(rule: Option<Rule>) -> Option<PromptName> {
    let prompt = match rule? {
        Rule::Announced => PROMPT_RECORDED,
        Rule::Consent => PROMPT_RECORDING_CONSENT,
    };
    Some(PromptName(prompt.to_owned()))
}

#[cfg(test)]
mod tests;
