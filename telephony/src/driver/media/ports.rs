//! The UDP ports of trunk legs. Does I/O: binds sockets.
//!
//! Even numbers only: the odd one above belongs to the same leg's RTCP (RFC 3550 §11). A port that
//! was given back rests a while, because the far end of the call before may go on sending for some
//! seconds, and the next caller would hear it.

use std::collections::{HashSet, VecDeque};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::driver::clock;
use ids::Timestamp;

/// How long a port rests.
const REST: Duration = Duration::from_secs(5);

/// The ports that may be used, those in use and those at rest.
#[derive(Debug)]
pub(super) struct PortPool {
    address: IpAddr,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Ports never used yet, and those whose rest is over, in the order of their next use.
    free: VecDeque<u16>,
    resting: VecDeque<(Timestamp, u16)>,
    used: HashSet<u16>,
}

/// The sockets of one trunk leg, and the lease of their ports.
#[derive(Debug)]
pub(super) struct Leased {
    /// Audio, on the even port.
    pub(super) rtp: UdpSocket,
    /// Reports, on the odd one above.
    pub(super) rtcp: UdpSocket,
    pub(super) lease: PortLease,
}

/// One pair of ports in use. Dropping it sends the pair to rest.
#[derive(Debug)]
pub(super) struct PortLease {
    pool: Arc<PortPool>,
    port: u16,
}

impl PortPool {
    /// The even ports of a range on one address.
    pub(super) fn new(address: IpAddr, ports: RangeInclusive<u16>) -> Self {
        // RTP takes the even one of a pair, so the last even number needs its odd neighbour.
        let free = ports.clone().filter(|port| port % 2 == 0 && ports.contains(&(port | 1)));
        let state = State { free: free.collect(), resting: VecDeque::new(), used: HashSet::new() };
        Self { address, state: Mutex::new(state) }
    }

    /// Binds the next free pair of ports. `None` if there is none: all are used, resting or taken by
    /// others.
    pub(super) fn lease(self: &Arc<Self>) -> Option<Leased> {
        let tries = self.state().free.len() + 1;
        for _ in 0..tries {
            let port = self.state().take(clock::now())?;
            let lease = PortLease { pool: self.clone(), port };
            let bind = |port| bind(SocketAddr::new(self.address, port));
            if let (Some(rtp), Some(rtcp)) = (bind(port), bind(port + 1)) {
                return Some(Leased { rtp, rtcp, lease });
            }
        }
        None
    }

    /// Whether the range holds no port at all.
    pub(super) fn is_empty(&self) -> bool {
        let state = self.state();
        state.free.is_empty() && state.resting.is_empty() && state.used.is_empty()
    }

    /// Ports in use now.
    pub(super) fn used(&self) -> usize {
        self.state().used.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, now: Timestamp) -> Option<u16> {
        while let Some((at, port)) = self.resting.front().copied() {
            if now.since(at) < REST {
                break;
            }
            self.resting.pop_front();
            self.free.push_back(port);
        }
        let port = self.free.pop_front()?;
        self.used.insert(port);
        Some(port)
    }
}

impl Drop for PortLease {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        if state.used.remove(&self.port) {
            state.resting.push_back((clock::now(), self.port));
        }
    }
}

fn bind(address: SocketAddr) -> Option<UdpSocket> {
    let socket = UdpSocket::bind(address).ok()?;
    socket.set_nonblocking(true).ok()?;
    Some(socket)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn only_pairs_within_the_range_are_used() {
        let pool = PortPool::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 16_383..=16_388);
        let state = pool.state();
        assert_eq!(Vec::from(state.free.clone()), [16_384, 16_386]);
    }

    #[test]
    fn a_port_given_back_rests_before_it_is_used_again() {
        let pool = PortPool::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 16_384..=16_385);
        let mut state = pool.state();
        let start = Timestamp::from_micros(0);
        assert_eq!(state.take(start), Some(16_384));
        assert_eq!(state.take(start), None);
        state.resting.push_back((start, 16_384));
        assert_eq!(state.take(start + (REST - Duration::from_millis(1))), None);
        assert_eq!(state.take(start + REST), Some(16_384));
    }
}
