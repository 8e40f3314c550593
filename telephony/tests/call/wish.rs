//! Wishing for a call back: who is offered it, what the key does, and that nobody is sent away by it.

use std::time::Duration;

use ids::Class;
use telephony::call::{Call, CallEvent, CallFacts, CallState};
use telephony::flow::Hours;

use crate::support::*;

/// A caller who pressed `0` and waits.
fn waiting(facts: CallFacts) -> Rig {
    let call = Call::arrived(facts, at(0), &mut Vec::new());
    let rig = Rig { call, now: at(0), out: Vec::new() };
    rig.then(CallEvent::Recorded).then(CallEvent::CallerConfirmed).quietly().press('0')
}

fn place(wait_s: u64) -> CallEvent {
    CallEvent::PlaceChanged { position: 30, expected_wait: Some(Duration::from_secs(wait_s)) }
}

#[test]
fn whoever_may_wait_long_is_offered_it() {
    let rig = waiting(facts(Some("hi")));
    assert!(!rig.effects().contains("callback_offer"), "not at once: {}", rig.effects());
    let soon = rig.clone().then(place(299)).quietly().play_ended_of(2);
    assert_eq!(soon.effects(), "play#3 hi/place_more hi/wait_5");
    let long = rig.clone().then(place(300)).quietly().play_ended_of(2);
    assert_eq!(long.effects(), "play#3 hi/place_more hi/wait_5 hi/callback_offer");
    let full = rig.clone().quietly().then(CallEvent::QueueFull);
    assert_eq!(full.effects(), "play#3 hi/queue_full hi/callback_offer");
    let after = rig.quietly().at_deadline();
    assert_eq!(after.effects(), "play#3 hi/still_waiting hi/press_nine hi/callback_offer");
    let closed = waiting(CallFacts { hours: Hours::Closed(None), ..facts(Some("hi")) });
    assert!(
        closed.effects().ends_with("hi/queue_safety hi/callback_offer"),
        "{}",
        closed.effects()
    );
}

#[test]
fn the_key_is_noted_once_and_the_caller_keeps_the_place() {
    let rig = waiting(facts(Some("en"))).then(place(900)).play_ended_of(2).quietly();
    let rig = rig.press('5');
    assert_eq!(rig.effects(), "wish callback; play#4 en/callback_noted");
    let CallState::Waiting(waiting) = rig.call.state() else { panic!("{:?}", rig.call.state()) };
    assert!(waiting.on_floor() && waiting.since == at(0));
    let rig = rig.quietly().press('5');
    assert_eq!(rig.effects(), "play#5 en/callback_noted", "heard again, noted once");
    let rig = rig.quietly().play_ended_of(5).quietly().at_deadline();
    assert_eq!(
        rig.effects(),
        "play#7 en/still_waiting en/wait_15 en/press_nine",
        "not offered again"
    );
    let accepted = rig.then(CallEvent::AgentAccepted { agent: AGENT, leg: AGENT_LEG });
    assert!(matches!(accepted.call.state(), CallState::Talking(_)));
}

#[test]
fn a_wish_outside_a_full_queue_goes_on_asking_for_a_place() {
    let rig = waiting(facts(Some("en"))).then(CallEvent::QueueFull).quietly().press('5');
    assert_eq!(rig.effects(), "wish callback; play#4 en/callback_noted");
    let rig = rig.quietly().at_deadline();
    assert_eq!(rig.effects(), "join health Standard en since 0 ms");
}

#[test]
fn an_emergency_is_not_asked_to_hang_up() {
    let rig = waiting(facts(Some("en"))).press('9').then(place(900)).quietly();
    let heard = rig.clone().at_deadline();
    assert_eq!(heard.effects(), "play#4 en/emergency_waiting");
    assert_eq!(rig.press('5').effects(), "");
    let line = CallFacts { class: Class::Emergency, ..facts(Some("en")) };
    assert_eq!(waiting(line).quietly().press('5').effects(), "");
}

#[test]
fn whoever_withholds_the_number_is_offered_nothing_that_cannot_be_kept() {
    let withheld = CallFacts { reachable: false, ..facts(Some("en")) };
    let rig = waiting(withheld).quietly().then(CallEvent::QueueFull);
    assert_eq!(rig.effects(), "play#3 en/queue_full");
    assert_eq!(rig.quietly().press('5').effects(), "");
}
