//! Starts the lanes and their gates. Does I/O.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use socket2::SockRef;
use tokio::sync::mpsc;

use super::MediaEvent;
use super::command::LaneSender;
use super::config::{MediaConfig, MediaStartError};
use super::gatekeeper::{Figures, Gatekeeper};
use super::lane::{ForGate, Lane, LaneConfig, LaneEnds, SHARED};
use super::plane::{GateEnd, Inner};
use super::poll::Poll;
use super::ports::PortPool;
use super::registry::Registry;
use crate::driver::address;
use crate::media::AudioLibrary;
use crate::webrtc::{Certificate, Gate, GateConfig};

/// What the kernel may hold for a shared port: 2 s of 500 browsers. The usual 208 KiB lose packets
/// first.
const RECEIVE_BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Commands that may wait for a lane: some for each of a thousand calls.
const COMMANDS_MAX: usize = 4096;
/// Datagrams that may wait for another lane: 20 ms of 500 legs.
const HANDED_MAX: usize = 512;
/// Datagrams and requests that may wait for a gate.
const FOR_GATE_MAX: usize = 1024;
const REQUESTS_MAX: usize = 256;

/// One lane before it runs.
struct Prepared {
    sender: LaneSender,
    poll: Poll,
    commands: crossbeam_channel::Receiver<super::command::Command>,
    handed: crossbeam_channel::Receiver<super::command::Handed>,
}

pub(super) fn start(
    config: MediaConfig,
    library: Arc<AudioLibrary>,
    ports: Arc<PortPool>,
    events: &mpsc::Sender<MediaEvent>,
) -> Result<Inner, MediaStartError> {
    let count = threads(&config);
    let prepared = (0..count).map(|n| prepare(&config, n)).collect::<Result<Vec<_>, _>>()?;
    let senders: Vec<LaneSender> = prepared.iter().map(|lane| lane.sender.clone()).collect();
    let registry = Arc::new(Registry::new(senders.clone()));
    let certificate = Arc::new(Certificate::generate().map_err(MediaStartError::Certificate)?);
    let mut gates = Vec::with_capacity(count);
    for (number, lane) in prepared.into_iter().enumerate() {
        let (gate_sender, datagrams) = mpsc::channel(FOR_GATE_MAX);
        let routes = Arc::new(AtomicUsize::new(0));
        let candidate = candidate(&config, &lane.sender.port);
        gates.push(keep_gate(
            &registry,
            number,
            certificate.clone(),
            candidate,
            datagrams,
            &routes,
        ));
        let lane_config = LaneConfig {
            number,
            tick: config.tick,
            busy_from: config.busy_from,
            silence_limit: config.silence_limit,
        };
        let ends = LaneEnds {
            poll: lane.poll,
            commands: lane.commands,
            handed: lane.handed,
            lanes: senders.clone(),
            events: events.clone(),
            gate: gate_sender,
            routes_open: routes,
        };
        std::thread::Builder::new()
            .name(format!("media-{number}"))
            .spawn(move || Lane::run(lane_config, ends))
            .map_err(MediaStartError::Thread)?;
    }
    Ok(Inner { config, library, ports, registry, gates })
}

fn threads(config: &MediaConfig) -> usize {
    if config.threads > 0 {
        return config.threads;
    }
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn prepare(config: &MediaConfig, number: usize) -> Result<Prepared, MediaStartError> {
    let listen = listen(config.webrtc_listen, number);
    let port =
        bind(listen).map_err(|source| MediaStartError::BindWebRtc { address: listen, source })?;
    let poll = Poll::new().map_err(MediaStartError::Thread)?;
    // Here, so that a thread that could not hear its browsers is refused at the start.
    poll.add(&port, SHARED).map_err(MediaStartError::Thread)?;
    let (command_sender, commands) = crossbeam_channel::bounded(COMMANDS_MAX);
    let (handed_sender, handed) = crossbeam_channel::bounded(HANDED_MAX);
    let sender = LaneSender {
        commands: command_sender,
        handed: handed_sender,
        waker: poll.waker(),
        port: Arc::new(port),
    };
    Ok(Prepared { sender, poll, commands, handed })
}

/// Each lane has a port of its own: the one configured, and those that follow.
fn listen(first: SocketAddr, number: usize) -> SocketAddr {
    let port = match (first.port(), u16::try_from(number)) {
        (0, _) | (_, Err(_)) => 0,
        (port, Ok(number)) => port.saturating_add(number),
    };
    SocketAddr::new(first.ip(), port)
}

fn bind(listen: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(listen)?;
    socket.set_nonblocking(true)?;
    // The system may grant less; then packets are lost earlier under load, no more.
    let _limited = SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER_BYTES);
    Ok(socket)
}

/// What answers name.
fn candidate(config: &MediaConfig, port: &UdpSocket) -> SocketAddr {
    let bound = port.local_addr().unwrap_or(config.webrtc_listen);
    let ip: IpAddr = config.webrtc_public.unwrap_or_else(|| address::reachable(bound.ip()));
    SocketAddr::new(ip, bound.port())
}

fn keep_gate(
    registry: &Arc<Registry>,
    lane: usize,
    certificate: Arc<Certificate>,
    candidate: SocketAddr,
    datagrams: mpsc::Receiver<ForGate>,
    routes: &Arc<AtomicUsize>,
) -> GateEnd {
    let random = Box::new(|bytes: &mut [u8]| rand::Rng::fill(&mut rand::rng(), bytes));
    let (requests, asked) = mpsc::channel(REQUESTS_MAX);
    let (open, names) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let keeper = Gatekeeper {
        lane,
        gate: Gate::new(GateConfig::new(certificate, candidate, random)),
        port: registry.lanes()[lane].port.clone(),
        registry: registry.clone(),
        legs: HashMap::new(),
        open: open.clone(),
        routes: names.clone(),
        figures: Figures::of_lane(lane),
    };
    tokio::spawn(keeper.run(asked, datagrams));
    GateEnd { requests, peers: open, names, routes: routes.clone() }
}
