//! What is refused is refused with the right word, and the next caller is answered.

use std::time::Duration;

use tests::caller::Caller;
use tests::program::Program;
use tests::telephone::Sipp;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_by_name() {
    let program = Program::start(&[]).await.expect("the program starts");
    Sipp::new("no_codec").run(&program).await.expect("488 without a common codec");
    Sipp::new("bad_description").run(&program).await.expect("400 for a bad description");
    Sipp::new("options").run(&program).await.expect("OPTIONS is answered");
    Sipp::new("brief").run(&program).await.expect("the next caller is answered");
    program.until_quiet(Duration::from_secs(30)).await.expect("nothing is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_exchange_says_so_and_keeps_the_places_of_those_in_danger() {
    // 50 places are kept for 104: one is left for the number of the schemes.
    let settings = [("SIP__CALLS_MAX", "51")];
    let program = Program::start(&settings).await.expect("the program starts");
    let first = Caller::begin(&program, "1031", &["--hang-up-after", "8s"]);
    first.until_on_the_line(&program).await;
    Sipp::new("busy").dialled("1031").run(&program).await.expect("the next one gets 503");
    Sipp::new("brief").run(&program).await.expect("104 is answered");
    assert!(first.was_hung_up().await, "the first was not disturbed");
    program.until_quiet(Duration::from_secs(60)).await.expect("the first is gone");
    Sipp::new("brief").dialled("1031").run(&program).await.expect("there is a place again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_not_ours_is_answered_all_the_same() {
    let program = Program::start(&[]).await.expect("the program starts");
    Sipp::new("brief").dialled("5550100").run(&program).await.expect("answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_free_port_the_caller_hears_503_and_not_silence() {
    // One even port: one call.
    let port = tests::ports::free() & !1;
    let ports = format!("{port}-{}", port + 1);
    let program = Program::start(&[("RTP__PORTS", &ports)]).await.expect("the program starts");
    Sipp::new("brief").run(&program).await.expect("the first has the port");
    Sipp::new("busy").run(&program).await.expect("the port rests: 503");
}
