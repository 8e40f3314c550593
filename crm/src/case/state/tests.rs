//! The table of every state and step, and the machine under long random lives.

use proptest::prelude::*;

use super::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn at(day: u32) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000) + DAY * day
}

fn states() -> [CaseState; 6] {
    [
        CaseState::New,
        CaseState::Open,
        CaseState::Pending { until: at(2) },
        CaseState::Escalated { since: at(0) },
        CaseState::Resolved { at: at(0) },
        CaseState::Closed { at: at(0) },
    ]
}

fn steps() -> [CaseStep; 6] {
    [
        CaseStep::Work,
        CaseStep::Wait { until: at(3) },
        CaseStep::Escalate,
        CaseStep::Resolve,
        CaseStep::Close,
        CaseStep::Reopen,
    ]
}

fn table(report: ReportStanding) -> String {
    let mut lines = Vec::new();
    for state in states() {
        for step in steps() {
            let outcome = match state.step(at(1), report, step) {
                Ok(next) => next.name().as_str().to_owned(),
                Err(refused) => {
                    assert_eq!((refused.state, refused.step), (state, step));
                    format!("({:?})", refused.why)
                }
            };
            let step = format!("{step:?}");
            let step = step.split_once(' ').map_or(step.as_str(), |(name, _)| name);
            lines.push(format!("{} + {step} = {outcome}", state.name().as_str()));
        }
    }
    lines.join("\n")
}

#[test]
fn every_state_meets_every_step_with_a_report_filed() {
    assert_eq!(
        table(ReportStanding::Filed),
        "new + Work = open\n\
         new + Wait = pending\n\
         new + Escalate = escalated\n\
         new + Resolve = resolved\n\
         new + Close = closed\n\
         new + Reopen = (WrongState)\n\
         open + Work = open\n\
         open + Wait = pending\n\
         open + Escalate = escalated\n\
         open + Resolve = resolved\n\
         open + Close = closed\n\
         open + Reopen = (WrongState)\n\
         pending + Work = open\n\
         pending + Wait = pending\n\
         pending + Escalate = escalated\n\
         pending + Resolve = resolved\n\
         pending + Close = closed\n\
         pending + Reopen = (WrongState)\n\
         escalated + Work = open\n\
         escalated + Wait = pending\n\
         escalated + Escalate = (WrongState)\n\
         escalated + Resolve = resolved\n\
         escalated + Close = closed\n\
         escalated + Reopen = (WrongState)\n\
         resolved + Work = open\n\
         resolved + Wait = (WrongState)\n\
         resolved + Escalate = (WrongState)\n\
         resolved + Resolve = (WrongState)\n\
         resolved + Close = closed\n\
         resolved + Reopen = (WrongState)\n\
         closed + Work = (WrongState)\n\
         closed + Wait = (WrongState)\n\
         closed + Escalate = (WrongState)\n\
         closed + Resolve = (WrongState)\n\
         closed + Close = (WrongState)\n\
         closed + Reopen = open"
    );
}

#[test]
fn without_a_report_only_closing_differs() {
    let expected =
        table(ReportStanding::Filed).replace("Close = closed", "Close = (ReportRequired)");
    assert_eq!(table(ReportStanding::Due), expected);
}

#[test]
fn a_case_is_reopened_on_the_seventh_day_and_not_after() {
    let closed = CaseState::Closed { at: at(0) };
    let reopen = |now| closed.step(now, ReportStanding::Filed, CaseStep::Reopen);
    assert_eq!(reopen(at(7)), Ok(CaseState::Open));
    let late = reopen(at(7) + Duration::from_micros(1)).expect_err("the window is over");
    assert_eq!(late.why, RefusedWhy::WindowOver);
}

#[test]
fn a_reminder_lies_ahead_but_not_years_ahead() {
    let wait = |until| CaseState::Open.step(at(1), ReportStanding::Due, CaseStep::Wait { until });
    assert_eq!(wait(at(1)).expect_err("now").why, RefusedWhy::MomentPassed);
    assert_eq!(wait(at(0)).expect_err("past").why, RefusedWhy::MomentPassed);
    assert_eq!(wait(at(400)).expect_err("far").why, RefusedWhy::MomentTooFar);
    assert_eq!(wait(at(2)), Ok(CaseState::Pending { until: at(2) }));
}

#[test]
fn the_refusal_is_a_sentence() {
    let refused = CaseState::Open
        .step(at(1), ReportStanding::Due, CaseStep::Close)
        .expect_err("no report yet");
    assert_eq!(refused.to_string(), "the case is open: a report must be filed first");
}

#[test]
fn names_and_moments_make_the_state_again() {
    for state in states() {
        assert_eq!(CaseState::from_parts(state.name(), state.moment()), Some(state));
        assert_eq!(StateName::from_name(state.name().as_str()), Some(state.name()));
    }
    assert_eq!(CaseState::from_parts(StateName::Closed, None), None);
    assert_eq!(StateName::from_name("merged"), None);
}

proptest! {
    #[test]
    fn no_life_of_a_case_closes_it_without_a_report(
        life in proptest::collection::vec((0_usize..6, any::<bool>()), 0..60),
    ) {
        let mut state = CaseState::New;
        for (day, (step, filed)) in life.into_iter().enumerate() {
            let report = if filed { ReportStanding::Filed } else { ReportStanding::Due };
            let now = at(u32::try_from(day).expect("small"));
            let mut step = steps()[step];
            if let CaseStep::Wait { until } = &mut step {
                *until = now + DAY;
            }
            if let Ok(next) = state.step(now, report, step) {
                if matches!(next, CaseState::Closed { .. }) {
                    prop_assert!(filed);
                    prop_assert_eq!(next, CaseState::Closed { at: now });
                }
                state = next;
            }
        }
    }
}
