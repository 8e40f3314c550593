//! What SIP is told and what it answers: its configuration, why it did not start, its counts.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use thiserror::Error;

use super::admission::ReservedLine;
use crate::driver::trunk::{KeepAlive, TrunkConfig, TrunkName};

/// What SIP needs to know.
#[derive(Clone, Debug)]
pub struct SipConfig {
    /// Where to listen, UDP and TCP alike. Port 0 takes a free port.
    pub listen: SocketAddr,
    /// The address by which the trunk reaches us, if it is not the one we listen on (NAT).
    pub public_address: Option<IpAddr>,
    /// The trunks. Everybody else but stations gets silence.
    pub trunks: Vec<TrunkConfig>,
    /// Networks of operators' telephones: we call them, they call nobody through us.
    pub stations: Vec<IpNet>,
    /// Numbers for whose callers places are kept, out of `calls_max`.
    pub reserved: Vec<ReservedLine>,
    /// How the trunks are asked whether they live.
    pub keep_alive: KeepAlive,
    /// Calls at once; the next gets 503.
    pub calls_max: usize,
    /// Calls let in within any second; the next gets 503.
    pub calls_per_second_max: usize,
    /// How long an INVITE may stay without answer or refusal; then it gets 503.
    pub set_up_limit: Duration,
    /// How long a call stands without a refresh (RFC 4028), seconds: what we ask for.
    pub session_expires_s: u32,
    /// The shortest such time that we take, seconds; the RFC allows none below 90.
    pub session_expires_min_s: u32,
    /// The time after which an unanswered message is first repeated (T1 of RFC 3261 §17.1.1.1). A
    /// transaction is given up, or forgotten, after 64 times this.
    pub repeat_after: Duration,
}

impl SipConfig {
    /// The limits of a small exchange, for callers that only know where to listen, and one trunk
    /// without a name of its own that is known by its networks.
    #[must_use]
    pub fn new(listen: SocketAddr, networks: Vec<IpNet>) -> Self {
        let trunk = TrunkConfig::by_address(TrunkName::default(), networks);
        Self {
            listen,
            public_address: None,
            trunks: vec![trunk],
            stations: Vec::new(),
            reserved: Vec::new(),
            keep_alive: KeepAlive::default(),
            calls_max: 2000,
            calls_per_second_max: 200,
            set_up_limit: Duration::from_secs(60),
            session_expires_s: 1800,
            session_expires_min_s: 90,
            repeat_after: Duration::from_millis(500),
        }
    }
}

/// Why SIP could not start.
#[derive(Debug, Error)]
pub enum SipStartError {
    /// The TCP port is taken, or the address is not ours.
    #[error("cannot listen for SIP over TCP on {address}")]
    BindTcp {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The UDP port is taken, or the address is not ours.
    #[error("cannot listen for SIP over UDP on {address}")]
    BindUdp {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: Box<rsipstack::Error>,
    },
    /// The stack gave no stream of requests.
    #[error("the SIP stack did not start")]
    Stack {
        /// Why.
        #[source]
        source: Box<rsipstack::Error>,
    },
}

/// What SIP has counted since the start, and what is open now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SipCounts {
    /// Calls that the exchange knows of and that have not left.
    pub legs: usize,
    /// Dialogs that the stack holds. None may be left once every leg has left.
    pub dialogs: usize,
    /// Transactions that wait for an answer or an ACK, or rest to recognise repetitions: at most
    /// 64 × `repeat_after` after the last call none is left.
    pub transactions: usize,
    /// Calls refused at the door: too many at once or per second.
    pub turned_away: u64,
    /// Calls that were asked for a password.
    pub challenged: u64,
    /// Packets and connections from addresses that are no trunk's.
    pub strangers: u64,
}
