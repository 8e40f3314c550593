//! Our side of one leg's audio through its whole dialog: each description goes on from the last.
//! Pure; see the parent module.

use super::write::{TELEPHONE_EVENT, among_refused, audio};
use super::{AgreedAudio, Codec, Direction, LocalAudio, RefusedStream, TrunkOffer};

/// What we have described of one leg, for the descriptions that follow (RFC 3264 §8).
#[derive(Clone, Debug)]
pub struct MediaSession {
    local: LocalAudio,
    /// The last description that left; its `sess-version` is that of `local`.
    last: Option<String>,
    /// A payload type keeps its meaning for as long as the session lasts (RFC 3264 §8.3.2).
    telephone_event: u8,
    /// Streams once named keep their places, switched off (RFC 3264 §8).
    refused_before: Vec<RefusedStream>,
    refused_after: Vec<RefusedStream>,
}

impl MediaSession {
    /// A session of which nothing was described yet.
    #[must_use]
    pub fn new(local: LocalAudio) -> Self {
        Self {
            local,
            last: None,
            telephone_event: TELEPHONE_EVENT,
            refused_before: Vec::new(),
            refused_after: Vec::new(),
        }
    }

    /// The answer to an offer, the first or a later one. `None` if there is no codec in common; then
    /// the session stands as it was.
    pub fn answer(&mut self, offer: &TrunkOffer) -> Option<AgreedAudio> {
        let mut agreed = offer.answer(self.local)?;
        agreed.description = self.next(|local| {
            // The same offer and another version: there is a codec, as there was.
            offer.answer(local).map_or_else(String::new, |agreed| agreed.description)
        });
        self.telephone_event = offer.telephone_event.unwrap_or(self.telephone_event);
        self.refused_before.clone_from(&offer.refused_before);
        self.refused_after.clone_from(&offer.refused_after);
        Some(agreed)
    }

    /// An offer of ours: both laws, both ways.
    pub fn offer(&mut self) -> String {
        let (before, after) = (self.refused_before.clone(), self.refused_after.clone());
        let telephone_event = self.telephone_event;
        self.next(|local| {
            let codecs = [Codec::Pcma, Codec::Pcmu];
            let audio = audio(local, &codecs, Some(telephone_event), Direction::SendRecv);
            among_refused(local, audio, (&before, &after))
        })
    }

    /// What the far end's answer to our last offer settles. `None` if it took neither law.
    #[must_use]
    pub fn agree(&self, answer: &TrunkOffer) -> Option<AgreedAudio> {
        Some(AgreedAudio {
            description: self.last.clone().unwrap_or_default(),
            // Of several it sends the first (RFC 3264 §6.1).
            codec: *answer.codecs.first()?,
            telephone_event: answer.telephone_event,
            direction: answer.direction.answered(),
        })
    }

    /// The next description; its version grows if it differs from the last (RFC 3264 §8).
    fn next(&mut self, describe: impl Fn(LocalAudio) -> String) -> String {
        let mut description = describe(self.local);
        if self.last.as_ref().is_some_and(|last| *last != description) {
            self.local.version += 1;
            description = describe(self.local);
        }
        self.last = Some(description.clone());
        description
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=trunk 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\n\
        t=0 0\r\nm=audio 40000 RTP/AVP 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\n\
        m=video 40002 RTP/AVP 97\r\n";

    fn session() -> MediaSession {
        let address = "192.0.2.1:16384".parse().expect("an address");
        MediaSession::new(LocalAudio { address, session_id: 7, version: 1 })
    }

    fn parse(text: &str) -> TrunkOffer {
        TrunkOffer::parse(text.as_bytes()).expect("readable")
    }

    fn version(description: &str) -> &str {
        let origin = description.lines().find(|line| line.starts_with("o=")).expect("an origin");
        origin.split(' ').nth(2).expect("a version")
    }

    #[test]
    fn the_version_grows_only_with_a_description_that_differs() {
        let mut session = session();
        let first = session.answer(&parse(OFFER)).expect("a codec").description;
        let again = session.answer(&parse(OFFER)).expect("a codec").description;
        assert_eq!((first.as_str(), version(&first)), (again.as_str(), "1"));
        let held = parse(&(OFFER.replace("t=0 0\r\n", "t=0 0\r\na=sendonly\r\n")));
        let held = session.answer(&held).expect("a codec");
        assert_eq!((version(&held.description), held.direction), ("2", Direction::RecvOnly));
        let resumed = session.answer(&parse(OFFER)).expect("a codec").description;
        assert_eq!(version(&resumed), "3");
    }

    #[test]
    fn an_offer_without_a_codec_of_ours_changes_nothing() {
        let mut session = session();
        let first = session.answer(&parse(OFFER)).expect("a codec").description;
        assert_eq!(session.answer(&parse(&OFFER.replace("8 0 96", "18"))), None);
        assert_eq!(session.answer(&parse(OFFER)).expect("a codec").description, first);
    }

    #[test]
    fn our_later_offer_keeps_places_and_payload_types() {
        let mut session = session();
        session.answer(&parse(OFFER)).expect("a codec");
        let offer = session.offer();
        assert!(offer.contains("m=audio 16384 RTP/AVP 8 0 96\r\n"), "{offer}");
        assert!(offer.contains("m=video 0 RTP/AVP 97\r\n"), "{offer}");
        assert_eq!(version(&offer), "2");
        assert_eq!(session.offer(), offer);
    }

    #[test]
    fn of_the_answer_to_our_offer_the_first_codec_holds() {
        let mut session = session();
        session.offer();
        let answer = parse(&OFFER.replace("8 0 96", "0 8"));
        let agreed = session.agree(&answer).expect("a codec");
        assert_eq!((agreed.codec, agreed.telephone_event), (Codec::Pcmu, None));
        assert_eq!(session.agree(&parse(&OFFER.replace("8 0 96", "18"))), None);
    }
}
