//! The RTP packet (RFC 3550 §5.1): a borrowed view for reading, a header for writing. Pure.

use thiserror::Error;

/// The largest packet that we read or write, bytes: an Ethernet frame. Telephone audio needs 172.
pub const PACKET_BYTES_MAX: usize = 1500;
/// The fixed header, bytes.
const HEADER_BYTES: usize = 12;

/// Why a datagram is not an RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParseRtpError {
    /// Shorter than its header says.
    #[error("the packet ends before its header does")]
    TooShort,
    /// Longer than [`PACKET_BYTES_MAX`].
    #[error("the packet is longer than {PACKET_BYTES_MAX} bytes")]
    TooLong,
    /// Not version 2: STUN, DTLS, noise.
    #[error("the packet is not RTP version 2")]
    NotRtp,
    /// RTCP on the RTP port (RFC 5761 §4: types 64–95 of the second byte without its marker).
    #[error("the packet is RTCP")]
    Rtcp,
    /// More padding than payload.
    #[error("the packet has more padding than payload")]
    BadPadding,
}

/// Why a packet could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WriteRtpError {
    /// The buffer is smaller than header and payload.
    #[error("the buffer is too small for the packet")]
    BufferTooSmall,
}

/// What one packet says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpHeader {
    /// First packet of a talk spurt, or of a key press.
    pub marker: bool,
    /// Which codec, 0–127.
    pub payload_type: u8,
    /// Grows by one with each packet, wrapping.
    pub sequence: u16,
    /// Sampling instant of the first byte, in 1/8000 s, wrapping.
    pub timestamp: u32,
    /// The stream.
    pub ssrc: u32,
}

/// A packet within the datagram that carried it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpPacket<'a> {
    /// Its header. Contributing sources and header extensions are skipped.
    pub header: RtpHeader,
    /// What it carries, without padding. May be empty: browsers send such packets as probes.
    pub payload: &'a [u8],
}

impl<'a> RtpPacket<'a> {
    /// Reads one datagram.
    ///
    /// # Errors
    /// See [`ParseRtpError`]. Never panics, whatever the bytes.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, ParseRtpError> {
        if datagram.len() > PACKET_BYTES_MAX {
            return Err(ParseRtpError::TooLong);
        }
        let (fixed, rest) =
            datagram.split_first_chunk::<HEADER_BYTES>().ok_or(ParseRtpError::TooShort)?;
        if fixed[0] >> 6 != 2 {
            return Err(ParseRtpError::NotRtp);
        }
        if (192..=223).contains(&fixed[1]) {
            return Err(ParseRtpError::Rtcp);
        }
        let rest = rest.get(usize::from(fixed[0] & 0x0f) * 4..).ok_or(ParseRtpError::TooShort)?;
        let rest = if fixed[0] & 0x10 == 0 { rest } else { skip_extension(rest)? };
        let payload = if fixed[0] & 0x20 == 0 { rest } else { strip_padding(rest)? };
        Ok(Self { header: RtpHeader::from_fixed(fixed), payload })
    }
}

fn skip_extension(rest: &[u8]) -> Result<&[u8], ParseRtpError> {
    let (head, rest) = rest.split_first_chunk::<4>().ok_or(ParseRtpError::TooShort)?;
    let words = u16::from_be_bytes([head[2], head[3]]);
    rest.get(usize::from(words) * 4..).ok_or(ParseRtpError::TooShort)
}

fn strip_padding(rest: &[u8]) -> Result<&[u8], ParseRtpError> {
    let count = usize::from(*rest.last().ok_or(ParseRtpError::BadPadding)?);
    if count == 0 {
        return Err(ParseRtpError::BadPadding);
    }
    let kept = rest.len().checked_sub(count).ok_or(ParseRtpError::BadPadding)?;
    Ok(&rest[..kept])
}

impl RtpHeader {
    fn from_fixed(fixed: &[u8; HEADER_BYTES]) -> Self {
        Self {
            marker: fixed[1] & 0x80 != 0,
            payload_type: fixed[1] & 0x7f,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
        }
    }

    /// Writes header and payload to the start of `out`; returns the packet's length, bytes.
    ///
    /// # Errors
    /// [`WriteRtpError::BufferTooSmall`]; nothing is written then.
    pub fn write(&self, payload: &[u8], out: &mut [u8]) -> Result<usize, WriteRtpError> {
        let len = HEADER_BYTES + payload.len();
        let out = out.get_mut(..len).ok_or(WriteRtpError::BufferTooSmall)?;
        out[0] = 2 << 6;
        out[1] = (self.payload_type & 0x7f) | if self.marker { 0x80 } else { 0 };
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        out[12..].copy_from_slice(payload);
        Ok(len)
    }
}
