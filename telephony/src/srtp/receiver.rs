//! What we receive.

use core::fmt;

use super::cipher::{Cipher, PacketId};
use super::keys::MasterKey;
use super::streams::Streams;
use super::{RTCP_ENCRYPTED, RTCP_HEADER_BYTES, RTCP_INDEX_BYTES, SrtpError};
use super::{rtp_header_len, rtp_sequence_and_ssrc, u32_at};

/// Opens the packets of one direction.
///
/// It remembers [`STREAMS_MAX`](super::STREAMS_MAX) streams, and another [`STREAMS_MAX`] of RTCP. One
/// more makes room by forgetting the stream that has been silent for longest, but only for a packet
/// that is authentic: only who has the key can push a stream out.
///
/// [`STREAMS_MAX`]: super::STREAMS_MAX
pub struct SrtpReceiver {
    rtp: Cipher,
    rtcp: Cipher,
    rtp_streams: Streams,
    rtcp_streams: Streams,
}

impl SrtpReceiver {
    /// A receiver that has received nothing.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "replays are known to one receiver of a key")]
    pub fn new(key: MasterKey) -> Self {
        Self {
            rtp: Cipher::rtp(&key),
            rtcp: Cipher::rtcp(&key),
            rtp_streams: Streams::default(),
            rtcp_streams: Streams::default(),
        }
    }

    /// Opens an RTP packet in place and returns the length of what is now plain at its beginning.
    ///
    /// # Errors
    /// - [`SrtpError::TooShort`]: no room for a header and a tag;
    /// - [`SrtpError::Replayed`], [`SrtpError::TooOld`]: its sequence number was seen, or may have been;
    /// - [`SrtpError::NotAuthentic`]: its tag does not fit;
    /// - [`SrtpError::KeyExhausted`]: its sequence number lies behind the key's last.
    ///
    /// The state is as before after an error; the datagram's bytes may not be.
    pub fn unprotect_rtp(&mut self, datagram: &mut [u8]) -> Result<usize, SrtpError> {
        let len = datagram.len().checked_sub(self.rtp.tag_len()).ok_or(SrtpError::TooShort)?;
        let (sequence, ssrc) = rtp_sequence_and_ssrc(&datagram[..len])?;
        let header_len = rtp_header_len(&datagram[..len])?;
        let candidate = self.rtp_streams.judge_rtp(ssrc, sequence)?;
        let id = PacketId { ssrc, index: candidate.index };
        self.rtp.open_rtp(id, datagram, header_len)?;
        self.rtp_streams.take(candidate);
        Ok(len)
    }

    /// Opens a compound RTCP packet in place and returns the length of what is now plain at its
    /// beginning.
    ///
    /// # Errors
    /// As [`unprotect_rtp`](Self::unprotect_rtp), but never [`SrtpError::KeyExhausted`].
    pub fn unprotect_rtcp(&mut self, datagram: &mut [u8]) -> Result<usize, SrtpError> {
        let trailer = RTCP_INDEX_BYTES + self.rtcp.tag_len();
        let len = datagram.len().checked_sub(trailer).ok_or(SrtpError::TooShort)?;
        if len < RTCP_HEADER_BYTES {
            return Err(SrtpError::TooShort);
        }
        let ssrc = u32_at(datagram, 4)?;
        let index = self.rtcp.rtcp_index(datagram)? & !RTCP_ENCRYPTED;
        let candidate = self.rtcp_streams.judge_rtcp(ssrc, index)?;
        let id = PacketId { ssrc, index: candidate.index };
        self.rtcp.open_rtcp(id, datagram)?;
        self.rtcp_streams.take(candidate);
        Ok(len)
    }

    /// As if the stream had come to this index.
    #[cfg(test)]
    pub(super) fn set(&mut self, ssrc: u32, index: u64) {
        self.rtp_streams.put(ssrc, index);
    }

    /// What must not change after an error.
    #[cfg(test)]
    pub(super) fn state(&self) -> (Streams, Streams) {
        (self.rtp_streams.clone(), self.rtcp_streams.clone())
    }
}

impl fmt::Debug for SrtpReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SrtpReceiver").finish_non_exhaustive()
    }
}
