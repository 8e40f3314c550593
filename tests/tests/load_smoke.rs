//! The load tool, in sizes for a busy machine: every call goes as it should, nothing stays behind.
//! Figures are taken and not looked at.

use std::time::Duration;

use tests::load::{Outcome, Place, bridged, calls, free, soak, surge};

fn assert_good(outcome: &Outcome, place: &Place) {
    assert!(outcome.is_good(), "{outcome:#?}\n{:#?}", place.complaints());
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_calls_end_with_a_filed_report() {
    let place = Place::start().await.expect("the program starts");
    let sizes = calls::Sizes { per_second: 2, total: 4, agents: 2 };
    let outcome = calls::run(&place, sizes).await.expect("it runs");
    assert_good(&outcome, &place);
    place.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn bridged_calls_are_heard_to_the_end_and_waiting_callers_ring_freed_agents() {
    let place = Place::start().await.expect("the program starts");
    let sizes = bridged::Sizes { calls: 4, span: Duration::from_secs(3) };
    let outcome = bridged::run(&place, sizes).await.expect("it runs");
    assert_good(&outcome, &place);
    let outcome = free::run(&place, free::Sizes { waiting: 4, agents: 2 }).await.expect("it runs");
    assert_good(&outcome, &place);
    place.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_surge_nobody_is_dropped_in_silence() {
    let place = Place::start().await.expect("the program starts");
    // One agent and ten times as many callers as one can serve; all give up within seconds.
    let sizes = surge::Sizes {
        agents: 1,
        times: 500,
        before: Duration::from_millis(500),
        surge: Duration::from_secs(2),
        emergencies_per_s: 1.0,
        talk: Duration::from_millis(300),
        patience: Duration::from_millis(500),
    };
    let outcome = surge::run(&place, sizes).await.expect("it runs");
    assert_good(&outcome, &place);
    place.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_held_after_the_last_call_of_a_soak() {
    let place = Place::start().await.expect("the program starts");
    let (span, every) = (Duration::from_secs(3), Duration::from_secs(1));
    let sizes = soak::Sizes { per_second: 1, span, every, agents: 2, rest: false };
    let outcome = soak::run(&place, sizes).await.expect("it runs");
    assert_good(&outcome, &place);
    place.stop().await.expect("it stops in peace");
}
