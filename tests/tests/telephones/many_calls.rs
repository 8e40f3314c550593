//! Many callers at once; afterwards nothing is left.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use tests::program::Program;
use tests::telephone::Sipp;

const QUIET: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_over_udp_end_as_they_should() {
    let program = Program::start(&[]).await.expect("the program starts");
    Sipp::new("brief").calls(200, 40).run(&program).await.expect("200 calls");
    program.until_quiet(QUIET).await.expect("nothing is left");
    assert_eq!(program.metric("helpline_calls_panicked_total").await.expect("metrics"), 0.0);
    program.stop().await.expect("it stops in peace");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_over_tcp_and_over_a_network_that_loses_packets_end_as_they_should() {
    let program = Program::start(&[]).await.expect("the program starts");
    Sipp::new("brief").calls(30, 10).over_tcp().run(&program).await.expect("TCP");
    Sipp::new("brief").calls(40, 10).losing(5).run(&program).await.expect("5 % lost");
    program.until_quiet(QUIET).await.expect("nothing is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_who_give_up_before_the_answer_leave_nothing() {
    let program = Program::start(&[]).await.expect("the program starts");
    // Calls are answered within milliseconds, unless their records cannot be written.
    let url = format!("sqlite://{}", program.database().display());
    let mut one = ConnectOptions::new(url);
    one.max_connections(1);
    let other = Database::connect(one).await.expect("a second program opens the database");
    other.execute_unprepared("BEGIN EXCLUSIVE").await.expect("it locks the database");
    Sipp::new("given_up").calls(20, 20).run(&program).await.expect("CANCEL, 200 and 487");
    other.execute_unprepared("ROLLBACK").await.expect("it unlocks the database");
    program.until_quiet(QUIET).await.expect("nothing is left");
    Sipp::new("brief").run(&program).await.expect("the next caller is answered");
}
