//! How a talk sounds, on the wire: once a second to the console, and summed up in the records. Pure.

use crm::interaction as stored;
use serde::{Deserialize, Serialize};
use telephony::driver::media::Quality;
use telephony::media::quality::{MOS_POOR, Verdict};
use utoipa::ToSchema;

/// A score from here on is good: "users satisfied" begins at R = 80, MOS 4.03 (ITU-T G.109, table 1).
const MOS_GOOD: f32 = 4.0;

/// A word for a mean opinion score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QualityWord {
    /// Nothing to notice: 4.0 and more.
    Good,
    /// Words may drop.
    Fair,
    /// Hard to understand: less than 3.1.
    Poor,
}

impl QualityWord {
    /// The word for a score.
    #[must_use]
    pub fn of(mos: f32) -> Self {
        if mos >= MOS_GOOD {
            Self::Good
        } else if mos >= MOS_POOR {
            Self::Fair
        } else {
            Self::Poor
        }
    }
}

/// What is wrong with the sound of a talk, for its operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AudioVerdict {
    /// Nothing reaches the caller, or nothing comes from the operator's browser.
    CallerCannotHearYou,
    /// Nothing comes from the caller, or nothing reaches the operator's browser.
    YouCannotHearCaller,
    /// The operator's browser sends no sound.
    YourMicrophoneIsSilent,
    /// The caller's telephone sends no sound.
    CallerIsSilent,
    /// Much is lost or late, one way or the other.
    PoorLine,
}

impl From<Verdict> for AudioVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::CallerCannotHearYou => Self::CallerCannotHearYou,
            Verdict::YouCannotHearCaller => Self::YouCannotHearCaller,
            Verdict::YourMicrophoneIsSilent => Self::YourMicrophoneIsSilent,
            Verdict::CallerIsSilent => Self::CallerIsSilent,
            Verdict::PoorLine => Self::PoorLine,
        }
    }
}

impl From<stored::AudioVerdict> for AudioVerdict {
    fn from(verdict: stored::AudioVerdict) -> Self {
        match verdict {
            stored::AudioVerdict::CallerCannotHearYou => Self::CallerCannotHearYou,
            stored::AudioVerdict::YouCannotHearCaller => Self::YouCannotHearCaller,
            stored::AudioVerdict::YourMicrophoneIsSilent => Self::YourMicrophoneIsSilent,
            stored::AudioVerdict::CallerIsSilent => Self::CallerIsSilent,
            stored::AudioVerdict::PoorLine => Self::PoorLine,
        }
    }
}

/// The sound that comes from one side of a talk.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SideQuality {
    /// Mean opinion score, 1.0 to 4.5, with two decimals.
    pub mos: f32,
    /// Packets lost, per cent, with one decimal.
    pub loss_percent: f32,
    /// Jitter, whole milliseconds.
    pub jitter_ms: f32,
    /// The way there and back, whole milliseconds; absent if the far end does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<f32>,
}

impl From<&Quality> for SideQuality {
    fn from(quality: &Quality) -> Self {
        Self {
            mos: rounded(quality.mos, 100.0),
            loss_percent: loss_percent(quality.received.into(), quality.lost.into()),
            jitter_ms: quality.jitter_ms.round(),
            round_trip_ms: quality.round_trip_ms.map(f32::round),
        }
    }
}

impl From<stored::SideQuality> for SideQuality {
    fn from(side: stored::SideQuality) -> Self {
        Self {
            mos: score(side.mos),
            loss_percent: loss_percent(side.packets, side.lost),
            jitter_ms: ms(side.jitter_ms),
            round_trip_ms: side.round_trip_ms.map(ms),
        }
    }
}

/// How the sound of a call was, over all its talks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LineQuality {
    /// In a word, for the worse direction.
    pub word: QualityWord,
    /// Mean opinion score of the worse direction.
    pub mos: f32,
    /// The worst second of either direction.
    pub mos_worst: f32,
    /// Seconds that were measured.
    pub seconds: u32,
    /// What came from the caller.
    pub caller: SideQuality,
    /// What came from the operators.
    pub operator: SideQuality,
    /// What the operator was told, and for how long.
    pub verdicts: Vec<VerdictTime>,
}

/// For how long a verdict stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerdictTime {
    /// What was wrong.
    pub verdict: AudioVerdict,
    /// For how many seconds.
    pub seconds: u32,
}

impl From<&stored::LineQuality> for LineQuality {
    fn from(quality: &stored::LineQuality) -> Self {
        let mos = score(quality.mos());
        let time = |(verdict, seconds): (&stored::AudioVerdict, &u32)| VerdictTime {
            verdict: (*verdict).into(),
            seconds: *seconds,
        };
        Self {
            word: QualityWord::of(mos),
            mos,
            mos_worst: score(quality.caller.mos_worst.min(quality.operator.mos_worst)),
            seconds: quality.seconds,
            caller: quality.caller.into(),
            operator: quality.operator.into(),
            verdicts: quality.verdicts.iter().map(time).collect(),
        }
    }
}

fn score(hundredths: u16) -> f32 {
    f32::from(hundredths) / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a network are few")]
fn ms(whole: u32) -> f32 {
    whole as f32
}

fn rounded(value: f32, parts: f32) -> f32 {
    (value * parts).round() / parts
}

#[expect(clippy::cast_precision_loss, reason = "a share with one decimal")]
fn loss_percent(received: u64, lost: u64) -> f32 {
    let sent = received.saturating_add(lost);
    if sent == 0 { 0.0 } else { rounded(lost as f32 * 100.0 / sent as f32, 10.0) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn words_by_score() {
        assert_eq!(QualityWord::of(4.41), QualityWord::Good);
        assert_eq!(QualityWord::of(3.99), QualityWord::Fair);
        assert_eq!(QualityWord::of(3.1), QualityWord::Fair);
        assert_eq!(QualityWord::of(3.09), QualityWord::Poor);
    }

    #[test]
    fn a_call_is_as_good_as_its_worse_direction() {
        let side = stored::SideQuality {
            packets: 995,
            lost: 5,
            mos: 431,
            mos_worst: 380,
            jitter_ms: 4,
            round_trip_ms: None,
        };
        let quality = LineQuality::from(&stored::LineQuality {
            seconds: 20,
            caller: side,
            operator: stored::SideQuality { packets: 0, lost: 0, mos: 250, mos_worst: 100, ..side },
            verdicts: BTreeMap::from([(stored::AudioVerdict::PoorLine, 12)]),
        });
        assert_eq!((quality.word, quality.mos, quality.mos_worst), (QualityWord::Poor, 2.5, 1.0));
        assert_eq!((quality.caller.loss_percent, quality.operator.loss_percent), (0.5, 0.0));
        let told = VerdictTime { verdict: AudioVerdict::PoorLine, seconds: 12 };
        assert_eq!(quality.verdicts, [told]);
    }

    #[test]
    fn the_words_of_a_verdict_are_those_of_the_records() {
        for verdict in stored::AudioVerdict::ALL {
            let wire = serde_json::to_value(AudioVerdict::from(*verdict)).expect("a word");
            assert_eq!(wire, verdict.as_str());
        }
    }
}
