//! A lane: one media thread with the legs on it and the port that it shares among browsers. Does I/O.
//!
//! With few legs the thread sleeps until a packet comes (0.1 ms of delay). With many it looks every
//! two milliseconds and takes what has come in between at once: the cost of a packet is mostly that of
//! being woken for it. Nothing here waits for a lock, allocates for a packet, or is async.

mod commands;
mod datagrams;
mod rooms;
mod timers;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use crossbeam_channel::Receiver;
use ids::{LegId, Timestamp};
use slab::Slab;
use tokio::sync::mpsc;

use super::MediaEvent;
use super::command::{Command, Handed, LaneSender, RoomId};
use super::counters::Counters;
use super::event_queue::EventQueue;
use super::leg::Leg;
use super::link::{Link, Wires};
use super::poll::Poll;
use super::sys::{Inbox, Outbox, prefer_this_thread};
use super::wheel::{Paced, Wheel};
use crate::driver::clock;
use rooms::Room;

/// What a lane needs to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct LaneConfig {
    /// Its place among the lanes.
    pub(super) number: usize,
    /// How often a busy lane looks; zero: each packet wakes it.
    pub(super) tick: Duration,
    /// From this many legs on a lane is busy.
    pub(super) busy_from: usize,
    /// How long a trunk may say nothing until it is reported.
    pub(super) silence_limit: Duration,
}

/// What a lane is joined to.
pub(super) struct LaneEnds {
    pub(super) poll: Poll,
    pub(super) commands: Receiver<Command>,
    pub(super) handed: Receiver<Handed>,
    /// All lanes by number, this one too.
    pub(super) lanes: Vec<LaneSender>,
    pub(super) events: mpsc::Sender<MediaEvent>,
    /// Takes what is neither RTP nor RTCP: ICE and DTLS.
    pub(super) gate: mpsc::Sender<ForGate>,
    /// Addresses that the lane knows, for others to read.
    pub(super) routes_open: Arc<AtomicUsize>,
}

/// A datagram for the gate, and where it came from.
pub(super) type ForGate = (SocketAddr, Box<[u8]>);

/// The state of a lane's thread.
pub(super) struct Lane {
    config: LaneConfig,
    ends: LaneEnds,
    shared: Arc<UdpSocket>,
    legs: Slab<Leg>,
    by_id: HashMap<LegId, usize>,
    /// Whose packets come from an address, on the shared port.
    routes: HashMap<SocketAddr, Route>,
    rooms: Slab<Room>,
    rooms_by_id: HashMap<RoomId, usize>,
    /// Legs on their way here, and since when.
    expected: HashMap<LegId, Timestamp>,
    /// What waits for them, and what came after it.
    waiting: VecDeque<Command>,
    /// What found another lane's queue full.
    unsent: Vec<(usize, Command)>,
    wheel: Wheel,
    due: Vec<Paced>,
    /// Always there but while it is being read.
    inbox: Option<Box<Inbox>>,
    outbox: Outbox,
    events: EventQueue,
    counters: Counters,
    now: Timestamp,
    next_second: Timestamp,
    seconds: u64,
}

/// Where the packets from an address go.
#[derive(Clone, Copy, Debug)]
enum Route {
    Here(usize),
    Away { lane: usize, leg: LegId },
}

impl Lane {
    /// Runs on this thread until told to stop.
    pub(super) fn run(config: LaneConfig, ends: LaneEnds) {
        prefer_this_thread();
        let mut lane = Self::new(config, ends);
        loop {
            // One packet that finds a fault of ours must not end the calls of a whole lane.
            match catch_unwind(AssertUnwindSafe(|| lane.turn())) {
                Ok(true) => {}
                Ok(false) => return,
                Err(_panic) => lane.recover(),
            }
        }
    }

    fn new(config: LaneConfig, ends: LaneEnds) -> Self {
        let now = clock::now();
        let shared = ends.lanes[config.number].port.clone();
        Self {
            config,
            shared,
            legs: Slab::new(),
            by_id: HashMap::new(),
            routes: HashMap::new(),
            rooms: Slab::new(),
            rooms_by_id: HashMap::new(),
            expected: HashMap::new(),
            waiting: VecDeque::new(),
            unsent: Vec::new(),
            wheel: Wheel::new(now),
            due: Vec::new(),
            inbox: Some(Box::new(Inbox::new())),
            outbox: Outbox::new(),
            events: EventQueue::new(ends.events.clone()),
            counters: Counters::default(),
            now,
            next_second: now + SECOND,
            seconds: 0,
            ends,
        }
    }

    /// Waits, then does all there is to do. False: the lane is told to stop.
    fn turn(&mut self) -> bool {
        let found = self.wait();
        self.now = clock::now();
        for n in 0..found {
            self.read(self.ends.poll.token(n));
        }
        self.take_handed();
        let goes_on = self.take_commands();
        self.pace();
        self.each_second();
        let (_legs, mut wires, events) = self.parts();
        wires.flush();
        events.retry();
        goes_on
    }

    /// A turn ended in the middle; what it was about to send is dropped.
    fn recover(&mut self) {
        metrics::counter!("helpline_media_panics_total").increment(1);
        tracing::error!(lane = self.config.number, "a media thread met a fault and goes on");
        self.inbox.get_or_insert_with(|| Box::new(Inbox::new()));
        self.outbox = Outbox::new();
    }

    /// The legs, and what they need to send and to report.
    fn parts(&mut self) -> (&mut Slab<Leg>, Wires<'_>, &mut EventQueue) {
        let wires = Wires {
            now: self.now,
            outbox: &mut self.outbox,
            shared: &self.shared,
            counters: &mut self.counters,
        };
        (&mut self.legs, wires, &mut self.events)
    }
}

const SECOND: Duration = Duration::from_secs(1);
/// The token of the shared port.
pub(super) const SHARED: u64 = u64::MAX - 1;

/// The token of a trunk leg's socket.
fn token(key: usize, reports: bool) -> u64 {
    (key as u64) << 1 | u64::from(reports)
}

/// Tells the poll of a leg's sockets, if it has sockets of its own.
fn watch(poll: &Poll, leg: &Leg, key: usize) -> io::Result<()> {
    if let Link::Trunk(link) = &leg.link {
        poll.add(link.rtp(), token(key, false))?;
        poll.add(link.rtcp(), token(key, true))?;
    }
    Ok(())
}

fn unwatch(poll: &Poll, leg: &Leg) {
    if let Link::Trunk(link) = &leg.link {
        poll.remove(link.rtp());
        poll.remove(link.rtcp());
    }
}
