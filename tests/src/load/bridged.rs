//! Many calls at once, each a telephone and a browser who hear each other: what a second of talk costs
//! the helpline, what is lost, and how much memory a call holds. Does I/O.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

use super::callers::{Called, Callers};
use super::{AGENT_HERTZ, Failures, Figures, Outcome, Place, process, staff};
use crate::desk::{Desk, Packets, Quality, Ringing};

/// How long all may take to be connected to each other.
const CONNECT_LIMIT: Duration = Duration::from_secs(60);
/// Between two callers who dial, and two agents who hang up.
const BETWEEN: Duration = Duration::from_millis(100);
/// How long the helpline is watched while nobody calls, and left alone before it is weighed.
const IDLE: Duration = Duration::from_secs(3);
/// Share of the talk that a caller must have heard the agent.
const HEARD_SHARE_MIN: f64 = 0.9;

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Calls at once.
    pub calls: u32,
    /// How long they are watched.
    pub span: Duration,
}

/// The calls before those that are measured.
const WARM: Sizes = Sizes { calls: 4, span: Duration::ZERO };

/// Weight and work of the helpline at a moment.
#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Instant,
    cpu_ms: f64,
    rss_kb: f64,
    udp_dropped: u64,
}

impl Reading {
    fn take(place: &Place) -> Result<Self> {
        Ok(Self {
            at: Instant::now(),
            cpu_ms: place.cpu_ms()?,
            rss_kb: place.rss_kb()?,
            udp_dropped: process::udp_dropped()?,
        })
    }
}

/// Everything that was read.
struct Readings {
    signed_in: Reading,
    at_desks: Reading,
    idle: Reading,
    begin: Reading,
    end: Reading,
    at_desk: Packets,
    told: Quality,
    called: Vec<Called>,
}

/// Runs it.
///
/// # Errors
/// The helpline could not be set up for it. What goes wrong with a call is a failure in the outcome.
pub async fn run(place: &Place, sizes: Sizes) -> Result<Outcome> {
    let failures = Failures::default();
    let callers = Arc::new(Callers::start(place).await?);
    warm_up(place, &callers, &failures).await?;
    let people = staff::operators(place, sizes.calls).await?;
    sleep(IDLE).await;
    let signed_in = Reading::take(place)?;
    let desks = staff::to_desks(people).await?;
    staff::available(&desks).await?;
    let at_desks = Reading::take(place)?;
    sleep(IDLE).await;
    let idle = Reading::take(place)?;

    let mut calls = dial_all(&callers, sizes);
    let talking = connect_all(desks, &failures).await;
    sleep(Duration::from_secs(1)).await;
    for (desk, _) in &talking {
        let _before = (desk.audio.take_packets(), desk.take_quality());
    }
    let begin = Reading::take(place)?;
    sleep(sizes.span).await;
    let end = Reading::take(place)?;
    let (at_desk, told) = sums(&talking);
    hang_up_all(talking, &failures).await;
    let called = all_called(&mut calls, &failures).await;
    callers.stop().await;
    let stuck = place.stuck().await?;
    let readings = Readings { signed_in, at_desks, idle, begin, end, at_desk, told, called };
    check_heard(&readings, sizes, &failures);
    Ok(Outcome {
        title: format!("{} bridged calls for {} s", sizes.calls, sizes.span.as_secs()),
        figures: figures(&readings, sizes),
        failures: failures.take(),
        stuck,
    })
}

/// A few calls first: what the helpline loads once is not the memory of a call.
async fn warm_up(place: &Place, callers: &Arc<Callers>, failures: &Failures) -> Result<()> {
    let desks = staff::to_desks(staff::operators(place, WARM.calls).await?).await?;
    staff::available(&desks).await?;
    let mut calls = dial_all(callers, WARM);
    hang_up_all(connect_all(desks, failures).await, failures).await;
    all_called(&mut calls, failures).await;
    Ok(())
}

fn dial_all(callers: &Arc<Callers>, sizes: Sizes) -> JoinSet<Result<Called>> {
    let mut calls = JoinSet::new();
    let longest = CONNECT_LIMIT * 2 + sizes.span;
    for n in 0..sizes.calls {
        let callers = callers.clone();
        calls.spawn(async move {
            sleep(BETWEEN * n).await;
            callers.call(n, longest).await
        });
    }
    calls
}

/// Each desk takes one caller and hears the tone. Those for whom that failed are left out.
async fn connect_all(desks: Vec<Desk>, failures: &Failures) -> Vec<(Desk, Ringing)> {
    let mut connecting = JoinSet::new();
    for mut desk in desks {
        connecting.spawn(async move {
            let (_, ringing) = desk.next_ringing(CONNECT_LIMIT).await?;
            desk.accept(&ringing).await?;
            desk.audio.heard(CONNECT_LIMIT).await?;
            anyhow::Ok((desk, ringing))
        });
    }
    let mut talking = Vec::new();
    while let Some(connected) = connecting.join_next().await {
        talking.extend(failures.of(connected.context("a desk").flatten()));
    }
    talking
}

fn sums(talking: &[(Desk, Ringing)]) -> (Packets, Quality) {
    let (mut at_desk, mut told) = (Packets::default(), Quality::default());
    for (desk, _) in talking {
        let (packets, quality) = (desk.audio.take_packets(), desk.take_quality());
        at_desk.received += packets.received;
        at_desk.lost += packets.lost;
        told.received += quality.received;
        told.lost += quality.lost;
    }
    (at_desk, told)
}

/// Each caller is heard once more; then the agents hang up, file and go home, one after the other.
async fn hang_up_all(talking: Vec<(Desk, Ringing)>, failures: &Failures) {
    let mut pace = interval(BETWEEN);
    let mut leaving = JoinSet::new();
    for (mut desk, ringing) in talking {
        pace.tick().await;
        leaving.spawn(async move {
            desk.audio.listen();
            let heard = desk.audio.heard(Duration::from_secs(5)).await;
            desk.hang_up(&ringing).await?;
            desk.file(&ringing).await?;
            desk.finish_wrap_up().await?;
            desk.close().await;
            heard.context("at the end of the call")
        });
    }
    while let Some(left) = leaving.join_next().await {
        failures.of(left.context("a desk").flatten());
    }
}

async fn all_called(calls: &mut JoinSet<Result<Called>>, failures: &Failures) -> Vec<Called> {
    let mut called = Vec::new();
    while let Some(call) = calls.join_next().await {
        called.extend(failures.of(call.context("a caller").flatten()));
    }
    called
}

fn check_heard(readings: &Readings, sizes: Sizes, failures: &Failures) {
    let wanted = sizes.span.mul_f64(HEARD_SHARE_MIN);
    for Called { number: _, report, .. } in &readings.called {
        let heard = report.heard(AGENT_HERTZ);
        if heard < wanted {
            failures.note(format!("a caller heard the agent for {heard:?} of {:?}", sizes.span));
        }
    }
}

fn figures(readings: &Readings, sizes: Sizes) -> Figures {
    let Readings { signed_in, at_desks, idle, begin, end, at_desk, told, called } = readings;
    let (calls, seconds) = (f64::from(sizes.calls), (end.at - begin.at).as_secs_f64());
    let idle_ms = (idle.cpu_ms - at_desks.cpu_ms) / (idle.at - at_desks.at).as_secs_f64();
    let busy_ms = (end.cpu_ms - begin.cpu_ms) / seconds;
    let telephones = |count: fn(&Called) -> u64| called.iter().map(count).sum::<u64>();
    let mut figures = Figures::default();
    figures.number("CPU per bridged call-second", busy_ms / calls, "ms");
    figures.number("  of that, a browser connected, on no call", idle_ms / calls, "ms");
    figures.count("packets, caller to agent, at the desks", at_desk.received, "packets");
    let expected = (end.at - begin.at).as_millis() / 20 * u128::from(sizes.calls);
    figures.count("  expected", expected.try_into().unwrap_or(u64::MAX), "packets");
    figures.count("  lost on the way to the desks", at_desk.lost, "packets");
    figures.count("  counted by the helpline, from telephones", told.received, "packets");
    figures.count("  missed by the helpline, from telephones", told.lost, "packets");
    figures.count(
        "packets, agent to caller, at the telephones",
        telephones(|called| called.report.received),
        "packets",
    );
    figures.count("  lost, whole calls", telephones(|called| called.report.lost), "packets");
    figures.count("UDP buffer overruns, whole machine", end.udp_dropped - begin.udp_dropped, "");
    figures.number("memory before desks", signed_in.rss_kb / 1024.0, "MB");
    figures.number("memory with desks connected", idle.rss_kb / 1024.0, "MB");
    figures.number("memory with all talking", end.rss_kb / 1024.0, "MB");
    figures.number("memory per call", (end.rss_kb - idle.rss_kb) / calls, "kB");
    let with_peer = (end.rss_kb - signed_in.rss_kb) / calls;
    figures.number("memory per call, console and browser included", with_peer, "kB");
    figures.count("calls that talked", called.len() as u64, "calls");
    figures
}
