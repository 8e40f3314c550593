//! Packets that went wrong, many of them, by a seed, at every port of a media plane that has calls:
//! from strangers, and from the very sockets of callers and browsers. Does I/O.

mod mutate;
mod samples;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::clock::Clock;

pub use mutate::{MUTANT_BYTES_MAX, mutate};
pub use samples::Samples;

/// Sockets that strangers have.
const STRANGERS: u16 = 8;
/// Mutants between two looks at the clock.
const BURST: u32 = 8;

/// What is sent, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    /// Mutants in all.
    pub mutants: u64,
    /// In a second.
    pub per_second: u32,
    /// They all follow from it.
    pub seed: u64,
}

impl Storm {
    /// How long it lasts.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        Duration::from_secs(self.mutants.div_ceil(u64::from(self.per_second.max(1))))
    }
}

/// Somebody who sends mutants.
#[derive(Clone, Debug)]
pub struct Source {
    /// Not connected: sends wherever it likes; connected: to its server only.
    pub socket: Arc<UdpSocket>,
    /// Where to; a connected socket has one target.
    pub targets: Vec<SocketAddr>,
    /// Made of these.
    pub samples: Samples,
}

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stormed {
    /// Mutants that left.
    pub sent: u64,
    /// Those that the system refused: most are answers to mutants before, at closed ports.
    pub refused: u64,
}

/// Strangers who know every port.
///
/// # Errors
/// There are no sockets.
pub fn strangers(targets: &[SocketAddr], samples: &Samples) -> Result<Vec<Source>> {
    let own = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let stranger = |_| {
        let socket = UdpSocket::bind((own, 0)).context("a stranger's socket")?;
        socket.set_nonblocking(true)?;
        let (targets, samples) = (targets.to_vec(), samples.clone());
        Ok(Source { socket: Arc::new(socket), targets, samples })
    };
    (0..STRANGERS).map(stranger).collect()
}

/// Sends them all, evenly, by turns from each source; those that are left at `end` are not sent.
/// Blocks its thread.
pub fn storm(storm: Storm, sources: &[Source], clock: Clock, end: Duration) -> Stormed {
    let begun = clock.now();
    let mut stormed = Stormed::default();
    let mut burst = 0;
    for number in 0..storm.mutants {
        if burst == BURST {
            let share = Duration::from_secs(1) / storm.per_second.max(1);
            let due = share.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
            clock.wait_until(begun + due);
            if clock.now() >= end {
                break;
            }
            burst = 0;
        }
        burst += 1;
        let turn = usize::try_from(number).unwrap_or(0);
        let Some(source) = sources.get(turn % sources.len().max(1)) else { break };
        let seed = storm.seed.wrapping_add(number);
        let mutant = mutate(seed, source.samples.pick(seed));
        let target = source.targets.get(turn / sources.len() % source.targets.len().max(1));
        let sent = match (source.socket.peer_addr(), target) {
            (Err(_not_connected), Some(target)) => source.socket.send_to(&mutant, target),
            _ => source.socket.send(&mutant),
        };
        match sent {
            Ok(_) => stormed.sent += 1,
            Err(_refused) => stormed.refused += 1,
        }
    }
    stormed
}
