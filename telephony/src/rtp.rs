//! RTP packets (RFC 3550), their order and loss, and telephone events (RFC 4733). Pure.
//!
//! The `rtp` part of the `rtc` crate is used where a browser's packets come out of it anyway. The
//! telephone side has its own view here: that crate's packet owns `Bytes` and two vectors, while a
//! forwarded telephone packet must cost no allocation. [`RtpPacket`] borrows the datagram,
//! [`RtpHeader::write`] fills a buffer of the caller.
//!
//! Not here: RTCP, jitter buffers, SRTP, sockets.

mod event;
mod packet;
mod sequence;

pub use event::{DtmfDetector, EventPacket, EventTrain, TelephoneEvent};
pub use packet::{PACKET_BYTES_MAX, ParseRtpError, RtpHeader, RtpPacket, WriteRtpError};
pub use sequence::{Interval, SequenceTracker};

#[cfg(test)]
mod tests;
