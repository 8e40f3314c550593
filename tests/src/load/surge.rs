//! A surge: some time at the normal rate, then many times as many callers, against as many agents as
//! before. Whoever is not served must have heard words and left a call-back wish; emergencies, which
//! come as often as before, must wait no longer. Does I/O.
//!
//! The normal rate is that of 45 seats and 600 calls an hour, for as many agents as there are.

mod tally;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::crowd::{Crowd, Patience, Person};
use super::{Failures, Outcome, Place, staff};
use crate::desk::{Desk, Ringing};
use tally::{Phase, Tally};

/// Calls an hour for each agent, when nothing is the matter.
const CALLS_AN_HOUR_PER_AGENT: f64 = 600.0 / 45.0;
/// Numbers of emergencies begin here.
const EMERGENCY: u32 = 1_000_000;
/// An agent for whom nobody rings so long says "Available" again: a console that did not answer in
/// time, because it was still filing, is taken off the floor until somebody comes back to it.
const COME_BACK: Duration = Duration::from_secs(5);
/// How long rows may take to be written after the last call, and how often they are asked for.
const SETTLE_LIMIT: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(500);

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Agents.
    pub agents: u32,
    /// How many times the normal rate.
    pub times: u32,
    /// How long at the normal rate, before.
    pub before: Duration,
    /// How long the surge.
    pub surge: Duration,
    /// Emergencies a second, before and in the surge.
    pub emergencies_per_s: f64,
    /// How long agents talk.
    pub talk: Duration,
    /// Mean patience of a caller.
    pub patience: Duration,
}

impl Sizes {
    /// Callers a second when nothing is the matter, emergencies apart.
    #[must_use]
    pub fn normal_per_s(&self) -> f64 {
        f64::from(self.agents) * CALLS_AN_HOUR_PER_AGENT / 3600.0
    }
}

struct Run {
    crowd: Crowd,
    sizes: Sizes,
    tally: Tally,
    troubles: Failures,
}

/// Runs it. A failure in the outcome is a caller who was dropped in silence, and nothing else.
///
/// # Errors
/// The helpline could not be set up for it.
pub async fn run(place: &Place, sizes: Sizes) -> Result<Outcome> {
    let desks = staff::to_desks(staff::operators(place, sizes.agents).await?).await?;
    staff::available(&desks).await?;
    let crowd = Crowd::start(place).await?;
    let troubles = Failures::default();
    let run = Arc::new(Run { crowd, sizes, tally: Tally::default(), troubles });
    let over = CancellationToken::new();
    let mut agents = JoinSet::new();
    for desk in desks {
        agents.spawn(run.clone().work(desk, over.clone()));
    }
    let (began, cpu) = (Instant::now(), place.cpu_ms()?);
    run.clone().dial_all(place).await?;
    let (took, cpu) = (began.elapsed(), place.cpu_ms()? - cpu);
    over.cancel();
    let mut closing = JoinSet::new();
    while let Some(desk) = agents.join_next().await {
        closing.spawn(desk.context("an agent")?.close());
    }
    closing.join_all().await;
    run.crowd.stop().await;
    let stuck = place.stuck().await?;
    let (wishes, failures) = run.settled(place).await?;
    let mut figures = run.tally.figures(&wishes);
    figures.number("processor", cpu / took.as_secs_f64() / 10.0, "% of one");
    figures.number("CPU per call", cpu / f64::from(run.tally.callers()), "ms");
    figures.count("troubles of the tool's own agents", count(&run.troubles.take()), "");
    figures.count("dropped in silence", count(&failures), "callers");
    let Sizes { agents, times, surge, .. } = sizes;
    let title = format!(
        "surge: {times} × the normal {:.2} calls/s of {agents} agents, {} s",
        sizes.normal_per_s(),
        surge.as_secs()
    );
    Ok(Outcome { title, figures, failures, stuck })
}

fn count<T>(of: &[T]) -> u64 {
    u64::try_from(of.len()).unwrap_or(u64::MAX)
}

impl Run {
    /// The wishes, and who was dropped in silence, once all rows are written.
    async fn settled(&self, place: &Place) -> Result<(BTreeSet<String>, Vec<String>)> {
        let until = Instant::now() + SETTLE_LIMIT;
        loop {
            let wishes = tally::wishes(&place.machine()).await?;
            let dropped = self.tally.dropped(&wishes);
            if dropped.is_empty() || Instant::now() > until {
                return Ok((wishes, dropped));
            }
            sleep(LOOK).await;
        }
    }

    /// Both phases; returns when the last call is over.
    async fn dial_all(self: Arc<Self>, place: &Place) -> Result<()> {
        let mut calls = JoinSet::new();
        let Sizes { before, surge, times, .. } = self.sizes;
        let normal = self.sizes.normal_per_s();
        let mut next = (0, EMERGENCY);
        let mut patience = Patience::around(self.sizes.patience);
        for (phase, rate, span) in
            [(Phase::Before, normal, before), (Phase::Surge, normal * f64::from(times), surge)]
        {
            let began = Instant::now();
            let mut pace = interval(Duration::from_millis(10));
            let (mut usual, mut urgent) = (0.0, 0.0);
            while began.elapsed() < span {
                pace.tick().await;
                let elapsed = began.elapsed().as_secs_f64();
                while usual < elapsed * rate {
                    let person = Person { n: next.0, emergency: false, patience: patience.draw() };
                    self.clone().dial(&mut calls, phase, person);
                    (usual, next.0) = (usual + 1.0, next.0 + 1);
                }
                while urgent < elapsed * self.sizes.emergencies_per_s {
                    // Nobody hangs up in danger, unless nobody comes at all.
                    let patience = self.sizes.patience * 10;
                    let person = Person { n: next.1, emergency: true, patience };
                    self.clone().dial(&mut calls, phase, person);
                    (urgent, next.1) = (urgent + 1.0, next.1 + 1);
                }
                self.tally.alive(calls.len());
                while let Some(call) = calls.try_join_next() {
                    call.context("a caller")?;
                }
            }
            self.tally.phase_took(phase, began.elapsed(), place.rss_kb()?);
        }
        while let Some(call) = calls.join_next().await {
            call.context("a caller")?;
        }
        Ok(())
    }

    fn dial(self: Arc<Self>, calls: &mut JoinSet<()>, phase: Phase, person: Person) {
        self.tally.calls(phase, person);
        calls.spawn(async move {
            let fate = self.crowd.call(person).await;
            self.tally.ended(person, fate);
        });
    }

    /// An agent's day: one caller after the other, until it is over. Gives the desk back.
    async fn work(self: Arc<Self>, mut desk: Desk, over: CancellationToken) -> Desk {
        loop {
            let rang = tokio::select! {
                biased;
                () = over.cancelled() => return desk,
                rang = desk.next_ringing(COME_BACK) => rang,
            };
            let Ok((at, ringing)) = rang else {
                // Refused where nothing is the matter: the agent is available, or finishing.
                let _as_it_is = desk.available().await;
                continue;
            };
            if let Err(error) = self.serve(&mut desk, at, &ringing).await {
                self.troubles.note(format!("an agent: {error:#}"));
                let _over_already = desk.hang_up(&ringing).await;
                let _filed_already = desk.file(&ringing).await;
                let _free_already = desk.finish_wrap_up().await;
            }
        }
    }

    async fn serve(&self, desk: &mut Desk, rang: Instant, ringing: &Ringing) -> Result<()> {
        if !desk.try_accept(ringing).await? {
            // All ring together for an emergency, and somebody was faster.
            return Ok(());
        }
        let waited = Duration::from_millis(ringing.waited_ms) + rang.elapsed();
        self.tally.served(ringing.number.as_deref(), waited);
        sleep(self.sizes.talk).await;
        desk.end_call(ringing).await?;
        desk.file(ringing).await?;
        desk.finish_wrap_up().await?;
        Ok(())
    }
}
