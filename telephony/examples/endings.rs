//! Ten thousand calls that end in every way, and what they leave behind: nothing.
//!
//!     cargo run --release -p telephony --example endings -- 10000
//!
//! SIPp calls a small exchange of real SIP and real audio ports, by the scenarios of `tests/sipp`, in
//! rounds; after each the legs, dialogs, transactions and ports that are open are counted. Ends with 1
//! if anything was left.

#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/driver_calls/exchange.rs"]
mod exchange;

use std::path::Path;
use std::process::{ExitCode, Stdio};

use exchange::{ANSWER, Exchange, PROMPT, RING, media_config, sip_config};
use tokio::process::Command;

/// Scenario, number dialled, SIPp's further options, and how many of a hundred calls go that way.
const WAYS: [(&str, &str, &[&str], u32); 14] = [
    ("call.xml", ANSWER, &[], 20),
    ("call.xml", ANSWER, &["-lost", "3"], 8),
    ("brief.xml", ANSWER, &[], 12),
    ("brief.xml", ANSWER, &["-t", "t1"], 6),
    ("cancel.xml", RING, &[], 10),
    ("hung_up.xml", PROMPT, &[], 6),
    ("unknown_number.xml", "999", &[], 4),
    ("no_codec.xml", ANSWER, &[], 4),
    ("hold_kinds.xml", ANSWER, &[], 8),
    ("hold_kinds.xml", ANSWER, &["-t", "t1"], 4),
    ("offerless.xml", ANSWER, &[], 6),
    ("no_answer.xml", ANSWER, &[], 4),
    ("glare.xml", ANSWER, &[], 4),
    ("required_first.xml", ANSWER, &[], 4),
];
const ROUNDS: u32 = 10;

#[tokio::main]
async fn main() -> ExitCode {
    let total: u32 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let mut sip = sip_config();
    (sip.calls_per_second_max, sip.calls_max) = (10_000, 10_000);
    let exchange = Exchange::start(sip, media_config(16_384..=32_000)).await;
    let (mut calls, mut failed) = (0, 0);
    for round in 1..=ROUNDS {
        for (scenario, number, options, share) in WAYS {
            let count = (total * share / 100 / ROUNDS).max(1);
            calls += count;
            failed += u32::from(!run(&exchange, scenario, number, options, count).await);
        }
        exchange.is_empty().await;
        if round == ROUNDS {
            // Transactions rest for 64 × T1 to recognise repetitions.
            tokio::time::sleep(64 * sip_config().repeat_after).await;
            exchange.is_at_rest().await;
        }
        let (sip, media) = (exchange.sip.counts(), exchange.media.counts());
        let left = exchange.seen(|seen| (seen.invited.len(), seen.left.len()));
        println!(
            "round {round}: {calls} calls, (invited, left) {left:?}, {sip:?}, {media:?}, {} kB",
            memory_kb()
        );
    }
    println!("{calls} calls, {failed} runs of SIPp with a call that went otherwise");
    ExitCode::from(u8::from(failed > 0))
}

/// Runs a scenario; false if a call of it did not go as written.
async fn run(
    exchange: &Exchange,
    scenario: &str,
    number: &str,
    options: &[&str],
    count: u32,
) -> bool {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/sipp");
    let mut sipp = Command::new("sipp");
    sipp.arg("-sf").arg(scenarios.join(scenario)).args(["-s", number, "-i", "127.0.0.1"]);
    sipp.args(["-nostdin", "-timeout", "120s", "-timeout_error", "-r", "50"]).args(options);
    sipp.args(["-m", &count.to_string()]).arg(exchange.sip.local_addr().to_string());
    sipp.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let ended = sipp.status().await;
    let good = ended.as_ref().is_ok_and(std::process::ExitStatus::success);
    if !good {
        println!("{scenario} {options:?}: {ended:?}");
    }
    good
}

/// Memory of this process that is in use.
fn memory_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
