//! How the sound of a call was, as its interaction keeps it. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::words;

words! {
    /// What was wrong with the sound of a talk, in the words that its operator was told.
    AudioVerdict {
        /// Nothing reached the caller, or nothing came from the operator.
        CallerCannotHearYou = "caller_cannot_hear_you",
        /// Nothing came from the caller, or nothing reached the operator.
        YouCannotHearCaller = "you_cannot_hear_caller",
        /// No sound came from the operator's microphone.
        YourMicrophoneIsSilent = "your_microphone_is_silent",
        /// No sound came from the caller.
        CallerIsSilent = "caller_is_silent",
        /// Much was lost or late, one way or the other.
        PoorLine = "poor_line",
    }
}

/// The sound of all talks of one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineQuality {
    /// Seconds of talk that were measured.
    pub seconds: u32,
    /// What came from the caller.
    pub caller: SideQuality,
    /// What came from the operators.
    pub operator: SideQuality,
    /// Seconds for which each verdict stood; those that never stood are left out.
    pub verdicts: BTreeMap<AudioVerdict, u32>,
}

/// The sound that came from one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideQuality {
    /// Packets that came.
    pub packets: u64,
    /// Packets that did not.
    pub lost: u64,
    /// Mean of the seconds' mean opinion scores, in hundredths: 100 to 450.
    pub mos: u16,
    /// The worst second's score, in hundredths.
    pub mos_worst: u16,
    /// Mean jitter, milliseconds.
    pub jitter_ms: u32,
    /// Mean round trip, milliseconds; absent if the far end never told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<u32>,
}

impl LineQuality {
    /// The score of the worse direction, in hundredths: a talk needs both.
    #[must_use]
    pub fn mos(&self) -> u16 {
        self.caller.mos.min(self.operator.mos)
    }
}
