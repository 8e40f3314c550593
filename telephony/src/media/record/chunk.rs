//! What is inside a chunk. Pure.

use ids::Timestamp;

use super::{CHUNK_SAMPLES, RecordingId};
use crate::sdp::Codec;

/// A chunk, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// The first: which recording this is.
    Opening(Opening),
    /// Sound.
    Audio(Audio),
    /// Something happened.
    Mark {
        /// When, in 1/8000 s since the recording began.
        at: u64,
        /// What.
        mark: Mark,
    },
    /// The last: the recording was closed.
    End {
        /// Its length, in 1/8000 s.
        at: u64,
    },
}

/// Which recording a file holds. Sealed, like everything after the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// When the recording began.
    pub began: Timestamp,
    /// Its id.
    pub recording: RecordingId,
}

/// At most a second of both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// Position of the first sample, in 1/8000 s since the recording began.
    pub at: u64,
    /// The law of the bytes.
    pub law: Codec,
    /// G.711 of what the leg said and of what it heard, equally long, at most
    /// [`CHUNK_SAMPLES`] each.
    pub sides: [Vec<u8>; 2],
}

/// Something that happened during a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// From here nothing was recorded.
    Paused(PauseReason),
    /// From here it was again.
    Resumed,
    /// What the caller said to being recorded.
    Consent(Consent),
}

/// Why nothing was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseReason {
    /// The caller asked for it.
    Asked,
    /// Something was said that must not be kept: a card's number, a password.
    Secret,
    /// The caller was on hold.
    Hold,
    /// The caller did not agree to be recorded.
    NoConsent,
    /// The operator paused it without saying why.
    Unsaid,
}

/// What the caller said to being recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes.
    Given,
    /// No.
    Refused,
    /// First yes, then no.
    Withdrawn,
}

const PAUSE_REASONS: [PauseReason; 5] = [
    PauseReason::Asked,
    PauseReason::Secret,
    PauseReason::Hold,
    PauseReason::NoConsent,
    PauseReason::Unsaid,
];
const CONSENTS: [Consent; 3] = [Consent::Given, Consent::Refused, Consent::Withdrawn];

/// Appends the body of the first chunk.
pub(super) fn write_opening(opening: &Opening, body: &mut Vec<u8>) {
    body.push(0);
    body.extend(opening.began.as_micros().to_be_bytes());
    body.extend(opening.recording.0.to_be_bytes());
}

/// Appends the body of a chunk of sound.
pub(super) fn write_audio(at: u64, law: Codec, sides: [&[u8]; 2], body: &mut Vec<u8>) {
    let law = match law {
        Codec::Pcma => 8,
        Codec::Pcmu => 0,
    };
    body.extend([1, law]);
    body.extend(at.to_be_bytes());
    body.extend_from_slice(sides[0]);
    body.extend_from_slice(sides[1]);
}

/// Appends the body of a mark.
pub(super) fn write_mark(at: u64, mark: Mark, body: &mut Vec<u8>) {
    let (kind, detail) = match mark {
        Mark::Paused(PauseReason::Asked) => (0, 0),
        Mark::Paused(PauseReason::Secret) => (0, 1),
        Mark::Paused(PauseReason::Hold) => (0, 2),
        Mark::Paused(PauseReason::NoConsent) => (0, 3),
        Mark::Paused(PauseReason::Unsaid) => (0, 4),
        Mark::Resumed => (1, 0),
        Mark::Consent(Consent::Given) => (2, 0),
        Mark::Consent(Consent::Refused) => (2, 1),
        Mark::Consent(Consent::Withdrawn) => (2, 2),
    };
    body.extend([2, kind, detail]);
    body.extend(at.to_be_bytes());
}

/// Appends the body of the last chunk.
pub(super) fn write_end(at: u64, body: &mut Vec<u8>) {
    body.push(3);
    body.extend(at.to_be_bytes());
}

/// Reads a body; `None` if it is none that this program writes.
pub(super) fn read(body: &[u8], last: bool) -> Option<Chunk> {
    let (kind, rest) = body.split_first()?;
    match (kind, last) {
        (0, false) => {
            let (began, recording) = rest.split_first_chunk()?;
            let began = Timestamp::from_micros(i64::from_be_bytes(*began));
            Some(Chunk::Opening(Opening { began, recording: RecordingId(whole(recording)?) }))
        }
        (1, false) => read_audio(rest).map(Chunk::Audio),
        (2, false) => {
            let ([kind, detail], at) = rest.split_first_chunk()?;
            let mark = match kind {
                0 => Mark::Paused(*PAUSE_REASONS.get(usize::from(*detail))?),
                1 => Mark::Resumed,
                2 => Mark::Consent(*CONSENTS.get(usize::from(*detail))?),
                _ => return None,
            };
            Some(Chunk::Mark { at: whole(at)?, mark })
        }
        (3, true) => Some(Chunk::End { at: whole(rest)? }),
        _ => None,
    }
}

fn read_audio(rest: &[u8]) -> Option<Audio> {
    let (law, rest) = rest.split_first()?;
    let law = match law {
        8 => Codec::Pcma,
        0 => Codec::Pcmu,
        _ => return None,
    };
    let (at, audio) = rest.split_first_chunk()?;
    let (said, heard) = audio.split_at(audio.len() / 2);
    let fits = said.len() == heard.len() && said.len() <= CHUNK_SAMPLES;
    fits.then(|| Audio { at: u64::from_be_bytes(*at), law, sides: [said.into(), heard.into()] })
}

fn whole(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_read_back() {
        let pauses = PAUSE_REASONS.map(Mark::Paused);
        let consents = CONSENTS.map(Mark::Consent);
        for mark in pauses.into_iter().chain(consents).chain([Mark::Resumed]) {
            let mut body = Vec::new();
            write_mark(77, mark, &mut body);
            assert_eq!(read(&body, false), Some(Chunk::Mark { at: 77, mark }));
            assert_eq!(read(&body, true), None, "only the end is last");
        }
    }

    #[test]
    fn what_no_program_wrote_is_not_understood() {
        let bodies: [&[u8]; 8] = [
            &[],
            &[0; 16],
            &[1, 9, 0, 0, 0, 0, 0, 0, 0, 0],
            &[1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            &[2, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0],
            &[2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[3, 0, 0, 0, 0, 0, 0, 0, 0],
            &[4; 30],
        ];
        for body in bodies {
            assert_eq!(read(body, false), None, "{body:?}");
        }
        assert_eq!(read(&[3, 0, 0, 0, 0, 0, 0, 0, 0], true), Some(Chunk::End { at: 0 }));
    }
}
