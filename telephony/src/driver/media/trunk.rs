//! A trunk's line: RTP over a UDP socket of its own. Does I/O.
//!
//! Symmetric RTP: the first packet from the address that the trunk signalled decides where ours go,
//! since a NAT in between may have changed the port. Packets from any other address are strangers',
//! dropped and counted: whoever guesses a port must not be able to speak into a call.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ids::Timestamp;
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

use super::line::{Ears, Line};
use super::ports::PortLease;
use crate::driver::clock;
use crate::rtp::{PACKET_BYTES_MAX, RtpHeader, RtpPacket};
use crate::sdp::{AgreedAudio, Codec, Direction};

/// After this much silence from the source that was latched, another port of the same address may
/// take over: the far end has restarted, or its NAT has.
const LATCH_REST: Duration = Duration::from_secs(2);

/// RTP to and from one trunk leg.
pub(super) struct TrunkLine {
    socket: UdpSocket,
    codec: Codec,
    telephone_event: Option<u8>,
    /// The agreed direction lets us speak.
    speaks: bool,
    remote: Mutex<Remote>,
    stop: CancellationToken,
    _port: PortLease,
}

/// Where the far end is.
#[derive(Debug)]
struct Remote {
    signalled: SocketAddr,
    latched: Option<(SocketAddr, Timestamp)>,
}

impl TrunkLine {
    pub(super) fn new(
        (socket, port): (UdpSocket, PortLease),
        agreed: &AgreedAudio,
        signalled: SocketAddr,
    ) -> Self {
        Self {
            socket,
            codec: agreed.codec,
            telephone_event: agreed.telephone_event,
            speaks: matches!(agreed.direction, Direction::SendRecv | Direction::SendOnly),
            remote: Mutex::new(Remote { signalled, latched: None }),
            stop: CancellationToken::new(),
            _port: port,
        }
    }

    /// Receives until the line is closed.
    pub(super) async fn receive(self: Arc<Self>, ears: impl Ears) {
        // One more than the longest packet, so that a longer one shows.
        let mut datagram = [0; PACKET_BYTES_MAX + 1];
        loop {
            let received = tokio::select! {
                () = self.stop.cancelled() => return,
                received = self.socket.recv_from(&mut datagram) => received,
            };
            let Ok((len, source)) = received else {
                // An ICMP answer to one of our packets; the next receive clears it.
                continue;
            };
            self.take(&datagram[..len], source, &ears);
        }
    }

    fn take(&self, datagram: &[u8], source: SocketAddr, ears: &impl Ears) {
        let arrival = clock::now();
        let Ok(packet) = RtpPacket::parse(datagram) else {
            metrics::counter!("helpline_rtp_unreadable_total").increment(1);
            return;
        };
        if self.remote().accepts(source, arrival) {
            ears.packet(packet, arrival);
        } else {
            metrics::counter!("helpline_rtp_strangers_total").increment(1);
        }
    }

    fn remote(&self) -> std::sync::MutexGuard<'_, Remote> {
        self.remote.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line for TrunkLine {
    fn codec(&self) -> Codec {
        self.codec
    }

    fn event_payload_type(&self) -> Option<u8> {
        self.telephone_event
    }

    fn send(&self, header: &RtpHeader, payload: &[u8]) {
        let target = self.remote().target();
        let mut datagram = [0; PACKET_BYTES_MAX];
        let (true, Some(target)) = (self.speaks, target) else { return };
        if let Ok(len) = header.write(payload, &mut datagram) {
            // A full socket drops the packet, as the network would.
            let _dropped = self.socket.try_send_to(&datagram[..len], target);
        }
    }

    fn close(&self) {
        self.stop.cancel();
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
