//! A day run again with changes: by hand where the answer is known, and on simulated days for what must
//! hold of every answer.

use std::time::Duration;

use ids::{Class, Timestamp};
use routing::metrics::{Figures, Metrics, Targets};
use routing::replay::{Changes, DayBook, MoreAgents};
use routing::{FloorEvent, LeaveCause, Wanted};

use crate::simulator;
use crate::support::{Day, arrived, at, call, config, queue, registered, wants};

const SEED: u64 = 104;

fn of_queue(metrics: &Metrics, name: &str) -> Figures {
    let (begin, end) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    metrics.figures(queue(name), begin, end, &Targets::default(), |_| true)
}

fn more(count: u32, from: u64) -> MoreAgents {
    MoreAgents { count, from: at(from), until: None, queues: Vec::new(), languages: Vec::new() }
}

/// One agent, who answers after 4 s and talks a minute; a second caller hangs up after 30 s of waiting.
fn short_day() -> DayBook {
    let mut day = Day::new(config(&["a", "b"]));
    let mut book = DayBook::beginning(&day.floor, at(0));
    let mut happens = |seconds, event: FloorEvent, day: &mut Day| {
        let effects = day.happens(seconds, event.clone());
        book.hear(at(seconds), &event, effects);
    };
    happens(0, registered(1, &["hi"], &["a"]), &mut day);
    happens(0, wants(1, Wanted::Available), &mut day);
    happens(10, arrived(1, Class::Standard, "hi", at(10)), &mut day);
    let reservation = day.reservation(1);
    let agent = crate::support::agent(1);
    happens(14, FloorEvent::ReservationAccepted { reservation, agent }, &mut day);
    happens(20, arrived(2, Class::Standard, "hi", at(20)), &mut day);
    let left = FloorEvent::CallerLeft { call: call(2), cause: LeaveCause::Abandoned };
    happens(50, left, &mut day);
    happens(74, FloorEvent::CallEnded { call: call(1) }, &mut day);
    happens(84, wants(1, Wanted::Available), &mut day);
    happens(300, FloorEvent::Ticked, &mut day);
    book
}

#[test]
fn without_changes_a_short_day_is_as_it_was() {
    let figures = of_queue(&short_day().run(&Changes::default(), SEED).expect("runs"), "a");
    let counts = &figures.counts;
    assert_eq!((counts.offered, counts.answered.count(), counts.abandoned.count()), (2, 1, 1));
    assert_eq!(figures.speed_of_answer(), Some(Duration::from_secs(4)));
    assert_eq!(figures.abandon_time(), Some(Duration::from_secs(30)));
    assert_eq!(figures.talk_time(), Some(Duration::from_secs(60)));
    assert_eq!(figures.wrap_up_time(), Some(Duration::from_secs(10)), "ended early again");
}

#[test]
fn one_more_agent_takes_the_caller_who_hung_up() {
    let changes = Changes { agents: vec![more(1, 15)], ..Changes::default() };
    let figures = of_queue(&short_day().run(&changes, SEED).expect("runs"), "a");
    let counts = &figures.counts;
    assert_eq!((counts.offered, counts.answered.count(), counts.abandoned.count()), (2, 2, 0));
    assert_eq!(counts.answered.longest(), Duration::from_secs(4), "as fast as the day's agents");
    // Come too late, the second agent changes nothing.
    let changes = Changes { agents: vec![more(1, 55)], ..Changes::default() };
    let figures = of_queue(&short_day().run(&changes, SEED).expect("runs"), "a");
    assert_eq!(figures.counts.abandoned.count(), 1);
    // Nor does one who serves another queue.
    let elsewhere = MoreAgents { queues: vec![queue("b")], ..more(1, 15) };
    let changes = Changes { agents: vec![elsewhere], ..Changes::default() };
    let figures = of_queue(&short_day().run(&changes, SEED).expect("runs"), "a");
    assert_eq!(figures.counts.abandoned.count(), 1);
}

#[test]
fn a_ring_shorter_than_the_answer_is_left_ringing() {
    let ring = Some(Duration::from_secs(3));
    let metrics = short_day().run(&Changes { ring, ..Changes::default() }, SEED).expect("runs");
    let counts = of_queue(&metrics, "a").counts;
    assert!(counts.not_answered > 0 && counts.answered.count() == 0, "{counts:?}");
    let impossible = Changes { ring: Some(Duration::ZERO), ..Changes::default() };
    assert!(short_day().run(&impossible, SEED).is_err());
}

fn simulated(seed: u64) -> (DayBook, Metrics) {
    let plan = simulator::day(seed, 8, 400);
    let mut book = DayBook::beginning(&plan.floor(), at(0));
    let mut metrics = Metrics::starting(&plan.floor().view(at(0)));
    plan.tell(|when, event, effects| {
        book.hear(when, event, effects);
        metrics.hear(when, event, effects);
    });
    (book, metrics)
}

fn whole(metrics: &Metrics) -> Figures {
    let cells = metrics.cells().iter().map(|(key, cell)| (key.class, cell));
    Figures::of(cells, &Targets::default())
}

#[test]
fn the_same_people_come_whatever_is_changed() {
    for seed in 0..6 {
        let (book, day) = simulated(seed);
        let offered = whole(&day).counts.offered - whole(&day).counts.moved;
        let wrap_up = Some(Duration::from_secs(5));
        let changes = [
            Changes::default(),
            Changes { agents: vec![more(4, 600)], ..Changes::default() },
            Changes { wrap_up, ..Changes::default() },
        ];
        for change in &changes {
            let metrics = book.run(change, SEED).expect("runs");
            assert_eq!(metrics.unreconciled(), None, "seed {seed}: {change:?}");
            let counts = whole(&metrics).counts;
            assert_eq!(counts.offered - counts.moved, offered, "seed {seed}: {change:?}");
            let again = book.run(change, SEED).expect("runs");
            assert_eq!(metrics.cells(), again.cells(), "seed {seed}: {change:?}");
        }
    }
}

#[test]
fn more_agents_answer_more_and_sooner() {
    for seed in 0..6 {
        let (book, _) = simulated(seed);
        let few = whole(&book.run(&Changes::default(), SEED).expect("runs"));
        let changes = Changes { agents: vec![more(8, 0)], ..Changes::default() };
        let many = whole(&book.run(&changes, SEED).expect("runs"));
        assert!(many.abandon_rate.part <= few.abandon_rate.part, "seed {seed}");
        let share = |figures: &Figures| figures.service.headline.percent().expect("callers came");
        assert!(share(&many) >= share(&few), "seed {seed}: {} {}", share(&few), share(&many));
    }
}

/// The model without changes stands near the day from which it was made.
#[test]
fn the_model_is_near_the_day() {
    let (mut of_days, mut of_models) = (0.0, 0.0);
    for seed in 0..10 {
        let (book, day) = simulated(seed);
        let model = book.run(&Changes::default(), SEED).expect("runs");
        of_days += f64::from(whole(&day).counts.answered.count());
        of_models += f64::from(whole(&model).counts.answered.count());
    }
    let difference = (of_models - of_days).abs() / of_days;
    assert!(difference < 0.1, "{of_models} instead of {of_days} answered");
}
