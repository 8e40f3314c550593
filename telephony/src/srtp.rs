//! Secure RTP and RTCP (RFC 3711) with the three profiles that browsers offer over DTLS
//! (RFC 5764, RFC 7714). Pure: packets in place, no allocation, no clock, no chance.
//!
//! One [`SrtpSender`] or [`SrtpReceiver`] belongs to one master key; both take it by value, so that
//! a key cannot serve two senders, which would use one key stream twice. An [`SrtpReceiver`]
//! checks a packet's tag before it changes anything: a forged packet leaves no trace.
//!
//! Not here: where keys come from (DTLS), master key identifiers, re-keying, the 32-bit tag.

mod cipher;
mod keys;
mod receiver;
mod sender;
mod streams;

use thiserror::Error;

pub use keys::{MasterKey, SrtpKeys};
pub use receiver::SrtpReceiver;
pub use sender::SrtpSender;
pub use streams::{STREAMS_MAX, WINDOW_PACKETS};

/// Room that must be left behind a packet for [`SrtpSender::protect_rtp`] and
/// [`SrtpSender::protect_rtcp`], bytes: the longest tag and the index of RTCP.
pub const TRAILER_MAX: usize = 20;

/// The fixed part of an RTP header, bytes (RFC 3550 §5.1).
const RTP_HEADER_BYTES: usize = 12;
/// What of an RTCP packet stays readable, bytes: its first header and SSRC (RFC 3711 §3.4).
const RTCP_HEADER_BYTES: usize = 8;
/// The flag "encrypted" and the index behind a protected RTCP packet, bytes (RFC 3711 §3.4).
const RTCP_INDEX_BYTES: usize = 4;
/// The flag "encrypted" (E) within them.
const RTCP_ENCRYPTED: u32 = 1 << 31;

/// How packets are encrypted and authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SrtpProfile {
    /// `SRTP_AES128_CM_HMAC_SHA1_80`: AES-128 in counter mode, a tag of 80 bits (RFC 5764 §4.1.2).
    Aes128CmSha1_80,
    /// `SRTP_AEAD_AES_128_GCM`, a tag of 128 bits (RFC 7714 §14.2).
    AeadAes128Gcm,
    /// `SRTP_AEAD_AES_256_GCM`, a tag of 128 bits (RFC 7714 §14.2).
    AeadAes256Gcm,
}

impl SrtpProfile {
    /// Length of a master key, bytes.
    #[must_use]
    pub const fn key_len(self) -> usize {
        match self {
            Self::Aes128CmSha1_80 | Self::AeadAes128Gcm => 16,
            Self::AeadAes256Gcm => 32,
        }
    }

    /// Length of a master salt, bytes.
    #[must_use]
    pub const fn salt_len(self) -> usize {
        match self {
            Self::Aes128CmSha1_80 => 14,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 12,
        }
    }

    /// Length of a packet's tag, bytes.
    #[must_use]
    pub const fn tag_len(self) -> usize {
        match self {
            Self::Aes128CmSha1_80 => 10,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
        }
    }

    /// How much keying material DTLS must export for both directions, bytes (RFC 5764 §4.2).
    #[must_use]
    pub const fn keying_material_len(self) -> usize {
        2 * (self.key_len() + self.salt_len())
    }
}

/// Why a key was refused, or a packet neither protected nor accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum SrtpError {
    /// The packet ends before its header, or before its tag.
    #[error("the packet is too short")]
    TooShort,
    /// Less than the tag's room behind the packet, or more packet than buffer.
    #[error("the buffer has no room for the packet's tag")]
    NoRoom,
    /// Key, salt or keying material of another length than the profile's.
    #[error("the key has a wrong length")]
    BadKey,
    /// The tag does not fit: forged, damaged, or of another key.
    #[error("the packet is not authentic")]
    NotAuthentic,
    /// A packet with this number was received, or sent, before.
    #[error("the packet was seen before")]
    Replayed,
    /// Older than the [`WINDOW_PACKETS`] that are remembered.
    #[error("the packet is too old to tell whether it was seen before")]
    TooOld,
    /// A sender was given more than [`STREAMS_MAX`] streams.
    #[error("too many streams for one key")]
    TooManyStreams,
    /// 2^48 RTP or 2^31 RTCP packets went under this key (RFC 3711 §9.2): it must not be used on.
    #[error("the key has been used up")]
    KeyExhausted,
}

/// Where an RTP header ends, which is where encryption begins: behind contributing sources and
/// header extension (RFC 3711 §3.1). `packet` is without tag.
fn rtp_header_len(packet: &[u8]) -> Result<usize, SrtpError> {
    let first = *packet.first().ok_or(SrtpError::TooShort)?;
    let mut len = RTP_HEADER_BYTES + usize::from(first & 0x0f) * 4;
    if first & 0x10 != 0 {
        let extension = packet.get(len..).and_then(|rest| rest.first_chunk::<4>());
        let [_, _, high, low] = *extension.ok_or(SrtpError::TooShort)?;
        len += 4 + usize::from(u16::from_be_bytes([high, low])) * 4;
    }
    if len <= packet.len() { Ok(len) } else { Err(SrtpError::TooShort) }
}

/// Four bytes of `bytes` as a number.
fn u32_at(bytes: &[u8], at: usize) -> Result<u32, SrtpError> {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    word.map(|word| u32::from_be_bytes(*word)).ok_or(SrtpError::TooShort)
}

/// An RTP packet's sequence number and SSRC.
fn rtp_sequence_and_ssrc(packet: &[u8]) -> Result<(u16, u32), SrtpError> {
    let fixed = packet.first_chunk::<RTP_HEADER_BYTES>().ok_or(SrtpError::TooShort)?;
    let sequence = u16::from_be_bytes([fixed[2], fixed[3]]);
    Ok((sequence, u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]])))
}

#[cfg(test)]
mod tests;
