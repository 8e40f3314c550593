//! Rules of queues and of those who come back: full queues, overflow, a place regained, an agent who
//! knows the caller, and wrap-up that waits for its report.

use std::collections::BTreeMap;
use std::time::Duration;

use ids::Class;
use routing::{
    AgentState, Alert, BreakReason, CallerKey, ConfigError, FloorConfig, FloorEffect, FloorEvent,
    Overflow, QueueRules, RefusedWhy, StopCause, Wanted,
};

use crate::support::{
    Day, agent, alerts, arrived, at, call, config, forced, queue, refused, registered, stopped,
    wants,
};

fn standard(number: u128, since: u64) -> FloorEvent {
    arrived(number, Class::Standard, "hi", at(since))
}

/// A caller of queue `a` from this telephone.
fn from(key: u64, number: u128, since: u64) -> FloorEvent {
    match standard(number, since) {
        FloorEvent::CallerArrived { call, queue, class, language, since, head, .. } => {
            let caller = Some(CallerKey(key));
            FloorEvent::CallerArrived { call, queue, class, language, since, head, caller }
        }
        other => other,
    }
}

fn left(number: u128) -> FloorEvent {
    FloorEvent::CallerLeft { call: call(number), cause: routing::LeaveCause::Abandoned }
}

fn overflow(seconds: u64, name: &str) -> Overflow {
    Overflow { after: Duration::from_secs(seconds), queue: queue(name) }
}

fn with_rules(rules: QueueRules) -> FloorConfig {
    FloorConfig { rules: BTreeMap::from([(queue("a"), rules)]), ..config(&["a", "b", "c"]) }
}

fn widening() -> FloorConfig {
    with_rules(QueueRules {
        overflow: vec![overflow(30, "b"), overflow(60, "c")],
        ..QueueRules::default()
    })
}

/// Agents of these queues, available in this order, all of whom speak Hindi.
fn staffed(config: FloorConfig, queues: &[&[&str]]) -> Day {
    let mut day = Day::new(config);
    for (number, served) in (1..).zip(queues) {
        day.happens(0, registered(number, &["hi"], served));
        day.happens(u64::try_from(number).expect("few"), wants(number, Wanted::Available));
    }
    day
}

#[test]
fn a_full_queue_takes_emergencies_and_those_who_return_and_nobody_else() {
    let mut day =
        Day::new(with_rules(QueueRules { waiting_max: Some(2), ..QueueRules::default() }));
    day.happens(10, from(7, 1, 10));
    day.happens(11, standard(2, 11));
    assert_eq!(refused(day.happens(12, standard(3, 12))), Some(RefusedWhy::Full));
    let emergency = arrived(4, Class::Emergency, "hi", at(13));
    assert_eq!(refused(day.happens(13, emergency)), None);
    day.happens(14, left(1));
    day.happens(15, left(4));
    day.happens(16, standard(5, 16));
    assert_eq!(refused(day.happens(17, standard(6, 17))), Some(RefusedWhy::Full));
    assert_eq!(refused(day.happens(18, from(7, 8, 18))), None, "the place was left a moment ago");
    let moved = FloorEvent::CallerMoved { call: call(8), queue: queue("b") };
    assert_eq!(refused(day.happens(19, moved)), None);
    assert_eq!(refused(day.happens(20, standard(9, 20))), Some(RefusedWhy::Full));
}

#[test]
fn a_long_wait_widens_who_is_asked_and_takes_nobody_away() {
    let mut day = staffed(widening(), &[&["b"], &["c"]]);
    day.happens(10, standard(1, 10));
    assert!(day.ringing(1).is_empty());
    let effects = day.ticks(40).clone();
    assert_eq!(day.ringing(1), [1]);
    let told = effects.iter().find_map(|effect| match effect {
        FloorEffect::Ring { explanation, .. } => Some(explanation.clone()),
        _ => None,
    });
    let told = told.expect("a console rings");
    assert_eq!(told.widened_to, [queue("b")]);
    assert_eq!((told.eligible, told.excluded.other_queue), (1, 1));
    day.rejects(41, 1);
    day.ticks(70);
    assert_eq!(day.ringing(1), [1], "the first is asked again before the second step");
    day.rejects(71, 1);
    assert_eq!(day.ringing(1), [2], "the agents of the third queue too");
    day.rejects(72, 2);
    day.happens(73, registered(3, &["hi"], &["a"]));
    day.happens(74, wants(3, Wanted::Available));
    assert_eq!(day.ringing(1), [3], "the queue's own agents stay eligible");
}

#[test]
fn an_emergency_reaches_the_whole_overflow_at_once() {
    let mut day = staffed(widening(), &[&["b", "c"], &["c"], &["b"]]);
    day.happens(10, arrived(1, Class::Emergency, "hi", at(10)));
    assert_eq!(day.ringing(1), [1, 2, 3]);
    let mut day = staffed(widening(), &[&["c"]]);
    day.happens(10, standard(1, 10));
    day.happens(11, FloorEvent::CallerRaised { call: call(1), class: Class::Emergency });
    assert_eq!(day.ringing(1), [1]);
}

#[test]
fn an_emergency_for_whom_nobody_is_signed_in_reaches_everybody_else() {
    let mut day = staffed(config(&["a", "b", "c"]), &[&["b"], &["c"]]);
    let told = [Alert::NobodySignedIn { queue: queue("a"), call: call(1) }];
    assert_eq!(alerts(day.happens(10, arrived(1, Class::Emergency, "hi", at(10)))), told);
    assert_eq!(day.ringing(1), [1, 2]);
    day.happens(11, registered(3, &["hi"], &["a"]));
    assert!(alerts(day.happens(12, wants(3, Wanted::Available))).is_empty(), "told once");
    assert_eq!(day.ringing(1), [1, 2, 3], "its own join");
    let mut day = staffed(config(&["a", "b"]), &[&["a"], &["b"]]);
    day.happens(5, wants(1, Wanted::Break { reason: BreakReason::Meal }));
    day.happens(10, arrived(1, Class::Emergency, "hi", at(10)));
    assert!(day.ringing(1).is_empty(), "somebody of the queue is signed in");
    assert_eq!(alerts(day.happens(11, wants(1, Wanted::Offline))), told);
    assert_eq!(day.ringing(1), [2]);
    let mut day = Day::new(config(&["a", "b"]));
    assert_eq!(alerts(day.happens(10, arrived(1, Class::Emergency, "hi", at(10)))), told);
    day.happens(11, registered(1, &["hi"], &["b"]));
    day.happens(12, wants(1, Wanted::Available));
    assert_eq!(day.ringing(1), [1], "whoever comes first");
}

#[test]
fn nobody_signed_in_means_nobody_in_any_queue_that_is_asked() {
    let mut day = staffed(widening(), &[&["b"]]);
    let effects = day.happens(10, standard(1, 10));
    assert_eq!(alerts(effects), [Alert::NobodySignedIn { queue: queue("a"), call: call(1) }]);
    let rules = QueueRules { overflow: vec![overflow(0, "b")], ..QueueRules::default() };
    let mut day = staffed(with_rules(rules), &[&["b"]]);
    day.happens(5, wants(1, Wanted::Break { reason: BreakReason::Meal }));
    assert!(alerts(day.happens(10, standard(1, 10))).is_empty());
}

#[test]
fn an_overflow_that_makes_no_sense_is_refused() {
    let check = |steps: Vec<Overflow>| {
        with_rules(QueueRules { overflow: steps, ..QueueRules::default() }).check()
    };
    let bad = Err(ConfigError::BadOverflow(queue("a")));
    assert_eq!(check(vec![overflow(9, "a")]), bad);
    assert_eq!(check(vec![overflow(9, "b"), overflow(20, "b")]), bad);
    assert_eq!(check(vec![overflow(9, "b"), overflow(8, "c")]), bad);
    assert_eq!(check(vec![overflow(9, "x")]), Err(ConfigError::UnknownQueue(queue("x"))));
    let none = QueueRules { waiting_max: Some(0), ..QueueRules::default() };
    assert_eq!(with_rules(none).check(), Err(ConfigError::ZeroLimit));
}

#[test]
fn who_hung_up_and_is_back_within_five_minutes_has_the_old_wait() {
    let mut day = Day::new(config(&["a", "b"]));
    day.happens(10, from(7, 1, 10));
    day.happens(20, standard(2, 20));
    day.happens(100, left(1));
    day.happens(399, from(7, 3, 399));
    let row = |day: &Day, number| day.floor.waiting(call(number), at(400)).expect("waits");
    assert_eq!((row(&day, 3).since, row(&day, 3).position), (at(10), 0));
    day.happens(500, left(3));
    day.happens(801, from(7, 4, 801));
    assert_eq!((row(&day, 4).since, row(&day, 4).position), (at(801), 1), "one second too late");
    day.happens(810, from(8, 5, 810));
    assert_eq!(row(&day, 5).since, at(810), "another telephone");
}

#[test]
fn who_lost_the_line_in_talk_and_is_back_within_five_minutes_has_the_old_wait() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, from(7, 1, 10));
    day.accepts(11, 1);
    day.happens(20, standard(2, 20));
    let dropped = FloorEvent::CallDropped { call: call(1) };
    day.happens(60, dropped.clone());
    assert!(matches!(day.state(1), AgentState::WrapUp { .. }), "the agent's part is over");
    assert_eq!(refused(day.happens(61, dropped)), Some(RefusedWhy::UnknownCall));
    day.happens(70, from(7, 3, 70));
    let row = day.floor.waiting(call(3), at(70)).expect("waits");
    assert_eq!((row.since, row.position), (at(10), 0));
    day.ticks(90);
    assert_eq!(day.ringing(3), [1], "before the one who came meanwhile");
    day.accepts(91, 1);
    day.happens(100, FloorEvent::CallEnded { call: call(3) });
    day.happens(110, from(7, 4, 110));
    let row = day.floor.waiting(call(4), at(110)).expect("waits");
    assert_eq!(row.since, at(110), "said goodbye");
}

#[test]
fn a_caller_is_offered_first_to_the_agent_they_talked_with_if_available() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    day.happens(10, from(7, 1, 10));
    day.accepts(11, 1);
    day.happens(20, FloorEvent::CallEnded { call: call(1) });
    day.happens(50, from(7, 2, 50));
    assert_eq!(day.ringing(2), [1], "idle for less, but known");
    assert_eq!(day.floor.poll_timeout(), Some(at(65)), "rings for 15 s, not 20");
    assert_eq!(stopped(day.ticks(65)), [StopCause::TimedOut]);
    assert_eq!(day.ringing(2), [2], "then open to all");
    day.accepts(66, 2);
    day.happens(70, FloorEvent::CallEnded { call: call(2) });
    day.happens(71, wants(1, Wanted::Available));
    day.happens(75, from(7, 3, 75));
    assert_eq!(day.ringing(3), [1], "the other wraps up: nobody waits for a known agent");
}

#[test]
fn an_acquaintance_ends_after_a_day_and_never_rings_who_is_away() {
    let talked = |day: &mut Day| {
        day.happens(10, from(7, 1, 10));
        day.accepts(11, 1);
        day.happens(20, FloorEvent::CallEnded { call: call(1) });
        day.ticks(50);
    };
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    talked(&mut day);
    day.happens(60, wants(1, Wanted::Offline));
    day.happens(61, from(7, 2, 61));
    assert_eq!(day.ringing(2), [2]);
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    talked(&mut day);
    let later = 11 + 24 * 60 * 60 + 1;
    day.happens(later, from(7, 2, later));
    assert_eq!(day.ringing(2), [2]);
}

fn with_reports() -> Day {
    let config = FloorConfig { report_required: true, ..config(&["a"]) };
    let mut day = staffed(config, &[&["a"]]);
    day.happens(10, standard(1, 10));
    day.accepts(11, 1);
    day
}

fn filed() -> FloorEvent {
    FloorEvent::ReportFiled { call: call(1), agent: agent(1) }
}

#[test]
fn wrap_up_does_not_end_before_its_report_and_a_supervisor_is_told() {
    let mut day = with_reports();
    day.happens(40, FloorEvent::CallEnded { call: call(1) });
    let early = day.happens(50, wants(1, Wanted::Available));
    assert_eq!(refused(early), Some(RefusedWhy::ReportUnfiled));
    let overdue = [Alert::ReportOverdue { agent: agent(1), call: call(1) }];
    assert_eq!(alerts(day.ticks(70)), overdue);
    assert!(matches!(day.state(1), AgentState::WrapUp { .. }));
    assert_eq!(day.floor.poll_timeout(), None, "nothing but the report ends it");
    day.happens(80, standard(2, 80));
    assert!(day.ringing(2).is_empty());
    day.happens(90, filed());
    assert_eq!(day.ringing(2), [1], "free at once");
}

#[test]
fn a_report_filed_in_time_lets_wrap_up_end_by_itself() {
    for (filed_at, ended_at) in [(20, 40), (45, 40)] {
        let mut day = with_reports();
        if filed_at < ended_at {
            day.happens(filed_at, filed());
        }
        day.happens(ended_at, FloorEvent::CallEnded { call: call(1) });
        if filed_at > ended_at {
            day.happens(filed_at, filed());
        }
        assert!(alerts(day.ticks(70)).is_empty());
        assert_eq!(day.state(1), AgentState::Available { since: at(70) });
    }
}

#[test]
fn who_finishes_wrap_up_early_goes_where_they_were_asked_to_go() {
    let finished = || FloorEvent::WrapUpFinished { agent: agent(1) };
    let rest = Wanted::Break { reason: BreakReason::Meal };
    let mut day = with_reports();
    day.happens(20, forced(1, rest));
    assert_eq!(refused(day.happens(21, finished())), Some(RefusedWhy::WrongState), "it is a talk");
    day.happens(40, FloorEvent::CallEnded { call: call(1) });
    assert_eq!(refused(day.happens(41, finished())), Some(RefusedWhy::ReportUnfiled));
    day.happens(45, filed());
    day.happens(46, finished());
    let state = AgentState::Break { reason: BreakReason::Meal, since: at(46) };
    assert_eq!(day.state(1), state, "and not when the time of wrap-up is over");

    let mut day = with_reports();
    day.happens(40, FloorEvent::CallEnded { call: call(1) });
    day.happens(45, filed());
    day.happens(46, finished());
    assert_eq!(day.state(1), AgentState::Available { since: at(46) });
}

#[test]
fn an_emergency_may_ring_who_owes_a_report_and_the_report_is_still_owed() {
    let mut day = with_reports();
    day.happens(40, FloorEvent::CallEnded { call: call(1) });
    day.happens(65, arrived(2, Class::Emergency, "hi", at(65)));
    assert_eq!(day.ringing(2), [1]);
    day.happens(72, left(2));
    assert!(matches!(day.state(1), AgentState::WrapUp { .. }));
    let overdue = [Alert::ReportOverdue { agent: agent(1), call: call(1) }];
    assert_eq!(alerts(day.ticks(82)), overdue);
    day.happens(90, forced(1, Wanted::Available));
    assert_eq!(day.state(1), AgentState::Available { since: at(90) }, "a supervisor may");
}

#[test]
fn an_emergency_in_talk_is_told_and_earns_the_longer_wrap_up() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    day.accepts(11, 1);
    let raised = FloorEvent::CallerRaised { call: call(1), class: Class::Emergency };
    let told = [Alert::EmergencyInTalk { agent: agent(1), call: call(1) }];
    assert_eq!(alerts(day.happens(20, raised.clone())), told);
    assert_eq!(refused(day.happens(21, raised)), Some(RefusedWhy::NotMoreUrgent));
    day.happens(30, FloorEvent::CallEnded { call: call(1) });
    assert_eq!(day.state(1), AgentState::WrapUp { call: call(1), until: at(150) });
}
