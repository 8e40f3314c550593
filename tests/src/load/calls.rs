//! Whole calls, one after the other and many at once: greeting, key, queue, agent, talk, hang-up, case
//! with report, end of wrap-up. What a call costs, who failed, how soon it was assigned, and how soon
//! after the accept both hear each other. Does I/O.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::assignment::{Assignments, Rang};
use super::callers::{Called, Callers};
use super::{AGENT_HERTZ, Failures, Figures, Outcome, Place, Spread, staff};
use crate::desk::{Desk, News, Ringing, Stream};

/// How long agents talk.
const TALK: Duration = Duration::from_secs(1);
/// A call from the first tone to the last is over by then.
const CALL_LIMIT: Duration = Duration::from_secs(60);
/// How long an agent who accepted may wait for the caller's voice.
const HEAR_LIMIT: Duration = Duration::from_secs(10);
/// How long the helpline is watched while nobody calls.
const IDLE: Duration = Duration::from_secs(3);

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Callers who dial each second.
    pub per_second: u32,
    /// Callers in all.
    pub total: u32,
    /// Agents.
    pub agents: u32,
}

/// What happened to a call, at the tool's clock.
#[derive(Clone, Copy, Debug)]
struct Taken {
    accepted: Instant,
    heard_at_desk: Instant,
}

/// What all desks, telephones and the supervisor write into.
struct Run {
    callers: Callers,
    failures: Failures,
    assignments: Mutex<Assignments>,
    /// By the caller's number.
    taken: Mutex<HashMap<String, Taken>>,
    both_hear: Spread,
}

/// Runs it.
///
/// # Errors
/// The helpline could not be set up for it. What goes wrong with a call is a failure in the outcome.
pub async fn run(place: &Place, sizes: Sizes) -> Result<Outcome> {
    let people = staff::operators(place, sizes.agents).await?;
    let watcher = Stream::open(&staff::supervisor(place).await?).await?;
    let desks = staff::to_desks(people).await?;
    staff::available(&desks).await?;
    let run = Arc::new(Run::new(Callers::start(place).await?, sizes.agents));
    let (began_idle, idle) = (Instant::now(), place.cpu_ms()?);
    sleep(IDLE).await;
    let idle_per_s = (place.cpu_ms()? - idle) / began_idle.elapsed().as_secs_f64();

    let over = CancellationToken::new();
    let mut watching = JoinSet::new();
    watching.spawn(run.clone().watch(watcher));
    let mut agents = JoinSet::new();
    for desk in desks {
        agents.spawn(run.clone().work(desk, over.clone()));
    }
    let (began, before) = (Instant::now(), place.cpu_ms()?);
    let done = run.clone().dial_all(sizes).await;
    over.cancel();
    let mut desks = Vec::new();
    while let Some(desk) = agents.join_next().await {
        desks.push(desk.context("an agent")?);
    }
    let (took, cpu) = (began.elapsed(), place.cpu_ms()? - before);
    watching.shutdown().await;
    for desk in desks {
        desk.close().await;
    }
    run.callers.stop().await;
    Ok(Outcome {
        title: format!(
            "{} whole calls, {} a second, {} agents",
            sizes.total, sizes.per_second, sizes.agents
        ),
        figures: run.figures(sizes, done, took, cpu, idle_per_s),
        failures: run.failures.take(),
        stuck: place.stuck().await?,
    })
}

impl Run {
    fn new(callers: Callers, agents: u32) -> Self {
        Self {
            callers,
            failures: Failures::default(),
            assignments: Mutex::new(Assignments::new(agents)),
            taken: Mutex::default(),
            both_hear: Spread::default(),
        }
    }

    /// A supervisor's eyes: when does each call begin to wait?
    async fn watch(self: Arc<Self>, mut stream: Stream) {
        while let Ok((at, news)) = stream.next().await {
            if let News::Waiting { call } = news {
                self.assignments().waits(&call, at);
            }
        }
    }

    /// All callers dial, evenly; returns how many calls went as they should.
    async fn dial_all(self: Arc<Self>, sizes: Sizes) -> u32 {
        let mut pace = interval(Duration::from_secs(1) / sizes.per_second.max(1));
        let mut calls = JoinSet::new();
        for n in 0..sizes.total {
            pace.tick().await;
            let run = self.clone();
            calls.spawn(async move { run.callers.call(n, CALL_LIMIT).await });
        }
        let mut done = 0;
        while let Some(call) = calls.join_next().await {
            let called = self.failures.of(call.context("a caller").flatten());
            done += u32::from(called.is_some_and(|called| self.heard_both(&called)));
        }
        done
    }

    /// Whether the caller heard the agent; notes how soon both heard each other.
    fn heard_both(&self, called: &Called) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(taken) = taken.get(&called.number).copied() else {
            self.failures.note("a call ended and no agent had talked");
            return false;
        };
        let Some(at) = called.heard_agent_at(taken.accepted) else {
            let (heard, of) = (called.report.heard(AGENT_HERTZ), called.report.talked);
            let what =
                format!("a caller did not hear the agent in time: {heard:?} of {of:?} in all");
            self.failures.note(what);
            return false;
        };
        self.both_hear.add(at.max(taken.heard_at_desk) - taken.accepted);
        true
    }

    /// An agent's day: one caller after the other, until it is over. Gives the desk back.
    async fn work(self: Arc<Self>, mut desk: Desk, over: CancellationToken) -> Desk {
        loop {
            let rang = tokio::select! {
                biased;
                rang = desk.next_ringing(CALL_LIMIT * 10) => rang,
                () = over.cancelled() => return desk,
            };
            let Some((at, ringing)) = self.failures.of(rang) else { return desk };
            self.rang(at, &ringing);
            if let Err(error) = self.serve(&mut desk, &ringing).await {
                self.failures.note(format!("an agent: {error:#}"));
                // Whatever is still open of the call must not hold the agent for the rest of the run.
                let _over_already = desk.hang_up(&ringing).await;
                let _filed_already = desk.file(&ringing).await;
                let _free_already = desk.finish_wrap_up().await;
            }
            self.assignments().freed();
        }
    }

    fn rang(&self, at: Instant, ringing: &Ringing) {
        let number = ringing.number.as_deref();
        let pressed = number.and_then(|number| self.callers.pressed_at(number));
        let told = Duration::from_millis(ringing.waited_ms);
        self.assignments().rings(&ringing.call, Rang { at, pressed, told });
    }

    fn assignments(&self) -> MutexGuard<'_, Assignments> {
        self.assignments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, desk: &mut Desk, ringing: &Ringing) -> Result<()> {
        let accepted = desk.accept(ringing).await?;
        let heard_at_desk = desk.audio.heard(HEAR_LIMIT).await?;
        if let Some(number) = &ringing.number {
            let taken = Taken { accepted, heard_at_desk };
            let mut all = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(number.clone(), taken);
        }
        sleep(TALK).await;
        desk.hang_up(ringing).await?;
        desk.file(ringing).await?;
        desk.finish_wrap_up().await?;
        Ok(())
    }

    fn figures(
        &self,
        sizes: Sizes,
        done: u32,
        took: Duration,
        cpu_ms: f64,
        idle_per_s: f64,
    ) -> Figures {
        let calls = f64::from(sizes.total);
        let net = cpu_ms - idle_per_s * took.as_secs_f64();
        let mut figures = Figures::default();
        figures.count("calls that went as they should", done.into(), "calls");
        figures.number("  a second", f64::from(done) / took.as_secs_f64(), "calls/s");
        figures.number("CPU per whole call", cpu_ms / calls, "ms");
        figures.number("  without what the desks cost when nobody calls", net / calls, "ms");
        figures.number("  desks when nobody calls", idle_per_s, "ms/s");
        let (times, quantiles) = (self.assignments().times(), &[50, 99]);
        figures.spread("time to assign: waits → console rings", &times.wait_to_ring, quantiles);
        figures.spread("  by the helpline's own clock", &times.told, quantiles);
        figures.spread("key pressed → console rings", &times.key_to_ring, quantiles);
        figures.spread("accept → both hear each other", &self.both_hear, &[50, 95]);
        figures
    }
}
