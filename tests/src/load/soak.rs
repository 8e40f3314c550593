//! The whole path for a long time: calls at a steady rate, memory each minute, and what is held after
//! the last of them. Does I/O.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, interval_at, sleep};

use super::{Outcome, Place, calls};

/// How long it may take until everything is given back.
const GIVEN_BACK_LIMIT: Duration = Duration::from_secs(20);
/// The stack rests on transactions that are over, to recognise repetitions (64 × T1, and some).
pub const REST: Duration = Duration::from_secs(40);
const TRANSACTIONS: &str = "helpline_sip_transactions";
/// How often it is asked meanwhile.
const LOOK: Duration = Duration::from_millis(250);
/// What the helpline holds for calls: none of it may be left.
const HELD: [&str; 6] = [
    "helpline_calls",
    "helpline_sip_legs",
    "helpline_sip_dialogs",
    "helpline_media_ports",
    "helpline_floor_callers",
    "helpline_floor_reservations",
];

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Calls a second.
    pub per_second: u32,
    /// For how long.
    pub span: Duration,
    /// How often memory is read.
    pub every: Duration,
    /// Agents.
    pub agents: u32,
    /// Whether to wait until the stack no longer rests on transactions, [`REST`], and count them.
    pub rest: bool,
}

/// Runs it.
///
/// # Errors
/// The helpline could not be set up for it.
pub async fn run(place: &Place, sizes: Sizes) -> Result<Outcome> {
    let seconds = u32::try_from(sizes.span.as_secs()).unwrap_or(u32::MAX);
    let total = sizes.per_second.saturating_mul(seconds);
    let before = place.rss_kb()?;
    let calls = calls::Sizes { per_second: sizes.per_second, total, agents: sizes.agents };
    let mut memory = Vec::new();
    let mut outcome = {
        let running = calls::run(place, calls);
        tokio::pin!(running);
        let mut reading = interval_at(Instant::now() + sizes.every, sizes.every);
        loop {
            tokio::select! {
                outcome = &mut running => break outcome?,
                _ = reading.tick() => memory.push(place.rss_kb()?),
            }
        }
    };
    let minutes = sizes.span.as_secs_f64() / 60.0;
    outcome.title = format!("soak: {} calls a second for {minutes:.1} min", sizes.per_second);
    outcome.figures.number("memory before", before / 1024.0, "MB");
    for (n, kb) in (1_u32..).zip(&memory) {
        let after = sizes.every * n;
        outcome.figures.number(&format!("  after {} s", after.as_secs()), kb / 1024.0, "MB");
    }
    outcome.figures.number("memory after", place.rss_kb()? / 1024.0, "MB");
    let mut left = held(place, &HELD, GIVEN_BACK_LIMIT).await?;
    if sizes.rest {
        left.extend(held(place, &[TRANSACTIONS], REST).await?);
    }
    for (name, left) in left {
        outcome.figures.number(&format!("left: {name}"), left, "");
        if left > 0.0 {
            outcome.failures.push(format!("{left} left behind: {name}"));
        }
    }
    Ok(outcome)
}

/// What is held once nothing is, or at the end of the limit.
async fn held(
    place: &Place,
    names: &[&'static str],
    limit: Duration,
) -> Result<Vec<(&'static str, f64)>> {
    let until = Instant::now() + limit;
    loop {
        let mut left = Vec::with_capacity(names.len());
        for name in names {
            left.push((*name, place.metric(name).await?));
        }
        if left.iter().all(|(_, count)| *count == 0.0) || Instant::now() > until {
            return Ok(left);
        }
        sleep(LOOK).await;
    }
}
