//! All browsers of one shared port: who a datagram belongs to, and what follows. Pure.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use super::answer::{Local, write_answer};
use super::binding::Request;
use super::config::GateConfig;
use super::credentials::Credentials;
use super::handshake::Happened;
use super::offer::BrowserOffer;
use super::path::PathNews;
use super::peer::{Effects, Peer};
use super::{AnswerKind, AnswerRefused, GateCounts, GateEvent, GateOutput, PeerAnswer, PeerId};

/// Outputs that may wait to be polled. Beyond it datagrams are dropped, as a network would; events
/// are not, but each peer has few of them.
const OUTPUTS_MAX: usize = 4096;

/// All browsers' connections of one shared port, without the port.
///
/// After every call, poll [`Gate::poll_output`] until it is empty, and [`Gate::poll_timeout`] for
/// the time of the next [`Gate::handle_timeout`].
pub struct Gate {
    config: GateConfig,
    peers: HashMap<PeerId, Peer>,
    /// By the names that we gave (ufrag).
    by_name: HashMap<String, PeerId>,
    /// By the addresses that authentic checks came from.
    by_address: HashMap<SocketAddr, PeerId>,
    /// One entry for each peer that waits for something.
    deadlines: BTreeSet<(Instant, PeerId)>,
    due: HashMap<PeerId, Instant>,
    outputs: VecDeque<GateOutput>,
    counts: GateCounts,
}

impl Gate {
    /// A gate without peers.
    #[must_use]
    pub fn new(config: GateConfig) -> Self {
        Self {
            config,
            peers: HashMap::new(),
            by_name: HashMap::new(),
            by_address: HashMap::new(),
            deadlines: BTreeSet::new(),
            due: HashMap::new(),
            outputs: VecDeque::new(),
            counts: GateCounts::default(),
        }
    }

    /// Answers a browser's offer; `ssrc` is that of the RTP that it will be sent.
    ///
    /// For a peer that exists already, an offer of the same connection (same `o=` and same
    /// fingerprint) restarts ICE only: keys stay, and the old credentials are good until a check
    /// uses the new ones. Any other offer replaces the connection.
    ///
    /// # Errors
    /// See [`AnswerRefused`]; a peer that exists stays as it was.
    pub fn answer(
        &mut self,
        now: Instant,
        peer: PeerId,
        offer: &str,
        ssrc: u32,
    ) -> Result<PeerAnswer, AnswerRefused> {
        let offer = BrowserOffer::parse(offer)?;
        let known = self.peers.get(&peer);
        if known.is_none() && self.peers.len() >= self.config.peers_max {
            return Err(AnswerRefused::TooManyPeers);
        }
        let continued = known.is_some_and(|known| known.continues(&offer.session));
        let kind = if continued {
            self.restart(now, peer, &offer);
            AnswerKind::Restarted
        } else {
            self.admit(now, peer, &offer);
            AnswerKind::Fresh
        };
        self.reschedule(peer);
        let description = self.describe(peer, &offer, ssrc).ok_or(AnswerRefused::Failed)?;
        let BrowserOffer { codec, telephone_event, .. } = offer;
        Ok(PeerAnswer { description, codec, telephone_event, kind })
    }

    /// Takes a datagram of STUN or DTLS (first byte 0–3 or 20–63, RFC 7983); others are counted
    /// and dropped. DTLS counts only from an address that an authentic check came from, so that
    /// nobody is answered with more than they sent.
    pub fn datagram(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        let owner = match datagram.first() {
            Some(0..=3) => self.check(now, from, datagram),
            Some(20..=63) => self.dtls(now, from, datagram),
            _ => None,
        };
        match owner {
            Some((peer, effects)) => self.carry_out(peer, effects),
            None => self.counts.strangers += 1,
        }
    }

    /// SRTP that is authentic came from a peer. It then counts as lost only when checks *and*
    /// media stop, or consent runs out. Once a second is often enough; optional.
    pub fn media_heard(&mut self, now: Instant, peer: PeerId) {
        if let Some(known) = self.peers.get_mut(&peer) {
            known.media_heard(now);
            self.reschedule(peer);
        }
    }

    /// Says goodbye to a peer and forgets it. No event follows.
    pub fn close(&mut self, now: Instant, peer: PeerId) {
        if let Some(effects) = self.peers.get_mut(&peer).map(|known| known.close(now)) {
            self.carry_out(peer, effects);
            self.forget(peer);
        }
    }

    /// When [`Gate::handle_timeout`] is wanted next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Does what is due: repeats DTLS flights, notices silence, forgets addresses.
    pub fn handle_timeout(&mut self, now: Instant) {
        // Each peer once: one whose deadline stays in the past must not hold up the others.
        let due = self.deadlines.iter().take_while(|(at, _)| *at <= now);
        let due: Vec<PeerId> = due.map(|(_, peer)| *peer).collect();
        for peer in due {
            if let Some(effects) = self.peers.get_mut(&peer).map(|known| known.handle_timeout(now))
            {
                self.carry_out(peer, effects);
            }
        }
    }

    /// The next datagram to send, or event.
    pub fn poll_output(&mut self) -> Option<GateOutput> {
        self.outputs.pop_front()
    }

    /// What the gate holds and has seen.
    #[must_use]
    pub fn counts(&self) -> GateCounts {
        let routes = self.by_name.len() + self.by_address.len();
        GateCounts { peers: self.peers.len(), routes, ..self.counts }
    }

    fn restart(&mut self, now: Instant, id: PeerId, offer: &BrowserOffer) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.version += 1;
        // With the same credentials it only renegotiates: so must we (RFC 8839 §4.4.1.1.1).
        if peer.credentials().is_some_and(|newest| newest.theirs == offer.ufrag) {
            return;
        }
        let credentials = Credentials::draw(&mut *self.config.random, offer.ufrag.clone());
        self.by_name.insert(credentials.name.clone(), id);
        if let Some(unused) = peer.restart(now, credentials) {
            self.by_name.remove(&unused);
        }
    }

    fn admit(&mut self, now: Instant, id: PeerId, offer: &BrowserOffer) {
        self.forget(id);
        let random = &mut *self.config.random;
        let credentials = Credentials::draw(random, offer.ufrag.clone());
        let mut session_id = [0; 8];
        random(&mut session_id);
        // Positive in 63 bits: some read it as signed (RFC 8829 §5.2.1).
        let session_id = u64::from_be_bytes(session_id) >> 1;
        self.by_name.insert(credentials.name.clone(), id);
        let (session, timing) = (offer.session.clone(), self.config.timing);
        let certificate = self.config.certificate.clone();
        let peer = Peer::new(now, session, session_id, credentials, certificate, timing);
        self.peers.insert(id, peer);
    }

    fn describe(&self, peer: PeerId, offer: &BrowserOffer, ssrc: u32) -> Option<String> {
        let peer = self.peers.get(&peer)?;
        let local = Local {
            session_id: peer.session_id,
            version: peer.version,
            credentials: peer.credentials()?,
            fingerprint: self.config.certificate.fingerprint(),
            candidate: self.config.candidate,
            ssrc,
        };
        Some(write_answer(offer, &local))
    }

    fn check(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Option<(PeerId, Effects)> {
        let request = Request::parse(datagram)?;
        let id = *self.by_name.get(&request.ours)?;
        let peer = self.peers.get_mut(&id)?;
        Some((id, peer.check(now, from, request, &self.config.certificate)))
    }

    fn dtls(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Option<(PeerId, Effects)> {
        let id = *self.by_address.get(&from)?;
        Some((id, self.peers.get_mut(&id)?.dtls(now, from, datagram)))
    }

    fn carry_out(&mut self, peer: PeerId, effects: Effects) {
        self.counts.rejected += u64::from(effects.rejected);
        for name in effects.retired {
            self.by_name.remove(&name);
        }
        for address in effects.forgotten {
            self.unlearn(peer, address);
        }
        if let Some(address) = effects.learned {
            // A page loaded again may have the address of the one before: the newest has it.
            self.by_address.insert(address, peer);
        }
        for (to, datagram) in effects.transmit {
            if self.outputs.len() < OUTPUTS_MAX {
                self.outputs.push_back(GateOutput::Transmit { to, datagram });
            }
        }
        match effects.path {
            Some(PathNews::At(remote)) => self.tell(GateEvent::Path { peer, remote }),
            Some(PathNews::Lost) => self.tell(GateEvent::Lost { peer }),
            None => {}
        }
        match effects.happened {
            Some(Happened::Keys(keys)) => self.tell(GateEvent::Keys { peer, keys }),
            Some(Happened::Closed) => self.tell(GateEvent::Closed { peer }),
            Some(Happened::Impostor) => {
                self.counts.impostors += 1;
                self.tell(GateEvent::Closed { peer });
            }
            None => {}
        }
        self.reschedule(peer);
    }

    fn tell(&mut self, event: GateEvent) {
        self.outputs.push_back(GateOutput::Event(event));
    }

    fn unlearn(&mut self, peer: PeerId, address: SocketAddr) {
        if self.by_address.get(&address) == Some(&peer) {
            self.by_address.remove(&address);
        }
    }

    fn forget(&mut self, id: PeerId) {
        if let Some(peer) = self.peers.remove(&id) {
            for name in peer.names() {
                self.by_name.remove(name);
            }
            for address in peer.addresses() {
                self.unlearn(id, address);
            }
        }
        self.reschedule(id);
    }

    fn reschedule(&mut self, id: PeerId) {
        if let Some(at) = self.due.remove(&id) {
            self.deadlines.remove(&(at, id));
        }
        if let Some(at) = self.peers.get(&id).and_then(Peer::poll_timeout) {
            self.due.insert(id, at);
            self.deadlines.insert((at, id));
        }
    }
}

#[cfg(test)]
mod tests;
