//! Arbitrary event sequences, sensible and senseless: the floor keeps every promise after each,
//! says everything it does, replays, and goes on from a snapshot as if nothing had been.

use std::collections::BTreeMap;
use std::time::Duration;

use ids::{CallId, Class, ReservationId, Timestamp, UserId};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use routing::{
    BreakReason, CallerKey, Effects, Floor, FloorConfig, FloorEffect, FloorEvent, ForceReason,
    LeaveCause, Overflow, QueueRules, Snapshot, Wanted,
};

use crate::oracle::Oracle;
use crate::support::{agent, at, call, config, language, queue, skill_step, skills, wants};

/// An event before its reservation is known, and the time since the event before.
#[derive(Clone, Debug)]
struct Step {
    after: Duration,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Event(FloorEvent),
    /// Of the reservations made so far the nth from the last; by its agent, or by another.
    Answer {
        nth: usize,
        accept: bool,
        by: Option<u128>,
    },
}

const CLASSES: [Class; 5] =
    [Class::Emergency, Class::Clinical, Class::CallbackDue, Class::Standard, Class::Info];

fn registration() -> impl Strategy<Value = FloorEvent> {
    let languages = proptest::sample::subsequence(vec!["hi", "en", "ta"], 0..=3);
    let queues = proptest::sample::subsequence(vec!["a", "b", "c"], 0..=3);
    let heart = prop::option::of((1..=5_u8).prop_map(|level| ("heart", level)));
    let children = prop::option::of((1..=5_u8).prop_map(|level| ("children", level)));
    let held = (heart, children);
    (1..7_u128, languages, queues, held, 0..40_u8).prop_map(
        |(number, languages, queues, held, odd)| {
            let mut queues: Vec<_> = queues.into_iter().map(queue).collect();
            if odd == 0 {
                queues.push(queue("unknown"));
            }
            let languages = languages.into_iter().map(language).collect();
            let skills = skills(&Vec::from_iter(held.0.into_iter().chain(held.1)));
            FloorEvent::AgentRegistered { agent: agent(number), languages, skills, queues }
        },
    )
}

fn arrival() -> impl Strategy<Value = FloorEvent> {
    let language_tag = prop::option::of(select(vec!["hi", "en", "ta"]));
    (
        1..20_u128,
        select(vec!["a", "a", "b", "c"]),
        select(CLASSES.to_vec()),
        language_tag,
        0..900_u64,
        any::<bool>(),
        prop::option::of((0..6_u64).prop_map(CallerKey)),
    )
        .prop_map(|(number, name, class, tag, since, head, caller)| {
            FloorEvent::CallerArrived {
                call: call(number),
                queue: queue(name),
                class,
                language: tag.map(language),
                since: at(since),
                head,
                caller,
            }
        })
}

fn want() -> impl Strategy<Value = Wanted> {
    let reasons = vec![BreakReason::Meal, BreakReason::Wellbeing];
    prop_oneof![
        6 => Just(Wanted::Available),
        1 => select(reasons).prop_map(|reason| Wanted::Break { reason }),
        1 => Just(Wanted::Offline),
    ]
}

/// What a supervisor does.
fn supervision() -> impl Strategy<Value = FloorEvent> {
    let call = || (1..20_u128).prop_map(call);
    let (by, reason) = (UserId::from_number(900), ForceReason::Other);
    prop_oneof![
        (1..8_u128, want()).prop_map(move |(number, want)| {
            FloorEvent::AgentStateForced { agent: agent(number), want, by, reason }
        }),
        (call(), select(vec!["a", "b", "unknown"]))
            .prop_map(|(call, name)| FloorEvent::CallerMoved { call, queue: queue(name) }),
        (call(), select(CLASSES.to_vec()))
            .prop_map(|(call, class)| FloorEvent::CallerReclassed { call, class }),
    ]
}

fn left(call: CallId) -> FloorEvent {
    FloorEvent::CallerLeft { call, cause: LeaveCause::Abandoned }
}

fn event() -> impl Strategy<Value = FloorEvent> {
    let number = || (1..20_u128).prop_map(call);
    prop_oneof![
        2 => registration(),
        8 => (1..8_u128, want())
            .prop_map(|(number, want)| wants(number, want)),
        1 => (1..8_u128).prop_map(|number| FloorEvent::AgentLost { agent: agent(number) }),
        8 => arrival(),
        2 => (number(), select(CLASSES.to_vec()))
            .prop_map(|(call, class)| FloorEvent::CallerRaised { call, class }),
        2 => number().prop_map(left),
        2 => (number(), 1..8_u128)
            .prop_map(|(call, number)| FloorEvent::ReportFiled { call, agent: agent(number) }),
        2 => (1..8_u128)
            .prop_map(|number| FloorEvent::WrapUpFinished { agent: agent(number) }),
        2 => supervision(),
        1 => number().prop_map(|call| FloorEvent::CallHeld { call }),
        1 => number().prop_map(|call| FloorEvent::CallResumed { call }),
        4 => number().prop_map(|call| FloorEvent::CallEnded { call }),
        2 => number().prop_map(|call| FloorEvent::CallDropped { call }),
        3 => Just(FloorEvent::Ticked),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let answer = (0..6_usize, prop::bool::weighted(0.6), prop::option::weighted(0.1, 1..8_u128))
        .prop_map(|(nth, accept, by)| What::Answer { nth, accept, by });
    let what = prop_oneof![3 => event().prop_map(What::Event), 1 => answer];
    let after = prop_oneof![
        4 => 0..3_000_u64,
        2 => 0..12_000_u64,
        1 => 0..120_000_u64,
    ];
    (after, what).prop_map(|(after, what)| Step { after: Duration::from_millis(after), what })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Most floors begin with some agents; the rest of the steps are anything.
    let opening = proptest::collection::vec(registration(), 0..6).prop_map(|events| {
        let still = Duration::ZERO;
        let step = |event| Step { after: still, what: What::Event(event) };
        events.into_iter().map(step).collect::<Vec<_>>()
    });
    (opening, proptest::collection::vec(step(), 1..120)).prop_map(|(mut opening, rest)| {
        opening.extend(rest);
        opening
    })
}

/// Turns steps into events, following the reservations that a floor makes.
struct Script {
    now: Timestamp,
    made: Vec<(ReservationId, u128)>,
}

impl Script {
    fn new() -> Self {
        Self { now: at(1000), made: Vec::new() }
    }

    fn next(&mut self, step: &Step) -> FloorEvent {
        self.now = self.now + step.after;
        match &step.what {
            What::Event(event) => event.clone(),
            What::Answer { nth, accept, by } => {
                let known = self.made.iter().rev().nth(*nth).copied();
                let (reservation, rightful) = known.unwrap_or((ReservationId(99_999), 1));
                let agent = agent(by.unwrap_or(rightful));
                if *accept {
                    FloorEvent::ReservationAccepted { reservation, agent }
                } else {
                    FloorEvent::ReservationRejected { reservation, agent }
                }
            }
        }
    }

    fn note(&mut self, effects: &Effects) {
        for effect in effects {
            if let FloorEffect::Ring { reservation, agent, .. } = effect {
                self.made.push((*reservation, agent.as_uuid().as_u128()));
            }
        }
    }
}

fn small() -> FloorConfig {
    let overflow =
        |seconds, name| Overflow { after: Duration::from_secs(seconds), queue: queue(name) };
    let rules = BTreeMap::from([
        (
            queue("a"),
            QueueRules {
                waiting_max: Some(4),
                overflow: vec![overflow(15, "b"), overflow(40, "c")],
                skills: vec![
                    skill_step(0, &[("heart", 4), ("children", 2)]),
                    skill_step(10, &[("heart", 2)]),
                    skill_step(15, &[]),
                ],
            },
        ),
        (queue("b"), QueueRules { overflow: vec![overflow(0, "c")], ..QueueRules::default() }),
        (
            queue("c"),
            QueueRules {
                skills: vec![skill_step(0, &[("heart", 3)]), skill_step(20, &[])],
                ..QueueRules::default()
            },
        ),
    ]);
    let report_required = true;
    FloorConfig {
        agents_max: 5,
        waiting_max: 6,
        rules,
        report_required,
        ..config(&["a", "b", "c"])
    }
}

fn floor() -> Floor {
    Floor::new(small()).expect("the configuration is valid")
}

/// Writes a floor down and reads it back, as a restart does.
fn restarted(floor: &Floor) -> Floor {
    let bytes = serde_json::to_vec(&floor.snapshot()).expect("a snapshot is plain data");
    let snapshot: Snapshot = serde_json::from_slice(&bytes).expect("it reads back");
    Floor::restore(small(), snapshot).expect("a snapshot of a floor makes a floor")
}

fn bytes(floor: &Floor) -> String {
    serde_json::to_string(&floor.snapshot()).expect("a snapshot is plain data")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn every_promise_holds_after_every_event(steps in steps()) {
        let (mut floor, mut script) = (floor(), Script::new());
        let mut oracle = Oracle::new(&floor);
        for step in &steps {
            let event = script.next(step);
            let mut effects = Effects::new();
            floor.handle(script.now, event.clone(), &mut effects);
            script.note(&effects);
            prop_assert!(floor.check().is_ok(), "{event:?}: {:?}", floor.check());
            let heard = oracle.hear(script.now, &floor, &effects);
            prop_assert!(heard.is_ok(), "{event:?}: {heard:?}\n{effects:#?}");
            prop_assert!(floor.poll_timeout().is_none_or(|deadline| deadline > script.now));
        }
    }

    #[test]
    fn a_restored_floor_goes_on_as_the_other_would(steps in steps(), every in 1..20_usize) {
        let (mut whole, mut script) = (floor(), Script::new());
        let mut broken = floor();
        for (number, step) in steps.iter().enumerate() {
            if number % every == 0 {
                broken = restarted(&broken);
            }
            let event = script.next(step);
            let (mut expected, mut effects) = (Effects::new(), Effects::new());
            whole.handle(script.now, event.clone(), &mut expected);
            broken.handle(script.now, event, &mut effects);
            prop_assert_eq!(&expected, &effects);
            script.note(&effects);
        }
        prop_assert_eq!(bytes(&whole), bytes(&broken));
    }

    #[test]
    fn a_journal_replays_to_the_same_bytes(steps in steps()) {
        let (mut first, mut script) = (floor(), Script::new());
        let (mut journal, mut effects) = (Vec::new(), Effects::new());
        for step in &steps {
            let event = script.next(step);
            let heard = effects.len();
            journal.push(serde_json::to_string(&(script.now, &event)).expect("plain data"));
            first.handle(script.now, event, &mut effects);
            script.note(&effects[heard..].to_vec());
        }
        let (mut second, mut again) = (floor(), Effects::new());
        for line in &journal {
            let (at, event) = serde_json::from_str(line).expect("it was written so");
            second.handle(at, event, &mut again);
        }
        prop_assert_eq!(bytes(&first), bytes(&second));
        prop_assert_eq!(effects, again);
    }

    #[test]
    fn a_refused_event_changes_nothing(steps in steps()) {
        let (mut floor, mut script) = (floor(), Script::new());
        for step in &steps {
            let event = script.next(step);
            let mut effects = Effects::new();
            floor.handle(script.now, FloorEvent::Ticked, &mut effects);
            script.note(&effects);
            let before = bytes(&floor);
            effects.clear();
            floor.handle(script.now, event.clone(), &mut effects);
            script.note(&effects);
            if let Some(FloorEffect::Refuse { event: refused, .. }) = effects.last() {
                prop_assert_eq!(refused, &event);
                prop_assert_eq!(effects.len(), 1);
                prop_assert_eq!(before, bytes(&floor));
            }
        }
    }

    #[test]
    fn the_full_table_agrees_with_what_rings(steps in steps()) {
        let (mut floor, mut script) = (floor(), Script::new());
        for step in &steps {
            let event = script.next(step);
            let mut effects = Effects::new();
            floor.handle(script.now, event, &mut effects);
            script.note(&effects);
            for row in floor.view(script.now).waiting {
                let table = floor.explain(row.call).expect("a waiting call has a table");
                let ringing = |row: &routing::FullTableRow| match row.verdict {
                    routing::Verdict::Ringing { reservation } => Some(reservation),
                    _ => None,
                };
                let mut rings: Vec<_> = table.rows.iter().filter_map(ringing).collect();
                rings.sort_unstable();
                prop_assert_eq!(&rings, &row.ringing);
                let idle = table.rows.iter().any(|row| row.verdict == routing::Verdict::Eligible);
                prop_assert!(!idle || !rings.is_empty(), "an eligible agent is not asked");
            }
        }
    }

    #[test]
    fn a_damaged_snapshot_is_refused_or_sound(steps in steps(), cut in any::<Index>()) {
        let (mut floor, mut script) = (floor(), Script::new());
        for step in &steps {
            let mut effects = Effects::new();
            floor.handle(script.now, script.next(step), &mut effects);
            script.note(&effects);
        }
        let mut value = serde_json::to_value(floor.snapshot()).expect("plain data");
        for part in ["agents", "callers", "reservations", "languages"] {
            let rows = value[part].as_array_mut().expect("a snapshot has lists");
            if !rows.is_empty() {
                rows.remove(cut.index(rows.len()));
            }
            let damaged: Snapshot = serde_json::from_value(value.clone()).expect("still rows");
            if let Ok(mut restored) = Floor::restore(small(), damaged) {
                // An agent whose work was cut out is found at the next tick.
                restored.handle(script.now, FloorEvent::Ticked, &mut Effects::new());
                prop_assert!(restored.check().is_ok());
            }
        }
    }
}
