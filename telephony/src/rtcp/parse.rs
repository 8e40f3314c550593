//! Reading a compound packet.

use super::{
    BLOCK_BYTES, BYE, COMPOUND_BYTES_MAX, HEADER_BYTES, INFO_BYTES, RECEIVER_REPORT, ReportBlock,
    RtcpError, SENDER_REPORT, SenderInfo, TYPES,
};

/// One part of a compound packet.
#[derive(Clone, Debug)]
pub enum RtcpItem<'a> {
    /// Who wrote it sends, too.
    SenderReport {
        /// Its stream.
        ssrc: u32,
        /// What it says about that stream.
        info: SenderInfo,
        /// How other streams arrived there, at most 31.
        blocks: ReportBlocks<'a>,
    },
    /// Who wrote it sends nothing.
    ReceiverReport {
        /// Who wrote it.
        ssrc: u32,
        /// How streams arrived there, at most 31.
        blocks: ReportBlocks<'a>,
    },
    /// The stream is over. A packet that ends several comes as several items.
    Bye {
        /// The stream.
        ssrc: u32,
    },
    /// A part that is not read here: names, feedback, extended reports.
    Other,
}

/// Reads a datagram: a compound packet, or a part alone (RFC 5506). All lengths are checked here,
/// so a compound is taken as a whole or not at all; the items are read when they are asked for.
///
/// # Errors
/// See [`RtcpError`]. Never panics, whatever the bytes.
pub fn parse(datagram: &[u8]) -> Result<RtcpItems<'_>, RtcpError> {
    if datagram.len() > COMPOUND_BYTES_MAX {
        return Err(RtcpError::TooLong);
    }
    if datagram.is_empty() {
        return Err(RtcpError::TooShort);
    }
    let mut rest = datagram;
    while !rest.is_empty() {
        let (part, behind) = Part::split(rest)?;
        if part.padded && !behind.is_empty() {
            return Err(RtcpError::BadPadding);
        }
        part.check()?;
        rest = behind;
    }
    Ok(RtcpItems { rest: datagram, leaving: &[] })
}

/// The items of one datagram, in their order. Each takes at least four of its bytes.
#[derive(Clone, Debug)]
pub struct RtcpItems<'a> {
    /// Parts not yet read.
    rest: &'a [u8],
    /// Streams of the present BYE not yet named.
    leaving: &'a [u8],
}

impl<'a> Iterator for RtcpItems<'a> {
    type Item = RtcpItem<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some((ssrc, rest)) = take_u32(self.leaving) {
            self.leaving = rest;
            return Some(RtcpItem::Bye { ssrc });
        }
        let (part, behind) = Part::split(self.rest).ok()?;
        self.rest = behind;
        Some(self.item(&part).unwrap_or(RtcpItem::Other))
    }
}

impl<'a> RtcpItems<'a> {
    fn item(&mut self, part: &Part<'a>) -> Option<RtcpItem<'a>> {
        match part.kind {
            SENDER_REPORT => {
                let (ssrc, rest) = take_u32(part.contents)?;
                let (info, rest) = rest.split_first_chunk::<INFO_BYTES>()?;
                let blocks = ReportBlocks { rest: rest.get(..part.count * BLOCK_BYTES)? };
                Some(RtcpItem::SenderReport { ssrc, info: sender_info(info), blocks })
            }
            RECEIVER_REPORT => {
                let (ssrc, rest) = take_u32(part.contents)?;
                let blocks = ReportBlocks { rest: rest.get(..part.count * BLOCK_BYTES)? };
                Some(RtcpItem::ReceiverReport { ssrc, blocks })
            }
            BYE => {
                let (ssrc, rest) = take_u32(part.contents.get(..part.count * 4)?)?;
                self.leaving = rest;
                Some(RtcpItem::Bye { ssrc })
            }
            _ => None,
        }
    }
}

/// The blocks of one report, at most [`BLOCKS_MAX`](super::BLOCKS_MAX).
#[derive(Clone, Debug)]
pub struct ReportBlocks<'a> {
    rest: &'a [u8],
}

impl Iterator for ReportBlocks<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        let (bytes, rest) = self.rest.split_first_chunk::<BLOCK_BYTES>()?;
        self.rest = rest;
        // The sign of the lost packets is the first of their 24 bits.
        let lost = i32::from_be_bytes([bytes[5], bytes[6], bytes[7], 0]) >> 8;
        Some(ReportBlock {
            ssrc: u32_at(bytes, 0),
            fraction_lost: bytes[4],
            lost,
            highest_sequence: u32_at(bytes, 8),
            jitter: u32_at(bytes, 12),
            last_sr: u32_at(bytes, 16),
            delay_since_last_sr: u32_at(bytes, 20),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let blocks = self.rest.len() / BLOCK_BYTES;
        (blocks, Some(blocks))
    }
}

impl ExactSizeIterator for ReportBlocks<'_> {}

/// One packet of the compound.
struct Part<'a> {
    kind: u8,
    /// How many blocks, or streams.
    count: usize,
    padded: bool,
    /// Behind the header, without padding.
    contents: &'a [u8],
}

impl<'a> Part<'a> {
    /// The first part of `bytes`, and what is behind it.
    fn split(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), RtcpError> {
        let (header, rest) =
            bytes.split_first_chunk::<HEADER_BYTES>().ok_or(RtcpError::TooShort)?;
        let [flags, kind, high, low] = *header;
        if flags >> 6 != 2 || !TYPES.contains(&kind) {
            return Err(RtcpError::NotRtcp);
        }
        let len = usize::from(u16::from_be_bytes([high, low])) * 4;
        let (contents, behind) = rest.split_at_checked(len).ok_or(RtcpError::TooShort)?;
        let padded = flags & 0x20 != 0;
        let contents = if padded { without_padding(contents)? } else { contents };
        Ok((Self { kind, count: usize::from(flags & 0x1f), padded, contents }, behind))
    }

    /// The contents hold what the count says.
    fn check(&self) -> Result<(), RtcpError> {
        let needed = match self.kind {
            SENDER_REPORT => 4 + INFO_BYTES + self.count * BLOCK_BYTES,
            RECEIVER_REPORT => 4 + self.count * BLOCK_BYTES,
            BYE => self.count * 4,
            _ => 0,
        };
        if self.contents.len() < needed { Err(RtcpError::TooShort) } else { Ok(()) }
    }
}

/// The last byte of a padded part counts the padding, itself included.
fn without_padding(contents: &[u8]) -> Result<&[u8], RtcpError> {
    let padding = usize::from(*contents.last().ok_or(RtcpError::BadPadding)?);
    let len = contents.len().checked_sub(padding).filter(|_| padding > 0);
    len.map(|len| &contents[..len]).ok_or(RtcpError::BadPadding)
}

fn sender_info(bytes: &[u8; INFO_BYTES]) -> SenderInfo {
    SenderInfo {
        ntp: u64::from(u32_at(bytes, 0)) << 32 | u64::from(u32_at(bytes, 4)),
        rtp_timestamp: u32_at(bytes, 8),
        packets: u32_at(bytes, 12),
        octets: u32_at(bytes, 16),
    }
}

/// The number at a place that the array has.
fn u32_at<const N: usize>(bytes: &[u8; N], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn take_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*word), rest))
}
