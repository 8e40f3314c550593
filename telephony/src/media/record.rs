//! Recordings: a file of two channels that is encrypted from its first byte, and the arithmetic
//! around it. Pure: bytes, positions and random numbers come in as arguments.
//!
//! A file is a header of [`HEADER_LEN`] bytes and then chunks, each of at most a second and sealed on
//! its own, so that whatever cuts the file (a crash, a full disk) costs at most the last chunk.
//!
//! ```text
//! header  magic 8 · version 2 · suite 2 · key id 8 · salt 32 · wrapped secrets 39 + 16
//! chunk   marker 4 · number 4 · length 2 · last 2 · check 2 · sealed body (length bytes, tag included)
//! body    opening: 0 · began (µs) 8 · recording 8
//!         audio:   1 · law 1 · at 8 · said (n bytes) · heard (n bytes)
//!         mark:    2 · kind 1 · detail 1 · at 8
//!         end:     3 · at 8
//! ```
//!
//! Numbers are big-endian; `at` is a position in 1/8000 s since the recording began. The suite is
//! AES-256-GCM in the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (2015), with the
//! nonce laid out as in RustCrypto's `StreamBE32`: prefix 7, chunk number 4, last 1. Number and
//! "last" are in the nonce: a chunk that is changed, exchanged or taken out does not go unseen. Each
//! file has its own data key and prefix, wrapped by the configured [`RecordingKey`] of which the
//! header names the id. The header holds nothing about the call; file names must not, either.

mod builder;
mod chunk;
mod frame;
mod header;
mod key;
mod pcm;
mod place;
mod read;
mod seal;
mod wav;

pub use builder::{ChunkBuilder, Placed};
pub use chunk::{Audio, Chunk, Consent, Mark, Opening, PauseReason};
pub use header::{FileSecrets, HEADER_LEN, OpenError};
pub use key::{KeyId, ParseKeyError, RecordingKey};
pub use pcm::{Extent, PCM_FRAME_BYTES, Pcm, WAV_HEADER_BYTES, extent, wav_header};
pub use place::{Placement, position};
pub use read::{Closing, Damage, Found, RecordingReader};
pub use seal::{SealError, Sealer};
pub use wav::{WavError, WavSummary, write_wav};

use crate::sdp::Codec;

/// Samples of one side in a chunk, at most: a second.
pub const CHUNK_SAMPLES: usize = 8000;
/// How much later than the newest a frame may come and still find its place: 500 ms, in samples.
pub const REORDER_SAMPLES: usize = 4000;
/// The longest frame, in samples and bytes: 30 ms.
pub const FRAME_BYTES_MAX: usize = 240;

/// Which recording; none is given twice while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId(pub u64);

/// Whose audio: the two channels of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// What the leg said: the left channel.
    Said,
    /// What the leg was made to hear: the right channel.
    Heard,
}

impl Side {
    /// The number of its channel: 0 or 1.
    #[must_use]
    pub const fn channel(self) -> usize {
        match self {
            Self::Said => 0,
            Self::Heard => 1,
        }
    }
}

/// A frame of audio on its way to the recorder: copied into a queue, no memory of its own.
#[derive(Clone, Copy, Debug)]
pub struct RecordedFrame {
    /// Which recording.
    pub recording: RecordingId,
    /// Whose audio.
    pub side: Side,
    /// The law of the payload.
    pub codec: Codec,
    /// Bytes of the payload in use, at most [`FRAME_BYTES_MAX`].
    pub len: u16,
    /// Position of the first sample, in 1/8000 s since the recording began.
    pub at: u64,
    /// The audio.
    pub payload: [u8; FRAME_BYTES_MAX],
}

impl RecordedFrame {
    /// A frame of this audio; `None` if there is none of it or more than [`FRAME_BYTES_MAX`].
    #[must_use]
    pub fn new(
        recording: RecordingId,
        side: Side,
        at: u64,
        codec: Codec,
        audio: &[u8],
    ) -> Option<Self> {
        let mut payload = [0; FRAME_BYTES_MAX];
        payload.get_mut(..audio.len()).filter(|room| !room.is_empty())?.copy_from_slice(audio);
        let len = u16::try_from(audio.len()).ok()?;
        Some(Self { recording, side, codec, len, at, payload })
    }

    /// The audio; empty if `len` is out of bounds.
    #[must_use]
    pub fn audio(&self) -> &[u8] {
        self.payload.get(..usize::from(self.len)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
