//! A media plane with telephones on it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ids::LegId;
use telephony::driver::media::{MediaConfig, MediaCounts, MediaEvent, MediaPlane};
use telephony::media::AudioLibrary;
use telephony::sdp::{Codec, TrunkOffer};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::counted;
use crate::phone::Phone;

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A running plane.
pub(crate) struct Place {
    pub(crate) plane: MediaPlane,
    pub(crate) events: mpsc::Receiver<MediaEvent>,
}

/// Ports of one test.
const PORTS: u16 = 40;
/// Ranges to choose from.
const RANGES: u16 = 290;

/// A free range of ports for one test; tests run in processes of their own, at the same time.
pub(crate) fn config(threads: usize) -> MediaConfig {
    let process = u16::try_from(std::process::id() % u32::from(RANGES)).expect("below RANGES");
    let ranges = (0..RANGES).map(|n| 16_400 + (process + n) % RANGES * PORTS);
    let is_free = |first: &u16| {
        (*first..*first + PORTS).all(|port| std::net::UdpSocket::bind((LOCAL, port)).is_ok())
    };
    let first = ranges.into_iter().find(is_free).expect("a free range of ports");
    MediaConfig { rtp_ports: first..=first + PORTS - 1, threads, ..MediaConfig::new(LOCAL) }
}

impl Place {
    pub(crate) async fn start(config: MediaConfig) -> Self {
        counted::install();
        let library = AudioLibrary::builtin("en".parse().expect("a language")).expect("prompts");
        let (sender, events) = mpsc::channel(1024);
        let plane =
            MediaPlane::start(config, Arc::new(library), sender).await.expect("the plane starts");
        Self { plane, events }
    }

    /// A telephone on a leg of its own that says a tone.
    pub(crate) async fn phone(&self, number: u128, codec: Codec, hertz: f64) -> (LegId, Phone) {
        let mut phone = Phone::new(codec);
        let leg = LegId::from_number(number);
        let target = self.open(leg, &phone).await;
        phone.say(hertz, target);
        (leg, phone)
    }

    /// Opens a leg for a telephone; where it is to send.
    pub(crate) async fn open(&self, leg: LegId, phone: &Phone) -> SocketAddr {
        let answer = self.plane.open_trunk(leg, &phone.offer()).await.expect("a leg");
        TrunkOffer::parse(answer.as_bytes()).expect("an answer").remote
    }
    /// Closes these legs, after which nothing is left and no thread has met a fault.
    pub(crate) async fn end(&self, legs: &[LegId]) {
        for leg in legs {
            self.plane.close(*leg);
        }
        for _ in 0..250 {
            if self.plane.counts() == MediaCounts::default() {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(self.plane.counts(), MediaCounts::default(), "left behind");
        assert_eq!(counted::counted("helpline_media_panics_total"), 0);
    }
}
