//! The program is told to stop in the middle of a call.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};
use tests::caller::Caller;
use tests::desk::{self, News, Stream};
use tests::program::{PASSWORD, Program};
use tests::telephone::Sipp;
use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_secs(30);

async fn until_not_ready(program: &Program) {
    let until = Instant::now() + PATIENCE;
    loop {
        let answer = reqwest::get(program.url("/readyz")).await.expect("it still answers");
        if answer.status() == reqwest::StatusCode::SERVICE_UNAVAILABLE {
            return;
        }
        assert!(Instant::now() < until, "it is still ready");
        sleep(Duration::from_millis(50)).await;
    }
}

async fn until_told(stream: &mut Stream) {
    let told =
        async { while stream.next().await.expect("the stream is open").1 != News::Stopping {} };
    tokio::time::timeout(PATIENCE, told).await.expect("the console is told");
}

/// How the calls ended, as the records say.
async fn outcomes(database: &std::path::Path) -> Vec<String> {
    let mut one = ConnectOptions::new(format!("sqlite://{}", database.display()));
    one.max_connections(1);
    let db = Database::connect(one).await.expect("the database opens");
    let sql = "SELECT outcome FROM interactions WHERE synthetic = 0 AND outcome IS NOT NULL";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(query).await.expect("rows");
    rows.iter().map(|row| row.try_get("", "outcome").expect("text")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_takes_no_more_calls_tells_the_consoles_and_a_second_one_ends_the_call() {
    let mut program = Program::start(&[("STOP__DRAIN_S", "600")]).await.expect("it starts");
    let api = desk::sign_in(program.http, "operator1", PASSWORD).await.expect("a session");
    let mut stream = Stream::open(&api).await.expect("a console");
    let caller = Caller::begin(&program, "104", &[]);
    caller.until_on_the_line(&program).await;
    program.tell_to_stop().expect("told");
    until_not_ready(&program).await;
    until_told(&mut stream).await;
    Sipp::new("busy").run(&program).await.expect("the next caller gets 503 with Retry-After");
    let calls = program.metric("helpline_calls").await.expect("metrics");
    assert!(calls >= 1.0, "the call goes on: {calls}");
    program.tell_to_stop().expect("told again");
    program.until_ended().await.expect("it ends at once, in peace");
    assert!(caller.was_hung_up().await, "the caller got a BYE");
    assert_eq!(outcomes(&program.database()).await, ["stopped"], "the cause is recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_the_calls_alive_but_not_for_ever() {
    let mut program = Program::start(&[("STOP__DRAIN_S", "600")]).await.expect("it starts");
    let caller = Caller::begin(&program, "104", &["--hang-up-after", "3s"]);
    caller.until_on_the_line(&program).await;
    program.tell_to_stop().expect("told");
    program.until_ended().await.expect("it ends once the caller has hung up");
    assert!(caller.was_hung_up().await, "the caller hung up");
    assert_ne!(outcomes(&program.database()).await, ["stopped"]);

    let mut program = Program::start(&[("STOP__DRAIN_S", "1")]).await.expect("it starts");
    let caller = Caller::begin(&program, "104", &[]);
    caller.until_on_the_line(&program).await;
    program.tell_to_stop().expect("told");
    program.until_ended().await.expect("it ends when the time is over");
    assert!(caller.was_hung_up().await, "the caller got a BYE");
    assert_eq!(outcomes(&program.database()).await, ["stopped"], "the cause is recorded");
}
