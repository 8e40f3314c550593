//! Telephones behind a bad network: forwarded or mixed, the others are heard; and a network that
//! stands still for a second costs that second and no more.
#![expect(
    clippy::disallowed_methods,
    reason = "telephones of the tests speak in real time, on threads"
)]

#[expect(dead_code, reason = "the media plane's tests use all of it")]
#[path = "../../telephony/tests/media_plane/phone.rs"]
mod phone;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use ids::LegId;
use phone::{Phone, share_of};
use telephony::driver::media::{MediaConfig, MediaPlane};
use telephony::media::AudioLibrary;
use telephony::sdp::{Codec, TrunkOffer};
use tests::relay::{Conditions, Relay, RelayConfig, Stall};
use tokio::sync::mpsc;
use tokio::time::sleep;

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const TONES: [f64; 3] = [500.0, 1100.0, 1900.0];
/// For how long they are listened to.
const WHILE: Duration = Duration::from_secs(3);

/// A telephone, and the network between it and the plane.
struct Far {
    leg: LegId,
    phone: Phone,
    network: Relay,
}

async fn plane(first_port: u16) -> MediaPlane {
    let config = MediaConfig { rtp_ports: first_port..=first_port + 19, ..MediaConfig::new(LOCAL) };
    let library = AudioLibrary::builtin("en".parse().expect("a language")).expect("prompts");
    // Nobody takes the events; the plane keeps what it must and goes on.
    let (events, _unread) = mpsc::channel(1024);
    MediaPlane::start(config, Arc::new(library), events).await.expect("the plane starts")
}

async fn far(plane: &MediaPlane, number: u64, hertz: f64, conditions: Conditions) -> Far {
    let mut phone = Phone::new(Codec::Pcma);
    let leg = LegId::from_number(u128::from(number));
    let answer = plane.open_trunk(leg, &phone.offer()).await.expect("a leg");
    let port = TrunkOffer::parse(answer.as_bytes()).expect("an answer").remote;
    let config = RelayConfig::new(port, number).both_ways(conditions);
    let network = Relay::start(config).await.expect("a network");
    phone.say(hertz, network.address());
    Far { leg, phone, network }
}

/// What each hears of each, in hundredths, for a while.
async fn talk(what: &str, all: [&Far; 3]) -> Vec<[usize; 3]> {
    sleep(Duration::from_secs(2)).await;
    let _before = all.map(|far| far.phone.take_heard());
    sleep(WHILE).await;
    let heard = all.iter().map(|far| far.phone.take_heard());
    let matrix: Vec<_> = heard.map(|heard| TONES.map(|hertz| share_of(&heard, hertz))).collect();
    println!("{what}: {matrix:?} (% of packets, listener by speaker)");
    matrix
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn over_a_bad_network_all_are_heard_forwarded_and_mixed() {
    let plane = plane(11_200).await;
    let bad = Conditions {
        loss: 0.03,
        delay: Duration::from_millis(40),
        jitter: Duration::from_millis(30),
        reordered: 0.02,
        reordered_by: Duration::from_millis(45),
        duplicated: 0.02,
        stall: None,
    };
    let a = far(&plane, 1, TONES[0], bad).await;
    let b = far(&plane, 2, TONES[1], bad).await;
    let c = far(&plane, 3, TONES[2], Conditions::default()).await;
    plane.bridge(a.leg, b.leg);
    let forwarded = talk("forwarded", [&a, &b, &c]).await;
    assert!(forwarded[0][1] >= 90 && forwarded[1][0] >= 90, "{forwarded:?}");
    plane.mix(plane.new_room(), &[a.leg, b.leg, c.leg], &[]);
    let mixed = talk("mixed", [&a, &b, &c]).await;
    for (listener, row) in mixed.iter().enumerate() {
        for (speaker, share) in row.iter().enumerate() {
            let hears = listener != speaker;
            assert!(if hears { *share >= 85 } else { *share <= 12 }, "{mixed:?}");
        }
    }
    let counts = a.network.counts();
    assert!(counts.lost.outward > 0 && counts.duplicated.outward > 0, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_network_that_stands_still_delays_nothing_afterwards() {
    let plane = plane(11_240).await;
    let stalls = Conditions {
        stall: Some(Stall { every: Duration::from_secs(4), lasts: Duration::from_secs(1) }),
        ..Conditions::default()
    };
    let a = far(&plane, 1, TONES[0], stalls).await;
    let b = far(&plane, 2, TONES[1], Conditions::default()).await;
    plane.bridge(a.leg, b.leg);
    sleep(Duration::from_secs(2)).await;
    let _before = b.phone.take_heard();
    sleep(Duration::from_secs(8)).await;
    let heard = b.phone.take_heard();
    // Two of eight seconds are missing, but for the newest 200 ms of each; the rest is all there.
    let seconds = heard.len() / 50;
    println!("{} packets of 8 s with two seconds of standstill", heard.len());
    assert!((5..=7).contains(&seconds), "{} packets", heard.len());
    assert!(share_of(&heard, TONES[0]) >= 95);
}
