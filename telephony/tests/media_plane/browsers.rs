//! A browser's leg under replayed, forged and mutated packets, and a browser that reads no more.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use ids::LegId;
use telephony::driver::media::MediaEvent;
use telephony::media::tone::{ToneGenerator, tone_share};
use telephony::media::{FRAME_SAMPLES, g711};
use telephony::sdp::Codec;
use tokio::time::{interval, sleep, timeout};

use crate::browser::Browser;
use crate::counted::{counted, until_counted};
use crate::mutate::Mutator;
use crate::phone::{FRAME, Phone, SHARE_MIN};
use crate::place::{Place, config};
use crate::relay::Relay;
use crate::voice::{MOST, SPEAKS, Voice, assert_goes_on, share_in};

/// The browser's tone.
const BROWSER: f64 = 1100.0;
/// With those at the trunk's ports ten thousand in all.
const MUTANTS: usize = 4_000;
const SEED: u64 = 20_261_123;
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser and a telephone that talk to each other.
struct Talk {
    place: Place,
    legs: [LegId; 2],
    browser: Arc<Browser>,
    relay: Relay,
    phone: Phone,
    sequence: u16,
}

impl Talk {
    async fn begin() -> Self {
        Self::begin_on(1).await
    }

    async fn begin_on(threads: usize) -> Self {
        let mut place = Place::start(config(threads)).await;
        let (trunk, phone) = place.phone(1, Codec::Pcma, SPEAKS).await;
        let leg = LegId::from_number(2);
        let browser = Arc::new(Browser::open().await);
        let answer = place.plane.open_peer(leg, &browser.offer().await).await.expect("answered");
        let port = port_of(&answer);
        let relay = Relay::open(port).await;
        browser.accept(&answer, port, relay.address()).await;
        place.plane.bridge(trunk, leg);
        connected(&mut place, leg).await;
        Self { place, legs: [trunk, leg], browser, relay, phone, sequence: 65_500 }
    }

    /// The browser says so many frames in their time.
    async fn say(&mut self, frames: usize) {
        let mut tone = ToneGenerator::steady(BROWSER, 6000);
        let mut clock = interval(FRAME);
        for _ in 0..frames {
            clock.tick().await;
            self.say_next(&mut tone).await;
        }
        sleep(FRAME * 3).await;
    }

    /// The browser says one frame, now.
    async fn say_next(&mut self, tone: &mut ToneGenerator) {
        let mut samples = [0; FRAME_SAMPLES];
        tone.fill(&mut samples);
        self.browser.speak(self.sequence, &g711::encoded(Codec::Pcma, &samples)).await;
        self.sequence = self.sequence.wrapping_add(1);
    }

    /// In how many of the packets since this one the browser hears the telephone, in hundredths.
    fn browser_hears(&self, since: usize) -> usize {
        let heard = self.browser.heard();
        let decoded = heard.iter().skip(since).map(|payload| g711::decoded(Codec::Pcma, payload));
        let tones = decoded.filter(|samples| tone_share(SPEAKS, samples) >= SHARE_MIN);
        let all = heard.len().saturating_sub(since).max(1);
        tones.count() * 100 / all
    }

    /// Both hear each other now.
    async fn assert_talk_goes_on(&mut self) {
        let _before = self.phone.take_heard();
        let since = self.browser.heard().len();
        self.say(50).await;
        let heard = self.phone.take_heard();
        let packets = self.browser.heard().len() - since;
        let (there, back) = (share_in(&heard, BROWSER), self.browser_hears(since));
        println!("telephone: {} packets, {there} %; browser: {packets}, {back} %", heard.len());
        assert_goes_on(&heard);
        assert!(heard.len() >= 20 && there >= MOST, "{} and {there} %", heard.len());
        assert!(packets >= 20 && back >= MOST, "{packets} and {back} %");
    }

    /// The browser's media packets until now, as they were on the way.
    fn media(&self) -> Vec<Vec<u8>> {
        let mut seen = self.relay.seen();
        seen.retain(|datagram| (128..=191).contains(&datagram[0]));
        seen
    }

    async fn end(self) {
        self.browser.close().await;
        self.place.end(&self.legs).await;
    }
}

async fn connected(place: &mut Place, leg: LegId) {
    let told =
        async { while place.events.recv().await != Some(MediaEvent::PeerConnected { leg }) {} };
    timeout(PATIENCE, told).await.expect("the browser connects");
}

/// The browsers' port that an answer names.
fn port_of(answer: &str) -> SocketAddr {
    let (before, _) = answer.split_once(" typ host").expect("a candidate");
    let port = before.rsplit(' ').next().and_then(|port| port.parse().ok()).expect("a port");
    SocketAddr::from(([127, 0, 0, 1], port))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replayed_and_forged_packets_are_not_heard_and_counted() {
    let mut talk = Talk::begin().await;
    talk.say(40).await;
    assert!(share_in(&talk.phone.take_heard(), BROWSER) >= MOST);
    let media = talk.media();
    assert!(media.len() >= 20, "{} packets of media were seen", media.len());
    let unauthentic = counted("helpline_srtp_unauthentic_total");
    let strangers = counted("helpline_rtp_strangers_total");
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    for datagram in &media {
        // As it was; with its number, its sound, its tag changed; and from elsewhere.
        talk.relay.inject(datagram).await;
        for at in [3, 20, datagram.len() - 1] {
            let mut forged = datagram.clone();
            forged[at] ^= 0x11;
            talk.relay.inject(&forged).await;
        }
        stranger.send_to(datagram, talk.place.plane.webrtc_addr()).expect("sent");
        sleep(Duration::from_millis(2)).await;
    }
    sleep(FRAME * 5).await;
    assert_eq!(talk.phone.take_heard().len(), 0, "the browser said nothing");
    let sent = media.len() as u64;
    until_counted("helpline_srtp_unauthentic_total", unauthentic + sent * 4).await;
    until_counted("helpline_rtp_strangers_total", strangers + sent).await;
    talk.assert_talk_goes_on().await;
    talk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutants_on_the_browsers_port_are_dropped_and_the_call_goes_on() {
    println!("seed {SEED}");
    let mut talk = Talk::begin().await;
    talk.say(20).await;
    let mut samples = talk.relay.seen();
    // Of each kind as many: checks, handshake, audio, reports.
    let media = talk.media();
    for datagram in &media {
        let mut report = datagram.clone();
        report[1] = 200 + report[3] % 6;
        samples.push(report);
    }
    let mut mutator = Mutator::new(SEED, samples);
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let port = talk.place.plane.webrtc_addr();
    let mut tone = ToneGenerator::steady(BROWSER, 6000);
    for n in 0..MUTANTS {
        // However slow the machine: a browser that says nothing for seconds is rightly told as lost.
        if n % 50 == 0 {
            talk.say_next(&mut tone).await;
        }
        let mutant = mutator.next();
        if n % 2 == 0 {
            talk.relay.inject(&mutant).await;
        } else {
            stranger.send_to(&mutant, port).expect("sent");
        }
        if n % 10 == 0 {
            sleep(Duration::from_millis(4)).await;
        }
    }
    let lost: Vec<_> = std::iter::from_fn(|| talk.place.events.try_recv().ok())
        .filter(|event| matches!(event, MediaEvent::PeerDisconnected { .. }))
        .collect();
    assert_eq!(lost, [], "the connection stands");
    talk.assert_talk_goes_on().await;
    until_counted("helpline_srtp_unauthentic_total", 300).await;
    until_counted("helpline_rtp_strangers_total", 300).await;
    until_counted("helpline_rtp_unreadable_total", 50).await;
    assert!(counted("helpline_webrtc_rejected_total") >= 100);
    talk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_reads_no_more_holds_up_nobody_and_can_come_back() {
    let mut talk = Talk::begin().await;
    let (a, one) = talk.place.phone(11, Codec::Pcma, 1900.0).await;
    let (b, other) = talk.place.phone(12, Codec::Pcmu, 700.0).await;
    talk.place.plane.bridge(a, b);
    talk.relay.cut();
    // More than fits into the buffers of the way.
    let mut voice = Voice::new(9, SPEAKS);
    let caller = Phone::new(Codec::Pcma);
    let leg = LegId::from_number(13);
    let target = talk.place.open(leg, &caller).await;
    talk.place.plane.bridge(leg, talk.legs[1]);
    for _ in 0..100 {
        for _ in 0..20 {
            caller.socket.send_to(&voice.packet(160), target).expect("sent");
        }
        sleep(Duration::from_millis(10)).await;
    }
    let (first, second) = (one.take_heard(), other.take_heard());
    assert!(share_in(&first, 700.0) >= MOST && share_in(&second, 1900.0) >= MOST);
    talk.relay.mend();
    talk.place.plane.bridge(talk.legs[0], talk.legs[1]);
    sleep(Duration::from_millis(300)).await;
    talk.assert_talk_goes_on().await;
    for leg in [a, b, leg] {
        talk.place.plane.close(leg);
    }
    talk.end().await;
}

/// Checks carry no proof of when they were made, and we send none of our own (ICE-lite): one that was
/// seen on the way and is sent again from elsewhere counts as a change of address. It gains audio
/// that it cannot decrypt, until the browser's next checks show that the other place is silent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replayed_check_from_elsewhere_diverts_the_talk_for_a_moment_only() {
    let mut talk = Talk::begin().await;
    talk.say(60).await;
    let mut checks = talk.relay.seen();
    checks.retain(|datagram| datagram.starts_with(&[0, 1]));
    assert!(!checks.is_empty(), "the browser has sent checks");
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    for check in &checks {
        stranger.send_to(check, talk.place.plane.webrtc_addr()).expect("sent");
    }
    let since = talk.browser.heard().len();
    let _before = talk.phone.take_heard();
    // What it says is heard all the time, and what is said to it after a while.
    for _ in 0..20 {
        talk.say(50).await;
        if talk.browser.heard().len() > since + 50 {
            break;
        }
    }
    let share = share_in(&talk.phone.take_heard(), BROWSER);
    assert!(share >= MOST, "{share} % of what the browser says");
    talk.assert_talk_goes_on().await;
    talk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutants_to_a_leg_on_another_thread_than_its_port_are_dropped_and_the_call_goes_on() {
    let mut talk = Talk::begin_on(2).await;
    // Two browsers at the ports of two threads meet on one of them.
    let (leg, second) = (LegId::from_number(3), Browser::open().await);
    let offer = second.offer().await;
    let answer = talk.place.plane.open_peer(leg, &offer).await.expect("answered");
    second.accept(&answer, port_of(&answer), port_of(&answer)).await;
    connected(&mut talk.place, leg).await;
    let room = talk.place.plane.new_room();
    talk.place.plane.mix(room, &[talk.legs[1], talk.legs[0], leg], &[]);
    talk.say(20).await;
    let mut mutator = Mutator::new(SEED, talk.media());
    for n in 0..600 {
        let mut mutant = mutator.next();
        if n % 3 == 0 {
            // Longer than threads hand to each other.
            mutant.resize(500 + n, 1);
            mutant[0] = 0x80;
        }
        talk.relay.inject(&mutant).await;
        if n % 10 == 0 {
            sleep(Duration::from_millis(4)).await;
        }
    }
    talk.assert_talk_goes_on().await;
    until_counted("helpline_srtp_unauthentic_total", 100).await;
    // It goes while its leg is away from home, the other while its browser is still there.
    talk.place.plane.close(leg);
    second.close().await;
    talk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_closed_before_it_connects_leaves_nothing_and_a_bad_offer_begins_nothing() {
    let place = Place::start(config(2)).await;
    let browser = Browser::open().await;
    let offer = browser.offer().await;
    let mut legs = Vec::new();
    for n in 1..=4 {
        let leg = LegId::from_number(n);
        let answer = place.plane.open_peer(leg, &offer).await.expect("answered");
        if n == 4 {
            // In the middle of its checks and its handshake.
            browser.accept(&answer, port_of(&answer), port_of(&answer)).await;
            sleep(Duration::from_millis(20)).await;
        }
        place.plane.close(leg);
        legs.push(leg);
    }
    let mut mutator = Mutator::new(SEED, vec![offer.clone().into_bytes()]);
    for n in 100..400 {
        let leg = LegId::from_number(n);
        let bad = String::from_utf8_lossy(&mutator.next()).into_owned();
        // Some are good enough; the others are refused.
        let _refused = place.plane.open_peer(leg, &bad).await;
        legs.push(leg);
    }
    place.end(&legs).await;
}
