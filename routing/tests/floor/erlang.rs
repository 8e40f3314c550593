//! The floor agrees with Erlang C where the formula is exact. A hundredth of the arrivals of the
//! example `erlang_c`, so the tolerance is what chance allows a run of that size.

mod model;

use model::{CASES, Case, measure};

/// Check values of the literature: 80/20 is met by 15 agents who are offered 174 calls an hour of
/// 240 s, and by 45 who are offered 594.
#[test]
fn the_formula_gives_the_known_staffing() {
    for (agents, calls_an_hour) in [(15_u32, 174.0), (45, 594.0)] {
        let load = calls_an_hour * 240.0 / 3600.0 / f64::from(agents);
        let case = Case { agents, load, arrivals: 0, seed: 0 };
        let waits = case.formula().waits;
        let in_time = 1.0 - waits * (-f64::from(agents) * (1.0 - load) * 20.0 / 240.0).exp();
        assert!((0.80..0.805).contains(&in_time), "{agents} agents: {in_time}");
    }
}

#[test]
fn waits_are_as_erlang_said() {
    for case in CASES {
        let case = Case { arrivals: case.arrivals / 100, ..case };
        let (expected, found) = (case.formula(), measure(&case));
        for (what, estimate, expected) in [
            ("waits", found.waits, expected.waits),
            ("mean wait", found.mean_wait, expected.mean_wait),
        ] {
            // Twice the 95 % interval: the seeds are fixed, and chance goes so far once in 10 000.
            let distance = estimate.against(expected);
            assert!(
                distance.difference.abs() <= 2.0 * distance.half_width,
                "{what} of {case:?}: {distance:?}"
            );
            // An interval so wide that it could not fail would prove nothing.
            assert!(distance.half_width < 40.0, "{what} of {case:?}: {distance:?}");
        }
    }
}
