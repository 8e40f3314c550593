//! Compares the floor with the Erlang C formula, where the formula is exact: one queue, one language,
//! nobody hangs up, no wrap-up, whoever is asked takes the call at once.
//!
//! `cargo run --release -p routing --example erlang_c [arrivals]`
//!
//! Arrivals are Poisson and talks exponential, from fixed seeds. For each size it prints the
//! probability that a caller waits and the mean wait, by the formula and on the floor, the relative
//! difference, and the 95 % interval of the simulated mean, from means of batches. The first twentieth
//! of the arrivals is the warm-up and is not counted. Ends with 1 if a difference, or an interval, is
//! above 2 %. The sizes run side by side, one on each processor; each is the same run every time.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

#[path = "../tests/floor/erlang/model.rs"]
mod model;

use model::{CASES, Case, Found, measure};

/// Both the difference and the half-width of its interval are to be within, percent.
const WITHIN: f64 = 2.0;

fn main() -> ExitCode {
    let wished = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let cases = CASES.map(|case| Case { arrivals: wished.unwrap_or(case.arrivals), ..case });
    let found = measure_all(&cases);
    println!(
        "agents  load  arrivals   P(wait) formula   floor      diff %   95 % ±%   \
         mean wait formula   floor      diff %   95 % ±%"
    );
    let mut agrees = true;
    for (case, found) in &found {
        let expected = case.formula();
        let waits = found.waits.against(expected.waits);
        let wait = found.mean_wait.against(expected.mean_wait);
        agrees &= [waits, wait]
            .iter()
            .all(|distance| distance.difference.abs() <= WITHIN && distance.half_width <= WITHIN);
        println!(
            "{:6}  {:4.2}  {:8}   {:15.6}   {:.6}  {:+7.3}  {:8.3}   {:15.4} s   {:.4} s  {:+7.3}  {:8.3}",
            case.agents,
            case.load,
            case.arrivals,
            expected.waits,
            found.waits.mean,
            waits.difference,
            waits.half_width,
            expected.mean_wait,
            found.mean_wait.mean,
            wait.difference,
            wait.half_width,
        );
    }
    if agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The longest first, so that no processor ends long after the others.
fn measure_all(cases: &[Case]) -> Vec<(Case, Found)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(at) = cases.len().checked_sub(next.fetch_add(1, Ordering::Relaxed) + 1) {
            done.push((at, cases[at], measure(&cases[at])));
        }
        done
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let mut found: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a run ends")).collect()
    });
    found.sort_unstable_by_key(|(at, _, _)| *at);
    found.into_iter().map(|(_, case, found)| (case, found)).collect()
}
