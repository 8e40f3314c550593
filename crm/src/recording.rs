//! The recordings of calls: what is known of each file, who may hear it, how long it is kept.
//!
//! Types are pure; `row` writes what the exchange tells, `keep` ends the keeping, `read` shows to
//! people. The sound itself is in files of the recorder; this crate never opens one. A row is
//! deleted before its file and remembers until the file is gone, so that neither is left behind by a
//! crash in between.

mod keep;
mod read;
mod row;

use ids::{AgentId, CallId, InteractionId, RecordingId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::interaction::id_of;
use crate::text::words;

pub use keep::{Decision, Due, decide, delete_due, due, file_gone};
pub use read::{Heard, hear, of_interaction};
pub(crate) use row::with_interactions;
pub use row::{save_all, unfinished};

words! {
    /// By which rule of its line a call was recorded.
    Rule {
        /// The caller was told.
        Announced = "announced",
        /// The caller was asked.
        Consent = "consent",
    }
}

words! {
    /// What the caller said to being recorded.
    Consent {
        /// Yes.
        Given = "given",
        /// No.
        Refused = "refused",
        /// First nothing or yes, then no.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// How far a recording is.
    State {
        /// The call goes on; or the program stopped and nobody has looked at the file since.
        Recording = "recording",
        /// The file is closed. With a fault, it ends before the call did.
        Kept = "kept",
        /// Nothing was recorded, because the caller did not agree.
        NotMade = "not_made",
        /// It could not be made, or its file is not to be found.
        Failed = "failed",
    }
}

words! {
    /// Why a part of a call is not in its recording.
    PauseReason {
        /// The caller asked for it.
        Asked = "asked",
        /// Something was said that must not be kept.
        Secret = "secret",
        /// The caller heard music.
        Hold = "hold",
    }
}

words! {
    /// Why the sound was destroyed.
    DeletedBecause {
        /// The time for which it was to be kept was over.
        TimeOver = "time_over",
        /// The caller no longer agreed.
        Withdrawn = "withdrawn",
        /// A person decided so.
        Ordered = "ordered",
    }
}

/// A part of a call that is not in its recording, in milliseconds since the recording began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// From.
    pub from_ms: u64,
    /// Until; `None` while it lasts.
    pub until_ms: Option<u64>,
    /// Why.
    pub because: PauseReason,
}

/// The end of a recording's sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: DeletedBecause,
}

/// What is known of the sound of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The id; its lower half is sealed in the file.
    pub id: RecordingId,
    /// Counts what people decided about it.
    pub version: i64,
    /// The contact whose sound it is.
    pub interaction: InteractionId,
    /// Whose talk with the caller it is: 1, operators; 2, doctors.
    pub tier: u8,
    /// By which rule.
    pub rule: Rule,
    /// The caller heard to its end that the talk is recorded, before a person answered.
    pub announced: bool,
    /// What the caller said to it, if anything.
    pub consent: Option<Consent>,
    /// How far it is.
    pub state: State,
    /// When the talk began.
    pub started_at: Timestamp,
    /// When the recording ended.
    pub ended_at: Option<Timestamp>,
    /// Length of both channels, pauses included.
    pub seconds: u32,
    /// Size of the file.
    pub bytes: u64,
    /// What is not in it.
    pub pauses: Vec<Pause>,
    /// What went wrong, in words.
    pub fault: Option<String>,
    /// The id of the key under which it was made.
    pub key: Option<String>,
    /// The file's name in the recordings' folder.
    pub file: Option<String>,
    /// Destroyed after this moment, unless there is a legal hold.
    pub keep_until: Timestamp,
    /// Not to be destroyed, whatever the time.
    pub legal_hold: bool,
    /// The sound was destroyed.
    pub deleted: Option<Deleted>,
    /// Who last decided about it, and when.
    pub decided: Option<(UserId, Timestamp)>,
}

impl Recording {
    /// A recording of a call that begins now.
    #[must_use]
    pub const fn new(
        id: RecordingId,
        call: CallId,
        rule: Rule,
        now: Timestamp,
        keep_until: Timestamp,
    ) -> Self {
        Self {
            id,
            version: 1,
            interaction: id_of(call),
            tier: 1,
            rule,
            announced: false,
            consent: None,
            state: State::Recording,
            started_at: now,
            ended_at: None,
            seconds: 0,
            bytes: 0,
            pauses: Vec::new(),
            fault: None,
            key: None,
            file: None,
            keep_until,
            legal_hold: false,
            deleted: None,
            decided: None,
        }
    }

    /// Whether its sound can be heard at this moment.
    ///
    /// # Errors
    /// Why not.
    pub fn audible(&self, now: Timestamp) -> Result<(), RecordingRefused> {
        if self.deleted.is_some() || (now >= self.keep_until && !self.legal_hold) {
            return Err(RecordingRefused::Deleted);
        }
        match self.state {
            State::Recording => Err(RecordingRefused::StillRecording),
            State::Kept => Ok(()),
            State::NotMade | State::Failed => Err(RecordingRefused::NoSound),
        }
    }
}

/// Why something is not done with a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecordingRefused {
    /// Whoever was not on the call, or destroys sound, says why.
    #[error("a reason is needed")]
    ReasonRequired,
    /// The call goes on.
    #[error("the call is still being recorded")]
    StillRecording,
    /// There never was any.
    #[error("nothing was recorded")]
    NoSound,
    /// It was destroyed, or its time is over.
    #[error("the recording was deleted")]
    Deleted,
    /// It must be kept.
    #[error("the recording is under a legal hold")]
    LegalHold,
}

/// Whether this person talked in the interaction and so needs no other reason to hear it.
fn was_on_the_call(agent: Option<AgentId>, user: UserId) -> bool {
    agent.is_some_and(|agent| UserId::from(agent) == user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Recording {
        let (id, call) = (RecordingId::from_number(1), CallId::from_number(2));
        let (now, until) = (Timestamp::from_micros(10), Timestamp::from_micros(100));
        Recording { state: State::Kept, ..Recording::new(id, call, Rule::Announced, now, until) }
    }

    #[test]
    fn sound_is_heard_until_its_time_is_over_or_longer_under_a_legal_hold() {
        let (before, after) = (Timestamp::from_micros(99), Timestamp::from_micros(100));
        assert_eq!(kept().audible(before), Ok(()));
        assert_eq!(kept().audible(after), Err(RecordingRefused::Deleted));
        let held = Recording { legal_hold: true, ..kept() };
        assert_eq!(held.audible(after), Ok(()));
        let deleted = Deleted { at: before, because: DeletedBecause::Ordered };
        let deleted = Recording { deleted: Some(deleted), ..held };
        assert_eq!(deleted.audible(before), Err(RecordingRefused::Deleted));
    }

    #[test]
    fn what_has_no_sound_says_why() {
        for (state, why) in [
            (State::Recording, RecordingRefused::StillRecording),
            (State::NotMade, RecordingRefused::NoSound),
            (State::Failed, RecordingRefused::NoSound),
        ] {
            let recording = Recording { state, ..kept() };
            assert_eq!(recording.audible(Timestamp::from_micros(50)), Err(why));
        }
    }
}
