//! The two ends of the seam between legs and the network: a [`Line`] carries packets to a far end,
//! [`Ears`] take what comes from it. Trunks and browsers are both lines; a leg does not care.

use ids::Timestamp;

use crate::rtp::{RtpHeader, RtpPacket};
use crate::sdp::Codec;

/// The way to one far end.
pub(super) trait Line: Send + Sync + 'static {
    /// What the far end speaks.
    fn codec(&self) -> Codec;

    /// The payload type of telephone events, if the far end takes them.
    fn event_payload_type(&self) -> Option<u8>;

    /// Sends one packet, or drops it: never waits, for audio that waits is audio too late.
    fn send(&self, header: &RtpHeader, payload: &[u8]);

    /// Lets go of sockets and connections, at once or in the background.
    fn close(&self);
}

/// What a line reports.
pub(super) trait Ears: Send + Sync + 'static {
    /// A packet came.
    fn packet(&self, packet: RtpPacket<'_>, arrival: Timestamp);

    /// A browser is connected.
    fn connected(&self);

    /// A browser's connection is lost, for now or for good.
    fn disconnected(&self);
}
