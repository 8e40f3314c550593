//! `load media`: what it can be asked, and what it prints.

use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::browser::Profile;
use super::rtpengine::Rtpengine;
use super::run::{Kind, Measured, SetUp, Sizes, run, set_ups};
use super::server::{Plane, Server};
use super::soak::{self, Both, Soaked, soak};
use super::storm::Storm;
use super::table::{Table, line};

/// Longest interval; longer runs have many, and tell of each.
const INTERVAL_MAX: Duration = Duration::from_secs(60);
/// Longest run.
const SECONDS_MAX: u64 = 6 * 3600;
/// Most calls: three sockets each.
const CALLS_MAX: u32 = 2000;

/// Bridged calls through the audio path alone.
#[derive(Clone, Debug, Args)]
pub struct Media {
    /// Calls at once; with commas, one measurement after the other.
    #[arg(long, value_delimiter = ',', default_value = "50,200,400")]
    calls: Vec<u32>,
    /// Also rooms of three at once, a telephone and two browsers, mixed; the helpline's only.
    #[arg(long, value_delimiter = ',')]
    rooms: Vec<u32>,
    /// For how long, seconds; above a minute each minute is told.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// What browsers ask for.
    #[arg(long, value_enum, default_value_t = Profile::Cm)]
    profile: Profile,
    /// Measure this too, beside the helpline.
    #[arg(long, value_enum)]
    peer: Option<Peer>,
    /// Also set up so many calls one after the other, and tell what ICE and DTLS cost.
    #[arg(long, default_value_t = 0)]
    set_ups: u32,
    /// Settings of the media server's own, such as `--threads=2` or `--tick-us=0`.
    #[arg(long, allow_hyphen_values = true)]
    server: Vec<String>,
    /// The phases of the flows follow from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Others that bridge RTP and DTLS-SRTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// Sipwise rtpengine, without its kernel module.
    Rtpengine,
}

impl Media {
    /// Runs and prints; whether nothing was lost, damaged or left behind.
    ///
    /// # Errors
    /// A server does not start, refuses or goes away.
    pub fn go(&self) -> Result<bool> {
        let mut measured = Vec::new();
        let ours = self.calls.iter().map(|calls| (None, Kind::Bridged, *calls));
        let rooms = self.rooms.iter().map(|rooms| (None, Kind::Rooms, *rooms));
        let theirs = self.calls.iter().map(|calls| (self.peer, Kind::Bridged, *calls));
        let theirs = theirs.filter(|(peer, ..)| peer.is_some());
        for (peer, kind, calls) in ours.chain(theirs).chain(rooms) {
            let mut server = self.start(peer)?;
            println!("{}, {kind:?}: {calls}", server.name());
            measured.push(self.measure(&mut *server, kind, calls)?);
        }
        self.set_up(None)?;
        if self.peer.is_some() {
            self.set_up(self.peer)?;
        }
        for kind in [Kind::Bridged, Kind::Rooms] {
            println!("\n{}", Table::of(kind, &measured));
        }
        Ok(measured.iter().all(Measured::is_good))
    }

    /// A fresh one for each measurement; ours if no other is named.
    fn start(&self, peer: Option<Peer>) -> Result<Box<dyn Server>> {
        match peer {
            None => Ok(Box::new(Plane::start_with(&self.server)?)),
            Some(Peer::Rtpengine) => Ok(Box::new(Rtpengine::start()?)),
        }
    }

    fn measure(&self, server: &mut dyn Server, kind: Kind, calls: u32) -> Result<Measured> {
        let span = Duration::from_secs(self.seconds.clamp(1, SECONDS_MAX));
        let interval = span.min(INTERVAL_MAX);
        let intervals = usize::try_from(span.as_secs() / interval.as_secs()).unwrap_or(1);
        let calls = calls.clamp(1, CALLS_MAX);
        let (profile, seed) = (self.profile, self.seed);
        let sizes = Sizes { kind, calls, interval, intervals, profile, seed };
        run(server, sizes, &mut |interval| {
            if intervals > 1 {
                println!("{}", line(interval));
            }
        })
    }

    fn set_up(&self, peer: Option<Peer>) -> Result<()> {
        if self.set_ups == 0 {
            return Ok(());
        }
        let mut server = self.start(peer)?;
        let SetUp { whole_ms, secured_ms } = set_ups(&mut *server, self.profile, self.set_ups)?;
        println!(
            "{}: {} calls set up one after the other: {whole_ms:.2} ms of CPU each, {secured_ms:.2} \
             of it for ICE and DTLS",
            server.name(),
            self.set_ups,
        );
        Ok(())
    }
}

/// Calls in a storm of packets that went wrong.
#[derive(Clone, Copy, Debug, Args)]
pub struct InStorm {
    /// Packets.
    #[arg(long, default_value_t = 1_000_000)]
    mutants: u64,
    /// In a second.
    #[arg(long, default_value_t = 10_000)]
    per_second: u32,
    /// Calls that are left alone and must not notice.
    #[arg(long, default_value_t = 8)]
    calls: u32,
    /// Calls whose own sockets send mutants too, and that must be heard afterwards.
    #[arg(long, default_value_t = 4)]
    victims: u32,
    /// What browsers ask for.
    #[arg(long, value_enum, default_value_t = Profile::Cm)]
    profile: Profile,
    /// The mutants follow from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl InStorm {
    /// Runs and prints; whether all were heard who must be.
    ///
    /// # Errors
    /// The media server does not start, refuses or goes away.
    pub fn go(&self) -> Result<bool> {
        let Self { mutants, per_second, calls, victims, profile, seed } = *self;
        let storm = Storm { mutants, per_second: per_second.max(1), seed };
        let soaked = soak(&mut Plane::start()?, soak::Sizes { calls, victims, storm, profile })?;
        println!("a storm of {mutants} mutants, seed {seed}");
        print!("{soaked}");
        Ok(soaked.is_good())
    }
}

impl std::fmt::Display for Soaked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "  sent {}, refused by the system {}",
            self.stormed.sent, self.stormed.refused
        )?;
        let parties = [("left alone", &self.alone), ("victims", &self.victims)];
        for (who, [during, after]) in parties {
            for (when, Both { sent, received }) in [("during", during), ("after", after)] {
                writeln!(
                    f,
                    "  {who}, {when} it: {} of {} packets to the browsers, {} of {} to the trunk",
                    received[0], sent[0], received[1], sent[1]
                )?;
            }
        }
        for (who, faults) in [("left alone", &self.faults), ("victims", &self.victims_faults)] {
            for (name, count) in faults.iter().filter(|(_, count)| *count > 0) {
                writeln!(f, "  {who}, packets {name}: {count}")?;
            }
        }
        let [before, after] = self.rss_kb;
        writeln!(f, "  memory {before:.0} kB before, {after:.0} kB after")?;
        writeln!(f, "  legs left open {}", self.stuck)
    }
}
