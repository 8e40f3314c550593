//! What a supervisor does: puts agents into states, moves callers, gives them another class. And how
//! long a caller is told to wait.

use std::time::Duration;

use ids::{Class, QueueId};
use routing::{
    AgentState, Alert, BreakReason, FloorEffect, FloorEvent, Next, RefusedWhy, StopCause, Wanted,
};

use crate::support::{
    Day, agent, alerts, arrived, at, call, config, forced, queue, refused, registered, stopped,
    wants,
};

const MEAL: Wanted = Wanted::Break { reason: BreakReason::Meal };

fn standard(number: u128, since: u64) -> FloorEvent {
    arrived(number, Class::Standard, "hi", at(since))
}

fn moved(number: u128, name: &str) -> FloorEvent {
    FloorEvent::CallerMoved { call: call(number), queue: queue(name) }
}

fn reclassed(number: u128, class: Class) -> FloorEvent {
    FloorEvent::CallerReclassed { call: call(number), class }
}

#[test]
fn a_live_call_goes_on_and_the_state_follows() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    day.accepts(11, 1);
    day.happens(20, forced(1, MEAL));
    assert!(matches!(day.state(1), AgentState::Talking { .. }));
    let row = day.floor.agent(agent(1)).expect("registered");
    assert_eq!(row.next, Some(Next::Break { reason: BreakReason::Meal }));
    day.happens(60, FloorEvent::CallEnded { call: call(1) });
    day.ticks(90);
    assert!(matches!(day.state(1), AgentState::Break { reason: BreakReason::Meal, .. }));
}

#[test]
fn a_console_stops_ringing_and_the_caller_goes_to_the_head_with_the_wait_intact() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    day.happens(10, standard(1, 10));
    assert_eq!(day.ringing(1), [1]);
    let effects = day.happens(15, forced(1, Wanted::Offline));
    assert_eq!(stopped(effects), [StopCause::Withdrawn]);
    assert_eq!(day.state(1), AgentState::Offline);
    assert_eq!(day.ringing(1), [2]);
    let row = day.floor.waiting(call(1), at(15)).expect("the caller waits");
    assert!(row.head && row.since == at(10));
}

#[test]
fn nobody_is_put_to_work_who_has_not_signed_in() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, wants(1, Wanted::Offline));
    let effects = day.happens(20, forced(1, Wanted::Available));
    assert_eq!(refused(effects), Some(RefusedWhy::WrongState));
    assert_eq!(refused(day.happens(21, forced(9, MEAL))), Some(RefusedWhy::UnknownAgent));
}

#[test]
fn wrap_up_and_silence_end_when_a_supervisor_says_so() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    day.ticks(30);
    assert!(matches!(day.state(1), AgentState::NotResponding { .. }));
    day.happens(31, forced(1, Wanted::Available));
    assert_eq!(day.ringing(1), [1]);
    day.accepts(32, 1);
    day.happens(40, FloorEvent::CallEnded { call: call(1) });
    day.happens(41, forced(1, Wanted::Available));
    assert_eq!(day.state(1), AgentState::Available { since: at(41) });
}

#[test]
fn a_moved_caller_keeps_wait_and_class_and_rings_where_they_are_now() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(5, registered(2, &["hi"], &["b"]));
    day.happens(6, wants(2, Wanted::Available));
    day.happens(10, arrived(1, Class::Clinical, "hi", at(10)));
    assert_eq!(day.ringing(1), [1]);
    let effects = day.happens(18, moved(1, "b"));
    assert_eq!(stopped(effects), [StopCause::Withdrawn]);
    assert_eq!(day.ringing(1), [2]);
    assert!(matches!(day.state(1), AgentState::Available { .. }));
    let row = day.floor.waiting(call(1), at(18)).expect("the caller waits");
    assert_eq!((row.queue, row.class, row.since), (queue("b"), Class::Clinical, at(10)));
    assert_eq!(refused(day.happens(19, moved(1, "b"))), Some(RefusedWhy::Unchanged));
    assert_eq!(refused(day.happens(19, moved(1, "c"))), Some(RefusedWhy::UnknownQueue));
}

#[test]
fn a_move_says_which_queue_was_left_and_whether_anybody_is_there() {
    let mut day = Day::with_agents(&[]);
    day.happens(10, standard(1, 10));
    let effects = day.happens(18, moved(1, "b"));
    assert_eq!(alerts(effects), [Alert::NobodySignedIn { queue: queue("b"), call: call(1) }]);
    let told = |effect: &FloorEffect| match effect {
        FloorEffect::ClearWaiting { queue, .. } => Some((false, *queue)),
        FloorEffect::SetWaiting { queue, .. } => Some((true, *queue)),
        _ => None,
    };
    let told: Vec<(bool, QueueId)> = effects.iter().filter_map(told).collect();
    assert_eq!(told, [(false, queue("a")), (true, queue("b"))]);
}

#[test]
fn a_supervisor_gives_any_class_but_takes_no_emergency_away() {
    let mut day = Day::with_agents(&[]);
    day.happens(10, standard(1, 10));
    day.happens(11, standard(2, 11));
    day.happens(12, reclassed(2, Class::Clinical));
    let position = |day: &Day, number| {
        day.floor.waiting(call(number), at(12)).expect("the caller waits").position
    };
    assert_eq!((position(&day, 2), position(&day, 1)), (0, 1));
    day.happens(13, reclassed(2, Class::Info));
    assert_eq!((position(&day, 2), position(&day, 1)), (1, 0));
    assert_eq!(refused(day.happens(14, reclassed(2, Class::Info))), Some(RefusedWhy::Unchanged));
    day.happens(15, reclassed(1, Class::Emergency));
    let effects = day.happens(16, reclassed(1, Class::Clinical));
    assert_eq!(refused(effects), Some(RefusedWhy::StaysEmergency));
}

#[test]
fn the_wait_is_estimated_from_how_fast_the_queue_was_served() {
    let mut config = config(&["a"]);
    config.wrap_up = Duration::ZERO;
    let mut day = Day::new(config);
    day.happens(0, registered(1, &["hi"], &["a"]));
    day.happens(1, wants(1, Wanted::Available));
    for number in 1..=6 {
        day.happens(10, standard(number, 10));
    }
    // One agent, a call each 30 s, while others wait.
    for (number, since) in (1..=3).zip([12, 42, 72]) {
        day.accepts(since, 1);
        day.happens(since + 28, FloorEvent::CallEnded { call: call(number) });
    }
    let effects = day.happens(101, standard(7, 101));
    let told = effects.iter().find_map(|effect| match effect {
        FloorEffect::SetWaiting { position, expected_wait, .. } => {
            Some((*position, *expected_wait))
        }
        _ => None,
    });
    assert_eq!(told, Some((3, Some(Duration::from_secs(4 * 30)))));
}
