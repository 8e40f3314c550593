//! A tiny exchange for the tests: real SIP, real audio, and a plan by dialled number.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ids::{Language, LegId};
use telephony::call::{Digit, LeftHow, PlayId, Playlist, PromptName, Refusal};
use telephony::driver::dial::DialRequest;
use telephony::driver::media::{MediaConfig, MediaEvent, MediaPlane, Quality};
use telephony::driver::sip::{Invitation, NotTaken, RsipPort, SipConfig, SipEvent, SipPort as _};
use telephony::driver::trunk::{TrunkHealth, TrunkName};
use telephony::media::tone::ToneGenerator;
use telephony::media::{AudioLibrary, Prompt};
use tokio::sync::mpsc;

pub(crate) const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The tone of the prompt `tone`.
pub(crate) const PROMPT_HERTZ: f64 = 440.0;

/// Answered, then the prompt `tone` (2 s) and a hang-up by the exchange.
pub(crate) const PROMPT: &str = "104";
/// Answered; what is heard stays unheard.
pub(crate) const ANSWER: &str = "105";
/// Rings for ever.
pub(crate) const RING: &str = "106";
/// Answered, and bridged to the last caller of the same number.
pub(crate) const MEET: &str = "107";
/// Neither answered nor refused.
pub(crate) const NOTHING: &str = "108";

/// What has happened, for the tests to look at.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) invited: Vec<Invitation>,
    pub(crate) confirmed: Vec<LegId>,
    pub(crate) left: Vec<(LegId, LeftHow)>,
    pub(crate) rings: Vec<LegId>,
    pub(crate) taken: Vec<LegId>,
    pub(crate) not_taken: Vec<(LegId, NotTaken)>,
    pub(crate) digits: Vec<(LegId, Digit)>,
    pub(crate) plays_ended: usize,
    /// Offers within a call, and answers to ours.
    pub(crate) offered: usize,
    pub(crate) answered: usize,
    pub(crate) silent: Vec<LegId>,
    pub(crate) measured: HashMap<LegId, Quality>,
    pub(crate) connected: Vec<LegId>,
    pub(crate) disconnected: Vec<LegId>,
    pub(crate) healths: Vec<(TrunkName, TrunkHealth)>,
    waits_to_meet: Option<LegId>,
}

#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) sip: Arc<RsipPort>,
    pub(crate) media: MediaPlane,
    seen: Arc<Mutex<Seen>>,
}

pub(crate) fn sip_config() -> SipConfig {
    SipConfig::new(SocketAddr::new(LOCAL, 0), vec!["127.0.0.1/32".parse().expect("a range")])
}

pub(crate) fn media_config(ports: std::ops::RangeInclusive<u16>) -> MediaConfig {
    MediaConfig { rtp_ports: ports, ..MediaConfig::new(LOCAL) }
}

/// A range of ports for one test. Tests run in processes of their own, at the same time; the range
/// lies below the ports that the system gives out by itself.
pub(crate) fn ports(count: u16) -> std::ops::RangeInclusive<u16> {
    let process = u16::try_from(std::process::id() % 290).expect("below 290");
    let first = 10_400 + process * 20;
    first..=first + 2 * count - 1
}

fn library() -> Arc<AudioLibrary> {
    let english: Language = "en".parse().expect("a language");
    let mut library = AudioLibrary::new(english);
    let mut samples = vec![0; 2 * 8000];
    ToneGenerator::steady(PROMPT_HERTZ, 8000).fill(&mut samples);
    library.insert(english, PromptName("tone".into()), Prompt::from_samples(&samples));
    Arc::new(library)
}

pub(crate) fn tone_playlist(repeat: bool) -> Playlist {
    let english = "en".parse().expect("a language");
    Playlist { prompts: vec![(english, PromptName("tone".into()))], repeat }
}

impl Exchange {
    pub(crate) async fn start(sip: SipConfig, media: MediaConfig) -> Self {
        let (sip_sender, mut sip_events) = mpsc::channel(1024);
        let (media_sender, mut media_events) = mpsc::channel(1024);
        let exchange = Self {
            sip: RsipPort::start(sip, sip_sender).await.expect("SIP starts"),
            media: MediaPlane::start(media, library(), media_sender).await.expect("media starts"),
            seen: Arc::default(),
        };
        let running = exchange.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(event) = sip_events.recv() => running.on_sip(event).await,
                    Some(event) = media_events.recv() => running.on_media(&event),
                    else => return,
                }
            }
        });
        exchange
    }

    pub(crate) fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().expect("no test panics while looking"))
    }

    /// A caller of this number.
    pub(crate) fn call(&self, number: &str) -> DialRequest {
        DialRequest::new(format!("sip:{number}@{}", self.sip.local_addr()), "+919812345678")
    }

    /// Waits until this is so, at most 10 s.
    pub(crate) async fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        for _ in 0..500 {
            if so(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("not within 10 s: {what}; {:?} {:?}", self.sip.counts(), self.media.counts());
    }

    /// Nothing is left behind: no leg, dialog, port, peer or route, and every leg was said to leave.
    pub(crate) async fn is_empty(&self) {
        self.until("nothing is left", |exchange| {
            let (sip, media) = (exchange.sip.counts(), exchange.media.counts());
            let all_left = exchange.seen(|seen| seen.left.len() >= seen.invited.len());
            all_left && sip.legs == 0 && sip.dialogs == 0 && media == Default::default()
        })
        .await;
    }

    /// And no transaction, which takes 64 × T1: for exchanges with a short one.
    pub(crate) async fn is_at_rest(&self) {
        self.is_empty().await;
        self.until("no transaction is left", |e| e.sip.counts().transactions == 0).await;
    }

    async fn on_sip(&self, event: SipEvent) {
        match event {
            SipEvent::Invited(invitation) => self.on_invited(*invitation).await,
            SipEvent::Confirmed { leg } => {
                let dialled = self.seen(|seen| {
                    seen.confirmed.push(leg);
                    let invited = seen.invited.iter().find(|invited| invited.leg == leg);
                    invited.map(|invited| invited.dialled.clone())
                });
                if dialled.as_deref() == Some(PROMPT) {
                    self.media.play(leg, PlayId(1), &tone_playlist(false));
                }
            }
            SipEvent::Offered { leg, offer } => {
                let answer = self.media.change_trunk(leg, &offer);
                self.seen(|seen| seen.offered += 1);
                self.sip.describe(leg, answer.map_err(Refusal::from));
            }
            SipEvent::OfferWanted { leg } => {
                self.sip.describe(leg, self.media.offer_trunk(leg).map_err(Refusal::from));
            }
            SipEvent::Answered { leg, answer } => {
                self.media.agree_trunk(leg, &answer).expect("an answer that can be used");
                self.seen(|seen| seen.answered += 1);
            }
            SipEvent::DigitSignalled { leg, digit } => self.media.digit_signalled(leg, digit),
            SipEvent::Left { leg, how } => {
                self.media.close(leg);
                self.seen(|seen| seen.left.push((leg, how)));
            }
            SipEvent::Rings { leg } => self.seen(|seen| seen.rings.push(leg)),
            SipEvent::Taken { leg, answer } => {
                self.media.agree_trunk(leg, &answer).expect("an answer that can be used");
                self.seen(|seen| seen.taken.push(leg));
            }
            SipEvent::NotTaken { leg, why } => {
                self.media.close(leg);
                self.seen(|seen| seen.not_taken.push((leg, why)));
            }
            SipEvent::TrunkHealth { trunk, health, .. } => {
                self.seen(|seen| seen.healths.push((trunk, health)));
            }
        }
    }

    async fn on_invited(&self, invitation: Invitation) {
        let (leg, dialled) = (invitation.leg, invitation.dialled.clone());
        let offer = invitation.offer.clone();
        self.seen(|seen| seen.invited.push(invitation));
        match dialled.as_str() {
            NOTHING => return,
            RING => return self.sip.ring(leg),
            PROMPT | ANSWER | MEET => {}
            _ => return self.sip.refuse(leg, Refusal::UnknownNumber),
        }
        let described = match &offer {
            Some(offer) => self.media.open_trunk(leg, offer).await,
            None => self.media.offer_trunk(leg),
        };
        match described {
            Ok(description) => {
                self.sip.ring(leg);
                self.sip.answer(leg, description);
            }
            Err(refused) => return self.sip.refuse(leg, refused.into()),
        }
        if dialled == MEET {
            let other = self.seen(|seen| match seen.waits_to_meet.take() {
                Some(other) => Some(other),
                None => {
                    seen.waits_to_meet = Some(leg);
                    None
                }
            });
            if let Some(other) = other {
                self.media.bridge(leg, other);
            }
        }
    }

    fn on_media(&self, event: &MediaEvent) {
        match *event {
            MediaEvent::DigitPressed { leg, digit } => {
                self.seen(|seen| seen.digits.push((leg, digit)));
            }
            MediaEvent::PlayEnded { leg, .. } => {
                self.seen(|seen| seen.plays_ended += 1);
                self.sip.hang_up(leg);
            }
            MediaEvent::PeerConnected { leg } => self.seen(|seen| seen.connected.push(leg)),
            MediaEvent::PeerDisconnected { leg, .. } => {
                self.seen(|seen| seen.disconnected.push(leg));
            }
            MediaEvent::TrunkSilent { leg } => self.seen(|seen| seen.silent.push(leg)),
            MediaEvent::Measured { leg, quality } => {
                self.seen(|seen| seen.measured.insert(leg, quality));
            }
        }
    }
}
