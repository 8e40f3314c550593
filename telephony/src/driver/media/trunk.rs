//! A trunk's link: RTP and RTCP over a pair of UDP ports of its own. Does I/O.
//!
//! Symmetric RTP: the first packet from the address that the trunk signalled decides where ours go,
//! since a NAT in between may have changed the port. Packets from any other address are strangers',
//! dropped and counted: whoever guesses a port must not be able to speak into a call. A later
//! description that names another address begins this anew, with that address alone.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use ids::Timestamp;

use super::ports::{Leased, PortLease};
use crate::rtp::{PACKET_BYTES_MAX, RtpHeader};
use crate::sdp::{AgreedAudio, Codec, Direction};

/// After this much silence from the source that was latched, another port of the same address may
/// take over: the far end has restarted, or its NAT has.
const LATCH_REST: Duration = Duration::from_secs(2);

/// What both sides of a trunk leg have agreed, as far as its packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrunkTerms {
    pub(super) codec: Codec,
    pub(super) telephone_event: Option<u8>,
    /// Which way audio flows, as we see it.
    pub(super) direction: Direction,
    /// Where the far end listens; `None` until it has said.
    pub(super) remote: Option<SocketAddr>,
}

impl TrunkTerms {
    pub(super) fn new(agreed: &AgreedAudio, remote: SocketAddr) -> Self {
        Self {
            codec: agreed.codec,
            telephone_event: agreed.telephone_event,
            direction: agreed.direction,
            remote: Some(remote),
        }
    }

    /// We have offered, the far end has not answered.
    pub(super) fn offered() -> Self {
        Self {
            codec: Codec::Pcma,
            telephone_event: None,
            direction: Direction::Inactive,
            remote: None,
        }
    }
}

/// RTP and RTCP to and from one trunk leg.
pub(super) struct TrunkLink {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    terms: TrunkTerms,
    audio: Remote,
    reports: Remote,
    _lease: PortLease,
}

/// Where the far end is, by what was signalled and by what came.
#[derive(Debug)]
struct Remote {
    /// `None`: nothing was, and nobody is it.
    signalled: Option<SocketAddr>,
    latched: Option<(SocketAddr, Timestamp)>,
}

impl TrunkLink {
    pub(super) fn new(leased: Leased, terms: TrunkTerms) -> Self {
        let Leased { rtp, rtcp, lease } = leased;
        let audio = Remote::new(terms.remote);
        let reports = Remote::new(terms.remote.map(beside));
        Self { rtp, rtcp, terms, audio, reports, _lease: lease }
    }

    /// Takes what a later description settles. An address that it names for the first time is
    /// latched to anew; the old way to hold, which names none, leaves the far end where it was.
    pub(super) fn agree(&mut self, terms: TrunkTerms) {
        let named = terms.remote.filter(|remote| !remote.ip().is_unspecified());
        let remote = named.or(self.terms.remote);
        if remote != self.terms.remote {
            self.audio = Remote::new(remote);
            self.reports = Remote::new(remote.map(beside));
        }
        self.terms = TrunkTerms { remote, ..terms };
    }

    pub(super) fn codec(&self) -> Codec {
        self.terms.codec
    }

    pub(super) fn telephone_event(&self) -> Option<u8> {
        self.terms.telephone_event
    }

    /// Whether audio is due from the far end all the time: a side on hold may send nothing.
    pub(super) fn is_due_to_speak(&self) -> bool {
        self.terms.direction == Direction::SendRecv
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
        let speaks = matches!(self.terms.direction, Direction::SendRecv | Direction::SendOnly);
        let (true, Some(target)) = (speaks, self.audio.target()) else { return true };
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

/// RTCP goes one port above (RFC 3550 §11), unless the far end is on its very last.
fn beside(audio: SocketAddr) -> SocketAddr {
    SocketAddr::new(audio.ip(), audio.port().saturating_add(1))
}

impl Remote {
    fn new(signalled: Option<SocketAddr>) -> Self {
        Self { signalled, latched: None }
    }

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
        self.signalled.map(|signalled| signalled.ip()).is_some_and(|signalled| {
            signalled.is_unspecified() || signalled.to_canonical() == source.ip().to_canonical()
        })
    }

    fn target(&self) -> Option<SocketAddr> {
        let signalled = self.signalled.filter(|signalled| !signalled.ip().is_unspecified());
        self.latched.map(|(latched, _)| latched).or(signalled)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use super::*;
    use crate::driver::media::ports::PortPool;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(ms * 1000)
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn the_first_packet_from_the_signalled_address_decides_the_port() {
        let mut remote = Remote::new(Some(address("10.0.0.1:4000")));
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
        let mut remote = Remote::new(Some(address("0.0.0.0:4000")));
        assert_eq!(remote.target(), None);
        assert!(remote.accepts(address("10.0.0.9:1"), at(0)));
        assert_eq!(remote.target(), Some(address("10.0.0.9:1")));
    }

    #[test]
    fn until_an_address_is_signalled_everybody_is_a_stranger() {
        let mut remote = Remote::new(None);
        assert!(!remote.accepts(address("10.0.0.1:4000"), at(0)));
        assert_eq!(remote.target(), None);
    }

    fn terms(remote: &str, direction: Direction) -> TrunkTerms {
        let (codec, telephone_event) = (Codec::Pcma, None);
        TrunkTerms { codec, telephone_event, direction, remote: Some(address(remote)) }
    }

    #[test]
    fn a_far_end_that_moves_is_followed_and_one_on_hold_stays_where_it_was() {
        let ports = Arc::new(PortPool::new(Ipv4Addr::LOCALHOST.into(), 28_200..=32_700));
        let leased = ports.lease().expect("a free pair of ports");
        let mut link = TrunkLink::new(leased, terms("10.0.0.1:4000", Direction::SendRecv));
        assert!(link.accepts_audio(address("10.0.0.1:4711"), at(0)));
        link.agree(terms("0.0.0.0:4000", Direction::RecvOnly));
        assert!(!link.accepts_audio(address("10.9.9.9:1"), at(10)), "a stranger during the hold");
        assert!(link.accepts_audio(address("10.0.0.1:4711"), at(20)), "as before");
        assert!(!link.is_due_to_speak());
        link.agree(terms("10.0.0.2:5000", Direction::SendRecv));
        assert!(link.is_due_to_speak());
        assert!(!link.accepts_audio(address("10.0.0.1:4711"), at(30)), "it has moved away");
        assert_eq!(link.audio.target(), Some(address("10.0.0.2:5000")));
        assert!(link.accepts_audio(address("10.0.0.2:5001"), at(40)), "behind a NAT again");
        link.agree(terms("10.0.0.2:5000", Direction::SendRecv));
        assert_eq!(link.audio.target(), Some(address("10.0.0.2:5001")), "nothing has moved");
    }
}
