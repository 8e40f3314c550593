//! Noise on the audio ports while two people talk: they do not hear it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tests::load::callers::Callers;
use tests::load::{AGENT_HERTZ, Place, staff};
use tests::ports;
use tokio::net::UdpSocket;
use tokio::time::{interval, timeout};

use crate::garbled::Garbler;

const RING_LIMIT: Duration = Duration::from_secs(20);
const CALL_LIMIT: Duration = Duration::from_secs(60);
/// How long they talk and the noise goes on.
const TALK: Duration = Duration::from_secs(3);
/// Ports for the trunk's audio: few, so that noise reaches each of them often.
const PORTS: u16 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn noise_on_the_audio_ports_does_not_reach_a_call() {
    let first = first_port();
    let rtp = format!("{first}-{}", first + PORTS - 1);
    let webrtc = ports::free_address();
    let webrtc_text = webrtc.to_string();
    // One thread, so that the port is the only one of the browsers.
    let settings =
        [("RTP__PORTS", rtp.as_str()), ("WEBRTC__LISTEN", &webrtc_text), ("MEDIA__THREADS", "1")];
    let place = Place::start_with(&settings).await.expect("the program starts");
    let people = staff::operators(&place, 1).await.expect("an operator");
    let mut desks = staff::to_desks(people).await.expect("at the desk");
    staff::available(&desks).await.expect("available");
    let desk = desks.first_mut().expect("one desk");
    let callers = Arc::new(Callers::start(&place).await.expect("telephones"));
    let calling = callers.clone();
    let call = tokio::spawn(async move { calling.call(0, CALL_LIMIT).await });
    let (_, ringing) = desk.next_ringing(RING_LIMIT).await.expect("it rings");
    desk.accept(&ringing).await.expect("accepted");
    desk.audio.heard(RING_LIMIT).await.expect("the caller is heard");

    let mut targets: Vec<SocketAddr> = (first..first + PORTS).map(local).collect();
    targets.push(webrtc);
    let noise = timeout(TALK, make_noise(targets));
    assert!(noise.await.is_err(), "noise all the time");
    desk.audio.listen();
    desk.audio.heard(RING_LIMIT).await.expect("the caller is heard still");
    desk.hang_up(&ringing).await.expect("hung up");
    let called = call.await.expect("no panic").expect("the agent hung up");
    let heard = called.report.heard(AGENT_HERTZ);
    assert!(heard >= TALK.mul_f64(0.9), "the caller heard the agent for {heard:?} only");
    for counted in ["helpline_rtp_strangers_total", "helpline_webrtc_strangers_total"] {
        assert!(place.metric(counted).await.expect("metrics") > 0.0, "{counted}");
    }
    assert_eq!(place.stuck().await.expect("metrics"), 0);
    place.stop().await.expect("it stops in peace");
}

/// Bytes by chance, and RTP packets of a stranger, garbled, until it is dropped.
async fn make_noise(targets: Vec<SocketAddr>) {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a socket");
    let mut garbler = Garbler::new(0xa0d10);
    let mut packet = vec![0x80, 0x08, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4];
    packet.extend([0x55; 160]);
    let mut pace = interval(Duration::from_millis(5));
    loop {
        pace.tick().await;
        for target in &targets {
            for bytes in [garbler.garbled(&packet), garbler.noise(120), packet.clone()] {
                // A port on which nobody listens says so, and that is fine.
                let _refused = socket.send_to(&bytes, *target).await;
            }
        }
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Where a range of ports begins that tests at the same time have not got, below those that the
/// system gives out by itself.
fn first_port() -> u16 {
    let turn = u16::try_from(std::process::id() % 700).expect("below 700");
    17_000 + turn * 2 * PORTS
}
