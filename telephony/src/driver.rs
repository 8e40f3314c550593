//! All input and output of calls: SIP, RTP, WebRTC.

mod address;
mod clock;
pub mod dial;
pub mod media;
pub mod sip;
pub mod station;
pub mod trunk;

/// The directives that every log filter of a program with telephony in it must contain.
///
/// `rsipstack` writes each message in full at INFO, the caller's number and credentials included;
/// `webrtc` and the `rtc` crates write browsers' addresses.
pub const LOG_FILTER: &str = "rsipstack=warn,webrtc=warn,rtc=error";
