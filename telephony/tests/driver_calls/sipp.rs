//! SIPp as the caller: another maker's SIP, many calls, lost packets. The scenarios are in
//! `tests/sipp`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use telephony::call::LeftHow;
use tokio::process::Command;

use crate::exchange::{ANSWER, Exchange, PROMPT, RING, media_config, sip_config};

/// How long one run may take.
const DEADLINE: Duration = Duration::from_secs(60);

/// Runs a scenario and expects every call to go as written.
pub(crate) async fn run(exchange: &Exchange, scenario: &str, number: &str, options: &[&str]) {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/sipp");
    let mut sipp = Command::new("sipp");
    sipp.arg("-sf").arg(scenarios.join(scenario)).args(["-s", number, "-i", "127.0.0.1"]);
    sipp.args(["-nostdin", "-timeout", "50s", "-timeout_error"]).args(options);
    sipp.arg(exchange.sip.local_addr().to_string());
    sipp.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let finished = tokio::time::timeout(DEADLINE, sipp.output()).await;
    let output = finished.expect("SIPp ends in time").expect("SIPp runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let tail: Vec<&str> = text.lines().rev().take(40).collect();
    assert!(
        output.status.success(),
        "{scenario} {options:?}: {}\n{}\n{}",
        output.status,
        tail.into_iter().rev().collect::<Vec<_>>().join("\n"),
        String::from_utf8_lossy(&output.stderr)
    );
}

async fn exchange() -> Exchange {
    let mut sip = sip_config();
    sip.calls_per_second_max = 1000;
    Exchange::start(sip, media_config(32_768..=60_000)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_calls_go_as_written() {
    let exchange = exchange().await;
    run(&exchange, "call.xml", ANSWER, &["-m", "200", "-r", "50"]).await;
    exchange.is_empty().await;
    exchange.seen(|seen| {
        assert_eq!((seen.invited.len(), seen.left.len()), (200, 200));
        assert!(seen.left.iter().all(|(_, how)| *how == LeftHow::HungUp));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_over_tcp_go_as_written() {
    let exchange = exchange().await;
    run(&exchange, "brief.xml", ANSWER, &["-m", "50", "-r", "50", "-t", "t1"]).await;
    run(&exchange, "cancel.xml", RING, &["-m", "20", "-r", "20", "-t", "tn", "-max_socket", "100"])
        .await;
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_calls_go_as_written() {
    let exchange = exchange().await;
    run(&exchange, "cancel.xml", RING, &["-m", "50", "-r", "50"]).await;
    exchange.is_empty().await;
    exchange.seen(|seen| {
        assert_eq!(seen.left.len(), 50);
        assert!(seen.left.iter().all(|(_, how)| *how == LeftHow::Cancelled));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exchange_hangs_up_as_written() {
    let exchange = exchange().await;
    run(&exchange, "hung_up.xml", PROMPT, &["-m", "20", "-r", "20"]).await;
    run(&exchange, "hung_up.xml", PROMPT, &["-m", "20", "-r", "20", "-t", "t1"]).await;
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_within_a_call_are_all_answered() {
    let exchange = exchange().await;
    run(&exchange, "hold.xml", ANSWER, &["-m", "5", "-r", "5"]).await;
    run(&exchange, "hold.xml", ANSWER, &["-m", "5", "-r", "5", "-t", "t1"]).await;
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_and_requests_outside_of_calls_are_as_written() {
    let exchange = exchange().await;
    for (scenario, number) in [
        ("unknown_number.xml", "999"),
        ("no_codec.xml", ANSWER),
        ("bad_description.xml", ANSWER),
        ("options.xml", ANSWER),
        ("no_call.xml", ANSWER),
    ] {
        run(&exchange, scenario, number, &["-m", "10", "-r", "50"]).await;
    }
    exchange.is_empty().await;
    let mut full = sip_config();
    full.calls_max = 0;
    let full = Exchange::start(full, media_config(32_768..=33_000)).await;
    run(&full, "busy.xml", ANSWER, &["-m", "10", "-r", "50"]).await;
    full.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_packets_are_sent_again() {
    let exchange = exchange().await;
    run(&exchange, "call.xml", ANSWER, &["-m", "60", "-r", "20", "-lost", "5"]).await;
    exchange.until("every leg left", |e| e.seen(|seen| seen.left.len() == 60)).await;
}
