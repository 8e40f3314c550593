//! Whole calls: answered, heard, keyed, ended from either side, over UDP and TCP.

use std::sync::Arc;
use std::time::Duration;

use telephony::call::{Digit, LeftHow, PlayId};
use telephony::driver::dial::{DialEnded, DialRequest, Dialler, dial};
use telephony::driver::sip::RsipPort;
use telephony::media::tone::ToneGenerator;
use telephony::sdp::Codec;

use crate::exchange::{
    ANSWER, Exchange, LOCAL, MEET, PROMPT, PROMPT_HERTZ, RING, media_config, ports, sip_config,
    tone_playlist,
};

/// Of the prompt's 2 s; a machine that stalls leaves late frames out rather than send them late.
const MOST_OF_THE_PROMPT: Duration = Duration::from_millis(1500);

fn tone(hertz: f64) -> Arc<[i16]> {
    let mut samples = vec![0; 8000];
    ToneGenerator::gated(hertz, 8000, 300, 200).fill(&mut samples);
    samples.into()
}

fn key(digit: char) -> Digit {
    Digit::new(digit).expect("a key")
}

async fn exchange() -> Exchange {
    Exchange::start(sip_config(), media_config(ports(8))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_hears_the_prompt_and_the_exchange_hangs_up() {
    let exchange = exchange().await;
    let request = DialRequest { listen_for: vec![PROMPT_HERTZ, 1000.0], ..exchange.call(PROMPT) };
    let report = dial(request).await.expect("the call is placed");
    assert_eq!(report.ended, DialEnded::ByOther, "{report:?}");
    assert!(report.rang_after.is_some());
    assert!(report.heard(PROMPT_HERTZ) >= MOST_OF_THE_PROMPT, "{report:?}");
    assert_eq!(report.heard(1000.0), Duration::ZERO);
    assert_eq!(report.lost, 0);
    exchange.is_empty().await;
    exchange.seen(|seen| {
        assert_eq!(seen.invited[0].from.as_deref(), Some("+919812345678"));
        assert_eq!(seen.plays_ended, 1);
        assert_eq!(seen.confirmed.len(), 1);
        assert_eq!(seen.left, [(seen.invited[0].leg, LeftHow::HungUp)]);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tcp_it_is_the_same() {
    let exchange = exchange().await;
    let mut request = exchange.call(PROMPT);
    request.to.push_str(";transport=tcp");
    request.listen_for = vec![PROMPT_HERTZ];
    let report = dial(request).await.expect("the call is placed");
    assert_eq!(report.ended, DialEnded::ByOther, "{report:?}");
    assert!(report.heard(PROMPT_HERTZ) >= MOST_OF_THE_PROMPT, "{report:?}");
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_key_is_told_once_and_the_callers_hang_up_is_the_end() {
    let exchange = exchange().await;
    let at = |ms: u64| Duration::from_millis(ms);
    let request = DialRequest {
        say: tone(700.0),
        presses: vec![(key('1'), at(200)), (key('1'), at(500)), (key('#'), at(800))],
        hang_up_after: Some(at(1200)),
        ..exchange.call(ANSWER)
    };
    let report = dial(request).await.expect("the call is placed");
    assert_eq!(report.ended, DialEnded::ByUs);
    exchange.is_empty().await;
    exchange.seen(|seen| {
        let keys: String = seen.digits.iter().map(|(_, digit)| digit.as_char()).collect();
        assert_eq!(keys, "11#");
        assert_eq!(seen.left[0].1, LeftHow::HungUp);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_gives_up_while_it_rings_is_cancelled() {
    let exchange = exchange().await;
    let request = DialRequest { give_up_after: Duration::from_millis(300), ..exchange.call(RING) };
    let report = dial(request).await.expect("the call is placed");
    assert_eq!(report.ended, DialEnded::Cancelled, "{report:?}");
    exchange.is_empty().await;
    exchange.seen(|seen| assert_eq!(seen.left[0].1, LeftHow::Cancelled));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_number_is_not_found() {
    let exchange = exchange().await;
    let report = dial(exchange.call("999")).await.expect("the call is placed");
    assert_eq!(report.ended, DialEnded::Refused(404), "{report:?}");
    exchange.is_empty().await;
}

/// Two callers who meet: each hears the other's tone and no other.
async fn meet(first: Vec<Codec>, second: Vec<Codec>) {
    let exchange = exchange().await;
    let dialler = Dialler::start(LOCAL).await.expect("a caller's endpoint");
    let caller = |hertz: f64, codecs: Vec<Codec>| DialRequest {
        say: tone(hertz),
        say_repeatedly: true,
        codecs,
        listen_for: vec![500.0, 900.0],
        presses: vec![(key('5'), Duration::from_millis(1500))],
        hang_up_after: Some(Duration::from_millis(3500)),
        ..exchange.call(MEET)
    };
    let (low, high) = tokio::join!(
        dialler.dial(caller(500.0, first), None),
        dialler.dial(caller(900.0, second), None)
    );
    let (low, high) = (low.expect("placed"), high.expect("placed"));
    assert!(low.heard(900.0) >= Duration::from_millis(1500), "{low:?}");
    assert!(high.heard(500.0) >= Duration::from_millis(1500), "{high:?}");
    assert_eq!(low.heard(500.0), Duration::ZERO, "no echo of one's own");
    assert_eq!((low.keys, high.keys), (vec![key('5')], vec![key('5')]), "keys pass as keys");
    assert!(low.lost + high.lost <= 2, "{} and {} lost", low.lost, high.lost);
    exchange.is_empty().await;
    exchange.seen(|seen| {
        assert_eq!(seen.digits.len(), 2);
        assert!(seen.measured.len() == 2, "both legs were measured");
        assert!(
            seen.measured.values().all(|quality| quality.received >= 25),
            "{:?}",
            seen.measured
        );
    });
    assert_eq!(dialler.open_dialogs(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_callers_of_one_codec_hear_each_other() {
    meet(vec![Codec::Pcma], vec![Codec::Pcma]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_callers_of_different_codecs_hear_each_other() {
    meet(vec![Codec::Pcma], vec![Codec::Pcmu]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_the_exchange_sends_reaches_the_caller() {
    let exchange = exchange().await;
    let send = async {
        exchange.until("the call is confirmed", |e| e.seen(|seen| seen.confirmed.len() == 1)).await;
        let leg = exchange.seen(|seen| seen.confirmed[0]);
        exchange.media.play(leg, PlayId(9), &tone_playlist(true));
        for digit in ['7', '7', '*'] {
            tokio::time::sleep(Duration::from_millis(400)).await;
            exchange.media.send_digit(leg, key(digit));
        }
    };
    let request = DialRequest {
        listen_for: vec![PROMPT_HERTZ],
        hang_up_after: Some(Duration::from_secs(2)),
        ..exchange.call(ANSWER)
    };
    let (report, ()) = tokio::join!(dial(request), send);
    let report = report.expect("placed");
    assert_eq!(report.keys, [key('7'), key('7'), key('*')]);
    assert!(report.heard(PROMPT_HERTZ) >= Duration::from_millis(1300), "music around: {report:?}");
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_that_no_longer_listens_refuses() {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    drop(receiver);
    let sip = RsipPort::start(sip_config(), sender).await.expect("SIP starts");
    let report = dial(DialRequest::new(format!("sip:104@{}", sip.local_addr()), "1")).await;
    assert_eq!(report.expect("placed").ended, DialEnded::Refused(503));
    tokio::time::timeout(Duration::from_secs(5), async {
        while sip.open_dialogs() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the dialog is gone");
}
