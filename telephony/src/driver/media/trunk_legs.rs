//! Trunk legs of the plane: opened by an offer of theirs or of ours, changed by later ones. Does I/O.

use std::net::SocketAddr;

use ids::LegId;

use super::command::{Command, LegCommand};
use super::config::MediaRefused;
use super::link::Link;
use super::plane::MediaPlane;
use super::ports::Leased;
use super::registry::{Entry, Far};
use super::trunk::{TrunkLink, TrunkTerms};
use crate::call::Digit;
use crate::driver::address;
use crate::sdp::{LocalAudio, MediaSession, TrunkOffer};

impl MediaPlane {
    /// Opens a trunk leg. Returns our answer, a session description.
    ///
    /// # Errors
    /// No codec in common, no free port, or the leg is open.
    pub async fn open_trunk(&self, leg: LegId, offer: &TrunkOffer) -> Result<String, MediaRefused> {
        offer.choose_codec().ok_or(MediaRefused::NoCommonCodec)?;
        let (leased, mut session) = self.lease()?;
        let agreed = session.answer(offer).ok_or(MediaRefused::NoCommonCodec)?;
        self.open(leg, leased, TrunkTerms::new(&agreed, offer.remote), session)?;
        Ok(agreed.description)
    }

    /// An offer of ours for a leg whose far end asked for one (RFC 3261 §13.2.1). A leg that is not
    /// open is opened; it hears and says nothing until the answer, see [`MediaPlane::agree_trunk`].
    /// An open one goes on as it is until then.
    ///
    /// # Errors
    /// No free port, or the leg is a browser's.
    pub fn offer_trunk(&self, leg: LegId) -> Result<String, MediaRefused> {
        if let Some(entry) = self.inner.registry.legs().by_id.get_mut(&leg) {
            let session = entry.session.as_mut().ok_or(MediaRefused::AlreadyOpen)?;
            return Ok(session.offer());
        }
        let (leased, mut session) = self.lease()?;
        let offer = session.offer();
        self.open(leg, leased, TrunkTerms::offered(), session)?;
        Ok(offer)
    }

    /// Changes a trunk leg as its far end offers: address, codec, direction. Returns our answer. Who
    /// the leg is joined to and what it is played stay.
    ///
    /// # Errors
    /// No codec in common, or no such leg; the leg then goes on as it was.
    pub fn change_trunk(&self, leg: LegId, offer: &TrunkOffer) -> Result<String, MediaRefused> {
        self.settle(leg, |session| {
            let agreed = session.answer(offer)?;
            Some((TrunkTerms::new(&agreed, offer.remote), agreed.description))
        })
    }

    /// Takes the far end's answer to [`MediaPlane::offer_trunk`].
    ///
    /// # Errors
    /// It took neither law, or there is no such leg; the leg then goes on as it was.
    pub fn agree_trunk(&self, leg: LegId, answer: &TrunkOffer) -> Result<(), MediaRefused> {
        self.settle(leg, |session| {
            let agreed = session.agree(answer)?;
            Some((TrunkTerms::new(&agreed, answer.remote), ()))
        })
    }

    /// A key that the signalling tells of (SIP INFO). Reported as pressed unless the same press is
    /// heard in the audio within two seconds before or after.
    pub fn digit_signalled(&self, leg: LegId, digit: Digit) {
        self.tell(leg, LegCommand::Signalled(digit));
    }

    /// A pair of ports, and the session that begins on it.
    fn lease(&self) -> Result<(Leased, MediaSession), MediaRefused> {
        let leased = self.inner.ports.lease().ok_or(MediaRefused::NoPort)?;
        let bound = leased.rtp.local_addr().map_err(|_| MediaRefused::NoPort)?;
        let reached_at =
            self.inner.config.rtp_public.unwrap_or_else(|| address::reachable(bound.ip()));
        let session = MediaSession::new(LocalAudio {
            address: SocketAddr::new(reached_at, bound.port()),
            session_id: u64::from(rand::random::<u32>()),
            version: 1,
        });
        Ok((leased, session))
    }

    fn open(
        &self,
        leg: LegId,
        leased: Leased,
        terms: TrunkTerms,
        session: MediaSession,
    ) -> Result<(), MediaRefused> {
        let lane = self.inner.registry.emptiest_lane();
        let mut legs = self.inner.registry.legs();
        if legs.by_id.contains_key(&leg) {
            return Err(MediaRefused::AlreadyOpen);
        }
        let (codec, session) = (terms.codec, Some(session));
        legs.by_id.insert(leg, Entry { lane, far: Far::Trunk, codec, session, room: None });
        let link = Link::Trunk(Box::new(TrunkLink::new(leased, terms)));
        self.inner.registry.tell(lane, Command::Open(leg, link));
        Ok(())
    }

    /// Settles new terms with the session and tells the leg, in one step: of two changes the later
    /// one holds in both.
    fn settle<T>(
        &self,
        leg: LegId,
        agree: impl FnOnce(&mut MediaSession) -> Option<(TrunkTerms, T)>,
    ) -> Result<T, MediaRefused> {
        let mut legs = self.inner.registry.legs();
        let entry = legs.by_id.get_mut(&leg).ok_or(MediaRefused::UnknownLeg)?;
        let session = entry.session.as_mut().ok_or(MediaRefused::UnknownLeg)?;
        let (terms, told) = agree(session).ok_or(MediaRefused::NoCommonCodec)?;
        entry.codec = terms.codec;
        let change = Command::Leg(leg, LegCommand::Agree(terms));
        self.inner.registry.tell(entry.lane, change);
        Ok(told)
    }
}
