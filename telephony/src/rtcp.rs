//! Sender and receiver reports (RTCP, RFC 3550 §6), and the time arithmetic around them. Pure.
//!
//! Own code where the `rtc` crate has a parser, for three reasons. That parser gives up a whole
//! compound for one odd part (an extended report of a kind it does not know takes the loss report
//! beside it along); it reads the lost packets, which may be fewer than none, as unsigned; and it makes a
//! boxed object of every part. Here the parts are borrowed from the datagram. The tests compare both.
//!
//! Not here: when reports are sent, feedback (NACK, PLI), extended reports.

mod clock;
mod parse;
mod write;

use thiserror::Error;

pub use clock::{ntp_middle, ntp_of, ntp_short, round_trip};
pub use parse::{ReportBlocks, RtcpItem, RtcpItems, parse};
pub use write::write_report;

/// The longest compound packet that is read or written, bytes: an Ethernet frame.
pub const COMPOUND_BYTES_MAX: usize = 1500;
/// Blocks that one report can hold: its counter has five bits.
pub const BLOCKS_MAX: usize = 31;
/// Bytes of the longest canonical name (RFC 3550 §6.5).
pub const CNAME_BYTES_MAX: usize = 255;

/// A packet's type, its second byte (RFC 3550 §12.1).
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
/// Types that RTCP can have where it shares a port with RTP (RFC 5761 §4).
const TYPES: core::ops::RangeInclusive<u8> = 192..=223;
/// Bytes of a packet's header: flags and count, type, length.
const HEADER_BYTES: usize = 4;
/// Bytes of what a sender says about itself.
const INFO_BYTES: usize = 20;
/// Bytes of one block.
const BLOCK_BYTES: usize = 24;

/// Why a datagram is not RTCP, or a report was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum RtcpError {
    /// A part ends behind the datagram, or its contents behind the part.
    #[error("the packet ends before its contents do")]
    TooShort,
    /// Longer than [`COMPOUND_BYTES_MAX`].
    #[error("the packet is longer than {COMPOUND_BYTES_MAX} bytes")]
    TooLong,
    /// Not version 2, or not a type of RTCP.
    #[error("the packet is not RTCP")]
    NotRtcp,
    /// More padding than contents, or padding before the last part (RFC 3550 §6.4.1).
    #[error("the packet's padding is wrong")]
    BadPadding,
    /// Writing: more than [`BLOCKS_MAX`] blocks.
    #[error("more than {BLOCKS_MAX} blocks in a report")]
    TooManyBlocks,
    /// Writing: a canonical name of more than [`CNAME_BYTES_MAX`] bytes, or none.
    #[error("the canonical name has no or too many bytes")]
    BadName,
    /// Writing: the buffer is smaller than the report.
    #[error("the buffer is too small for the report")]
    NoRoom,
}

/// How one stream arrived at whoever writes the report (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportBlock {
    /// The stream.
    pub ssrc: u32,
    /// Lost since the report before, in 1/256 of what was expected.
    pub fraction_lost: u8,
    /// Lost since the beginning. Negative if packets came twice. 24 bits: written at the nearest end
    /// of −2^23 … 2^23 − 1.
    pub lost: i32,
    /// Highest sequence number, with the number of turns in the upper half.
    pub highest_sequence: u32,
    /// Mean deviation of the times between packets, in units of the RTP timestamp.
    pub jitter: u32,
    /// [`ntp_middle`] of the last sender report that came, 0 if none did.
    pub last_sr: u32,
    /// Time since then, in 1/65536 s ([`ntp_short`]); 0 if none came.
    pub delay_since_last_sr: u32,
}

/// What a sender says about its own stream (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderInfo {
    /// When the report was written, as [`ntp_of`] has it.
    pub ntp: u64,
    /// The same moment in the stream's RTP timestamps.
    pub rtp_timestamp: u32,
    /// Packets sent since the beginning, wrapping.
    pub packets: u32,
    /// Bytes of payload in them, wrapping.
    pub octets: u32,
}

#[cfg(test)]
mod tests;
