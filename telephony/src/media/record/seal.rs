//! Sealing and opening chunks: AES-256-GCM, STREAM nonces. Pure.

use ring::aead::{Aad, LessSafeKey, Nonce};
use thiserror::Error;

use super::chunk::{self, Mark, Opening};
use super::frame::{FRAME_LEN, Frame};
use super::header::{self, FileSecrets, TAG_LEN};
use super::key::RecordingKey;
use crate::sdp::Codec;

/// The file holds as many chunks as numbers allow, four thousand million: nothing more is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the recording has no number left for a chunk")]
pub struct SealError;

/// Writes the bytes of one file, in order. Not `Clone`: two would use a nonce twice.
pub struct Sealer {
    key: LessSafeKey,
    prefix: [u8; 7],
    /// The next chunk's number; `None` when they are used up.
    number: Option<u32>,
}

impl Sealer {
    /// Begins a file: appends its header and its opening chunk to `out`. The secrets must be random
    /// and must never be used again.
    #[expect(clippy::needless_pass_by_value, reason = "the secrets are used up")]
    pub fn begin(
        key: &RecordingKey,
        secrets: FileSecrets,
        opening: &Opening,
        out: &mut Vec<u8>,
    ) -> Self {
        out.extend(header::write(key, &secrets));
        let key = header::aead_key(&secrets.data_key);
        let mut sealer = Self { key, prefix: secrets.prefix, number: Some(0) };
        let sealed = sealer.seal(false, out, |body| chunk::write_opening(opening, body));
        sealed.expect("the first number is free");
        sealer
    }

    /// Appends a chunk of sound, at most [`super::CHUNK_SAMPLES`] of each side.
    ///
    /// # Errors
    /// No number is left; `out` is as it was.
    pub fn audio(
        &mut self,
        at: u64,
        law: Codec,
        sides: [&[u8]; 2],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let len = sides[0].len().min(sides[1].len()).min(super::CHUNK_SAMPLES);
        let sides = sides.map(|side| &side[..len]);
        self.seal(false, out, |body| chunk::write_audio(at, law, sides, body))
    }

    /// Appends a mark.
    ///
    /// # Errors
    /// No number is left; `out` is as it was.
    pub fn mark(&mut self, at: u64, mark: Mark, out: &mut Vec<u8>) -> Result<(), SealError> {
        self.seal(false, out, |body| chunk::write_mark(at, mark, body))
    }

    /// Closes the file: appends the last chunk.
    ///
    /// # Errors
    /// No number is left; `out` is as it was.
    pub fn end(mut self, at: u64, out: &mut Vec<u8>) -> Result<(), SealError> {
        self.seal(true, out, |body| chunk::write_end(at, body))
    }

    fn seal(
        &mut self,
        last: bool,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), SealError> {
        let number = self.number.ok_or(SealError)?;
        // Used up before it is used: whatever happens below, no nonce is taken twice.
        self.number = number.checked_add(1);
        let begin = out.len();
        out.resize(begin + FRAME_LEN, 0);
        write(out);
        let len = out.len() - begin - FRAME_LEN + TAG_LEN;
        let len = u16::try_from(len).expect("a second of two sides and its head are 16 kB");
        let frame = Frame { number, len, last }.to_bytes();
        out[begin..begin + FRAME_LEN].copy_from_slice(&frame);
        let body = &mut out[begin + FRAME_LEN..];
        let nonce = nonce(self.prefix, number, last);
        let tag = self.key.seal_in_place_separate_tag(nonce, Aad::from(frame), body);
        out.extend_from_slice(tag.expect("a body is short").as_ref());
        Ok(())
    }
}

/// Opens the chunks of one file, in any order.
pub(super) struct Opener {
    key: LessSafeKey,
    prefix: [u8; 7],
}

impl Opener {
    pub(super) fn new((key, prefix): (LessSafeKey, [u8; 7])) -> Self {
        Self { key, prefix }
    }

    /// The body of a chunk, opened in place; `None` if it is not authentic.
    pub(super) fn open<'a>(&self, frame: Frame, sealed: &'a mut [u8]) -> Option<&'a [u8]> {
        let nonce = nonce(self.prefix, frame.number, frame.last);
        let opened = self.key.open_in_place(nonce, Aad::from(frame.to_bytes()), sealed);
        opened.ok().map(|body| &*body)
    }
}

/// The nonce of RustCrypto's `StreamBE32`.
fn nonce(prefix: [u8; 7], number: u32, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[..7].copy_from_slice(&prefix);
    nonce[7..11].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use ids::Timestamp;

    use super::super::RecordingId;
    use super::*;

    #[test]
    fn the_last_number_is_used_once_and_then_no_more() {
        let opening = Opening { began: Timestamp::default(), recording: RecordingId(1) };
        let secrets = FileSecrets { salt: [1; 32], data_key: [2; 32], prefix: [3; 7] };
        let mut out = Vec::new();
        let key = RecordingKey::new([4; 32]);
        let mut sealer = Sealer::begin(&key, secrets, &opening, &mut out);
        sealer.number = Some(u32::MAX);
        sealer.mark(1, Mark::Resumed, &mut out).expect("the last one");
        let before = out.clone();
        assert_eq!(sealer.mark(2, Mark::Resumed, &mut out), Err(SealError));
        assert_eq!(sealer.end(2, &mut out), Err(SealError));
        assert_eq!(out, before);
    }
}
