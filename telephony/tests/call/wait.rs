//! What a waiting caller hears, and when: places, expected waits, a full queue, closed lines.

use std::collections::BTreeMap;
use std::time::Duration;

use ids::Class;
use telephony::call::{Call, CallEvent, CallState, PromptName, QueueSound, QueueSounds, SayPlace};
use telephony::flow::{Flow, Hours, Opening, OpeningDay};

use crate::support::*;

fn place(position: u32, wait_s: Option<u64>) -> CallEvent {
    CallEvent::PlaceChanged { position, expected_wait: wait_s.map(Duration::from_secs) }
}

/// A caller who knows English and pressed `0`, in a queue that sounds like this.
fn waiting_with(sound: QueueSound) -> Rig {
    let queue = "health".parse().expect("a name");
    let sounds = QueueSounds::new(BTreeMap::from([(queue, sound)]));
    let facts = telephony::call::CallFacts { sounds, ..facts(Some("en")) };
    let mut out = Vec::new();
    let call = Call::arrived(facts, at(0), &mut out);
    Rig { call, now: at(0), out }
        .then(CallEvent::Recorded)
        .then(CallEvent::CallerConfirmed)
        .press('0')
}

fn waiting() -> Rig {
    waiting_with(QueueSound::default())
}

#[test]
fn the_first_place_follows_the_first_words() {
    let rig = waiting().then(place(2, Some(280))).quietly().after(9000).play_ended_of(2);
    assert_eq!(rig.effects(), "play#3 en/place_3 en/wait_5");
    let rig = rig.quietly().play_ended_of(3);
    assert_eq!(rig.effects(), "play#4 en/music for ever");
    // Known only after the words: said at once.
    let late = waiting().play_ended().quietly().then(place(0, None));
    assert_eq!(late.effects(), "play#4 en/place_1");
}

#[test]
fn words_come_each_minute_and_the_place_only_when_it_went_down() {
    let rig = waiting().then(place(3, None)).play_ended().after(5000).play_ended().quietly();
    let rig = rig.then(place(5, None)).at_deadline();
    assert_eq!(rig.now, at(60_000), "a minute after the last words began");
    assert_eq!(rig.effects(), "play#5 en/still_waiting en/press_nine en/callback_offer");
    let rig = rig.after(8000).play_ended_of(5).quietly().at_deadline();
    assert_eq!(rig.effects(), "play#7 en/still_waiting en/press_nine en/callback_offer");
    assert_eq!(rig.now, at(120_000));
}

#[test]
fn a_caller_who_comes_forward_is_told_soon_but_not_at_once() {
    let rig = waiting().then(place(3, None)).play_ended().after(5000).play_ended().quietly();
    // Music since 5 s: words again at 20 s at the earliest.
    let rig = rig.after(2000).then(place(2, None)).after(1000).then(place(1, Some(61)));
    assert_eq!(rig.effects(), "");
    let rig = rig.at_deadline();
    assert_eq!(rig.now, at(20_000));
    assert_eq!(rig.effects(), "play#5 en/still_waiting en/place_2 en/wait_2 en/press_nine");
    // Never into words: the caller comes forward again while these are said.
    let rig = rig.quietly().after(1000).then(place(0, None)).after(6000).play_ended_of(5);
    assert_eq!(rig.effects(), "play#6 en/music for ever");
    let rig = rig.quietly().at_deadline();
    assert_eq!(rig.now, at(42_000), "15 s after the end of the words");
    assert_eq!(rig.effects(), "play#7 en/still_waiting en/place_1 en/press_nine");
}

#[test]
fn words_whose_end_is_never_reported_do_not_silence_the_call() {
    let rig = waiting().quietly().at_deadline();
    assert_eq!(rig.now, at(60_000));
    assert_eq!(rig.effects(), "play#3 en/still_waiting en/press_nine en/callback_offer");
}

#[test]
fn each_queue_says_what_its_settings_say() {
    let silent = QueueSound {
        music: PromptName("music_calm".to_owned()),
        place: SayPlace::No,
        wait: false,
        safety: false,
    };
    let rig = waiting_with(silent.clone());
    assert!(rig.effects().ends_with("play#2 en/please_wait"), "{}", rig.effects());
    let rig = rig.then(place(0, Some(60))).quietly().play_ended_of(2);
    assert_eq!(rig.effects(), "play#3 en/music_calm for ever");
    let rig = rig.quietly().at_deadline();
    assert_eq!(rig.effects(), "play#4 en/still_waiting en/press_nine en/callback_offer");

    let limited = QueueSound { place: SayPlace::UpTo(2), ..silent };
    let rig = waiting_with(limited).then(place(2, None)).quietly().play_ended_of(2);
    assert_eq!(rig.effects(), "play#3 en/music_calm for ever", "third is behind the limit");
    let rig = rig.after(20_000).quietly().then(place(1, None));
    assert_eq!(rig.effects(), "play#4 en/place_2");
}

#[test]
fn an_emergency_hears_that_it_comes_first_and_no_place() {
    let rig = waiting().press('9').quietly().then(place(4, Some(900))).play_ended_of(3);
    assert_eq!(rig.effects(), "play#4 en/music for ever");
    let rig = rig.quietly().at_deadline();
    assert_eq!(rig.effects(), "play#5 en/emergency_waiting");
}

#[test]
fn a_full_queue_keeps_the_caller_and_tries_again() {
    let rig = waiting().quietly().after(500).then(CallEvent::QueueFull);
    assert_eq!(rig.effects(), "play#3 en/queue_full en/callback_offer");
    let rig = rig.quietly().at_deadline();
    assert_eq!(rig.now, at(15_500));
    assert_eq!(rig.effects(), "join health Standard en since 0 ms", "the wait is intact");
    // Full again: not the same words again so soon.
    let rig = rig.quietly().then(CallEvent::QueueFull);
    assert_eq!(rig.effects(), "");
    let rig = rig.play_ended_of(3).at_deadline();
    assert_eq!(rig.effects(), "play#4 en/music for ever; join health Standard en since 0 ms");
    // Taken at last.
    let rig = rig.quietly().then(place(8, None));
    assert_eq!(rig.effects(), "play#5 en/place_9");
    let left = rig.quietly().then(CallEvent::CallerLeft { how: telephony::call::LeftHow::HungUp });
    assert_eq!(left.effects(), "leave queue, abandoned; end AbandonedInQueue");
}

#[test]
fn outside_a_full_queue_nine_is_an_emergency_and_zero_tries_again() {
    let full = waiting().then(CallEvent::QueueFull).quietly();
    let nine = full.clone().after(3000).press('9');
    assert_eq!(nine.effects(), "join health Emergency en since 0 ms; play#4 en/emergency");
    // Even an emergency may find no room for a moment: it asks each second.
    let nine = nine.quietly().then(CallEvent::QueueFull).at_deadline();
    assert_eq!(
        (nine.now, nine.effects().as_str()),
        (at(4000), "join health Emergency en since 0 ms")
    );

    let zero = full.clone().press('0');
    assert_eq!(zero.effects(), "", "not within the same second");
    let zero = full.clone().after(1000).press('0').press('0');
    assert_eq!(zero.effects(), "join health Standard en since 0 ms", "once");
    let gone = full.then(CallEvent::CallerLeft { how: telephony::call::LeftHow::HungUp });
    assert_eq!(gone.effects(), "end AbandonedInQueue", "the floor never had this caller");
}

#[test]
fn keys_while_nothing_listens_change_nothing() {
    let accepted = CallEvent::AgentAccepted { agent: AGENT, leg: AGENT_LEG };
    let on_floor = waiting().then(place(0, None));
    let talking = on_floor.clone().then(accepted);
    let held = talking.clone().then(CallEvent::HoldRequested);
    let mut quiet = vec![("waiting", on_floor, "1234678*#ABCD0")];
    quiet.push(("talking", talking, "123456780*#ABCD"));
    quiet.push(("on hold", held, "123456780*#ABCD"));
    for (name, rig, keys) in quiet {
        let before = rig.call.clone();
        let rig = keys.chars().fold(rig.quietly(), Rig::press);
        assert_eq!((rig.effects().as_str(), &rig.call), ("", &before), "{name}");
    }
}

#[test]
fn a_closed_line_says_when_it_opens_and_still_ends_at_a_person() {
    let flow = telephony::flow::builtin_flow("schemes").expect("built in").expect("sound");
    let opening = Opening { day: OpeningDay::Tomorrow, hour: 9, half: true };
    let closed = |flow: &Flow, hours| {
        let flow = std::sync::Arc::new(flow.clone());
        let facts = telephony::call::CallFacts { flow, hours, ..facts(Some("hi")) };
        let call = Call::arrived(facts, at(0), &mut Vec::new());
        let rig = Rig { call, now: at(0), out: Vec::new() };
        rig.then(CallEvent::Recorded).then(CallEvent::CallerConfirmed).play_ended().quietly()
    };
    // The hint about the language came first; then a silent caller hears it all and waits.
    let rig = closed(&flow, Hours::Closed(Some(opening)));
    let CallState::Greeting(_) = rig.call.state() else { panic!("{:?}", rig.call.state()) };
    let mut rig = closed(&flow, Hours::Holiday(Some(opening)));
    let mut told = Vec::new();
    for _ in 0..4 {
        rig = rig.at_deadline();
        told.push(rig.effects());
        rig = rig.quietly();
    }
    assert_eq!(
        told,
        [
            "play#3 hi/closed_then",
            "join health Standard hi since 120000 ms; play#4 hi/please_wait \
             hi/queue_safety hi/callback_offer",
            "play#5 hi/still_waiting hi/press_nine hi/callback_offer",
            "play#6 hi/still_waiting hi/press_nine hi/callback_offer",
        ]
    );
    // `9` does not ask for the hours.
    let nine = closed(&flow, Hours::Closed(None)).press('9');
    assert_eq!(nine.call.class(), Class::Emergency);
    assert!(nine.effects().starts_with("join health Emergency"), "{}", nine.effects());
}
