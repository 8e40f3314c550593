//! Calls in a storm: some are left alone and must not notice it, some are its victims and must be
//! heard again when it is over. Blocks its thread.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::browser::{Identity, Profile};
use super::call::{Call, Place};
use super::clock::Clock;
use super::listen::{Listener, listen};
use super::marker::Way;
use super::reading::Reading;
use super::run;
use super::server::Server;
use super::speak::{PHASES, Speaker, speak};
use super::storm::{Samples, Source, Storm, Stormed, storm, strangers};
use super::tally::{Counted, Plan, Tally};

/// All talk for so long before the storm.
const SETTLE: Duration = Duration::from_secs(1);
/// Longest interval in which packets are counted.
const INTERVAL_MAX: Duration = Duration::from_secs(5);
/// Share of its packets by which a call counts as heard.
const HEARD_SHARE_MIN: f64 = 0.9;

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Calls that are left alone.
    pub calls: u32,
    /// Calls whose own sockets send mutants too.
    pub victims: u32,
    /// The storm.
    pub storm: Storm,
    /// What browsers ask for.
    pub profile: Profile,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Soaked {
    /// What was sent.
    pub stormed: Stormed,
    /// The calls that were left alone, during the storm and after it.
    pub alone: [Both; 2],
    /// The victims, likewise.
    pub victims: [Both; 2],
    /// What must be zero in the calls that were left alone, by name.
    pub faults: Vec<(&'static str, u64)>,
    /// The same of the victims. Only packets that are not authentic or were sent twice under one
    /// number are the server's fault; it forwards what a victim's own telephone says.
    pub victims_faults: Vec<(&'static str, u64)>,
    /// The server's memory before the storm and after it, kB.
    pub rss_kb: [f64; 2],
    /// Legs left open after everybody had hung up.
    pub stuck: usize,
}

/// Packets sent and received, each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// Sent, to the browsers and to the trunk.
    pub sent: [u64; 2],
    /// Received, likewise.
    pub received: [u64; 2],
}

impl Both {
    fn add(&mut self, ways: &[Counted; 2]) {
        for (way, counted) in ways.iter().enumerate() {
            self.sent[way] += counted.sent;
            self.received[way] += counted.received;
        }
    }

    /// Whether both ends heard the other.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        let share = |count: u64| count as f64 * HEARD_SHARE_MIN;
        (0..2).all(|way| self.sent[way] > 0 && self.received[way] as f64 >= share(self.sent[way]))
    }
}

impl Soaked {
    /// Whether all were heard who must be, nothing was mixed up and nothing stayed behind.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let [during, after] = &self.alone;
        let calm = &self.victims[1];
        let recovered = *calm == Both::default() || calm.is_heard();
        let heard = during.is_heard() && after.is_heard() && recovered;
        let pure = self.faults.iter().all(|(_, count)| *count == 0);
        let own = ["not authentic", "replayed"];
        let mut of_victims = self.victims_faults.iter().filter(|(name, _)| own.contains(name));
        heard && pure && of_victims.all(|(_, count)| *count == 0) && self.stuck == 0
    }
}

/// Runs it: calls, the storm, calm, the end.
///
/// # Errors
/// A call cannot be set up, or the server has gone.
pub fn soak(server: &mut dyn Server, sizes: Sizes) -> Result<Soaked> {
    let identity = Identity::new(sizes.profile)?;
    let mut parties = Parties::default();
    let mut places = Vec::new();
    for number in 0..sizes.calls + sizes.victims {
        let call =
            Call::open(server, &identity, number).with_context(|| format!("call {number}"))?;
        let place = call.place()?;
        let is_victim = number >= sizes.calls;
        if is_victim {
            parties.sources.extend(own_sources(&identity, &call, &place)?);
        }
        parties.join(call, number, is_victim);
        places.push(place);
    }
    let targets = targets(&places);
    parties.sources.extend(strangers(&targets, &samples_of_strangers(&identity, &places)?)?);
    let clock = Clock::begin();
    let (plan, calm) = plan(sizes.storm);
    let tallies = [Tally::new(plan), Tally::new(plan)];
    let before = Reading::take(server.pid())?.rss_kb;
    let stormed = parties.talk(sizes.storm, clock, &tallies, calm)?;
    let after = Reading::take(server.pid())?.rss_kb;
    let stuck = run::close(server, sizes.calls + sizes.victims, clock)?;
    let [alone, victims] = &tallies;
    Ok(Soaked {
        stormed,
        alone: counts(alone, calm),
        victims: counts(victims, calm),
        faults: alone.faults.list().to_vec(),
        victims_faults: victims.faults.list().to_vec(),
        rss_kb: [before, after],
        stuck,
    })
}

/// Intervals for the storm and what is left over of it, then one of calm; the index of that one.
fn plan(storm: Storm) -> (Plan, usize) {
    let lasts = storm.lasts();
    let interval = lasts.clamp(Duration::from_secs(1), INTERVAL_MAX);
    let stormy = lasts.as_nanos().div_ceil(interval.as_nanos());
    let calm = usize::try_from(stormy).unwrap_or(usize::MAX - 2) + 1;
    (Plan { begin: SETTLE, interval, count: calm + 1 }, calm)
}

fn counts(tally: &Tally, calm: usize) -> [Both; 2] {
    let mut of = [Both::default(); 2];
    for index in 0..tally.plan().count {
        of[usize::from(index == calm)].add(&Way::ALL.map(|way| tally.counted(index, way)));
    }
    of
}

/// Every port that the calls have: audio and reports of each trunk, and the browsers'.
fn targets(places: &[Place]) -> Vec<SocketAddr> {
    let reports = |audio: SocketAddr| SocketAddr::new(audio.ip(), audio.port().saturating_add(1));
    let mut targets: Vec<_> = places
        .iter()
        .flat_map(|place| [place.trunk, reports(place.trunk), place.browser])
        .collect();
    targets.sort_unstable();
    targets.dedup();
    targets
}

/// Strangers know everything but keys and passwords. Whoever has overheard a browser's check can send
/// it again from elsewhere; ICE has no answer to that, and it is not tried here.
fn samples_of_strangers(identity: &Identity, places: &[Place]) -> Result<Samples> {
    let mut of = Vec::new();
    for place in places.iter().take(4) {
        of.extend(place.streams.map(Samples::of_stream));
        of.push(Samples::of_handshake(identity, place.browser)?);
        if let Some(ice) = &place.ice {
            of.push(Samples::of_checks(ice, false)?);
        }
    }
    Ok(Samples::all(&of))
}

/// The sockets of the call itself.
fn own_sources(identity: &Identity, call: &Call, place: &Place) -> Result<[Source; 2]> {
    let [to_browser, to_trunk] = place.streams.map(Samples::of_stream);
    let mut of = vec![to_trunk, Samples::of_handshake(identity, place.browser)?];
    if let Some(ice) = &place.ice {
        of.push(Samples::of_checks(ice, true)?);
    }
    let [trunk, browser] = call.sockets();
    Ok([
        Source { socket: trunk, targets: vec![place.trunk], samples: to_browser },
        Source { socket: browser, targets: vec![place.browser], samples: Samples::all(&of) },
    ])
}

/// Who speaks and who listens, of the calls left alone and of the victims; who storms.
#[derive(Default)]
struct Parties {
    speakers: [Vec<Speaker>; 2],
    listeners: [Vec<Listener>; 2],
    sources: Vec<Source>,
}

impl Parties {
    fn join(&mut self, call: Call, number: u32, is_victim: bool) {
        let phase = number.wrapping_mul(97) % PHASES;
        let (speaking, listening) = call.split([phase, (phase + PHASES / 2) % PHASES]);
        self.speakers[usize::from(is_victim)].extend(speaking);
        self.listeners[usize::from(is_victim)].extend(listening);
    }

    fn talk(self, what: Storm, clock: Clock, tallies: &[Tally; 2], calm: usize) -> Result<Stormed> {
        let Self { speakers, listeners, sources } = self;
        let stop = &AtomicBool::new(false);
        let plan = tallies[0].plan();
        std::thread::scope(|scope| {
            let mut listening = Vec::new();
            for (listeners, tally) in listeners.into_iter().zip(tallies) {
                listening.push(scope.spawn(move || listen(listeners, clock, tally, stop)));
            }
            let mut speaking = Vec::new();
            for (speakers, tally) in speakers.into_iter().zip(tallies) {
                speaking.push(scope.spawn(move || speak(speakers, clock, tally)));
            }
            clock.wait_until(plan.begin);
            // The interval before the calm is for what is still under way.
            let stormed = storm(what, &sources, clock, plan.end_of(calm.saturating_sub(1)));
            for thread in speaking {
                thread.join().ok().context("a sending thread")?;
            }
            stop.store(true, Ordering::Relaxed);
            for thread in listening {
                thread.join().ok().context("a receiving thread")??;
            }
            Ok(stormed)
        })
    }
}
