//! Every agent state against every agent event: what the state becomes. The whole table is a file,
//! so that a change of behaviour shows as a changed line.

use std::fmt::Write;

use ids::Class;
use routing::{AgentState, BreakReason, FloorEffect, FloorEvent, LeaveCause, Next, Wanted};

use crate::support::{Day, agent, arrived, at, call, forced, registered, wants};

const STATES: [&str; 12] = [
    "offline",
    "available",
    "ringing",
    "ringing, next break",
    "ringing in wrap-up",
    "talking",
    "talking, lost",
    "on_hold",
    "wrap_up",
    "wrap_up, next offline",
    "break",
    "not_responding",
];

const REST: Wanted = Wanted::Break { reason: BreakReason::Rest };

/// A floor whose agent 1 is in this state at 200 s; call 1 is theirs where there is one.
fn in_state(state: &str) -> Day {
    let mut day = Day::with_agents(&[&["hi"]]);
    let standard = arrived(1, Class::Standard, "hi", at(100));
    match state {
        "offline" => {
            day.happens(100, wants(1, Wanted::Offline));
        }
        "available" => {}
        "break" => {
            day.happens(100, wants(1, REST));
        }
        "not_responding" => {
            day.happens(100, standard);
            day.ticks(120);
            day.happens(121, left(1));
        }
        "ringing" => {
            day.happens(190, standard);
        }
        "ringing, next break" => {
            day.happens(190, standard);
            day.happens(191, wants(1, REST));
        }
        "talking" | "talking, lost" | "on_hold" => {
            day.happens(100, standard);
            day.accepts(110, 1);
            match state {
                "talking, lost" => {
                    day.happens(150, FloorEvent::AgentLost { agent: agent(1) });
                }
                "on_hold" => {
                    day.happens(150, FloorEvent::CallHeld { call: call(1) });
                }
                _ => {}
            }
        }
        "wrap_up" | "wrap_up, next offline" | "ringing in wrap-up" => {
            day.happens(100, standard);
            day.accepts(110, 1);
            day.happens(190, FloorEvent::CallEnded { call: call(1) });
            match state {
                "wrap_up, next offline" => {
                    day.happens(191, wants(1, Wanted::Offline));
                }
                "ringing in wrap-up" => {
                    day.happens(195, arrived(1, Class::Emergency, "hi", at(195)));
                }
                _ => {}
            }
        }
        other => panic!("unknown state {other}"),
    }
    day
}

fn left(number: u128) -> FloorEvent {
    FloorEvent::CallerLeft { call: call(number), cause: LeaveCause::Abandoned }
}

/// The events of the table, by name, as they are for this floor.
fn events(day: &Day) -> Vec<(&'static str, u64, FloorEvent)> {
    let reservation = match day.state(1) {
        AgentState::Ringing { reservation, .. } => reservation,
        _ => ids::ReservationId(99),
    };
    let (one, call) = (agent(1), call(1));
    vec![
        ("registered again", 200, registered(1, &["hi"], &["a"])),
        ("wants available", 200, wants(1, Wanted::Available)),
        ("wants break", 200, wants(1, Wanted::Break { reason: BreakReason::Meal })),
        ("wants offline", 200, wants(1, Wanted::Offline)),
        ("forced available", 200, forced(1, Wanted::Available)),
        ("forced break", 200, forced(1, Wanted::Break { reason: BreakReason::Meal })),
        ("forced offline", 200, forced(1, Wanted::Offline)),
        ("lost", 200, FloorEvent::AgentLost { agent: one }),
        ("accepted", 200, FloorEvent::ReservationAccepted { reservation, agent: one }),
        ("rejected", 200, FloorEvent::ReservationRejected { reservation, agent: one }),
        ("caller left", 200, left(1)),
        ("caller arrived", 200, arrived(2, Class::Standard, "hi", at(200))),
        ("emergency arrived", 200, arrived(2, Class::Emergency, "hi", at(200))),
        ("held", 200, FloorEvent::CallHeld { call }),
        ("resumed", 200, FloorEvent::CallResumed { call }),
        ("ended", 200, FloorEvent::CallEnded { call }),
        ("dropped", 200, FloorEvent::CallDropped { call }),
        ("wrap-up finished", 200, FloorEvent::WrapUpFinished { agent: one }),
        ("ticked after 20 s", 220, FloorEvent::Ticked),
    ]
}

fn outcome(day: &mut Day, seconds: u64, event: FloorEvent) -> String {
    let effects = day.happens(seconds, event);
    let refused = effects.iter().find_map(|effect| match effect {
        FloorEffect::Refuse { why, .. } => Some(format!("refused: {why:?}")),
        _ => None,
    });
    refused.unwrap_or_else(|| {
        let row = day.floor.agent(agent(1)).expect("agent 1 is registered");
        let state = match row.state {
            AgentState::Offline => "offline".into(),
            AgentState::Available { since } => format!("available since {}", clock(since)),
            AgentState::Ringing { reservation, .. } => format!("ringing #{reservation}"),
            AgentState::Talking { since, .. } => format!("talking since {}", clock(since)),
            AgentState::OnHold { since, .. } => format!("on_hold since {}", clock(since)),
            AgentState::WrapUp { until, .. } => format!("wrap_up until {}", clock(until)),
            AgentState::Break { reason, .. } => format!("break {reason:?}"),
            AgentState::NotResponding { since } => format!("not_responding since {}", clock(since)),
        };
        match row.next {
            None => state,
            Some(Next::Break { reason }) => format!("{state}, next break {reason:?}"),
            Some(Next::Offline) => format!("{state}, next offline"),
        }
    })
}

fn clock(moment: ids::Timestamp) -> u64 {
    moment.since(at(0)).as_secs()
}

#[test]
fn every_state_answers_every_event() {
    let mut table = String::new();
    for state in STATES {
        writeln!(table, "{state}").expect("a string takes it");
        for number in 0..events(&in_state(state)).len() {
            let mut day = in_state(state);
            let (name, seconds, event) = events(&day).swap_remove(number);
            let outcome = outcome(&mut day, seconds, event);
            writeln!(table, "    {name:<18} -> {outcome}").expect("a string takes it");
        }
    }
    if std::env::var_os("UPDATE_TABLE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/floor/table.txt");
        std::fs::write(path, &table).expect("the table is writable");
        return;
    }
    // After a change that was meant: UPDATE_TABLE=1 cargo test -p routing --test floor table
    assert_eq!(table, include_str!("table.txt"));
}
