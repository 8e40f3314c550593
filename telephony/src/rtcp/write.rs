//! Writing a report.

use super::{
    BLOCK_BYTES, BLOCKS_MAX, CNAME_BYTES_MAX, COMPOUND_BYTES_MAX, HEADER_BYTES, INFO_BYTES,
    RECEIVER_REPORT, ReportBlock, RtcpError, SENDER_REPORT, SOURCE_DESCRIPTION, SenderInfo,
};

/// The item "canonical name" of a source description (RFC 3550 §6.5.1).
const CNAME: u8 = 1;
/// What the 24 bits of lost packets can hold.
const LOST: core::ops::RangeInclusive<i32> = -(1 << 23)..=(1 << 23) - 1;

/// Writes the compound packet that a stream owes its far end (RFC 3550 §6.1): a sender report if there
/// is something to say about our own stream, else a receiver report; and our canonical name, which
/// is the same for as long as the stream lives and says nothing about people (RFC 7022).
/// Returns its length.
///
/// # Errors
/// [`RtcpError::TooManyBlocks`], [`RtcpError::BadName`], [`RtcpError::TooLong`], and
/// [`RtcpError::NoRoom`] if `out` is too small.
pub fn write_report(
    own_ssrc: u32,
    info: Option<SenderInfo>,
    blocks: &[ReportBlock],
    cname: &str,
    out: &mut [u8],
) -> Result<usize, RtcpError> {
    if blocks.len() > BLOCKS_MAX {
        return Err(RtcpError::TooManyBlocks);
    }
    if cname.is_empty() || cname.len() > CNAME_BYTES_MAX {
        return Err(RtcpError::BadName);
    }
    let info_len = if info.is_some() { INFO_BYTES } else { 0 };
    let report_len = HEADER_BYTES + 4 + info_len + blocks.len() * BLOCK_BYTES;
    // One byte of zero at least ends the list of items.
    let names_len = (HEADER_BYTES + 4 + 2 + cname.len() + 1).next_multiple_of(4);
    if report_len + names_len > COMPOUND_BYTES_MAX {
        return Err(RtcpError::TooLong);
    }
    let out = out.get_mut(..report_len + names_len).ok_or(RtcpError::NoRoom)?;
    let (report, names) = out.split_at_mut(report_len);

    let kind = if info.is_some() { SENDER_REPORT } else { RECEIVER_REPORT };
    let mut report = Writer::begin(report, kind, blocks.len(), own_ssrc);
    if let Some(info) = info {
        report.info(&info);
    }
    for block in blocks {
        report.block(block);
    }

    let mut names = Writer::begin(names, SOURCE_DESCRIPTION, 1, own_ssrc);
    names.bytes(&[CNAME, u8::try_from(cname.len()).unwrap_or(u8::MAX)]);
    names.bytes(cname.as_bytes());
    names.rest.fill(0);
    Ok(report_len + names_len)
}

/// Fills a part of exactly the right length.
struct Writer<'a> {
    rest: &'a mut [u8],
}

impl<'a> Writer<'a> {
    fn begin(part: &'a mut [u8], kind: u8, count: usize, ssrc: u32) -> Self {
        let words = u16::try_from(part.len() / 4 - 1).unwrap_or(u16::MAX);
        let count = u8::try_from(count).unwrap_or(u8::MAX) & 0x1f;
        let mut writer = Self { rest: part };
        writer.bytes(&[2 << 6 | count, kind]);
        writer.bytes(&words.to_be_bytes());
        writer.number(ssrc);
        writer
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let (place, rest) = core::mem::take(&mut self.rest).split_at_mut(bytes.len());
        place.copy_from_slice(bytes);
        self.rest = rest;
    }

    fn number(&mut self, number: u32) {
        self.bytes(&number.to_be_bytes());
    }

    fn info(&mut self, info: &SenderInfo) {
        self.bytes(&info.ntp.to_be_bytes());
        self.number(info.rtp_timestamp);
        self.number(info.packets);
        self.number(info.octets);
    }

    fn block(&mut self, block: &ReportBlock) {
        let [_, high, middle, low] = block.lost.clamp(*LOST.start(), *LOST.end()).to_be_bytes();
        self.number(block.ssrc);
        self.bytes(&[block.fraction_lost, high, middle, low]);
        self.number(block.highest_sequence);
        self.number(block.jitter);
        self.number(block.last_sr);
        self.number(block.delay_since_last_sr);
    }
}
