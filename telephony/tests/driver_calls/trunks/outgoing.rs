//! Calls that we place: over the healthiest trunk, and over the next where one fails.

use std::time::Duration;

use ids::LegId;
use telephony::call::LeftHow;
use telephony::driver::dial::{DialEnded, DialRequest, dial};
use telephony::driver::sip::{RsipPort, SipPort, StationCall};
use telephony::driver::trunk::{
    Attempt, KeepAlive, OutgoingCall, PlaceError, TrunkConfig, TrunkFault, TrunkHealth,
};
use telephony::media::g711;
use telephony::media::tone::ToneGenerator;
use telephony::sdp::Codec;
use tokio::net::UdpSocket;

use super::carrier::{Carrier, account, keep_alive, trunk};
use crate::exchange::{ANSWER, Exchange, LOCAL, PROMPT, media_config, ports, sip_config};

/// An exchange with these trunks, asked as often as told.
async fn exchange(trunks: Vec<TrunkConfig>, keep_alive: KeepAlive) -> Exchange {
    let mut config = sip_config();
    config.trunks.extend(trunks);
    config.keep_alive = keep_alive;
    Exchange::start(config, media_config(ports(2))).await
}

fn call(to: &str) -> OutgoingCall {
    let offer = format!(
        "v=0\r\no=- 1 1 IN IP4 {LOCAL}\r\ns=-\r\nc=IN IP4 {LOCAL}\r\nt=0 0\r\n\
         m=audio 9 RTP/AVP 8\r\n"
    );
    OutgoingCall {
        to: to.to_owned(),
        from: Some("104".to_owned()),
        offer,
        trunk: None,
        answer_within: Duration::from_secs(30),
    }
}

fn health(sip: &RsipPort, name: &str) -> TrunkHealth {
    let found = sip.trunks().into_iter().find(|view| view.name.as_str() == name);
    found.expect("the trunk is there").health
}

async fn until_health(exchange: &Exchange, name: &str, wanted: TrunkHealth) {
    exchange.until(&format!("{name} is {wanted:?}"), |e| health(&e.sip, name) == wanted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trunk_that_answers_everything_with_500_is_down_and_calls_go_to_the_next() {
    let ill = Carrier::start("trunk_500.xml", None, &[]);
    let well = Carrier::start("trunk_answers.xml", None, &[]);
    let trunks = vec![trunk("ill", ill.address, 1), trunk("well", well.address, 2)];
    let exchange = exchange(trunks, keep_alive()).await;
    let down = TrunkHealth::Down { why: TrunkFault::Answered(500) };
    until_health(&exchange, "ill", down).await;
    until_health(&exchange, "well", TrunkHealth::Up).await;
    let leg = exchange.sip.place(call("+919812345678")).await.expect("the other takes it");
    assert_eq!(leg.trunk().as_str(), "well");
    assert_eq!(leg.attempts(), [], "the one that is down is not even tried");
    assert!(String::from_utf8_lossy(leg.description()).contains("PCMA"));
    let calls = |exchange: &Exchange| {
        exchange.sip.trunks().iter().map(|view| view.calls).collect::<Vec<_>>()
    };
    assert_eq!(calls(&exchange), [0, 0, 1]);
    drop(leg);
    exchange.until("it is hung up", |e| e.sip.open_dialogs() == 0 && calls(e) == [0, 0, 0]).await;
    let told = exchange.seen(|seen| seen.healths.clone());
    assert!(
        told.iter().any(|(name, health)| name.as_str() == "ill" && *health == down),
        "{told:?}"
    );
    // Alone it is tried all the same: there is nothing better.
    let mut only = call("104");
    only.trunk = Some("ill".parse().expect("a name"));
    let failed = exchange.sip.place(only).await.err();
    let attempt =
        Attempt { trunk: "ill".parse().expect("a name"), fault: TrunkFault::Answered(500) };
    assert_eq!(failed, Some(PlaceError::AllFailed { attempts: vec![attempt] }));
    assert_eq!(exchange.sip.open_dialogs(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trunk_without_a_free_line_passes_the_call_on_and_a_busy_citizen_does_not() {
    let full = Carrier::start("trunk_full.xml", None, &[]);
    let busy = Carrier::start("trunk_busy.xml", None, &[]);
    let silent = UdpSocket::bind((LOCAL, 0)).await.expect("a socket");
    let mut trunks = vec![
        trunk("full", full.address, 1),
        trunk("silent", silent.local_addr().expect("an address"), 2),
        trunk("busy", busy.address, 3),
    ];
    trunks.push(trunk("never", full.address, 4));
    let exchange = exchange(trunks, keep_alive()).await;
    for name in ["full", "busy", "never"] {
        until_health(&exchange, name, TrunkHealth::Up).await;
    }
    until_health(&exchange, "silent", TrunkHealth::Down { why: TrunkFault::NoAnswer }).await;
    let refused = exchange.sip.place(call("+919812345678")).await.err();
    let busy = PlaceError::Refused { trunk: "busy".parse().expect("a name"), code: 486 };
    assert_eq!(refused, Some(busy), "no other trunk rings the busy citizen again");
    let mut only = call("+919812345678");
    only.trunk = Some("silent".parse().expect("a name"));
    let silent = exchange.sip.place(only).await.err();
    let attempts =
        vec![Attempt { trunk: "silent".parse().expect("a name"), fault: TrunkFault::NoAnswer }];
    assert_eq!(silent, Some(PlaceError::AllFailed { attempts }));
    let bad = exchange.sip.place(call("104@elsewhere")).await.err();
    assert_eq!(bad, Some(PlaceError::BadNumber));
    exchange.until("no dialog is left", |e| e.sip.open_dialogs() == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trunk_that_comes_back_is_up_again() {
    let carrier = Carrier::start("trunk_answers.xml", None, &[]);
    let port = carrier.address.port();
    let mut times = keep_alive();
    times.answer_within = Duration::from_millis(300);
    let exchange = exchange(vec![trunk("bsnl", carrier.address, 1)], times).await;
    until_health(&exchange, "bsnl", TrunkHealth::Up).await;
    carrier.stop().await;
    until_health(&exchange, "bsnl", TrunkHealth::Down { why: TrunkFault::NoAnswer }).await;
    let _back = Carrier::start("trunk_answers.xml", Some(port), &[]);
    until_health(&exchange, "bsnl", TrunkHealth::Up).await;
    let view = exchange.sip.trunks().pop().expect("a trunk");
    assert!(view.round_trip.is_some() && view.registered_until.is_none() && view.checked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_of_ours_proves_its_password_and_hears_the_other_side_hang_up() {
    let mut asks = sip_config();
    asks.trunks[0].account = Some(account());
    asks.trunks[0].challenges = vec!["SHA-256".parse().expect("a digest")];
    let theirs = Exchange::start(asks, media_config(ports(4))).await;
    let mut over = trunk("theirs", theirs.sip.local_addr(), 1);
    over.account = Some(account());
    let ours = exchange(vec![over], keep_alive()).await;
    let mut leg = ours.sip.place(call(PROMPT)).await.expect("taken");
    assert_eq!(leg.ended().await, LeftHow::HungUp);
    drop(leg);
    let leg = ours.sip.place(call(ANSWER)).await.expect("taken");
    drop(leg);
    theirs.is_empty().await;
    ours.until("no dialog is left", |e| e.sip.open_dialogs() == 0).await;
    theirs.seen(|seen| assert_eq!(seen.invited.len(), 2));
}

/// The tone of a network that rings a telephone (India: 400 Hz).
const RINGING_HERTZ: f64 = 400.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_carrier_plays_before_the_answer_is_heard() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut tone = vec![0; 8000];
    ToneGenerator::steady(RINGING_HERTZ, 8000).fill(&mut tone);
    let raw = g711::encoded(Codec::Pcma, &tone);
    std::fs::write(folder.path().join("tone.raw"), raw).expect("written");
    let carrier = Carrier::start_in(folder.path(), "trunk_early.xml", &["-m", "1"]);
    let request = DialRequest {
        over: vec![trunk("bsnl", carrier.address, 1)],
        listen_for: vec![RINGING_HERTZ],
        hang_up_after: Some(Duration::from_millis(300)),
        ..DialRequest::new("+919812345678", "104")
    };
    let report = dial(request).await.expect("placed");
    // The 200 brought no description: the early one holds on.
    assert_eq!(report.ended, DialEnded::ByUs, "{report:?}");
    let early = report.early.expect("something was heard before the answer");
    let heard: Duration = early.tones.iter().map(|tone| tone.to - tone.from).sum();
    assert!(heard >= Duration::from_millis(300), "{early:?}");
    assert!(carrier.went_as_written().await, "PRACK, ACK and BYE");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leg_that_we_placed_hears_what_comes_before_the_answer_and_lives_on_by_it() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("tone.raw"), [0xd5; 8000]).expect("written");
    let carrier = Carrier::start_in(folder.path(), "trunk_early.xml", &["-m", "1"]);
    let mut config = sip_config();
    config.stations = vec![LOCAL.into()];
    let exchange = Exchange::start(config, media_config(ports(2))).await;
    let to = format!("sip:201@{}", carrier.address).parse().expect("an address");
    assert!(exchange.sip.may_call(&to));
    let leg = LegId::from_number(1);
    let offer = exchange.media.offer_trunk(leg).expect("a port");
    let answer_within = Duration::from_secs(20);
    SipPort::place(&*exchange.sip, leg, StationCall { to, from: None, offer, answer_within });
    exchange.until("it rings, with sound", |e| e.seen(|seen| seen.rings == [(leg, true)])).await;
    exchange.until("it is taken", |e| e.seen(|seen| seen.taken == [leg])).await;
    exchange.sip.hang_up(leg);
    exchange.until("it left", |e| e.seen(|seen| seen.left == [(leg, LeftHow::HungUp)])).await;
    assert!(carrier.went_as_written().await, "PRACK, ACK and BYE");
    exchange.is_empty().await;
}
