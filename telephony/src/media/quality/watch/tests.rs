use proptest::prelude::*;

use super::*;

const GOOD: Quality = Quality {
    received: 50,
    lost: 0,
    jitter_ms: 1.0,
    round_trip_ms: Some(40.0),
    mos: 4.4,
    sends: Sends::Sound,
    hears: Hears::Well,
};
const MUTE: Quality = Quality { sends: Sends::Nothing, received: 0, mos: 1.0, ..GOOD };
const QUIET: Quality = Quality { sends: Sends::Quiet, ..GOOD };
const DEAF: Quality = Quality { hears: Hears::Nothing, ..GOOD };
const POOR: Quality = Quality { mos: 2.9, ..GOOD };

/// Seconds until a verdict comes, and then seconds of good until it goes.
fn comes_and_goes(watch: &mut AudioWatch, caller: Quality, operator: Quality) -> (usize, usize) {
    let comes = (1..60).find(|_| watch.second(&caller, &operator).is_some()).expect("it comes");
    let goes = (1..60).find(|_| watch.second(&GOOD, &GOOD).is_none()).expect("it goes");
    (comes, goes)
}

#[test]
fn every_trouble_has_its_verdict_and_its_time() {
    for (caller, operator, verdict, seconds) in [
        (DEAF, GOOD, Verdict::CallerCannotHearYou, 3),
        (GOOD, MUTE, Verdict::CallerCannotHearYou, 3),
        (GOOD, DEAF, Verdict::YouCannotHearCaller, 3),
        (MUTE, GOOD, Verdict::YouCannotHearCaller, 3),
        (GOOD, QUIET, Verdict::YourMicrophoneIsSilent, 6),
        (QUIET, GOOD, Verdict::CallerIsSilent, 6),
        (POOR, GOOD, Verdict::PoorLine, 5),
        (GOOD, POOR, Verdict::PoorLine, 5),
        (Quality { hears: Hears::Poorly, ..GOOD }, GOOD, Verdict::PoorLine, 5),
    ] {
        let mut watch = AudioWatch::new();
        assert_eq!(comes_and_goes(&mut watch, caller, operator), (seconds, 3), "{verdict:?}");
        let told = (0..60).find_map(|_| watch.second(&caller, &operator));
        assert_eq!(told, Some(verdict));
    }
}

#[test]
fn a_good_talk_has_no_verdict() {
    let mut watch = AudioWatch::new();
    assert!((0..600).all(|_| watch.second(&GOOD, &GOOD).is_none()));
}

#[test]
fn a_side_that_was_heard_may_listen_for_half_a_minute() {
    let mut watch = AudioWatch::new();
    for _ in 0..10 {
        watch.second(&GOOD, &GOOD);
    }
    assert_eq!(comes_and_goes(&mut watch, GOOD, QUIET), (26, 3));
    assert_eq!(comes_and_goes(&mut watch, QUIET, GOOD), (26, 3));
}

#[test]
fn a_dead_microphone_is_told_although_its_first_seconds_say_nothing_yet() {
    let mut watch = AudioWatch::new();
    for _ in 0..5 {
        watch.second(&GOOD, &GOOD);
    }
    assert_eq!(comes_and_goes(&mut watch, GOOD, QUIET).0, 6);
}

#[test]
fn the_most_useful_comes_first() {
    let mut watch = AudioWatch::new();
    let poor_and_deaf = Quality { mos: 2.0, ..DEAF };
    let told: Vec<_> = (0..6).map(|_| watch.second(&poor_and_deaf, &GOOD)).collect();
    assert_eq!(told[4..], [Some(Verdict::CallerCannotHearYou); 2]);
    let told: Vec<_> = (0..4).map(|_| watch.second(&POOR, &GOOD)).collect();
    assert_eq!(
        told[1..],
        [Some(Verdict::CallerCannotHearYou), Some(Verdict::PoorLine), Some(Verdict::PoorLine)]
    );
}

#[test]
fn a_second_now_and_then_is_no_verdict() {
    let mut watch = AudioWatch::new();
    for _ in 0..100 {
        for side in [DEAF, DEAF, GOOD] {
            assert_eq!(watch.second(&side, &GOOD), None);
        }
    }
}

fn side() -> impl Strategy<Value = Quality> {
    let sends = prop_oneof![Just(Sends::Sound), Just(Sends::Quiet), Just(Sends::Nothing)];
    let hears = prop_oneof![
        Just(Hears::Well),
        Just(Hears::Poorly),
        Just(Hears::Nothing),
        Just(Hears::Unknown)
    ];
    (sends, hears, 1.0..4.5_f32).prop_map(|(sends, hears, mos)| Quality {
        sends,
        hears,
        mos,
        ..GOOD
    })
}

proptest! {
    #[test]
    fn whatever_came_before_three_good_seconds_are_enough(sides in prop::collection::vec((side(), side()), 0..400)) {
        let mut watch = AudioWatch::new();
        for (caller, operator) in &sides {
            watch.second(caller, operator);
        }
        watch.second(&GOOD, &GOOD);
        watch.second(&GOOD, &GOOD);
        prop_assert_eq!(watch.second(&GOOD, &GOOD), None);
    }

    #[test]
    fn no_verdict_in_the_first_two_seconds(a in (side(), side()), b in (side(), side())) {
        let mut watch = AudioWatch::new();
        prop_assert_eq!(watch.second(&a.0, &a.1), None);
        prop_assert_eq!(watch.second(&b.0, &b.1), None);
    }
}
