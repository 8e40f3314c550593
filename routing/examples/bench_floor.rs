//! Prints how many events a second one floor takes, on one thread, and what an event costs as the
//! floor grows.
//!
//! `cargo run --release -p routing --example bench_floor [agents] [waiting]`
//!
//! The floor is filled first: every agent on a call or about to be, every place of the queue taken.
//! Then the day goes on at that size: a call ends, the agent comes back and is asked for the next
//! caller, accepts (now and then declines), a new caller takes the free place, another
//! hangs up, one becomes more urgent. Nothing is asserted.
//!
//! The last column is what one look of the live check costs at that size: every promise, and the view.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, SystemTime};

use ids::{AgentId, CallId, Class, Language, QueueId, ReservationId, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use routing::{
    AgentState, CallerKey, Effects, Floor, FloorConfig, FloorEffect, FloorEvent, LeaveCause, Wanted,
};

const QUEUES: [&str; 4] = ["health", "schemes", "mental", "maternal"];
const LANGUAGES: [&str; 3] = ["hi", "en", "ta"];

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|text| text.parse().ok());
    let agents = arguments.next().unwrap_or(10_000_u32);
    let waiting = arguments.next().unwrap_or(100_000_u32);
    println!(
        "agents  waiting  events     events/s   ns/event  effects/event   look ms  (on a processor, best)"
    );
    for (agents, waiting) in
        [(agents / 100, waiting / 100), (agents / 10, waiting / 10), (agents, waiting)]
    {
        let (events, effects, took, look) = (0..5)
            .map(|seed| measure(agents.max(1), waiting.max(1), seed))
            .min_by_key(|(_, _, took, _)| *took)
            .expect("five runs were made");
        let per_second = f64::from(events) / took.as_secs_f64();
        let nanos = took.as_secs_f64() * 1e9 / f64::from(events);
        let share = f64::from(effects) / f64::from(events);
        let look = look.as_secs_f64() * 1e3;
        println!(
            "{agents:6} {waiting:8} {events:7} {per_second:12.0} {nanos:10.0} {share:14.2} {look:9.2}"
        );
    }
}

/// One run of a million events at this size: events, effects, time; and the time of a look.
fn measure(agents: u32, waiting: u32, seed: u64) -> (u32, u32, Duration, Duration) {
    let mut day = Day::filled(agents, waiting, seed);
    let events = day.script(EVENTS);
    let mut floor = day.start.clone();
    let (mut effects, mut count) = (Effects::new(), 0);
    let began = on_cpu();
    for (at, event) in events {
        effects.clear();
        floor.handle(at, event, &mut effects);
        count += u32::try_from(effects.len()).unwrap_or(u32::MAX);
        black_box(&effects);
    }
    let took = on_cpu() - began;
    let began = on_cpu();
    floor.check().expect("the floor keeps its promises");
    black_box(floor.view(day.now));
    (EVENTS, count, took, on_cpu() - began)
}

const EVENTS: u32 = 1_000_000;

/// How long this process has been on a processor: unlike the clock on the wall it does not count
/// what else the machine does meanwhile. The clock on the wall where the system does not say.
fn on_cpu() -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(wall_clock, Duration::from_nanos)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock; the floor does not")]
fn wall_clock() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// A floor at full size, and what its people do.
struct Day {
    start: Floor,
    floor: Floor,
    rng: StdRng,
    now: Timestamp,
    calls: u32,
    waiting: Crowd,
    talking: Crowd,
    wrapping: Vec<AgentId>,
    ringing: Vec<(ReservationId, AgentId)>,
}

impl Day {
    fn filled(agents: u32, waiting: u32, seed: u64) -> Self {
        let queues: Vec<QueueId> =
            QUEUES.iter().map(|name| name.parse().expect("a name")).collect();
        let config = FloorConfig {
            agents_max: agents,
            waiting_max: waiting + agents,
            // Nobody is silent here; a long day must not end the ringing.
            ring: Duration::from_secs(3600),
            ring_emergency: Duration::from_secs(3600),
            ..FloorConfig::with_queues(queues.clone())
        };
        let floor = Floor::new(config).expect("the configuration is valid");
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let mut day = Self {
            start: floor.clone(),
            floor,
            rng: StdRng::seed_from_u64(seed),
            now,
            calls: 0,
            waiting: Crowd::default(),
            talking: Crowd::default(),
            wrapping: Vec::new(),
            ringing: Vec::new(),
        };
        for number in 1..=agents {
            let agent = AgentId::from_number(scattered(number));
            let first = number as usize;
            let languages = vec![tag(first), tag(first + 1)];
            let queues = vec![queues[first % 4], queues[(first + 1) % 4]];
            let skills = Vec::new();
            day.happens(FloorEvent::AgentRegistered { agent, languages, skills, queues });
            day.happens(FloorEvent::AgentStateRequested { agent, want: Wanted::Available });
        }
        while day.waiting.members.len() < waiting as usize {
            let event = day.arrival();
            day.happens(event);
            while let Some((reservation, agent)) = day.ringing.pop() {
                day.happens(FloorEvent::ReservationAccepted { reservation, agent });
            }
        }
        day.start = day.floor.clone();
        day
    }

    /// The next events, as this day brings them about.
    fn script(&mut self, count: u32) -> Vec<(Timestamp, FloorEvent)> {
        (0..count)
            .map(|_| {
                let event = self.choose();
                self.happens(event.clone());
                (self.now, event)
            })
            .collect()
    }

    fn choose(&mut self) -> FloorEvent {
        let chance = self.rng.random_range(0..100);
        if chance < 4
            && let Some(call) = self.waiting.pick(&mut self.rng)
        {
            return FloorEvent::CallerLeft { call, cause: LeaveCause::Abandoned };
        }
        if chance < 5
            && let Some(call) = self.waiting.pick(&mut self.rng)
            && self.floor.waiting(call, self.now).is_some_and(|row| row.class > Class::Clinical)
        {
            return FloorEvent::CallerRaised { call, class: Class::Clinical };
        }
        if let Some((reservation, agent)) = self.ringing.pop() {
            if chance < 12 {
                return FloorEvent::ReservationRejected { reservation, agent };
            }
            return FloorEvent::ReservationAccepted { reservation, agent };
        }
        if let Some(agent) = self.wrapping.pop() {
            return FloorEvent::AgentStateRequested { agent, want: Wanted::Available };
        }
        match self.talking.pick(&mut self.rng) {
            Some(call) if self.floor_is_full() => FloorEvent::CallEnded { call },
            Some(_) | None => self.arrival(),
        }
    }

    fn floor_is_full(&self) -> bool {
        let full = self.floor.config().waiting_max - self.floor.config().agents_max;
        self.waiting.members.len() >= full as usize
    }

    fn arrival(&mut self) -> FloorEvent {
        self.calls += 1;
        let class = match self.rng.random_range(0..1000) {
            0..3 => Class::Emergency,
            3..200 => Class::Clinical,
            200..300 => Class::CallbackDue,
            300..850 => Class::Standard,
            _ => Class::Info,
        };
        let queue = QUEUES[self.rng.random_range(0..4)].parse().expect("a name");
        let language = Some(tag(self.rng.random_range(0..3)));
        let call = CallId::from_number(scattered(self.calls));
        let (since, head) = (self.now, false);
        let caller = Some(CallerKey(self.rng.random()));
        FloorEvent::CallerArrived { call, queue, class, language, since, head, caller }
    }

    fn happens(&mut self, event: FloorEvent) {
        self.now = self.now + Duration::from_micros(500);
        let mut effects = Effects::new();
        self.floor.handle(self.now, event, &mut effects);
        for effect in effects {
            self.note(&effect);
        }
    }

    fn note(&mut self, effect: &FloorEffect) {
        match *effect {
            FloorEffect::Ring { reservation, agent, .. } => self.ringing.push((reservation, agent)),
            FloorEffect::StopRinging { reservation, .. } => {
                self.ringing.retain(|(rings, _)| *rings != reservation);
            }
            FloorEffect::Connect { call, .. } => self.talking.insert(call),
            FloorEffect::SetAgentState { agent, state, .. } => {
                if let AgentState::WrapUp { call, .. } = state {
                    self.talking.remove(call);
                    self.wrapping.push(agent);
                }
            }
            FloorEffect::SetWaiting { call, .. } => self.waiting.insert(call),
            FloorEffect::ClearWaiting { call, .. } => self.waiting.remove(call),
            FloorEffect::Alert { .. } | FloorEffect::Refuse { .. } => {}
        }
    }
}

/// Calls, any of which can be picked by chance.
#[derive(Default)]
struct Crowd {
    members: Vec<CallId>,
    at: BTreeMap<CallId, usize>,
}

impl Crowd {
    fn insert(&mut self, call: CallId) {
        let end = self.members.len();
        self.at.entry(call).or_insert_with(|| {
            self.members.push(call);
            end
        });
    }

    fn remove(&mut self, call: CallId) {
        let Some(at) = self.at.remove(&call) else { return };
        self.members.swap_remove(at);
        if let Some(moved) = self.members.get(at) {
            self.at.insert(*moved, at);
        }
    }

    fn pick(&self, rng: &mut StdRng) -> Option<CallId> {
        let members = &self.members;
        (!members.is_empty()).then(|| members[rng.random_range(0..members.len())])
    }
}

fn tag(number: usize) -> Language {
    LANGUAGES[number % LANGUAGES.len()].parse().expect("a tag")
}

/// Ids as unordered as real ones.
fn scattered(number: u32) -> u128 {
    u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
}
