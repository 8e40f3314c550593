//! The rules of the floor, one by one, each as a short story.

use ids::Class;
use routing::{
    AgentState, Alert, BreakReason, FloorConfig, FloorEffect, FloorEvent, LeaveCause, RefusedWhy,
    StopCause, Verdict, Wanted,
};

use crate::support::{
    Day, agent, alerts, arrived, at, call, config, connected, language, queue, refused, registered,
    stopped, wants,
};

fn standard(number: u128, since: u64) -> FloorEvent {
    arrived(number, Class::Standard, "hi", at(since))
}

fn emergency(number: u128, since: u64) -> FloorEvent {
    arrived(number, Class::Emergency, "hi", at(since))
}

#[test]
fn the_longest_idle_agent_who_speaks_the_language_rings() {
    let mut day = Day::with_agents(&[&["en"], &["hi"], &["hi"]]);
    day.happens(10, standard(1, 10));
    assert_eq!(day.ringing(1), [2]);
    let effects = day.accepts(12, 2);
    assert_eq!(connected(effects), [(2, 1)]);
    day.happens(13, standard(2, 13));
    assert_eq!(day.ringing(2), [3]);
}

#[test]
fn agents_idle_for_the_same_time_ring_in_order_of_id() {
    let mut day = Day::new(config(&["a"]));
    for number in [9, 4, 7] {
        day.happens(0, registered(number, &["hi"], &["a"]));
        day.happens(1, wants(number, Wanted::Available));
    }
    day.happens(10, standard(1, 10));
    assert_eq!(day.ringing(1), [4]);
}

#[test]
fn a_silent_agent_stops_responding_and_the_next_rings_at_once() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    day.happens(10, standard(1, 10));
    assert_eq!(day.floor.poll_timeout(), Some(at(30)));
    let effects = day.ticks(30);
    assert_eq!(stopped(effects), [StopCause::TimedOut]);
    assert!(matches!(day.state(1), AgentState::NotResponding { .. }));
    assert_eq!(day.ringing(1), [2]);
    let row = day.floor.waiting(call(1), at(30)).expect("the caller waits");
    assert!(row.head && row.since == at(10) && row.position == 0);
}

#[test]
fn a_second_miss_in_a_row_alerts_a_supervisor_once() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    assert!(alerts(day.ticks(30)).is_empty());
    day.happens(40, wants(1, Wanted::Available));
    assert_eq!(alerts(day.ticks(60)), [Alert::MissedTwice { agent: agent(1) }]);
    day.happens(70, wants(1, Wanted::Available));
    assert!(alerts(day.ticks(90)).is_empty());
}

#[test]
fn an_agent_who_missed_keeps_the_place_among_the_idle() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    day.happens(10, standard(1, 10));
    day.ticks(30);
    day.accepts(31, 2);
    day.happens(40, wants(1, Wanted::Available));
    assert_eq!(day.state(1), AgentState::Available { since: at(1) });
}

#[test]
fn a_rejected_caller_goes_to_others_and_back_after_ten_seconds() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    day.rejects(12, 1);
    assert!(day.ringing(1).is_empty());
    assert_eq!(day.state(1), AgentState::Available { since: at(1) });
    let table = day.floor.explain(call(1)).expect("the caller waits");
    assert_eq!(table.rows[0].verdict, Verdict::CoolingDown);
    day.happens(13, standard(2, 13));
    assert_eq!(day.ringing(2), [1], "another caller is offered meanwhile");
    day.rejects(14, 1);
    day.ticks(22);
    assert_eq!(day.ringing(1), [1]);
}

#[test]
fn an_answer_that_comes_late_is_refused() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    let (reservation, agent) = (day.reservation(1), agent(1));
    let accepted = FloorEvent::ReservationAccepted { reservation, agent };
    // Not even a tick came between.
    let effects = day.happens(30, accepted.clone());
    assert_eq!(refused(effects), Some(RefusedWhy::ReservationOver));
    let rejected = FloorEvent::ReservationRejected { reservation, agent };
    assert_eq!(refused(day.happens(31, rejected)), Some(RefusedWhy::ReservationOver));
    assert_eq!(refused(day.happens(32, accepted)), Some(RefusedWhy::ReservationOver));
}

#[test]
fn an_emergency_rings_everybody_and_the_first_acceptance_wins() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"], &["hi"], &["en"]]);
    day.happens(10, standard(1, 10));
    day.accepts(11, 1);
    day.happens(20, FloorEvent::CallEnded { call: call(1) });
    day.happens(25, emergency(2, 25));
    assert_eq!(day.ringing(2), [1, 2, 3], "also in wrap-up; only who speaks the language");
    let (late, second) = (day.reservation(3), agent(3));
    let effects = day.accepts(27, 2);
    assert_eq!(connected(effects), [(2, 2)]);
    assert_eq!(stopped(effects), [StopCause::TakenByAnother; 2]);
    assert_eq!(day.state(1), AgentState::WrapUp { call: call(1), until: at(50) });
    let accepted = FloorEvent::ReservationAccepted { reservation: late, agent: second };
    assert_eq!(refused(day.happens(27, accepted)), Some(RefusedWhy::ReservationOver));
    day.happens(100, FloorEvent::CallEnded { call: call(2) });
    assert_eq!(day.state(2), AgentState::WrapUp { call: call(2), until: at(220) });
}

#[test]
fn an_emergency_never_cuts_a_live_call() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    day.accepts(11, 1);
    day.happens(20, emergency(2, 20));
    assert_eq!(day.state(1), AgentState::Talking { call: call(1), since: at(11) });
    day.happens(30, FloorEvent::CallEnded { call: call(1) });
    assert_eq!(day.ringing(2), [1], "rings as soon as the call is over");
}

#[test]
fn an_emergency_in_a_language_nobody_speaks_still_rings() {
    let mut day = Day::with_agents(&[&["hi"], &["en"]]);
    let effects = day.happens(10, arrived(1, Class::Emergency, "ta", at(10)));
    let steps: Vec<u32> = effects
        .iter()
        .filter_map(|effect| match effect {
            FloorEffect::Ring { explanation, .. } => Some(explanation.relaxation_step),
            _ => None,
        })
        .collect();
    assert_eq!(steps, [1, 1]);
    day.happens(11, arrived(2, Class::Clinical, "ta", at(11)));
    assert!(day.ringing(2).is_empty(), "for all others the language is required");
}

#[test]
fn an_emergency_that_everybody_missed_rings_again() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    day.happens(10, emergency(1, 10));
    let effects = day.ticks(20);
    assert_eq!(stopped(effects), [StopCause::TimedOut; 2]);
    assert_eq!(day.ringing(1), [1, 2]);
    assert_eq!(connected(day.accepts(22, 2)), [(2, 1)]);
    assert!(matches!(day.state(1), AgentState::NotResponding { .. }));
}

#[test]
fn an_emergency_that_everybody_declined_rings_again() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    day.happens(10, emergency(1, 10));
    day.rejects(11, 1);
    day.rejects(12, 2);
    assert!(day.ringing(1).is_empty());
    day.ticks(21);
    assert_eq!(day.ringing(1), [1]);
    day.ticks(22);
    assert_eq!(day.ringing(1), [1, 2]);
}

#[test]
fn an_emergency_takes_a_console_that_rings_for_a_lesser_caller() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    let effects = day.happens(12, emergency(2, 12));
    assert_eq!(stopped(effects), [StopCause::Replaced]);
    assert_eq!((day.ringing(1), day.ringing(2)), (vec![], vec![1]));
    assert!(day.floor.waiting(call(1), at(12)).expect("waits again").head);
}

#[test]
fn a_caller_raised_to_emergency_rings_everybody_at_once() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    day.happens(10, standard(1, 10));
    let raised = |class| FloorEvent::CallerRaised { call: call(1), class };
    let effects = day.happens(12, raised(Class::Emergency));
    assert_eq!(stopped(effects), [StopCause::Replaced]);
    assert_eq!(day.ringing(1), [1, 2]);
    let effects = day.happens(13, raised(Class::Clinical));
    assert_eq!(refused(effects), Some(RefusedWhy::NotMoreUrgent));
}

#[test]
fn a_caller_who_leaves_stops_the_ringing() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    let left = FloorEvent::CallerLeft { call: call(1), cause: LeaveCause::Abandoned };
    assert_eq!(stopped(day.happens(15, left)), [StopCause::CallerLeft]);
    assert_eq!(day.state(1), AgentState::Available { since: at(1) });
    assert_eq!(day.floor.poll_timeout(), None);
}

#[test]
fn an_agent_lost_while_ringing_gives_the_caller_to_the_next() {
    let mut day = Day::with_agents(&[&["hi"], &["hi"]]);
    day.happens(10, standard(1, 10));
    let effects = day.happens(15, FloorEvent::AgentLost { agent: agent(1) });
    assert_eq!(stopped(effects), [StopCause::AgentLost]);
    assert_eq!((day.state(1), day.ringing(1)), (AgentState::Offline, vec![2]));
}

#[test]
fn an_agent_lost_in_a_call_is_offline_when_it_ends() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    day.accepts(11, 1);
    day.happens(20, FloorEvent::AgentLost { agent: agent(1) });
    assert!(matches!(day.state(1), AgentState::Talking { .. }));
    day.happens(30, FloorEvent::CallEnded { call: call(1) });
    assert_eq!(day.state(1), AgentState::Offline);
}

#[test]
fn a_break_asked_for_in_a_call_begins_after_wrap_up() {
    let mut day = Day::with_agents(&[&["hi"]]);
    let reason = BreakReason::Meal;
    day.happens(10, standard(1, 10));
    day.accepts(11, 1);
    day.happens(20, wants(1, Wanted::Break { reason }));
    day.happens(30, FloorEvent::CallEnded { call: call(1) });
    day.happens(31, standard(2, 31));
    day.ticks(60);
    assert_eq!(day.state(1), AgentState::Break { reason, since: at(60) });
    assert!(day.ringing(2).is_empty());
}

#[test]
fn wrap_up_ends_by_itself_and_idle_counts_from_there() {
    let mut day = Day::with_agents(&[&["hi"]]);
    day.happens(10, standard(1, 10));
    day.accepts(11, 1);
    day.happens(30, FloorEvent::CallEnded { call: call(1) });
    day.ticks(65);
    assert_eq!(day.state(1), AgentState::Available { since: at(60) });
}

#[test]
fn a_more_urgent_class_is_served_first_and_a_long_wait_lifts() {
    let mut day = Day::new(config(&["a"]));
    day.happens(0, registered(1, &["hi"], &["a"]));
    day.happens(1, standard(1, 1));
    day.happens(250, arrived(2, Class::CallbackDue, "hi", at(250)));
    day.happens(260, wants(1, Wanted::Available));
    assert_eq!(day.ringing(2), [1]);
    day.happens(261, wants(1, Wanted::Offline));
    day.rejects(262, 1);
    // After 300 s the standard caller counts as call-back due, and has waited longer; but the one
    // who was offered already stands at the head.
    day.happens(310, wants(1, Wanted::Available));
    assert_eq!(day.ringing(2), [1]);
    day.accepts(311, 1);
    day.happens(320, arrived(3, Class::CallbackDue, "hi", at(302)));
    day.happens(330, FloorEvent::CallEnded { call: call(2) });
    day.happens(340, wants(1, Wanted::Available));
    assert_eq!(day.ringing(1), [1]);
}

#[test]
fn no_wait_lifts_a_caller_to_emergency() {
    let mut day = Day::new(config(&["a"]));
    day.happens(0, standard(1, 0));
    day.happens(50_000, emergency(2, 50_000));
    let row = day.floor.waiting(call(1), at(50_000)).expect("still waits");
    assert_eq!(row.counts_as, Class::Clinical);
    assert_eq!(row.position, 1);
}

#[test]
fn a_caller_who_returns_stands_at_the_head_with_the_wait_intact() {
    let mut day = Day::new(config(&["a"]));
    day.happens(0, registered(1, &["hi"], &["a"]));
    day.happens(10, standard(1, 10));
    let returned = FloorEvent::CallerArrived {
        call: call(2),
        queue: queue("a"),
        class: Class::Standard,
        language: Some(language("hi")),
        since: at(15),
        head: true,
        caller: None,
    };
    day.happens(20, returned);
    day.happens(21, wants(1, Wanted::Available));
    assert_eq!(day.ringing(2), [1]);
}

#[test]
fn nobody_signed_in_is_told_once_for_each_caller() {
    let mut day = Day::new(config(&["a"]));
    let alert = |number| Alert::NobodySignedIn { queue: queue("a"), call: call(number) };
    assert_eq!(alerts(day.happens(10, standard(1, 10))), [alert(1)]);
    assert_eq!(alerts(day.happens(11, standard(2, 11))), [alert(2)]);
    day.happens(12, registered(1, &["hi"], &["a"]));
    day.happens(13, wants(1, Wanted::Available));
    let effects = day.happens(14, FloorEvent::AgentLost { agent: agent(1) });
    assert!(alerts(effects).is_empty());
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    let mut day = Day::with_agents(&[&["hi"]]);
    let unknown = FloorEvent::CallEnded { call: call(9) };
    assert_eq!(refused(day.happens(10, unknown)), Some(RefusedWhy::UnknownCall));
    let unknown = wants(9, Wanted::Available);
    assert_eq!(refused(day.happens(10, unknown)), Some(RefusedWhy::UnknownAgent));
    let unknown = registered(2, &["hi"], &["nowhere"]);
    assert_eq!(refused(day.happens(10, unknown)), Some(RefusedWhy::UnknownQueue));
    day.happens(10, standard(1, 10));
    assert_eq!(refused(day.happens(11, standard(1, 11))), Some(RefusedWhy::AlreadyWaiting));
    let ended = FloorEvent::CallEnded { call: call(1) };
    assert_eq!(refused(day.happens(11, ended)), Some(RefusedWhy::WrongState));
    day.accepts(12, 1);
    assert_eq!(refused(day.happens(13, standard(1, 13))), Some(RefusedWhy::AlreadyWaiting));
}

#[test]
fn a_full_floor_still_takes_emergencies() {
    let config = FloorConfig { agents_max: 1, waiting_max: 1, ..config(&["a"]) };
    let mut day = Day::new(config);
    day.happens(0, registered(1, &["hi"], &["a"]));
    let effects = day.happens(0, registered(2, &["hi"], &["a"]));
    assert_eq!(refused(effects), Some(RefusedWhy::Full));
    day.happens(1, standard(1, 1));
    assert_eq!(refused(day.happens(2, standard(2, 2))), Some(RefusedWhy::Full));
    assert_eq!(refused(day.happens(3, emergency(3, 3))), None);
    assert_eq!(refused(day.happens(4, emergency(4, 4))), Some(RefusedWhy::Full));
}

#[test]
fn a_configuration_that_makes_no_sense_makes_no_floor() {
    use routing::{ConfigError, Floor};
    let error = |config| Floor::new(config).err();
    assert_eq!(error(FloorConfig::default()), Some(ConfigError::NoQueues));
    assert_eq!(error(config(&["a", "a"])), Some(ConfigError::QueueTwice(queue("a"))));
    let ring = std::time::Duration::ZERO;
    let hasty = FloorConfig { ring, ..config(&["a"]) };
    assert_eq!(error(hasty), Some(ConfigError::TooShort("ring")));
}
