//! The load tool, in sizes for a busy machine: every call goes as it should, nothing stays behind.
//! Figures are taken and not looked at.

use std::time::Duration;

use tests::load::{Outcome, Place, bridged, calls, free};

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
