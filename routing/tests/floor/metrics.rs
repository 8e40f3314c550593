//! The metrics of a floor, against days counted by hand; the simulated days check that they reconcile
//! after every event.

use std::time::Duration;

use ids::Class;
use routing::metrics::{Cell, Key, Metrics, Share, Targets, interval_of};
use routing::{FloorEvent, LeaveCause, Wanted};

use crate::support::{Day, agent, arrived, at, call, config, queue, registered, wants};

/// A day whose metrics are kept.
struct Counted {
    day: Day,
    metrics: Metrics,
}

impl Counted {
    fn new() -> Self {
        let day = Day::new(config(&["a", "b"]));
        let metrics = Metrics::starting(&day.floor.view(at(0)));
        Self { day, metrics }
    }

    fn happens(&mut self, seconds: u64, event: FloorEvent) {
        let effects = self.day.happens(seconds, event.clone());
        self.metrics.hear(at(seconds), &event, effects);
        assert_eq!(self.metrics.unreconciled(), None, "{event:?}");
        let waiting = self.day.floor.view(at(seconds)).waiting.len();
        assert_eq!(self.metrics.waiting() as usize, waiting, "{event:?}");
    }

    fn accepts(&mut self, seconds: u64, number: u128) {
        let reservation = self.day.reservation(number);
        let accepted = FloorEvent::ReservationAccepted { reservation, agent: agent(number) };
        self.happens(seconds, accepted);
    }

    fn agent_comes(&mut self, seconds: u64, number: u128) {
        self.happens(seconds, registered(number, &["hi"], &["a"]));
        self.happens(seconds, wants(number, Wanted::Available));
    }

    fn cell(&self, seconds: u64, name: &str, class: Class) -> Cell {
        let key = Key { interval: interval_of(at(seconds)), queue: queue(name), class };
        self.metrics.cells().get(&key).cloned().unwrap_or_default()
    }
}

fn left(number: u128, cause: LeaveCause) -> FloorEvent {
    FloorEvent::CallerLeft { call: call(number), cause }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn a_call_is_counted_from_its_wait_to_the_end_of_its_wrap_up() {
    let mut counted = Counted::new();
    counted.happens(0, arrived(1, Class::Standard, "hi", at(0)));
    counted.agent_comes(12, 1);
    counted.accepts(15, 1);
    counted.happens(75, FloorEvent::CallHeld { call: call(1) });
    counted.happens(95, FloorEvent::CallResumed { call: call(1) });
    counted.happens(125, FloorEvent::CallEnded { call: call(1) });
    // The tick comes five seconds late; wrap-up ended on time all the same.
    counted.happens(160, FloorEvent::Ticked);
    let cell = counted.cell(0, "a", Class::Standard);
    assert_eq!((cell.offered, cell.answered.count(), cell.handled, cell.rings), (1, 1, 1, 1));
    assert_eq!(cell.answered.mean(), Some(seconds(15)));
    assert_eq!((cell.talk, cell.hold, cell.wrap_up), (seconds(90), seconds(20), seconds(30)));
    counted.metrics.settle(at(215));
    let day = (interval_of(at(0)), interval_of(at(7200)));
    let times = counted.metrics.agent_times(queue("a"), day.0, day.1);
    assert_eq!(
        (times.ringing, times.talking, times.on_hold),
        (seconds(3), seconds(90), seconds(20))
    );
    assert_eq!((times.wrap_up, times.available), (seconds(30), seconds(60)));
    assert_eq!(times.occupancy(), Some(70.0));
    assert_eq!(times.signed_in(), seconds(203));
}

#[test]
fn who_hangs_up_and_whom_we_lost_are_told_apart() {
    let mut counted = Counted::new();
    for (number, class) in [(1, Class::Standard), (2, Class::Standard), (3, Class::Standard)] {
        counted.happens(0, arrived(number, class, "hi", at(0)));
    }
    counted.happens(4, left(1, LeaveCause::Abandoned));
    counted.happens(9, left(2, LeaveCause::Failed));
    let day = (interval_of(at(0)), interval_of(at(7200)));
    let figures = counted.metrics.figures(queue("a"), day.0, day.1, &Targets::default(), |_| true);
    assert_eq!(figures.service.headline, Share { part: 0, whole: 2 }, "one was short");
    assert_eq!(figures.abandon_rate, Share { part: 1, whole: 3 });
    assert_eq!((figures.counts.failed, figures.counts.waiting), (1, 1));
    assert_eq!(figures.abandon_time(), Some(seconds(4)));
}

#[test]
fn a_contact_counts_at_its_last_class_and_once_in_each_queue() {
    let mut counted = Counted::new();
    counted.happens(0, arrived(1, Class::Standard, "hi", at(0)));
    counted.happens(5, FloorEvent::CallerRaised { call: call(1), class: Class::Clinical });
    assert_eq!(counted.cell(0, "a", Class::Standard).offered, 0);
    assert_eq!(counted.cell(0, "a", Class::Clinical).offered, 1);
    counted.happens(10, FloorEvent::CallerMoved { call: call(1), queue: queue("b") });
    let old = counted.cell(0, "a", Class::Clinical);
    assert_eq!((old.offered, old.moved, old.waiting), (1, 1, 0));
    counted.happens(20, registered(1, &["hi"], &["b"]));
    counted.happens(20, wants(1, Wanted::Available));
    counted.accepts(25, 1);
    let new = counted.cell(0, "b", Class::Clinical);
    assert_eq!((new.offered, new.answered.mean()), (1, Some(seconds(25))), "the whole wait");
}

#[test]
fn who_waits_again_after_a_lost_agent_is_answered_once() {
    let mut counted = Counted::new();
    counted.agent_comes(0, 1);
    counted.happens(1, arrived(1, Class::Standard, "hi", at(1)));
    counted.accepts(3, 1);
    counted.happens(50, FloorEvent::AgentLost { agent: agent(1) });
    counted.happens(50, FloorEvent::CallEnded { call: call(1) });
    let FloorEvent::CallerArrived { call: id, queue, class, language, .. } =
        arrived(1, Class::Standard, "hi", at(1))
    else {
        unreachable!("it is an arrival")
    };
    let again = FloorEvent::CallerArrived {
        call: id,
        queue,
        class,
        language,
        since: at(1),
        head: true,
        caller: None,
    };
    counted.happens(50, again);
    let cell = counted.cell(0, "a", Class::Standard);
    assert_eq!((cell.offered, cell.answered.count(), cell.returned), (1, 1, 1));
    assert_eq!((cell.waiting, cell.waiting_again, cell.handled), (0, 1, 1));
    counted.happens(70, left(1, LeaveCause::Abandoned));
    let cell = counted.cell(0, "a", Class::Standard);
    assert_eq!((cell.abandoned.count(), cell.waiting_again), (0, 0));
}

#[test]
fn a_console_that_nobody_answers_counts_each_time() {
    let mut counted = Counted::new();
    counted.agent_comes(0, 1);
    counted.agent_comes(0, 2);
    counted.happens(1, arrived(1, Class::Standard, "hi", at(1)));
    counted.happens(21, FloorEvent::Ticked);
    let reservation = counted.day.reservation(2);
    let declined = FloorEvent::ReservationRejected { reservation, agent: agent(2) };
    counted.happens(25, declined);
    let cell = counted.cell(0, "a", Class::Standard);
    assert_eq!((cell.rings, cell.not_answered, cell.declined), (2, 1, 1));
}

#[test]
fn an_agents_time_is_cut_at_the_interval() {
    let mut counted = Counted::new();
    let begin = interval_of(at(3600));
    let into = begin.since(at(0)).as_secs();
    counted.agent_comes(into - 100, 1);
    counted.metrics.settle(begin + seconds(50));
    let half_hour = seconds(1800);
    let before = counted.metrics.times()[&(interval_of(at(into - 100)), queue("a"))];
    let after = counted.metrics.agent_times(queue("a"), begin, begin + half_hour);
    assert_eq!((before.available, after.available), (seconds(100), seconds(50)));
}

#[test]
fn a_full_floor_turns_away_whom_it_does_not_count_as_offered() {
    let day = Day::new(routing::FloorConfig { waiting_max: 1, ..config(&["a"]) });
    let metrics = Metrics::starting(&day.floor.view(at(0)));
    let mut counted = Counted { day, metrics };
    counted.happens(0, arrived(1, Class::Standard, "hi", at(0)));
    counted.happens(0, arrived(2, Class::Standard, "hi", at(0)));
    let cell = counted.cell(0, "a", Class::Standard);
    assert_eq!((cell.offered, cell.refused, cell.waiting), (1, 1, 1));
}
