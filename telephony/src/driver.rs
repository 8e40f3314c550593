//! All input and output of calls: SIP, RTP, WebRTC.

pub mod media;
pub mod sip;
