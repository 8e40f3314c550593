//! Simulated days: people arrive, wait, give up, talk; agents answer, decline, fall silent, vanish;
//! clocks jump, events come twice, the floor is restarted. Every promise is checked after every
//! step, and at the end nobody is lost and nothing is left running.
//!
//! A day follows from its seed alone. `SEED=7 cargo test -p routing --test floor days` runs one
//! again; `PLAN=file cargo test -p routing --test floor plan` runs the events of a failed day,
//! which were saved beside the seed's message.

use std::time::Instant;

use plan::Plan;
use report::Report;
use world::World;

mod people;
mod plan;
mod report;
mod world;

/// Days of the ordinary run, and their size.
const SEEDS: u64 = 200;
const CALLERS: u32 = 100;
const AGENTS: u32 = 12;

fn run(seed: u64, agents: u32, callers: u32) -> Report {
    let mut world = World::new(seed, agents, callers);
    let outcome = world.run();
    outcome.unwrap_or_else(|fault| {
        let path = world.plan().save(seed);
        panic!(
            "seed {seed} with {callers} callers: {fault}\n\
             again: SEED={seed} cargo test -p routing --test floor days\n\
             its events: PLAN={path} cargo test -p routing --test floor plan"
        )
    })
}

#[test]
fn two_hundred_days_lose_nobody() {
    let seeds = match std::env::var("SEED") {
        Ok(seed) => {
            let seed = seed.parse().expect("SEED is a number");
            seed..seed + 1
        }
        Err(_) => 0..SEEDS,
    };
    let days = seeds.clone().count();
    let total = seeds.map(|seed| run(seed, AGENTS, CALLERS)).fold(Report::default(), Report::plus);
    println!("{days} days: {total}");
    assert_eq!(total.answered + total.abandoned, CALLERS * u32::try_from(days).expect("few"));
    if days > 1 {
        // Every kind of trouble came up, or the days prove little.
        let troubles = [
            total.missed,
            total.rejected,
            total.lost,
            total.late,
            total.taken,
            total.replaced,
            total.raised,
            total.restarts,
            total.jumps,
            total.twice,
            total.returned,
            total.relaxed,
            total.moved,
            total.reclassed,
            total.forced,
            total.withdrawn,
            total.estimated,
            total.widened,
            total.eased,
            total.dropped,
            total.known,
            total.regained,
            total.overdue,
        ];
        assert!(troubles.iter().all(|count| *count > 0), "{total}");
    }
}

#[test]
fn ten_thousand_callers_lose_nobody() {
    let (began, on_cpu_before) = (now(), on_cpu());
    let report = run(104, 2 * AGENTS, 10_000);
    let (took, cost) = (began.elapsed().as_secs_f64(), on_cpu() - on_cpu_before);
    println!("10 000 callers in {took:.1} s ({cost:.1} s of processor time): {report}");
    assert_eq!(report.answered + report.abandoned, 10_000);
}

/// A simulated day, for tests that look at days.
pub(crate) fn day(seed: u64, agents: u32, callers: u32) -> Plan {
    let mut world = World::new(seed, agents, callers);
    world.run().expect("the day is sound");
    Plan::from_lines(&world.plan().to_lines())
}

#[test]
fn the_same_seed_is_the_same_day() {
    let day = |seed| {
        let mut world = World::new(seed, AGENTS, 60);
        world.run().expect("the day is sound");
        world.plan().to_lines()
    };
    assert_eq!(day(5), day(5));
    assert_ne!(day(5), day(6));
}

#[test]
fn a_saved_plan_replays_to_the_same_floor() {
    if let Ok(path) = std::env::var("PLAN") {
        let plan = Plan::load(&path);
        plan.replay().unwrap_or_else(|fault| panic!("{path}: {fault}"));
        return;
    }
    let mut world = World::new(11, AGENTS, 60);
    world.run().expect("the day is sound");
    let plan = Plan::from_lines(&world.plan().to_lines());
    assert_eq!(plan.replay().expect("the replay is sound"), world.snapshot());
}

#[expect(clippy::disallowed_methods, reason = "prints how long a run takes")]
fn now() -> Instant {
    Instant::now()
}

/// Seconds this thread has been on a processor, where the system says so: what the run costs, on a
/// machine that is busy with other tests.
fn on_cpu() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: f64 = told.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
    nanos / 1e9
}
