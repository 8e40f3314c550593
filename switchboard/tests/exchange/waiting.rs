//! A full queue keeps its callers, and callers learn when their place changed.

use ids::Class;
use switchboard::{CallState, CallView};
use telephony::driver::dial::dial;
use tokio::time::{Duration, sleep, timeout};

use crate::support::Bench;

/// Waits until the calls look like this.
async fn until(bench: &Bench, what: &str, reached: impl Fn(&[CallView]) -> bool) {
    let found = timeout(Duration::from_secs(30), async {
        while !reached(&bench.exchange.calls()) {
            sleep(Duration::from_millis(20)).await;
        }
    });
    let calls = || bench.exchange.calls();
    found.await.unwrap_or_else(|_| panic!("never {what}: {:?}", calls()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_keeps_its_callers_and_lets_an_emergency_in() {
    let bench = Bench::with_room_for(1).await;
    let first = tokio::spawn(dial(bench.caller(&[('0', 0.5)])));
    until(&bench, "one waits", |calls| calls.iter().any(|call| call.position == Some(0))).await;

    // The second finds the queue full, stays, and is let in as an emergency; then the first is second.
    let second = tokio::spawn(dial(bench.caller(&[('0', 0.5), ('9', 4.0)])));
    let outside = |call: &CallView| call.state == CallState::Waiting && call.position.is_none();
    until(&bench, "outside", |calls| calls.iter().any(outside)).await;
    let urgent = |call: &CallView| call.class == Class::Emergency && call.position == Some(0);
    until(&bench, "let in", |calls| calls.iter().any(urgent)).await;
    let behind = |call: &CallView| call.class == Class::Standard && call.position == Some(1);
    until(&bench, "told the new place", |calls| calls.iter().any(behind)).await;

    bench.exchange.stop().await;
    for caller in [first, second] {
        timeout(Duration::from_secs(20), caller)
            .await
            .expect("the call ends")
            .expect("no panic")
            .expect("the call was placed");
    }
}
