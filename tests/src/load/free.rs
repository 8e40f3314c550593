//! Callers wait and every agent is busy: an agent becomes free, and how soon does the next caller ring
//! there? Does I/O.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::callers::Callers;
use super::{Failures, Figures, Outcome, Place, Spread, staff};
use crate::desk::{Desk, Freed, Ringing};

/// How long agents talk.
const TALK: Duration = Duration::from_millis(500);
/// Between two callers who dial.
const BETWEEN: Duration = Duration::from_millis(50);
/// How long all callers may take to be in the queue, and a freed agent to be asked again.
const QUEUE_LIMIT: Duration = Duration::from_secs(60);
/// A call is over by then.
const CALL_LIMIT: Duration = Duration::from_secs(300);

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Callers who wait while all agents are busy.
    pub waiting: u32,
    /// Agents.
    pub agents: u32,
}

struct Run {
    failures: Failures,
    /// Callers that no freed agent has claimed yet.
    unclaimed: AtomicU32,
    since_sent: Spread,
    since_acknowledged: Spread,
}

/// Runs it.
///
/// # Errors
/// The helpline could not be set up for it. What goes wrong with a call is a failure in the outcome.
pub async fn run(place: &Place, sizes: Sizes) -> Result<Outcome> {
    let desks = staff::to_desks(staff::operators(place, sizes.agents).await?).await?;
    staff::available(&desks).await?;
    let callers = Arc::new(Callers::start(place).await?);
    let run = Arc::new(Run {
        failures: Failures::default(),
        unclaimed: AtomicU32::new(sizes.waiting),
        since_sent: Spread::default(),
        since_acknowledged: Spread::default(),
    });
    let mut calls = JoinSet::new();
    for n in 0..sizes.waiting + sizes.agents {
        let callers = callers.clone();
        calls.spawn(async move {
            sleep(BETWEEN * n).await;
            callers.call(n, CALL_LIMIT).await
        });
    }
    let (all_wait, gate) = watch::channel(false);
    let mut agents = JoinSet::new();
    for desk in desks {
        agents.spawn(run.clone().work(desk, gate.clone()));
    }
    run.failures.of(until_waiting(place, sizes.waiting).await);
    all_wait.send_replace(true);
    while let Some(agent) = agents.join_next().await {
        run.failures.of(agent.context("an agent").flatten());
    }
    while let Some(call) = calls.join_next().await {
        run.failures.of(call.context("a caller").flatten());
    }
    callers.stop().await;
    Ok(Outcome {
        title: format!("{} callers wait for {} agents", sizes.waiting, sizes.agents),
        figures: run.figures(),
        failures: run.failures.take(),
        stuck: place.stuck().await?,
    })
}

/// Waits until so many callers are in the queue and no agent is left for them.
async fn until_waiting(place: &Place, wanted: u32) -> Result<()> {
    let (machine, until) = (place.machine(), Instant::now() + QUEUE_LIMIT);
    loop {
        let floor = machine.get("/floor").await?;
        let queues = floor["queues"].as_array().context("queues")?;
        let waiting: u64 = queues.iter().filter_map(|queue| queue["waiting"].as_u64()).sum();
        if waiting >= wanted.into() {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("{waiting} of {wanted} callers wait");
        }
        sleep(Duration::from_millis(100)).await;
    }
}

impl Run {
    /// An agent keeps the first caller until all others wait, and then takes one after the other.
    async fn work(self: Arc<Self>, mut desk: Desk, mut gate: watch::Receiver<bool>) -> Result<()> {
        let (_, mut ringing) = desk.next_ringing(QUEUE_LIMIT).await?;
        desk.accept(&ringing).await?;
        gate.wait_for(|open| *open).await.context("the run was given up")?;
        loop {
            sleep(TALK).await;
            let more = self.claim();
            let freed = finish(&mut desk, &ringing).await?;
            if !more {
                break;
            }
            let (at, next) = desk.next_ringing(QUEUE_LIMIT).await?;
            self.since_sent.add(at.saturating_duration_since(freed.sent));
            // The frame may be here before the answer to the request: that is no time at all.
            self.since_acknowledged.add(at.saturating_duration_since(freed.acknowledged));
            desk.accept(&next).await?;
            ringing = next;
        }
        desk.close().await;
        Ok(())
    }

    /// Whether a caller is left for the agent who is about to be free.
    fn claim(&self) -> bool {
        let take = |left: u32| left.checked_sub(1);
        self.unclaimed.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok()
    }

    fn figures(&self) -> Figures {
        let mut figures = Figures::default();
        let quantiles = &[50, 99];
        figures.spread("agent free (sent) → next caller rings", &self.since_sent, quantiles);
        let acknowledged = "agent free (acknowledged) → next caller rings";
        figures.spread(acknowledged, &self.since_acknowledged, quantiles);
        figures
    }
}

async fn finish(desk: &mut Desk, ringing: &Ringing) -> Result<Freed> {
    desk.hang_up(ringing).await?;
    desk.file(ringing).await?;
    desk.finish_wrap_up().await
}
