//! Too much of everything: scanners, floods, full buffers. Other calls do not notice.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ids::LegId;
use telephony::sdp::Codec;
use tokio::time::sleep;

use crate::counted::{counted, until_counted};
use crate::phone::Phone;
use crate::place::{Place, config};
use crate::voice::{MOST, SPEAKS, Voice, share_in};

const TONES: [f64; 2] = [700.0, 1100.0];
/// How long the others are listened to.
const WHILE: Duration = Duration::from_millis(1500);

/// Two telephones that talk to each other, whatever else goes on.
struct Others {
    legs: [LegId; 2],
    phones: [Phone; 2],
}

impl Others {
    async fn talking(place: &Place) -> Self {
        let (a, one) = place.phone(101, Codec::Pcma, TONES[0]).await;
        let (b, other) = place.phone(102, Codec::Pcmu, TONES[1]).await;
        place.plane.bridge(a, b);
        sleep(Duration::from_millis(300)).await;
        Self { legs: [a, b], phones: [one, other] }
    }

    /// They hear each other for a while.
    async fn assert_talk(&self) {
        self.phones.iter().for_each(|phone| drop(phone.take_heard()));
        sleep(WHILE).await;
        for (phone, hertz) in self.phones.iter().zip([TONES[1], TONES[0]]) {
            let heard = phone.take_heard();
            let share = share_in(&heard, hertz);
            println!("the others: {} packets, {share} %", heard.len());
            assert!(heard.len() >= 30 && share >= MOST, "{} and {share} %", heard.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanner_of_every_port_gets_no_answer_and_is_counted() {
    let config = config(1);
    let mut targets: Vec<_> = config.rtp_ports.clone().collect();
    let place = Place::start(config).await;
    let others = Others::talking(&place).await;
    targets.push(place.plane.webrtc_addr().port());
    let scanner = UdpSocket::bind("127.0.0.2:0").expect("a socket");
    scanner.set_nonblocking(true).expect("a flag");
    // A good RTP packet, a report, a check without a key, a handshake's hello, noise, nothing.
    let check = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12]].concat();
    let hello = [&[22, 254, 253][..], &[0; 60]].concat();
    let report = vec![0x80, 201, 0, 1, 0, 0, 0, 9];
    let audio = Voice::new(5, SPEAKS).packet(160);
    let probes = [audio, report, check, hello, b"GET / HTTP/1.0\r\n".to_vec(), Vec::new()];
    let before = counted("helpline_rtp_strangers_total");
    for port in targets {
        for probe in &probes {
            // A port where nobody listens says so, and that is the system's answer.
            let _refused = scanner.send_to(probe, SocketAddr::from(([127, 0, 0, 1], port)));
        }
        sleep(Duration::from_millis(1)).await;
    }
    others.assert_talk().await;
    let answer = scanner.recv_from(&mut [0; 100]).expect_err("no answer");
    assert_eq!(answer.kind(), ErrorKind::WouldBlock);
    // On two audio ports one probe each is audio, on two report ports all are from a stranger.
    until_counted("helpline_rtp_strangers_total", before + 2 + 2 * 6 + 1).await;
    until_counted("helpline_webrtc_strangers_total", 1).await;
    place.end(&others.legs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_on_one_port_does_not_stop_another_call() {
    let place = Place::start(config(1)).await;
    let others = Others::talking(&place).await;
    let (leg, phone) = (LegId::from_number(1), Phone::new(Codec::Pcma));
    let target = place.open(leg, &phone).await;
    let stop = Arc::new(AtomicBool::new(false));
    let floods: Vec<_> =
        [target, place.plane.webrtc_addr()].map(|at| flood(at, stop.clone())).into();
    others.assert_talk().await;
    stop.store(true, Ordering::Relaxed);
    for flood in floods {
        let sent = flood.join().expect("no panic");
        println!("flood of {sent}");
        assert!(sent > 5_000, "{sent} are no flood");
    }
    place.end(&[leg, others.legs[0], others.legs[1]]).await;
}

/// Good packets, each with a sequence number of its own, with no pause but for the other processes.
fn flood(target: SocketAddr, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<usize> {
    std::thread::spawn(move || {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let (mut voice, mut sent) = (Voice::new(77, SPEAKS), 0);
        let mut datagrams: Vec<_> = (0..50).map(|_| voice.packet(160)).collect();
        while !stop.load(Ordering::Relaxed) {
            for datagram in &mut datagrams {
                datagram[2..4].copy_from_slice(&(sent as u16).to_be_bytes());
                sent += usize::from(socket.send_to(datagram, target).is_ok());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        sent
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telephone_that_never_reads_holds_up_nobody() {
    let place = Place::start(config(1)).await;
    let others = Others::talking(&place).await;
    let deaf = Phone::deaf(Codec::Pcma);
    let (a, speaker) = (LegId::from_number(1), Phone::new(Codec::Pcma));
    let target = place.open(a, &speaker).await;
    let b = LegId::from_number(2);
    place.open(b, &deaf).await;
    place.plane.bridge(a, b);
    // Several times what the buffer of its socket takes.
    let mut voice = Voice::new(3, SPEAKS);
    for _ in 0..100 {
        for _ in 0..20 {
            speaker.socket.send_to(&voice.packet(160), target).expect("sent");
        }
        sleep(Duration::from_millis(5)).await;
    }
    others.assert_talk().await;
    place.end(&[a, b, others.legs[0], others.legs[1]]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_nobody_takes_hold_up_no_call() {
    let place = Place::start(config(1)).await;
    let others = Others::talking(&place).await;
    let (leg, phone) = (LegId::from_number(1), Phone::new(Codec::Pcma));
    let target = place.open(leg, &phone).await;
    // Each a key press of its own: more than both queues hold.
    let mut voice = Voice::new(4, SPEAKS);
    voice.header.payload_type = 101;
    for n in 0..4_000 {
        let mut press = [0; 16];
        voice.header.timestamp = voice.header.timestamp.wrapping_add(800);
        voice.header.sequence = voice.header.sequence.wrapping_add(1);
        let len = voice.header.write(&[5, 10, 0, 160], &mut press).expect("room");
        phone.socket.send_to(&press[..len], target).expect("sent");
        if n % 20 == 0 {
            sleep(Duration::from_millis(2)).await;
        }
    }
    until_counted("helpline_media_events_lost_total", 1).await;
    others.assert_talk().await;
    place.end(&[leg, others.legs[0], others.legs[1]]).await;
}
