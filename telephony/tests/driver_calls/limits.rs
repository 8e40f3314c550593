//! What is refused, and what takes too long.

use std::sync::Arc;
use std::time::Duration;

use telephony::call::LeftHow;
use telephony::driver::dial::{DialEnded, DialRequest, Dialler, dial};
use telephony::driver::media::{MediaConfig, MediaPlane, MediaStartError};
use telephony::driver::sip::{RsipPort, SipConfig, SipStartError};
use telephony::media::AudioLibrary;
use tokio::net::UdpSocket;

use crate::exchange::{ANSWER, Exchange, LOCAL, NOTHING, media_config, ports, sip_config};

fn brief(exchange: &Exchange, ms: u64) -> DialRequest {
    DialRequest { hang_up_after: Some(Duration::from_millis(ms)), ..exchange.call(ANSWER) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_beyond_the_maximum_is_turned_away() {
    let mut config = sip_config();
    config.calls_max = 1;
    let exchange = Exchange::start(config, media_config(ports(4))).await;
    let dialler = Dialler::start(LOCAL).await.expect("a caller's endpoint");
    let first = dialler.dial(brief(&exchange, 1000), None);
    let second = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        dialler.dial(brief(&exchange, 100), None).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.expect("placed").ended, DialEnded::ByUs);
    assert_eq!(second.expect("placed").ended, DialEnded::Refused(503));
    assert_eq!(exchange.sip.counts().turned_away, 1);
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_which_no_port_is_free_is_turned_away() {
    let exchange = Exchange::start(sip_config(), media_config(ports(1))).await;
    let dialler = Dialler::start(LOCAL).await.expect("a caller's endpoint");
    let first = dialler.dial(brief(&exchange, 1000), None);
    let second = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        dialler.dial(brief(&exchange, 100), None).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.expect("placed").ended, DialEnded::ByUs);
    assert_eq!(second.expect("placed").ended, DialEnded::Refused(503));
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_that_nobody_decides_on_ends_by_its_timer() {
    let mut config = sip_config();
    config.set_up_limit = Duration::from_millis(500);
    let exchange = Exchange::start(config, media_config(ports(1))).await;
    let report = dial(exchange.call(NOTHING)).await.expect("placed");
    assert_eq!(report.ended, DialEnded::Refused(503), "{report:?}");
    exchange.is_empty().await;
    exchange.seen(|seen| assert_eq!(seen.left.len(), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_falls_silent_is_reported_once() {
    let mut media = media_config(ports(1));
    media.silence_limit = Duration::from_millis(1500);
    let exchange = Exchange::start(sip_config(), media).await;
    let answered = answer_without_audio(&exchange).await;
    exchange.until("the silence is told", |e| e.seen(|seen| seen.silent.len() == 1)).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    exchange.seen(|seen| assert_eq!(seen.silent.len(), 1));
    drop(answered);
    exchange.sip.stop(Duration::from_secs(1)).await;
    exchange.until("the leg has left", |e| e.seen(|seen| seen.left.len() == 1)).await;
}

/// A caller whose audio never comes, by hand: INVITE, and ACK for the answer.
async fn answer_without_audio(exchange: &Exchange) -> UdpSocket {
    let socket = UdpSocket::bind((LOCAL, 0)).await.expect("a socket");
    let own = socket.local_addr().expect("an address");
    let sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 {LOCAL}\r\ns=-\r\nc=IN IP4 {LOCAL}\r\nt=0 0\r\n\
         m=audio 9 RTP/AVP 8\r\n"
    );
    let to = exchange.sip.local_addr();
    let head = |method: &str, tag: &str, body: &str| {
        format!(
            "{method} sip:{ANSWER}@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{method}\r\n\
             From: <sip:1@{own}>;tag=a\r\nTo: <sip:{ANSWER}@{to}>{tag}\r\nCall-ID: silent\r\n\
             CSeq: 1 {method}\r\nContact: <sip:1@{own}>\r\nMax-Forwards: 70\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    socket.send_to(head("INVITE", "", &sdp).as_bytes(), to).await.expect("sent");
    let mut buffer = [0; 4096];
    loop {
        let received = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut buffer));
        let len = received.await.expect("an answer in time").expect("received");
        let text = String::from_utf8_lossy(&buffer[..len]).into_owned();
        if text.starts_with("SIP/2.0 200") {
            let to = text.lines().find(|line| line.starts_with("To:")).expect("To");
            let tag = to.split(";tag=").nth(1).expect("a tag");
            let ack = head("ACK", &format!(";tag={tag}"), "");
            socket.send_to(ack.as_bytes(), exchange.sip.local_addr()).await.expect("sent");
            return socket;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_get_silence_and_are_counted() {
    let mut config = sip_config();
    config.trunks[0].networks = vec!["192.0.2.0/24".parse().expect("a range")];
    let exchange = Exchange::start(config, media_config(ports(1))).await;
    let request =
        DialRequest { give_up_after: Duration::from_millis(800), ..exchange.call(ANSWER) };
    let report = dial(request).await.expect("placed");
    assert_eq!((report.answered_after, report.rang_after), (None, None));
    assert_eq!(report.ended, DialEnded::Lost);
    assert!(exchange.sip.counts().strangers > 0);
    exchange.seen(|seen| assert!(seen.invited.is_empty()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_hangs_up_and_every_leg_leaves() {
    let exchange = Exchange::start(sip_config(), media_config(ports(4))).await;
    let stopper = exchange.clone();
    let stop = async move {
        stopper.until("a call", |e| e.seen(|seen| seen.confirmed.len() == 1)).await;
        stopper.sip.stop(Duration::from_secs(5)).await;
    };
    let (report, ()) = tokio::join!(dial(exchange.call(ANSWER)), stop);
    assert_eq!(report.expect("placed").ended, DialEnded::ByOther);
    exchange.is_empty().await;
    exchange.seen(|seen| assert_eq!(seen.left[0].1, LeftHow::HungUp));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_bound_is_said_at_the_start() {
    let exchange = Exchange::start(sip_config(), media_config(ports(1))).await;
    let (events, _receiver) = tokio::sync::mpsc::channel(1);
    let taken = SipConfig { listen: exchange.sip.local_addr(), ..sip_config() };
    let started = RsipPort::start(taken, events).await;
    assert!(matches!(started.err(), Some(SipStartError::BindTcp { .. })));
    let library = Arc::new(AudioLibrary::new("hi".parse().expect("a language")));
    let start = async |config: MediaConfig| {
        let (events, _receiver) = tokio::sync::mpsc::channel(1);
        MediaPlane::start(config, library.clone(), events).await.err()
    };
    let taken = exchange.media.webrtc_addr();
    let config = MediaConfig { webrtc_listen: taken, ..media_config(ports(1)) };
    assert!(matches!(start(config).await, Some(MediaStartError::BindWebRtc { .. })));
    let odd_only = media_config(20_001..=20_001);
    assert!(matches!(start(odd_only).await, Some(MediaStartError::NoPorts)));
}
