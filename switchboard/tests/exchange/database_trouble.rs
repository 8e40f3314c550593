//! A database that is locked delays rows, never a caller.

use std::time::Duration;

use store::sea_orm::{ConnectOptions, ConnectionTrait, Database};
use switchboard::CallState;
use telephony::call::EndCause;

use crate::support::Bench;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_locked_calls_are_answered_and_the_rows_come_later() {
    let bench = Bench::start().await;
    let mut one = ConnectOptions::new(bench.db.url().to_owned());
    one.max_connections(1);
    let other = Database::connect(one).await.expect("a second program opens the database");
    other.execute_unprepared("BEGIN EXCLUSIVE").await.expect("it locks the database");

    let live = bench.exchange.subscribe(None).live;
    let mut request = bench.caller(&[('9', 1.0)]);
    request.hang_up_after = Some(Duration::from_secs(6));
    let (report, ()) = tokio::join!(bench.dial(request), bench.until_state(CallState::Waiting));
    let answered = report.answered_after.expect("the caller is answered");
    assert!(answered < Duration::from_secs(4), "answered after {answered:?}");
    let (call, cause) = bench.ended(live).await;
    assert_eq!(cause, EndCause::AbandonedInQueue);

    other.execute_unprepared("ROLLBACK").await.expect("it unlocks the database");
    let interaction = bench.recorded(call).await;
    assert_eq!(interaction.outcome.as_deref(), Some("abandoned_in_queue"));
    assert!(interaction.times.queued_at.is_some());
    bench.assert_nothing_left().await;
}
