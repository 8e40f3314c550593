//! A day without end in which the Erlang C formula is exact, run on a real floor. Shared by the tests
//! and the example `erlang_c`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use ids::{AgentId, CallId, Class, QueueId, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use routing::{Effects, Floor, FloorConfig, FloorEffect, FloorEvent, Wanted};

/// Mean talk, in seconds.
const TALK: f64 = 240.0;
/// Batches from whose means an interval is computed.
const BATCHES: u32 = 40;
/// Student's t for 39 degrees of freedom, two-sided 95 %.
const T_95: f64 = 2.0227;

/// One size of floor and how busy it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) agents: u32,
    /// Offered work for each agent; below 1.
    pub(crate) load: f64,
    /// Counted arrivals.
    pub(crate) arrivals: u32,
    pub(crate) seed: u64,
}

/// The sizes. The fewer callers wait and the longer a busy spell lasts, the more arrivals it takes
/// for an interval below the 2 % that is asked for.
pub(crate) const CASES: [Case; 6] = [
    Case { agents: 5, load: 0.7, arrivals: 4_000_000, seed: 1 },
    Case { agents: 5, load: 0.9, arrivals: 24_000_000, seed: 2 },
    Case { agents: 15, load: 0.7, arrivals: 12_000_000, seed: 3 },
    Case { agents: 15, load: 0.9, arrivals: 30_000_000, seed: 4 },
    Case { agents: 45, load: 0.7, arrivals: 40_000_000, seed: 5 },
    Case { agents: 45, load: 0.9, arrivals: 64_000_000, seed: 6 },
];

/// What the formula says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// Probability that a caller waits.
    pub(crate) waits: f64,
    /// Mean wait of all callers, in seconds.
    pub(crate) mean_wait: f64,
}

impl Case {
    /// Erlang C, by the recursion of Erlang B, which neither overflows nor loses digits.
    pub(crate) fn formula(&self) -> Expected {
        let servers = f64::from(self.agents);
        let offered = self.load * servers;
        let blocked = (1..=self.agents).fold(1.0, |blocked, servers| {
            offered * blocked / (f64::from(servers) + offered * blocked)
        });
        let waits = blocked / (1.0 - self.load * (1.0 - blocked));
        Expected { waits, mean_wait: waits * TALK / (servers * (1.0 - self.load)) }
    }
}

/// A simulated mean with the half-width of its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    pub(crate) mean: f64,
    pub(crate) half_width: f64,
}

/// How far an estimate lies from what was expected, in percent of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Distance {
    pub(crate) difference: f64,
    pub(crate) half_width: f64,
}

impl Estimate {
    fn of(batches: &[f64]) -> Self {
        let count = f64::from(BATCHES);
        let mean = batches.iter().sum::<f64>() / count;
        let spread = batches.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let deviation = (spread / (count - 1.0)).sqrt();
        Self { mean, half_width: T_95 * deviation / count.sqrt() }
    }

    pub(crate) fn against(&self, expected: f64) -> Distance {
        let percent = 100.0 / expected;
        Distance {
            difference: (self.mean - expected) * percent,
            half_width: self.half_width * percent,
        }
    }
}

/// What the floor did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) waits: Estimate,
    pub(crate) mean_wait: Estimate,
}

/// Runs a case on a floor.
pub(crate) fn measure(case: &Case) -> Found {
    let mut desk = Desk::new(case);
    for _ in 0..case.arrivals / 20 {
        desk.next_arrival();
    }
    let batch = (case.arrivals / BATCHES).max(1);
    let (mut waits, mut mean_wait) = (Vec::new(), Vec::new());
    for _ in 0..BATCHES {
        (desk.answered, desk.waited, desk.wait) = (0, 0, 0.0);
        while desk.answered < batch {
            desk.next_arrival();
        }
        waits.push(f64::from(desk.waited) / f64::from(desk.answered));
        mean_wait.push(desk.wait / f64::from(desk.answered));
    }
    desk.floor.check().expect("the floor keeps its promises");
    Found { waits: Estimate::of(&waits), mean_wait: Estimate::of(&mean_wait) }
}

/// A floor whose agents take every call at once and talk as long as chance says.
struct Desk {
    floor: Floor,
    effects: Effects,
    rng: StdRng,
    queue: QueueId,
    now: Timestamp,
    /// Mean time between two arrivals, in seconds.
    gap: f64,
    arrivals: u32,
    next_arrival_at: Timestamp,
    talks: BinaryHeap<Reverse<(Timestamp, CallId)>>,
    answered: u32,
    waited: u32,
    wait: f64,
}

impl Desk {
    fn new(case: &Case) -> Self {
        let queue: QueueId = "health".parse().expect("a name");
        let config =
            FloorConfig { wrap_up: Duration::ZERO, ..FloorConfig::with_queues(vec![queue]) };
        let start = Timestamp::from_micros(1_700_000_000_000_000);
        let mut desk = Self {
            floor: Floor::new(config).expect("the configuration is valid"),
            effects: Effects::new(),
            rng: StdRng::seed_from_u64(case.seed),
            queue,
            now: start,
            gap: TALK / (case.load * f64::from(case.agents)),
            arrivals: 0,
            next_arrival_at: start,
            talks: BinaryHeap::new(),
            answered: 0,
            waited: 0,
            wait: 0.0,
        };
        for number in 1..=case.agents {
            let agent = AgentId::from_number(number.into());
            let (languages, skills, queues) = (Vec::new(), Vec::new(), vec![queue]);
            desk.happens(FloorEvent::AgentRegistered { agent, languages, skills, queues });
            desk.happens(FloorEvent::AgentStateRequested { agent, want: Wanted::Available });
        }
        desk
    }

    /// Everything up to the next arrival, and the arrival.
    fn next_arrival(&mut self) {
        while let Some(Reverse((end, call))) = self.talks.peek().copied() {
            if end > self.next_arrival_at {
                break;
            }
            self.talks.pop();
            self.now = end;
            self.happens(FloorEvent::CallEnded { call });
        }
        self.now = self.next_arrival_at;
        self.arrivals += 1;
        let call = CallId::from_number(self.arrivals.into());
        let (queue, since) = (self.queue, self.now);
        let class = Class::Standard;
        let arrived = FloorEvent::CallerArrived {
            call,
            queue,
            class,
            language: None,
            since,
            head: false,
            caller: None,
        };
        self.happens(arrived);
        let gap = self.exponential(self.gap);
        self.next_arrival_at = self.now + gap;
    }

    fn happens(&mut self, event: FloorEvent) {
        let mut effects = std::mem::take(&mut self.effects);
        effects.clear();
        self.floor.handle(self.now, event, &mut effects);
        for effect in &effects {
            if let FloorEffect::Ring { reservation, agent, .. } = effect {
                let (reservation, agent) = (*reservation, *agent);
                self.happens(FloorEvent::ReservationAccepted { reservation, agent });
            } else if let FloorEffect::Connect { call, waiting_since, .. } = effect {
                let wait = self.now.since(*waiting_since);
                self.answered += 1;
                self.waited += u32::from(!wait.is_zero());
                self.wait += wait.as_secs_f64();
                let talk = self.exponential(TALK);
                self.talks.push(Reverse((self.now + talk, *call)));
            }
        }
        self.effects = effects;
    }

    fn exponential(&mut self, mean: f64) -> Duration {
        let uniform: f64 = self.rng.random();
        Duration::from_secs_f64(-mean * (1.0 - uniform).ln())
    }
}
