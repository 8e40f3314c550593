//! Trunk legs that change while they stand: the far end moves, holds, changes its law, or takes an
//! offer of ours.

use std::net::Ipv4Addr;
use std::time::Duration;

use ids::LegId;
use telephony::call::Digit;
use telephony::driver::media::{MediaConfig, MediaEvent, MediaRefused};
use telephony::rtp::{RtpHeader, TelephoneEvent};
use telephony::sdp::{Codec, Direction, TrunkOffer};
use tokio::time::{Instant, sleep};

use crate::phone::{Phone, assert_one_stream, share_of};
use crate::place::{Place, config};
use crate::voice::MOST;

/// For a change to settle, and for figures to mean something.
const SETTLE: Duration = Duration::from_millis(300);
const WHILE: Duration = Duration::from_millis(600);
const PATIENCE: Duration = Duration::from_secs(10);

const FIRST: LegId = LegId::from_number(1);
const SECOND: LegId = LegId::from_number(2);

/// What this telephone hears from now on, in hundredths of its packets.
async fn hears(phone: &Phone, hertz: f64) -> usize {
    sleep(SETTLE).await;
    phone.take_heard();
    sleep(WHILE).await;
    share_of(&phone.take_heard(), hertz)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_far_end_that_moves_is_followed_and_who_is_left_behind_is_not_heard() {
    let place = Place::start(config(1)).await;
    let (_, here) = place.phone(1, Codec::Pcma, 500.0).await;
    let (_, other) = place.phone(2, Codec::Pcma, 1100.0).await;
    place.plane.bridge(FIRST, SECOND);
    assert!(hears(&other, 500.0).await >= MOST);

    // The first is handed to a gateway with an address and a law of its own; the old one talks on.
    let mut there = Phone::on(Ipv4Addr::new(127, 0, 0, 2), Codec::Pcmu);
    let answer = place.plane.change_trunk(FIRST, &there.offer()).expect("a change");
    let answer = TrunkOffer::parse(answer.as_bytes()).expect("an answer");
    assert_eq!(answer.codecs, [Codec::Pcmu]);
    there.say(1900.0, answer.remote);
    assert!(hears(&other, 1900.0).await >= MOST, "the new address is heard");
    assert!(hears(&other, 500.0).await < MOST, "the old one is a stranger");
    assert!(hears(&there, 1100.0).await >= MOST, "and is spoken to, in its law");
    assert_eq!(hears(&here, 1100.0).await, 0);
    let heard = there.take_heard();
    assert!(heard.iter().all(|packet| packet.header.payload_type == 0));
    assert_one_stream(&heard);

    let unusable = TrunkOffer { codecs: Vec::new(), ..here.offer() };
    let refused = place.plane.change_trunk(FIRST, &unusable);
    assert_eq!(refused, Err(MediaRefused::NoCommonCodec));
    assert!(hears(&there, 1100.0).await >= MOST, "it goes on as it was");
    let unknown = place.plane.change_trunk(LegId::from_number(9), &here.offer());
    assert_eq!(unknown, Err(MediaRefused::UnknownLeg));
    place.end(&[FIRST, SECOND]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_on_hold_is_not_spoken_to_and_may_be_silent() {
    let silence_limit = Duration::from_secs(1);
    let mut place = Place::start(MediaConfig { silence_limit, ..config(1) }).await;
    let phone = Phone::new(Codec::Pcma);
    place.open(FIRST, &phone).await;
    let (_, _other) = place.phone(2, Codec::Pcma, 1100.0).await;
    place.plane.bridge(FIRST, SECOND);
    let held = TrunkOffer { direction: Direction::SendOnly, ..phone.offer() };
    let answer = place.plane.change_trunk(FIRST, &held).expect("a hold");
    assert!(answer.contains("a=recvonly"), "{answer}");
    assert_eq!(hears(&phone, 1100.0).await, 0, "nothing is sent to a far end that does not listen");
    // Whatever the time before the hold was good for.
    fell_silent(&mut place);
    sleep(2 * silence_limit).await;
    assert!(!fell_silent(&mut place), "on hold there is nothing to miss");

    let resumed = Instant::now();
    place.plane.change_trunk(FIRST, &phone.offer()).expect("a resume");
    assert!(hears(&phone, 1100.0).await >= MOST);
    while !fell_silent(&mut place) {
        assert!(resumed.elapsed() < PATIENCE, "after the hold the limit holds again");
        sleep(Duration::from_millis(20)).await;
    }
    place.end(&[FIRST, SECOND]).await;
}

/// Whether the first leg was reported silent.
fn fell_silent(place: &mut Place) -> bool {
    let mut told = false;
    while let Ok(event) = place.events.try_recv() {
        told |= event == MediaEvent::TrunkSilent { leg: FIRST };
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leg_opened_by_our_offer_hears_nobody_until_the_answer() {
    let place = Place::start(config(1)).await;
    let (_, other) = place.phone(2, Codec::Pcma, 1100.0).await;
    let offer = place.plane.offer_trunk(FIRST).expect("a port");
    let offered = TrunkOffer::parse(offer.as_bytes()).expect("an offer");
    assert_eq!(offered.codecs, [Codec::Pcma, Codec::Pcmu]);
    let mut phone = Phone::new(Codec::Pcmu);
    phone.say(500.0, offered.remote);
    place.plane.bridge(FIRST, SECOND);
    assert_eq!(hears(&other, 500.0).await, 0, "nobody is known there yet");
    place.plane.agree_trunk(FIRST, &phone.offer()).expect("an answer");
    assert!(hears(&other, 500.0).await >= MOST);
    assert!(hears(&phone, 1100.0).await >= MOST);
    assert_eq!(
        place.plane.offer_trunk(FIRST).as_deref(),
        Ok(offer.as_str()),
        "nothing has changed"
    );
    place.end(&[FIRST, SECOND]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_heard_and_signalled_is_told_once() {
    let mut place = Place::start(config(1)).await;
    let phone = Phone::new(Codec::Pcma);
    let target = place.open(FIRST, &phone).await;
    let digit = |key| Digit::new(key).expect("a key");
    let press = |key, timestamp| {
        let press = TelephoneEvent { digit: digit(key), end: true, volume: 10, duration: 800 };
        let header = RtpHeader { marker: true, payload_type: 101, sequence: 1, timestamp, ssrc: 7 };
        let mut datagram = [0; 64];
        let len = header.write(&press.to_bytes(), &mut datagram).expect("room");
        phone.socket.send_to(&datagram[..len], target).expect("sent");
    };
    press('5', 160);
    place.plane.digit_signalled(FIRST, digit('5'));
    // Each way tells its keys in their order: once these are told, both of the others were taken.
    press('A', 16_000);
    place.plane.digit_signalled(FIRST, digit('6'));
    let mut keys = String::new();
    while !keys.contains('A') || !keys.contains('6') {
        let event = tokio::time::timeout(PATIENCE, place.events.recv()).await;
        if let Some(MediaEvent::DigitPressed { digit, .. }) = event.expect("in time") {
            keys.push(digit.as_char());
        }
    }
    assert_eq!(keys.matches('5').count(), 1, "{keys}");
    place.end(&[FIRST]).await;
}
