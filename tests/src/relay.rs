//! A bad network on 127.0.0.1: datagrams between clients and one target are lost, late, out of order,
//! doubled or held back in bursts, by a seed. Does I/O.
//!
//! It stands where a NAT stands. Each client gets a socket of its own towards the target, and that
//! socket's port can change under it ([`Relay::rebind`]), as a NAT's does.
//!
//! To put it between a telephone or a browser and the helpline without rewriting a session
//! description: let the helpline name another address of this machine (`rtp.public` or `webrtc.public`
//! = 127.0.0.2), and start a relay with `listen` on that address, the same port, and `target` on
//! 127.0.0.1. One relay serves all browsers of a port; each RTP port needs a relay of its own.

mod fate;
mod run;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use fate::{Conditions, Fate, Fates, Stall};

/// Clients that one relay serves; datagrams of further ones are refused.
pub const CLIENTS_MAX: usize = 64;
/// Datagrams under way at most, over both directions; further ones are lost, and counted as overflow.
pub const UNDER_WAY_MAX: usize = 8192;

/// A relay's place and weather.
#[derive(Clone, Debug)]
pub struct RelayConfig {
    /// Where clients send to. Port 0 takes a free port.
    pub listen: SocketAddr,
    /// Where their datagrams go.
    pub target: SocketAddr,
    /// From the clients to the target.
    pub outward: Conditions,
    /// From the target to the clients.
    pub inward: Conditions,
    /// How often the sockets towards the target change their ports by themselves.
    pub rebind_every: Option<Duration>,
    /// Everything that chance decides follows from it.
    pub seed: u64,
    /// After this long the relay ends by itself.
    pub lifetime: Duration,
}

impl RelayConfig {
    /// A perfect network to `target`, for a minute.
    #[must_use]
    pub fn new(target: SocketAddr, seed: u64) -> Self {
        Self {
            listen: SocketAddr::new(target.ip(), 0),
            target,
            outward: Conditions::default(),
            inward: Conditions::default(),
            rebind_every: None,
            seed,
            lifetime: Duration::from_secs(60),
        }
    }

    /// The same conditions both ways.
    #[must_use]
    pub fn both_ways(self, conditions: Conditions) -> Self {
        Self { outward: conditions, inward: conditions, ..self }
    }
}

/// A running relay. Dropping it ends it.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    rebind: mpsc::Sender<()>,
    tally: Arc<Tally>,
    _stop: DropGuard,
}

impl Relay {
    /// Binds and starts. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The address to listen on is taken or not of this machine.
    pub async fn start(config: RelayConfig) -> Result<Self> {
        let front = UdpSocket::bind(config.listen).await.context("the relay's port")?;
        let address = front.local_addr()?;
        let stop = CancellationToken::new();
        let tally = Arc::<Tally>::default();
        let (rebind, asked) = mpsc::channel(4);
        tokio::spawn(run::run(front, config, asked, tally.clone(), stop.clone()));
        Ok(Self { address, rebind, tally, _stop: stop.drop_guard() })
    }

    /// Where clients send to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives each socket towards the target a new port; the old ones are closed, and what is sent to
    /// them is lost. Takes effect soon after.
    pub fn rebind(&self) {
        // A full queue holds requests enough that have not been carried out.
        let _asked_already = self.rebind.try_send(());
    }

    /// What happened so far.
    #[must_use]
    pub fn counts(&self) -> RelayCounts {
        let both = |counts: &[AtomicU64; 2]| Both {
            outward: counts[0].load(Ordering::Relaxed),
            inward: counts[1].load(Ordering::Relaxed),
        };
        RelayCounts {
            received: both(&self.tally.received),
            sent: both(&self.tally.sent),
            lost: both(&self.tally.lost),
            duplicated: both(&self.tally.duplicated),
            reordered: both(&self.tally.reordered),
            overflowed: both(&self.tally.overflowed),
            clients: self.tally.clients.load(Ordering::Relaxed),
            refused: self.tally.refused.load(Ordering::Relaxed),
            rebound: self.tally.rebound.load(Ordering::Relaxed),
        }
    }
}

/// One count for each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// From clients to the target.
    pub outward: u64,
    /// From the target to clients.
    pub inward: u64,
}

/// Datagrams, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelayCounts {
    /// Arrived at the relay.
    pub received: Both,
    /// Left it; a doubled one counts twice.
    pub sent: Both,
    /// Lost on purpose.
    pub lost: Both,
    /// Sent twice.
    pub duplicated: Both,
    /// Held back so that others overtake.
    pub reordered: Both,
    /// Lost because too many were under way.
    pub overflowed: Both,
    /// Clients seen.
    pub clients: u64,
    /// Datagrams of clients above the limit.
    pub refused: u64,
    /// Changes of a socket's port.
    pub rebound: u64,
}

/// The counts while they grow; `[outward, inward]`.
#[derive(Debug, Default)]
struct Tally {
    received: [AtomicU64; 2],
    sent: [AtomicU64; 2],
    lost: [AtomicU64; 2],
    duplicated: [AtomicU64; 2],
    reordered: [AtomicU64; 2],
    overflowed: [AtomicU64; 2],
    clients: AtomicU64,
    refused: AtomicU64,
    rebound: AtomicU64,
}

#[cfg(test)]
mod tests;
