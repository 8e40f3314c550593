//! A trunk's link: RTP and RTCP over a pair of UDP ports of its own. Does I/O.
//!
//! Symmetric RTP: the first packet from the address that the trunk signalled decides where ours go,
//! since a NAT in between may have changed the port. Packets from any other address are strangers',
//! dropped and counted: whoever guesses a port must not be able to speak into a call.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use ids::Timestamp;

use super::ports::{Leased, PortLease};
use crate::rtp::{PACKET_BYTES_MAX, RtpHeader};
use crate::sdp::{AgreedAudio, Codec, Direction};

/// After this much silence from the source that was latched, another port of the same address may
/// take over: the far end has restarted, or its NAT has.
const LATCH_REST: Duration = Duration::from_secs(2);

/// RTP and RTCP to and from one trunk leg.
pub(super) struct TrunkLink {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    codec: Codec,
    telephone_event: Option<u8>,
    /// The agreed direction lets us speak.
    speaks: bool,
    audio: Remote,
    reports: Remote,
    _lease: PortLease,
}

/// Where the far end is, by what was signalled and by what came.
#[derive(Debug)]
struct Remote {
    signalled: SocketAddr,
    latched: Option<(SocketAddr, Timestamp)>,
}

impl TrunkLink {
    pub(super) fn new(leased: Leased, agreed: &AgreedAudio, signalled: SocketAddr) -> Self {
        let Leased { rtp, rtcp, lease } = leased;
        // RTCP goes one port above (RFC 3550 §11), unless the far end is on its very last.
        let above = signalled.port().saturating_add(1);
        let reports = SocketAddr::new(signalled.ip(), above);
        Self {
            rtp,
            rtcp,
            codec: agreed.codec,
            telephone_event: agreed.telephone_event,
            speaks: matches!(agreed.direction, Direction::SendRecv | Direction::SendOnly),
            audio: Remote { signalled, latched: None },
            reports: Remote { signalled: reports, latched: None },
            _lease: lease,
        }
    }

    pub(super) fn codec(&self) -> Codec {
        self.codec
    }

    pub(super) fn telephone_event(&self) -> Option<u8> {
        self.telephone_event
    }

    pub(super) fn rtp(&self) -> &UdpSocket {
        &self.rtp
    }

    pub(super) fn rtcp(&self) -> &UdpSocket {
        &self.rtcp
    }

    /// Whether audio from this source is the far end's; latches to it if it is the first.
    pub(super) fn accepts_audio(&mut self, source: SocketAddr, now: Timestamp) -> bool {
        self.audio.accepts(source, now)
    }

    /// Whether a report from this source is the far end's; latches to it if it is the first.
    pub(super) fn accepts_report(&mut self, source: SocketAddr, now: Timestamp) -> bool {
        self.reports.accepts(source, now)
    }

    /// Sends one packet, if we may speak and know where to. False: the system did not take it.
    pub(super) fn send(&self, header: &RtpHeader, payload: &[u8]) -> bool {
        let (true, Some(target)) = (self.speaks, self.audio.target()) else { return true };
        let mut datagram = [0; PACKET_BYTES_MAX];
        let Ok(len) = header.write(payload, &mut datagram) else { return false };
        self.rtp.send_to(&datagram[..len], target).is_ok()
    }

    /// Sends one report.
    pub(super) fn send_report(&self, report: &[u8]) {
        if let Some(target) = self.reports.target() {
            let _dropped = self.rtcp.send_to(report, target);
        }
    }
}

impl Remote {
    /// Whether a packet from this source is the far end's; latches to it if it is the first.
    fn accepts(&mut self, source: SocketAddr, now: Timestamp) -> bool {
        let taken = match self.latched {
            None => self.could_be(source),
            Some((latched, heard_at)) => {
                source == latched || (self.could_be(source) && now.since(heard_at) >= LATCH_REST)
            }
        };
        if taken {
            self.latched = Some((source, now));
        }
        taken
    }

    /// An unspecified address signals none: then the first who speaks is it.
    fn could_be(&self, source: SocketAddr) -> bool {
        let signalled = self.signalled.ip();
        signalled.is_unspecified() || signalled.to_canonical() == source.ip().to_canonical()
    }

    fn target(&self) -> Option<SocketAddr> {
        let signalled = (!self.signalled.ip().is_unspecified()).then_some(self.signalled);
        self.latched.map(|(latched, _)| latched).or(signalled)
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(ms * 1000)
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn the_first_packet_from_the_signalled_address_decides_the_port() {
        let mut remote = Remote { signalled: address("10.0.0.1:4000"), latched: None };
        assert_eq!(remote.target(), Some(address("10.0.0.1:4000")));
        assert!(!remote.accepts(address("10.0.0.2:4000"), at(0)), "a stranger");
        assert!(remote.accepts(address("10.0.0.1:4711"), at(10)));
        assert_eq!(remote.target(), Some(address("10.0.0.1:4711")));
        assert!(!remote.accepts(address("10.0.0.1:4000"), at(20)), "one source at a time");
        assert!(remote.accepts(address("10.0.0.1:4711"), at(30)));
        assert!(remote.accepts(address("10.0.0.1:4000"), at(2030)), "the old one fell silent");
    }

    #[test]
    fn with_no_address_signalled_nothing_is_sent_until_somebody_speaks() {
        let mut remote = Remote { signalled: address("0.0.0.0:4000"), latched: None };
        assert_eq!(remote.target(), None);
        assert!(remote.accepts(address("10.0.0.9:1"), at(0)));
        assert_eq!(remote.target(), Some(address("10.0.0.9:1")));
    }
}
