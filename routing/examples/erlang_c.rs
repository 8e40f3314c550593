//! Compares the floor with the Erlang C formula, where the formula is exact: one queue, one language,
//! nobody hangs up, no wrap-up, whoever is asked takes the call at once.
//!
//! `cargo run --release -p routing --example erlang_c [arrivals]`
//!
//! Arrivals are Poisson and talks exponential, from fixed seeds. For each size it prints the
//! probability that a caller waits and the mean wait, by the formula and on the floor, the relative
//! difference, and the 95 % interval of the simulated mean, from means of batches. The first twentieth
//! of the arrivals is the warm-up and is not counted. Ends with 1 if a difference is above 2 %.

use std::process::ExitCode;

#[path = "../tests/floor/erlang/model.rs"]
mod model;

use model::{CASES, Case, measure};

fn main() -> ExitCode {
    let wished = std::env::args().nth(1).and_then(|text| text.parse().ok());
    println!(
        "agents  load  arrivals   P(wait) formula   floor      diff %   95 % ±%   \
         mean wait formula   floor      diff %   95 % ±%"
    );
    let mut agrees = true;
    for case in CASES {
        let case = Case { arrivals: wished.unwrap_or(case.arrivals), ..case };
        let (expected, found) = (case.formula(), measure(&case));
        let waits = found.waits.against(expected.waits);
        let wait = found.mean_wait.against(expected.mean_wait);
        agrees &= waits.difference.abs() <= 2.0 && wait.difference.abs() <= 2.0;
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
