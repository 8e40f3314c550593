//! A caller may hang up at every moment; nothing is left behind, and the records say what happened.

use std::time::Duration;

use crm::callback::{Cause, Kind};
use ids::Class;
use routing::Alert;
use store::testing::TestDb;
use switchboard::CallState;
use telephony::call::EndCause;
use telephony::driver::dial::DialEnded;

use crate::support::Bench;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_hangs_up_in_the_greeting_has_heard_it() {
    let bench = Bench::start().await;
    let live = bench.exchange.subscribe(None).live;
    let mut request = bench.caller(&[]);
    request.hang_up_after = Some(Duration::from_secs(2));
    let report = bench.dial(request).await;
    assert!(report.level_dbfs > -40.0, "heard {} dBFS", report.level_dbfs);
    let (call, cause) = bench.ended(live).await;
    assert_eq!(cause, EndCause::AbandonedInGreeting);
    let interaction = bench.recorded(call).await;
    assert_eq!(interaction.outcome.as_deref(), Some("abandoned_in_greeting"));
    assert!(interaction.times.answered_at.is_some());
    assert!(interaction.times.queued_at.is_none());
    bench.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_presses_nine_waits_as_an_emergency_and_is_remembered_by_nothing_else() {
    let bench = Bench::start().await;
    let live = bench.exchange.subscribe(None).live;
    let mut request = bench.caller(&[('9', 1.0)]);
    request.hang_up_after = Some(Duration::from_secs(4));
    let (report, ()) = tokio::join!(bench.dial(request), bench.until_state(CallState::Waiting));
    assert!(matches!(report.ended, DialEnded::ByUs), "{:?}", report.ended);
    let (call, cause) = bench.ended(live).await;
    assert_eq!(cause, EndCause::AbandonedInQueue);
    let interaction = bench.recorded(call).await;
    assert_eq!(interaction.class, Some(Class::Emergency));
    assert!(interaction.wait_ms().is_some_and(|wait| wait > 1_000));
    // Nobody talked with an emergency: somebody calls back, and a supervisor is told.
    let wishes = bench.wishes(1).await;
    assert_eq!((wishes[0].class, wishes[0].kind), (Class::Emergency, Kind::Unserved));
    assert_eq!(wishes[0].interaction, crm::interaction::id_of(call));
    let told = bench.exchange.alerts().into_iter().map(|one| one.alert).collect::<Vec<_>>();
    assert!(told.contains(&Alert::EmergencyUnserved { call }), "{told:?}");
    bench.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_caller_who_presses_five_wishes_to_be_called_back_and_is_noted_once() {
    let bench = Bench::start().await;
    let live = bench.exchange.subscribe(None).live;
    let mut request = bench.caller(&[('0', 0.5), ('5', 1.5), ('5', 2.5)]);
    request.hang_up_after = Some(Duration::from_secs(3));
    bench.dial(request).await;
    let (call, cause) = bench.ended(live).await;
    assert_eq!(cause, EndCause::AbandonedInQueue);
    bench.recorded(call).await;
    let wishes = bench.wishes(1).await;
    assert_eq!(wishes.len(), 1, "asked, and then unserved, is one wish: {wishes:?}");
    assert_eq!((wishes[0].kind, wishes[0].cause), (Kind::Asked, Cause::Waited));
    assert_eq!((wishes[0].times, wishes[0].class), (1, Class::Standard));
    bench.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_a_caller_chose_is_remembered_for_the_next_call() {
    let bench = Bench::start().await;
    for expected in [None, Some("en")] {
        let live = bench.exchange.subscribe(None).live;
        let presses: &[(char, f32)] = if expected.is_none() { &[('2', 1.0)] } else { &[] };
        let mut request = bench.caller(presses);
        request.hang_up_after = Some(Duration::from_secs(3));
        let spoken = async {
            tokio::time::sleep(Duration::from_millis(900)).await;
            bench.exchange.calls().first().and_then(|call| call.language)
        };
        let (_, language) = tokio::join!(bench.dial(request), spoken);
        assert_eq!(language.as_ref().map(ids::Language::as_str), expected);
        bench.ended(live).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    bench.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_not_ours_reaches_a_person_all_the_same() {
    let bench = Bench::start().await;
    let mut request = bench.caller(&[('0', 1.0)]);
    request.to = format!("sip:5551234@{}", bench.sip.local_addr());
    request.hang_up_after = Some(Duration::from_secs(3));
    let live = bench.exchange.subscribe(None).live;
    let (_, ()) = tokio::join!(bench.dial(request), bench.until_state(CallState::Waiting));
    assert_eq!(bench.ended(live).await.1, EndCause::AbandonedInQueue);
    bench.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_call_leaves_the_same_record_on_postgresql() {
    let bench = Bench::start_with(TestDb::postgres().await, |sip| sip).await;
    let live = bench.exchange.subscribe(None).live;
    let mut request = bench.caller(&[('9', 1.0)]);
    request.hang_up_after = Some(Duration::from_secs(3));
    let (_, ()) = tokio::join!(bench.dial(request), bench.until_state(CallState::Waiting));
    let (call, _) = bench.ended(live).await;
    let interaction = bench.recorded(call).await;
    assert_eq!(interaction.outcome.as_deref(), Some("abandoned_in_queue"));
    assert_eq!(interaction.class, Some(Class::Emergency));
    bench.assert_nothing_left().await;
    bench.exchange.stop().await;
}
