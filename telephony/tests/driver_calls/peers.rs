//! Browsers behind the one port: connected, heard by trunks, replaced, closed.

use std::sync::Arc;
use std::time::Duration;

use ids::LegId;
use telephony::call::PlayId;
use telephony::driver::dial::{DialReport, DialRequest, dial};
use telephony::driver::media::MediaRefused;
use telephony::media::tone::ToneGenerator;
use telephony::sdp::Codec;

use crate::browser::Browser;
use crate::exchange::{ANSWER, Exchange, media_config, ports, sip_config, tone_playlist};

fn leg(number: u128) -> LegId {
    LegId::from_number(number)
}

async fn exchange() -> Exchange {
    Exchange::start(sip_config(), media_config(ports(8))).await
}

/// A citizen who says one tone and listens for two.
fn citizen(exchange: &Exchange, says: f64, hears: [f64; 2], codec: Codec) -> DialRequest {
    let mut samples = vec![0; 8000];
    ToneGenerator::gated(says, 8000, 300, 200).fill(&mut samples);
    DialRequest {
        say: samples.into(),
        say_repeatedly: true,
        codecs: vec![codec],
        listen_for: hears.to_vec(),
        hang_up_after: Some(Duration::from_secs(3)),
        ..exchange.call(ANSWER)
    }
}

/// Bridges the next caller to an agent as soon as the call is confirmed.
async fn bridge_next(exchange: &Exchange, before: usize, agent: LegId) {
    exchange.until("the call is confirmed", |e| e.seen(|seen| seen.confirmed.len() > before)).await;
    let caller = exchange.seen(|seen| seen.confirmed[before]);
    exchange.media.bridge(caller, agent);
}

fn assert_heard(report: &DialReport, hertz: f64) {
    let heard = report.heard(hertz);
    assert!(heard >= Duration::from_millis(1200), "{hertz} Hz for {heard:?}: {report:?}");
    assert!(report.lost <= 2, "empty packets are no losses: {report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_and_a_citizen_hear_each_other() {
    let exchange = exchange().await;
    let browser = Browser::connect(&exchange, leg(1), Codec::Pcma, 600.0, &[900.0, 600.0]).await;
    let request = citizen(&exchange, 900.0, [600.0, 900.0], Codec::Pcma);
    let (report, ()) = tokio::join!(dial(request), bridge_next(&exchange, 0, leg(1)));
    let report = report.expect("placed");
    assert_heard(&report, 600.0);
    assert_eq!(report.heard(900.0), Duration::ZERO);
    let heard = browser.heard();
    assert!(heard[0].beats >= 4 && heard[0].with_tone >= 60, "{heard:?}");
    assert_eq!(heard[1].with_tone, 0, "no echo of its own: {heard:?}");
    exchange.seen(|seen| assert!(seen.measured.contains_key(&leg(1)), "the browser is measured"));
    exchange.media.close(leg(1));
    exchange.is_empty().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_browsers_at_one_port_are_not_mixed_up() {
    let exchange = exchange().await;
    let low = Browser::connect(&exchange, leg(1), Codec::Pcma, 500.0, &[1100.0, 1500.0]).await;
    let high = Browser::connect(&exchange, leg(2), Codec::Pcmu, 700.0, &[1100.0, 1500.0]).await;
    assert_eq!(exchange.media.counts().peers, 2);
    let first = citizen(&exchange, 1100.0, [500.0, 700.0], Codec::Pcma);
    let second = citizen(&exchange, 1500.0, [500.0, 700.0], Codec::Pcma);
    let (first, second, ()) = tokio::join!(
        dial(first),
        async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            dial(second).await
        },
        async {
            bridge_next(&exchange, 0, leg(1)).await;
            bridge_next(&exchange, 1, leg(2)).await;
        }
    );
    let (first, second) = (first.expect("placed"), second.expect("placed"));
    assert_heard(&first, 500.0);
    assert_heard(&second, 700.0);
    assert_eq!((first.heard(700.0), second.heard(500.0)), (Duration::ZERO, Duration::ZERO));
    let (low_heard, high_heard) = (low.heard(), high.heard());
    assert!(low_heard[0].with_tone >= 60 && low_heard[1].with_tone == 0, "{low_heard:?}");
    assert!(high_heard[1].with_tone >= 60 && high_heard[0].with_tone == 0, "{high_heard:?}");
    exchange.media.close(leg(1));
    exchange.media.close(leg(2));
    exchange.is_empty().await;
    low.close().await;
    high.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_citizen_at_the_web_page_and_an_agent_hear_each_other() {
    let exchange = exchange().await;
    let agent = Browser::connect(&exchange, leg(1), Codec::Pcma, 500.0, &[900.0]).await;
    let citizen = Browser::connect(&exchange, leg(2), Codec::Pcmu, 900.0, &[500.0, 440.0]).await;
    exchange.media.bridge(leg(1), leg(2));
    tokio::time::sleep(Duration::from_secs(2)).await;
    // On hold: the citizen hears the music, and the agent nothing.
    exchange.media.unbridge(leg(1), leg(2));
    exchange.media.play(leg(2), PlayId(1), &tone_playlist(true));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = agent.heard()[0].with_tone;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(agent.heard()[0].with_tone, before, "nothing while on hold");
    assert!(before >= 40, "{:?}", agent.heard());
    let heard = citizen.heard();
    assert!(heard[0].with_tone >= 40 && heard[1].with_tone >= 40, "{heard:?}");
    exchange.media.stop_playing(leg(2));
    exchange.media.bridge(leg(1), leg(2));
    exchange
        .until("they talk again", |_| {
            agent.heard()[0].with_tone > before + 10
                && citizen.heard()[0].with_tone > heard[0].with_tone + 10
        })
        .await;
    exchange.media.close(leg(1));
    exchange.media.close(leg(2));
    exchange.is_empty().await;
    agent.close().await;
    citizen.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reloaded_page_takes_the_call_over() {
    let exchange = exchange().await;
    let before = Browser::connect(&exchange, leg(1), Codec::Pcma, 500.0, &[900.0]).await;
    let request = DialRequest {
        hang_up_after: Some(Duration::from_secs(5)),
        ..citizen(&exchange, 900.0, [500.0, 700.0], Codec::Pcma)
    };
    let reload = async {
        bridge_next(&exchange, 0, leg(1)).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        exchange.seen(|seen| seen.connected.clear());
        before.close().await;
        Browser::connect(&exchange, leg(1), Codec::Pcma, 700.0, &[900.0]).await
    };
    let (report, after) = tokio::join!(dial(request), reload);
    let report = report.expect("placed");
    assert!(report.heard(500.0) >= Duration::from_millis(500), "{report:?}");
    assert!(report.heard(700.0) >= Duration::from_millis(500), "{report:?}");
    assert!(after.heard()[0].with_tone >= 20, "{:?}", after.heard());
    exchange.media.close(leg(1));
    exchange.is_empty().await;
    after.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_page_is_told() {
    let exchange = exchange().await;
    let browser = Browser::connect(&exchange, leg(1), Codec::Pcma, 500.0, &[]).await;
    browser.close().await;
    exchange
        .until("the loss is told", |e| e.seen(|seen| seen.disconnected.contains(&leg(1))))
        .await;
    exchange.media.close(leg(1));
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offers_that_cannot_be_answered_leave_nothing_behind() {
    let exchange = exchange().await;
    let opus = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
                m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\n\
                a=mid:0\r\na=rtcp-mux\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\n\
                a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 \
                00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:\
                00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n";
    let no_ice = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n";
    for (offer, refused) in [
        ("", MediaRefused::BadDescription),
        ("v=0\r\n", MediaRefused::BadDescription),
        (opus, MediaRefused::NoCommonCodec),
        (no_ice, MediaRefused::BadDescription),
    ] {
        let answered = exchange.media.open_peer(leg(1), offer).await;
        assert_eq!(answered, Err(refused), "{offer}");
    }
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_at_the_port_is_no_connection() {
    let exchange = exchange().await;
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let port = exchange.media.webrtc_addr();
    let noise: Arc<[u8]> = (0..=255_u8).cycle().take(1400).collect();
    for len in 0..1400 {
        socket.send_to(&noise[len..], port).await.expect("sent");
    }
    let browser = Browser::connect(&exchange, leg(1), Codec::Pcma, 500.0, &[]).await;
    assert_eq!(exchange.media.counts().peers, 1);
    exchange.media.close(leg(1));
    exchange.is_empty().await;
    browser.close().await;
}
