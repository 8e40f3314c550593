//! SIPp as the caller: another maker's SIP, many calls, lost packets. The scenarios are in
//! `tests/sipp`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use telephony::call::LeftHow;
use telephony::driver::media::MediaConfig;
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
        ("no_media.xml", ANSWER),
        ("video_only.xml", ANSWER),
        ("audio_and_video.xml", ANSWER),
        ("ten_codecs.xml", ANSWER),
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
async fn every_way_to_hold_and_every_offer_is_answered_as_written() {
    let exchange = exchange().await;
    let scenarios = ["hold_kinds.xml", "offerless.xml", "unusable.xml", "glare.xml"];
    for scenario in scenarios {
        run(&exchange, scenario, ANSWER, &["-m", "3", "-r", "10"]).await;
        run(&exchange, scenario, ANSWER, &["-m", "3", "-r", "10", "-t", "t1"]).await;
    }
    exchange.is_empty().await;
    exchange.seen(|seen| {
        assert!(seen.left.iter().all(|(_, how)| *how == LeftHow::HungUp), "{:?}", seen.left);
        // By call: four ways to hold; one to refuse and one to take; one after the glare.
        assert_eq!(seen.offered, 6 * (4 + 2 + 1));
        assert_eq!(seen.answered, 6 * (2 + 1), "two answers by call without offers, one in glare");
    });
    run(&exchange, "no_answer.xml", ANSWER, &["-m", "3", "-r", "10"]).await;
    exchange.is_empty().await;
    exchange.seen(|seen| {
        assert_eq!(seen.left.len(), 24 + 3);
        assert!(seen.left[24..].iter().all(|(_, how)| *how == LeftHow::SignallingLost));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extensions_that_are_missing_are_named() {
    let exchange = exchange().await;
    for scenario in ["required.xml", "required_first.xml"] {
        run(&exchange, scenario, ANSWER, &["-m", "5", "-r", "20"]).await;
        run(&exchange, scenario, ANSWER, &["-m", "5", "-r", "20", "-t", "t1"]).await;
    }
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_timer_is_negotiated_and_kept() {
    let usual = exchange().await;
    run(&usual, "timer_short.xml", ANSWER, &["-m", "3", "-r", "10"]).await;
    usual.is_empty().await;
    let mut brief = sip_config();
    (brief.session_expires_s, brief.session_expires_min_s) = (8, 1);
    let brief = Exchange::start(brief, media_config(32_768..=60_000)).await;
    tokio::join!(
        run(&brief, "timer_update.xml", ANSWER, &["-m", "3", "-r", "10"]),
        run(&brief, "timer_reinvite.xml", ANSWER, &["-m", "3", "-r", "10"]),
        run(&brief, "timer_gone.xml", ANSWER, &["-m", "3", "-r", "10"]),
        run(&brief, "timer_dead.xml", ANSWER, &["-m", "3", "-r", "10"]),
    );
    brief.is_empty().await;
    brief.seen(|seen| {
        let count = |how| seen.left.iter().filter(|(_, left)| *left == how).count();
        assert_eq!((count(LeftHow::HungUp), count(LeftHow::SignallingLost)), (6, 6));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_nat_the_public_addresses_are_named() {
    let mut sip = sip_config();
    sip.public_address = Some("192.0.2.10".parse().expect("an address"));
    let rtp_public = Some("192.0.2.20".parse().expect("an address"));
    let media = MediaConfig { rtp_public, ..media_config(32_768..=60_000) };
    let exchange = Exchange::start(sip, media).await;
    tokio::join!(
        run(&exchange, "public_address.xml", PROMPT, &["-m", "3", "-r", "10"]),
        run(&exchange, "public_address.xml", PROMPT, &["-m", "3", "-r", "10", "-t", "t1"]),
    );
    exchange.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_by_info_are_told_and_bad_ones_refused() {
    let exchange = exchange().await;
    run(&exchange, "info.xml", ANSWER, &["-m", "1"]).await;
    run(&exchange, "info.xml", ANSWER, &["-m", "1", "-t", "t1"]).await;
    exchange.is_empty().await;
    exchange.seen(|seen| {
        let keys: String = seen.digits.iter().map(|(_, digit)| digit.as_char()).collect();
        assert_eq!(keys, "5#5#");
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_every_ending_no_transaction_is_left() {
    let mut sip = sip_config();
    sip.repeat_after = Duration::from_millis(50);
    (sip.session_expires_s, sip.session_expires_min_s) = (30, 1);
    let exchange = Exchange::start(sip, media_config(32_768..=60_000)).await;
    for (scenario, number) in [
        ("brief.xml", ANSWER),
        ("cancel.xml", RING),
        ("hung_up.xml", PROMPT),
        ("unknown_number.xml", "999"),
        ("no_codec.xml", ANSWER),
        ("bad_description.xml", ANSWER),
        ("no_call.xml", ANSWER),
        ("no_answer.xml", ANSWER),
        ("unusable.xml", ANSWER),
        ("glare.xml", ANSWER),
        ("required_first.xml", ANSWER),
        ("timer_dead.xml", ANSWER),
    ] {
        run(&exchange, scenario, number, &["-m", "2", "-r", "50"]).await;
    }
    exchange.is_at_rest().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_packets_are_sent_again() {
    let exchange = exchange().await;
    run(&exchange, "call.xml", ANSWER, &["-m", "60", "-r", "20", "-lost", "5"]).await;
    run(&exchange, "hold_kinds.xml", ANSWER, &["-m", "10", "-r", "10", "-lost", "5"]).await;
    exchange.until("every leg left", |e| e.seen(|seen| seen.left.len() == 70)).await;
}
