//! One measurement: calls are set up, talk, and are watched. Blocks its thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::browser::{Identity, Profile};
use super::call::Call;
use super::clock::Clock;
use super::listen::{Listener, listen};
use super::marker::Way;
use super::reading::Reading;
use super::room::Room;
use super::server::Server;
use super::speak::{PHASES, Speaker, speak};
use super::tally::{Counted, Plan, Tally};
use super::turns::SEATS;

/// Calls before those that are measured: what a server loads once is not a call's memory.
const WARM_CALLS: u32 = 2;
/// All talk for so long before anything counts.
const SETTLE: Duration = Duration::from_secs(2);
/// After an interval, packets of it may still be under way.
const UNDER_WAY: Duration = Duration::from_millis(500);
/// How long a server may take to close everything.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);
/// Numbers of calls that are set up and closed again begin here.
const PASSING: u32 = 1_000_000;

/// What is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A telephone and a browser; what one says the other hears.
    Bridged,
    /// A telephone and two browsers, mixed.
    Rooms,
}

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// What is joined.
    pub kind: Kind,
    /// Calls or rooms at once.
    pub calls: u32,
    /// How long an interval is.
    pub interval: Duration,
    /// How many intervals; each is told when it ends.
    pub intervals: usize,
    /// What browsers ask for.
    pub profile: Profile,
    /// The flows' phases follow from it.
    pub seed: u64,
}

/// What one interval came to.
#[derive(Clone, Debug)]
pub struct Interval {
    /// Which one, from 0.
    pub index: usize,
    /// Processor time of the server for a second of a call, milliseconds.
    pub cpu_ms: f64,
    /// The server's memory at its end, kB.
    pub rss_kb: f64,
    /// Packets to the browsers, and to the trunk.
    pub ways: [Counted; 2],
    /// Datagrams dropped at full buffers, whole machine.
    pub udp_dropped: u64,
}

/// What a measurement came to.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Whose.
    pub server: &'static str,
    /// How much.
    pub sizes: Sizes,
    /// Its intervals.
    pub intervals: Vec<Interval>,
    /// The server's memory for a call, kB, once all talk.
    pub kb_per_call: f64,
    /// Processor time of setting a call up, milliseconds.
    pub setup_ms: f64,
    /// What must be zero, by name.
    pub faults: Vec<(&'static str, u64)>,
    /// Packets that the tool sent more than 5 ms after its own plan; many of them make a run void.
    pub late: u64,
    /// Those of them that were 100 ms late, and are not counted.
    pub void: u64,
    /// How late the tool was at 99 of 100 packets.
    pub lateness_p99: Option<Duration>,
    /// Legs left open after everybody had hung up.
    pub stuck: usize,
}

impl Measured {
    /// Whether every packet arrived once and unharmed, and nothing stayed behind.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let ways = || self.intervals.iter().flat_map(|interval| &interval.ways);
        let whole = ways().all(|way| way.sent > 0 && way.lost() == 0 && way.duplicated == 0);
        whole && self.faults.iter().all(|(_, count)| *count == 0) && self.stuck == 0
    }
}

/// Measures. `told` hears of each interval when it ends.
///
/// # Errors
/// The server refused a call, or has gone.
pub fn run(
    server: &mut dyn Server,
    sizes: Sizes,
    told: &mut dyn FnMut(&Interval),
) -> Result<Measured> {
    let identity = Identity::new(sizes.profile)?;
    pass(server, &identity, WARM_CALLS, true)?;
    let before = Reading::take(server.pid())?;
    let calls = open(server, &identity, sizes)?;
    let opened = Reading::take(server.pid())?;
    let clock = Clock::begin();
    let plan = Plan { begin: SETTLE, interval: sizes.interval, count: sizes.intervals };
    let tally = Tally::new(plan);
    let (speakers, listeners) = calls;
    let stop = AtomicBool::new(false);
    let watched = std::thread::scope(|scope| -> Result<(Vec<Interval>, f64)> {
        let listening = scope.spawn(|| listen(listeners, clock, &tally, &stop));
        let speaking = scope.spawn(|| speak(speakers, clock, &tally));
        let watched = watch(server, clock, &tally, sizes, told);
        speaking.join().ok().context("the sending thread")?;
        stop.store(true, Ordering::Relaxed);
        listening.join().ok().context("the receiving thread")??;
        watched
    });
    let (intervals, rss_kb) = watched?;
    let stuck = close(server, sizes.calls, clock)?;
    let calls = f64::from(sizes.calls);
    Ok(Measured {
        server: server.name(),
        sizes,
        intervals,
        kb_per_call: (rss_kb - before.rss_kb) / calls,
        setup_ms: (opened.cpu_ms - before.cpu_ms) / calls,
        faults: tally.faults.list().to_vec(),
        late: tally.lateness.beyond(Duration::from_millis(5)),
        void: tally.lateness.beyond(Duration::from_millis(100)),
        lateness_p99: tally.lateness.quantile(990),
        stuck,
    })
}

/// Everybody who speaks, and everybody who listens.
type Ends = (Vec<Speaker>, Vec<Listener>);

fn open(server: &mut dyn Server, identity: &Identity, sizes: Sizes) -> Result<Ends> {
    let mut chance = StdRng::seed_from_u64(sizes.seed);
    let (mut speakers, mut listeners) = (Vec::new(), Vec::new());
    for number in 0..sizes.calls {
        let phases = [(); SEATS].map(|()| chance.random_range(0..PHASES));
        let which = || format!("call {number}");
        let (speaking, listening) = match sizes.kind {
            Kind::Bridged => {
                let call = Call::open(server, identity, number).with_context(which)?;
                let [a, b, _] = phases;
                let (speaking, listening) = call.split([a, b]);
                (Vec::from(speaking), Vec::from(listening))
            }
            Kind::Rooms => Room::open(server, identity, number).with_context(which)?.split(phases),
        };
        speakers.extend(speaking);
        listeners.extend(listening);
    }
    Ok((speakers, listeners))
}

/// Reads the server at the end of each interval; also its memory when the first begins.
fn watch(
    server: &dyn Server,
    clock: Clock,
    tally: &Tally,
    sizes: Sizes,
    told: &mut dyn FnMut(&Interval),
) -> Result<(Vec<Interval>, f64)> {
    let plan = tally.plan();
    clock.wait_until(plan.begin);
    let mut last = (clock.now(), Reading::take(server.pid())?);
    let rss_kb = last.1.rss_kb;
    let mut intervals = Vec::new();
    for index in 0..plan.count {
        clock.wait_until(plan.end_of(index));
        let now = (clock.now(), Reading::take(server.pid())?);
        clock.wait_until(plan.end_of(index) + UNDER_WAY);
        let seconds = (now.0 - last.0).as_secs_f64();
        let interval = Interval {
            index,
            cpu_ms: (now.1.cpu_ms - last.1.cpu_ms) / seconds / f64::from(sizes.calls),
            rss_kb: now.1.rss_kb,
            ways: Way::ALL.map(|way| tally.counted(index, way)),
            udp_dropped: now.1.udp_dropped.saturating_sub(last.1.udp_dropped),
        };
        told(&interval);
        intervals.push(interval);
        last = now;
    }
    Ok((intervals, rss_kb))
}

/// Closes all calls; legs that are still open a while later.
pub(super) fn close(server: &mut dyn Server, calls: u32, clock: Clock) -> Result<usize> {
    for number in 0..calls {
        server.close(number)?;
    }
    let limit = clock.now() + CLOSE_LIMIT;
    loop {
        let open = server.open_legs()?.unwrap_or(0);
        if open == 0 || clock.now() >= limit {
            return Ok(open);
        }
        clock.wait_until(clock.now() + Duration::from_millis(50));
    }
}

/// Calls that are set up and closed again, one after the other.
fn pass(server: &mut dyn Server, identity: &Identity, count: u32, connect: bool) -> Result<()> {
    for number in PASSING..PASSING + count {
        if connect {
            let _call = Call::open(server, identity, number)?;
            server.close(number)?;
        } else {
            Call::describe(server, identity, number)?;
            server.close(number)?;
        }
    }
    Ok(())
}

/// Processor time of setting up a call, milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct SetUp {
    /// In all: both descriptions, ICE, DTLS, closing.
    pub whole_ms: f64,
    /// The share of ICE and DTLS.
    pub secured_ms: f64,
}

/// Sets calls up and closes them, one after the other, with DTLS and without.
///
/// # Errors
/// The server refused, or has gone.
pub fn set_ups(server: &mut dyn Server, profile: Profile, count: u32) -> Result<SetUp> {
    let identity = Identity::new(profile)?;
    pass(server, &identity, WARM_CALLS, true)?;
    let mut used = |connect| -> Result<f64> {
        let before = Reading::take(server.pid())?;
        pass(server, &identity, count, connect)?;
        let after = Reading::take(server.pid())?;
        Ok((after.cpu_ms - before.cpu_ms) / f64::from(count.max(1)))
    };
    let (described, whole_ms) = (used(false)?, used(true)?);
    Ok(SetUp { whole_ms, secured_ms: whole_ms - described })
}
