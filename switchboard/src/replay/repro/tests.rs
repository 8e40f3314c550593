use ids::{AgentId, CallId, Class};
use routing::{Effects, FloorConfig, FloorEvent, Wanted};

use super::*;
use crate::floor_journal::{Digest, happened};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + seconds * 1_000_000)
}

fn arrives(number: u128, seconds: i64) -> FloorEvent {
    FloorEvent::CallerArrived {
        call: CallId::from_number(number),
        queue: "health".parse().expect("a name"),
        class: Class::Standard,
        language: None,
        since: at(seconds),
        head: false,
        caller: None,
    }
}

/// A floor with an agent and a caller, and the file of what happened after that.
fn filed() -> (Floor, String) {
    let queue = "health".parse().expect("a name");
    let mut floor = Floor::new(FloorConfig::with_queues(vec![queue])).expect("valid");
    let agent = AgentId::from_number(1);
    let (languages, skills, queues) = (vec![], vec![], vec![queue]);
    let mut effects = Effects::new();
    let registered = FloorEvent::AgentRegistered { agent, languages, skills, queues };
    floor.handle(at(0), registered, &mut effects);
    floor.handle(at(1), arrives(1, 1), &mut effects);
    let mut repro = Repro::beginning(&floor, 2);
    let wants = FloorEvent::AgentStateRequested { agent, want: Wanted::Available };
    for (position, event) in (3..).zip([wants, arrives(2, 4), FloorEvent::Ticked]) {
        effects.clear();
        floor.handle(at(position * 10), event.clone(), &mut effects);
        let event = happened(&event, Digest::of(&effects));
        repro.push(Recorded { position, epoch: 1, at: at(position * 10), event });
    }
    (floor, repro.to_lines("a test says so"))
}

#[test]
fn a_file_runs_to_the_same_floor() {
    let (floor, text) = filed();
    let rerun = run_text(&text).expect("runs");
    assert_eq!(rerun.floor.snapshot(), floor.snapshot());
    assert_eq!((rerun.events, rerun.broken, rerun.mismatch), (3, None, None));
    assert_eq!(rerun.breach, "a test says so");
}

#[test]
fn a_file_that_was_changed_is_told_apart_or_refused() {
    let (_, text) = filed();
    let changed = text.replacen("\"want\":\"available\"", "\"want\":\"offline\"", 1);
    assert_eq!(run_text(&changed).expect("runs").mismatch, Some(3));
    let cut = &text[..text.len() - 10];
    assert!(matches!(run_text(cut), Err(ReproError::Line { number: 4, .. })));
    assert!(matches!(run_text(""), Err(ReproError::Empty)));
    assert!(matches!(run_text("{}"), Err(ReproError::Line { number: 1, .. })));
}
