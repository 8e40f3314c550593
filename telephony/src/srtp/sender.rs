//! What we send.

use core::fmt;

use super::cipher::{Cipher, PacketId};
use super::keys::MasterKey;
use super::streams::Streams;
use super::{RTCP_HEADER_BYTES, RTCP_INDEX_BYTES, SrtpError};
use super::{rtp_header_len, rtp_sequence_and_ssrc, u32_at};

/// RTCP indices under one key: 31 bits.
const RTCP_INDICES: u32 = 1 << 31;

/// Protects the packets of one direction.
///
/// It never uses an index twice: two packets under one key stream reveal each other, and with GCM
/// the key that authenticates. So the sequence numbers of a stream must go on from packet to packet
/// (a forwarder renumbers what a restarted source sends); a packet sent twice is refused.
pub struct SrtpSender {
    rtp: Cipher,
    rtcp: Cipher,
    streams: Streams,
    /// Of the next RTCP packet, whatever its stream.
    rtcp_index: u32,
}

impl SrtpSender {
    /// A sender that has sent nothing.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a key must not serve a second sender")]
    pub fn new(key: MasterKey) -> Self {
        Self {
            rtp: Cipher::rtp(&key),
            rtcp: Cipher::rtcp(&key),
            streams: Streams::default(),
            rtcp_index: 0,
        }
    }

    /// Protects the RTP packet `buf[..len]` in place and returns its new length: at most
    /// [`TRAILER_MAX`](super::TRAILER_MAX) more.
    ///
    /// # Errors
    /// - [`SrtpError::NoRoom`]: `buf` is too small for the tag;
    /// - [`SrtpError::TooShort`]: not an RTP packet;
    /// - [`SrtpError::Replayed`], [`SrtpError::TooOld`]: the sequence number was used, or may have been;
    /// - [`SrtpError::TooManyStreams`]: a fifth SSRC under this key;
    /// - [`SrtpError::KeyExhausted`]: the last sequence number of the last turn was used.
    ///
    /// Nothing is changed after an error.
    pub fn protect_rtp(&mut self, buf: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let protected = len.checked_add(self.rtp.tag_len()).ok_or(SrtpError::NoRoom)?;
        let packet = buf.get_mut(..protected).ok_or(SrtpError::NoRoom)?;
        let (sequence, ssrc) = rtp_sequence_and_ssrc(&packet[..len])?;
        let header_len = rtp_header_len(&packet[..len])?;
        let admitted = self.streams.judge_rtp(ssrc, sequence)?;
        self.streams.admit(admitted)?;
        self.rtp.seal_rtp(PacketId { ssrc, index: admitted.index }, packet, header_len);
        Ok(protected)
    }

    /// Protects the compound RTCP packet `buf[..len]` in place and returns its new length: at most
    /// [`TRAILER_MAX`](super::TRAILER_MAX) more.
    ///
    /// # Errors
    /// - [`SrtpError::NoRoom`]: `buf` is too small for tag and index;
    /// - [`SrtpError::TooShort`]: not an RTCP packet;
    /// - [`SrtpError::KeyExhausted`]: 2^31 packets were sent.
    ///
    /// Nothing is changed after an error.
    pub fn protect_rtcp(&mut self, buf: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let trailer = RTCP_INDEX_BYTES + self.rtcp.tag_len();
        let protected = len.checked_add(trailer).ok_or(SrtpError::NoRoom)?;
        let packet = buf.get_mut(..protected).ok_or(SrtpError::NoRoom)?;
        if len < RTCP_HEADER_BYTES {
            return Err(SrtpError::TooShort);
        }
        if self.rtcp_index >= RTCP_INDICES {
            return Err(SrtpError::KeyExhausted);
        }
        let id = PacketId { ssrc: u32_at(packet, 4)?, index: u64::from(self.rtcp_index) };
        self.rtcp_index += 1;
        self.rtcp.seal_rtcp(id, packet);
        Ok(protected)
    }

    /// As if the stream had come to this index, and RTCP to that one.
    #[cfg(test)]
    pub(super) fn set(&mut self, ssrc: u32, index: u64, rtcp_index: u32) {
        self.streams.put(ssrc, index);
        self.rtcp_index = rtcp_index;
    }

    /// What must not change after an error.
    #[cfg(test)]
    pub(super) fn state(&self) -> (Streams, u32) {
        (self.streams.clone(), self.rtcp_index)
    }
}

impl fmt::Debug for SrtpSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SrtpSender").finish_non_exhaustive()
    }
}
