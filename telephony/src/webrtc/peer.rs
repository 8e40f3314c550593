//! One browser: its credentials, its path and its association. Pure.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::binding::Request;
use super::config::GateTiming;
use super::credentials::Credentials;
use super::handshake::{Association, Happened, Rejected};
use super::identity::Certificate;
use super::offer::OfferSession;
use super::path::{Path, PathNews};

/// A browser's connection.
pub(super) struct Peer {
    session: OfferSession,
    /// Number of our `o=`.
    pub(super) session_id: u64,
    /// Version of our `o=`.
    pub(super) version: u64,
    /// The ones in use, and behind them those of a restart that no check has used yet.
    credentials: Vec<Credentials>,
    path: Path,
    association: Association,
    /// Until when path and keys must be there.
    connect_by: Option<Instant>,
    timing: GateTiming,
}

/// What a call of a peer brought about; the gate carries it out.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) transmit: Vec<(SocketAddr, Vec<u8>)>,
    pub(super) path: Option<PathNews>,
    pub(super) happened: Option<Happened>,
    /// An address that the peer is found by from now on.
    pub(super) learned: Option<SocketAddr>,
    pub(super) forgotten: Vec<SocketAddr>,
    /// Names that are not used any more.
    pub(super) retired: Vec<String>,
    /// The datagram was wrong.
    pub(super) rejected: bool,
}

impl Peer {
    pub(super) fn new(
        now: Instant,
        session: OfferSession,
        session_id: u64,
        credentials: Credentials,
        certificate: Arc<Certificate>,
        timing: GateTiming,
    ) -> Self {
        Self {
            association: Association::new(certificate, session.fingerprint),
            session,
            session_id,
            version: 0,
            credentials: vec![credentials],
            path: Path::new(timing, now),
            connect_by: Some(now + timing.connect_within),
            timing,
        }
    }

    /// Whether an offer of this session continues this connection.
    pub(super) fn continues(&self, session: &OfferSession) -> bool {
        self.session == *session && !self.association.is_ended()
    }

    /// The newest credentials: those of the next answer.
    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.last()
    }

    /// The names by which the peer is found.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.credentials.iter().map(|credentials| &credentials.name)
    }

    /// The addresses that it is heard from.
    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.path.addresses()
    }

    /// An ICE restart: both generations are good until a check uses the new one. Returns the name
    /// of a restart that nobody followed.
    pub(super) fn restart(&mut self, now: Instant, credentials: Credentials) -> Option<String> {
        let unused = if self.credentials.len() > 1 { self.credentials.pop() } else { None };
        self.credentials.push(credentials);
        if !self.path.is_open() {
            self.connect_by = Some(now + self.timing.connect_within);
        }
        unused.map(|credentials| credentials.name)
    }

    /// Takes a binding request that names this peer.
    pub(super) fn check(
        &mut self,
        now: Instant,
        from: SocketAddr,
        mut request: Request,
        certificate: &Certificate,
    ) -> Effects {
        let mut effects = Effects::default();
        let position = self.credentials.iter().position(|known| known.name == request.ours);
        let Some(generation) = position else { return effects };
        let provider = certificate.provider().as_ref();
        let credentials = &self.credentials[generation];
        match request.check(credentials, provider) {
            Err(refusal) => {
                effects.rejected = true;
                effects.transmit.push((from, refusal));
            }
            Ok(check) => {
                effects.transmit.push((from, request.success(from, credentials, provider)));
                if generation > 0 {
                    let old = self.credentials.drain(..generation);
                    effects.retired = old.map(|credentials| credentials.name).collect();
                    self.path.restarted();
                }
                let (news, forgotten) = self.path.checked(now, from, check);
                effects.path = self.told(news);
                effects.learned = Some(from);
                effects.forgotten.extend(forgotten);
                self.settle();
            }
        }
        effects
    }

    /// Takes a DTLS datagram.
    pub(super) fn dtls(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Effects {
        let mut effects = Effects::default();
        if !self.path.knows(from) {
            effects.rejected = true;
            return effects;
        }
        let mut out = Vec::new();
        match self.association.datagram(now, datagram, &mut out) {
            Ok(happened) => effects.happened = happened,
            Err(Rejected) => effects.rejected = true,
        }
        effects.transmit = out.into_iter().map(|datagram| (from, datagram)).collect();
        self.settle();
        effects
    }

    /// Its media was heard.
    pub(super) fn media_heard(&mut self, now: Instant) {
        self.path.media_heard(now);
    }

    /// Says goodbye.
    pub(super) fn close(&mut self, now: Instant) -> Effects {
        let mut out = Vec::new();
        self.association.close(now, &mut out);
        Effects { transmit: self.addressed(out), ..Effects::default() }
    }

    /// When [`Self::handle_timeout`] is wanted.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let deadlines =
            [self.connect_by, self.path.poll_timeout(), self.association.poll_timeout()];
        deadlines.into_iter().flatten().min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Effects {
        let mut effects = Effects::default();
        let mut out = Vec::new();
        self.association.handle_timeout(now, &mut out);
        effects.transmit = self.addressed(out);
        let mut news = self.path.handle_timeout(now, &mut effects.forgotten);
        if self.connect_by.is_some_and(|by| by <= now) {
            self.connect_by = None;
            news = self.path.give_up().or(news);
        }
        effects.path = self.told(news);
        effects
    }

    fn addressed(&self, out: Vec<Vec<u8>>) -> Vec<(SocketAddr, Vec<u8>)> {
        let Some(to) = self.path.best() else { return Vec::new() };
        out.into_iter().map(|datagram| (to, datagram)).collect()
    }

    fn settle(&mut self) {
        let connected = self.path.is_open() && self.association.is_complete();
        if connected || self.association.is_ended() {
            self.connect_by = None;
        }
    }

    /// What is to be told of the path: nothing any more once the association is over.
    fn told(&self, news: Option<PathNews>) -> Option<PathNews> {
        news.filter(|_| !self.association.is_ended())
    }
}
