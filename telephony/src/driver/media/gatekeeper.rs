//! Runs the gate of one lane: ICE and DTLS of its browsers, beside the audio. Does I/O.

use std::collections::HashMap;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ids::LegId;
use metrics::Counter;
use tokio::sync::{mpsc, oneshot};

use super::command::{Command, LegCommand};
use super::lane::ForGate;
use super::registry::Registry;
use crate::webrtc::{AnswerRefused, Gate, GateEvent, GateOutput, PeerAnswer, PeerId};

/// The longest wait when the gate has no deadline.
const IDLE: Duration = Duration::from_secs(3600);

/// What the gate is asked.
pub(super) enum Request {
    Answer {
        peer: PeerId,
        leg: LegId,
        offer: String,
        ssrc: u32,
        reply: oneshot::Sender<Result<PeerAnswer, AnswerRefused>>,
    },
    Close(PeerId),
}

/// One lane's gate and what it is joined to.
pub(super) struct Gatekeeper {
    pub(super) lane: usize,
    pub(super) gate: Gate,
    pub(super) port: Arc<UdpSocket>,
    pub(super) registry: Arc<Registry>,
    pub(super) legs: HashMap<PeerId, LegId>,
    /// Peers, for others to read.
    pub(super) open: Arc<AtomicUsize>,
    pub(super) routes: Arc<AtomicUsize>,
    pub(super) figures: Figures,
}

/// What a gate counts, for the metrics.
pub(super) struct Figures {
    strangers: Counter,
    rejected: Counter,
    impostors: Counter,
}

impl Figures {
    pub(super) fn of_lane(lane: usize) -> Self {
        let lane = lane.to_string();
        let counter = |name: &'static str| metrics::counter!(name, "lane" => lane.clone());
        Self {
            strangers: counter("helpline_webrtc_strangers_total"),
            rejected: counter("helpline_webrtc_rejected_total"),
            impostors: counter("helpline_webrtc_impostors_total"),
        }
    }
}

impl Gatekeeper {
    /// Runs until nobody can ask any more.
    pub(super) async fn run(
        mut self,
        mut requests: mpsc::Receiver<Request>,
        mut datagrams: mpsc::Receiver<ForGate>,
    ) {
        loop {
            let wait =
                self.gate.poll_timeout().map_or(IDLE, |at| at.saturating_duration_since(now()));
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => self.take(request),
                    None => return,
                },
                Some((source, datagram)) = datagrams.recv() => {
                    self.gate.datagram(now(), source, &datagram);
                }
                () = tokio::time::sleep(wait) => self.gate.handle_timeout(now()),
            }
            self.pass_outputs();
        }
    }

    fn take(&mut self, request: Request) {
        match request {
            Request::Answer { peer, leg, offer, ssrc, reply } => {
                let is_new = self.legs.insert(peer, leg).is_none();
                let answered = self.gate.answer(now(), peer, &offer, ssrc);
                let failed = answered.is_err();
                let unheard = reply.send(answered).is_err();
                // A peer that goes on from before stays; one that nobody waits for does not begin.
                if is_new && (failed || unheard) {
                    self.close(peer);
                }
            }
            Request::Close(peer) => self.close(peer),
        }
    }

    fn close(&mut self, peer: PeerId) {
        self.gate.close(now(), peer);
        self.legs.remove(&peer);
    }

    fn pass_outputs(&mut self) {
        while let Some(output) = self.gate.poll_output() {
            match output {
                GateOutput::Transmit { to, datagram } => {
                    // A full socket drops it, as the network would; both protocols send again.
                    let _dropped = self.port.send_to(&datagram, to);
                }
                GateOutput::Event(event) => self.pass(event),
            }
        }
        let counts = self.gate.counts();
        self.open.store(counts.peers, Ordering::Relaxed);
        self.routes.store(counts.routes, Ordering::Relaxed);
        self.figures.strangers.absolute(counts.strangers);
        self.figures.rejected.absolute(counts.rejected);
        self.figures.impostors.absolute(counts.impostors);
    }

    fn pass(&self, event: GateEvent) {
        let (GateEvent::Keys { peer, .. }
        | GateEvent::Path { peer, .. }
        | GateEvent::Lost { peer }
        | GateEvent::Closed { peer }) = event;
        let Some(leg) = self.legs.get(&peer).copied() else { return };
        match event {
            GateEvent::Keys { keys, .. } => {
                self.registry.tell_leg(leg, LegCommand::Keys(Box::new(keys)));
            }
            GateEvent::Path { remote, .. } => {
                let at = self.registry.legs().by_id.get(&leg).map(|entry| entry.lane);
                if let Some(lane) = at {
                    self.registry.tell(self.lane, Command::Route(remote, leg, lane));
                }
                self.registry.tell_leg(leg, LegCommand::Path(remote));
            }
            GateEvent::Lost { .. } => self.registry.tell_leg(leg, LegCommand::Lost(false)),
            GateEvent::Closed { .. } => self.registry.tell_leg(leg, LegCommand::Lost(true)),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "drivers own time; the gate is given it")]
fn now() -> Instant {
    Instant::now()
}
