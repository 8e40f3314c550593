//! A shared port with its gate, and SRTP under the gate's keys.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rand::RngCore as _;
use telephony::srtp::{SrtpKeys, SrtpProfile, SrtpReceiver, SrtpSender, TRAILER_MAX};
use telephony::webrtc::{
    Certificate, Gate, GateConfig, GateCounts, GateEvent, GateOutput, GateTiming, PeerAnswer,
    PeerId,
};
use tokio::net::UdpSocket;
use tokio::time::Instant;

/// How long anything in these tests may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Of the RTP that browsers are sent.
pub(crate) const OUR_SSRC: u32 = 815;

/// What has become of a peer.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) keys: usize,
    pub(crate) profile: Option<SrtpProfile>,
    pub(crate) paths: Vec<SocketAddr>,
    pub(crate) lost: usize,
    pub(crate) closed: usize,
    /// Payloads of packets that its keys opened.
    pub(crate) heard: Vec<Vec<u8>>,
    /// Packets that its keys did not open.
    pub(crate) unheard: usize,
    incoming: Option<SrtpReceiver>,
    outgoing: Option<SrtpSender>,
}

struct Inner {
    gate: Gate,
    seen: HashMap<PeerId, Seen>,
    /// Datagrams that the gate wants sent.
    answers: usize,
}

/// A shared port.
#[derive(Clone)]
pub(crate) struct Port {
    socket: Arc<UdpSocket>,
    inner: Arc<Mutex<Inner>>,
}

impl Port {
    pub(crate) async fn open() -> Self {
        Self::with_timing(GateTiming::default()).await
    }

    /// With short patience: a peer is lost after a second and a half without checks.
    pub(crate) async fn impatient() -> Self {
        Self::with_timing(GateTiming {
            quiet_after: Duration::from_millis(1500),
            quiet_after_unsteady: Duration::from_millis(3500),
            ..GateTiming::default()
        })
        .await
    }

    pub(crate) async fn with_timing(timing: GateTiming) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
        let candidate = socket.local_addr().expect("bound");
        let certificate = Arc::new(Certificate::generate().expect("a certificate"));
        let random = Box::new(|bytes: &mut [u8]| rand::rng().fill_bytes(bytes));
        let config = GateConfig { timing, ..GateConfig::new(certificate, candidate, random) };
        let inner = Inner { gate: Gate::new(config), seen: HashMap::new(), answers: 0 };
        let port = Self { socket: Arc::new(socket), inner: Arc::new(Mutex::new(inner)) };
        tokio::spawn(port.clone().serve());
        port
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("bound")
    }

    pub(crate) fn answer(&self, peer: PeerId, offer: &str) -> PeerAnswer {
        let now = Instant::now().into_std();
        self.inner().gate.answer(now, peer, offer, OUR_SSRC).expect("answered")
    }

    pub(crate) fn close(&self, peer: PeerId) {
        self.inner().gate.close(Instant::now().into_std(), peer);
        self.flush();
    }

    pub(crate) fn counts(&self) -> GateCounts {
        self.inner().gate.counts()
    }

    pub(crate) fn answers(&self) -> usize {
        self.inner().answers
    }

    /// Looks at what has become of a peer.
    pub(crate) fn seen<T>(&self, peer: PeerId, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(self.inner().seen.entry(peer).or_default())
    }

    /// Waits until it has become so.
    pub(crate) async fn until(
        &self,
        what: &str,
        peer: PeerId,
        mut reached: impl FnMut(&mut Seen) -> bool,
    ) {
        let deadline = Instant::now() + PATIENCE;
        while !self.seen(peer, &mut reached) {
            assert!(Instant::now() < deadline, "not in time: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the gate's counts are so.
    pub(crate) async fn until_counts(&self, what: &str, reached: impl Fn(GateCounts) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !reached(self.counts()) {
            assert!(Instant::now() < deadline, "not in time: {what}: {:?}", self.counts());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Sends a packet of audio under the gate's keys to where the gate says.
    pub(crate) async fn speak(&self, peer: PeerId, sequence: u16, payload: &[u8]) {
        let mut packet = vec![0x80, 8];
        packet.extend(sequence.to_be_bytes());
        packet.extend((u32::from(sequence) * 160).to_be_bytes());
        packet.extend(OUR_SSRC.to_be_bytes());
        packet.extend(payload);
        let (protected, to) = self.seen(peer, |seen| {
            let sender = seen.outgoing.as_mut().expect("there are keys");
            let len = packet.len();
            packet.resize(len + TRAILER_MAX, 0);
            let len = sender.protect_rtp(&mut packet, len).expect("protected");
            packet.truncate(len);
            (packet, *seen.paths.last().expect("there is a path"))
        });
        self.socket.send_to(&protected, to).await.expect("sent");
    }

    async fn serve(self) {
        let mut room = [0; 2048];
        loop {
            let due = self.inner().gate.poll_timeout();
            let soon = Instant::now() + Duration::from_millis(20);
            let wake = due.map_or(soon, |at| soon.min(Instant::from_std(at)));
            let received = tokio::time::timeout_at(wake, self.socket.recv_from(&mut room)).await;
            let now = Instant::now().into_std();
            match received {
                Ok(Ok((len, from))) if len > 0 && (128..=191).contains(&room[0]) => {
                    self.media(from, &mut room[..len]);
                }
                Ok(Ok((len, from))) => self.inner().gate.datagram(now, from, &room[..len]),
                Ok(Err(_gone)) => {}
                Err(_elapsed) => self.inner().gate.handle_timeout(now),
            }
            self.flush();
        }
    }

    fn flush(&self) {
        let inner = &mut *self.inner();
        while let Some(output) = inner.gate.poll_output() {
            match output {
                GateOutput::Transmit { to, datagram } => {
                    inner.answers += 1;
                    let _full = self.socket.try_send_to(&datagram, to);
                }
                GateOutput::Event(event) => note(&mut inner.seen, event),
            }
        }
    }

    fn media(&self, from: SocketAddr, datagram: &mut [u8]) {
        // RTCP has the packet types 192–223 in its second byte (RFC 5761 §4).
        if datagram.get(1).is_none_or(|kind| (192..=223).contains(kind)) {
            return;
        }
        for seen in self.inner().seen.values_mut() {
            if seen.paths.last() != Some(&from) {
                continue;
            }
            let Some(receiver) = &mut seen.incoming else { continue };
            match receiver.unprotect_rtp(datagram) {
                Ok(len) => seen.heard.push(datagram[12..len].to_vec()),
                Err(_) => seen.unheard += 1,
            }
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("not poisoned")
    }
}

fn note(all: &mut HashMap<PeerId, Seen>, event: GateEvent) {
    match event {
        GateEvent::Keys { peer, keys } => {
            let seen = all.entry(peer).or_default();
            seen.keys += 1;
            seen.profile = Some(keys.incoming.profile());
            let SrtpKeys { outgoing, incoming } = keys;
            (seen.outgoing, seen.incoming) =
                (Some(SrtpSender::new(outgoing)), Some(SrtpReceiver::new(incoming)));
        }
        GateEvent::Path { peer, remote } => all.entry(peer).or_default().paths.push(remote),
        GateEvent::Lost { peer } => all.entry(peer).or_default().lost += 1,
        GateEvent::Closed { peer } => all.entry(peer).or_default().closed += 1,
    }
}
