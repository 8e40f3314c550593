//! All input and output of calls: SIP, RTP, WebRTC.

mod address;
mod clock;
pub mod dial;
pub mod media;
pub mod sip;

/// The directive that every log filter of a program with SIP in it must contain.
///
/// `rsipstack` writes each message in full at INFO, the caller's number and credentials included.
pub const LOG_FILTER: &str = "rsipstack=warn";
