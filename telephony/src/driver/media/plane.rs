//! The media plane's handle: opens legs, carries out what the exchange asks. Does I/O.
//!
//! Everything goes through here as a command to the lane of the leg; nothing here waits for audio.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arrayvec::ArrayVec;
use ids::{LegId, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::MediaEvent;
use super::browser::{BrowserLink, Home};
use super::command::{Command, LegCommand, RoomId, Seating};
use super::config::{MediaConfig, MediaCounts, MediaRefused, MediaStartError};
use super::gatekeeper::Request;
use super::link::Link;
use super::ports::PortPool;
use super::recorder::RecorderPort;
use super::registry::{Entry, Far, Legs, Registry};
use super::start;
use super::tap::Tap;
use crate::call::{Digit, PlayId, Playlist};
use crate::driver::clock;
use crate::media::record::RecordingId;
use crate::media::{AudioLibrary, MEMBERS_MAX, Player};
use crate::sdp::Codec;
use crate::webrtc::{AnswerKind, PeerId};

/// How long answering a browser may take.
const PEER_DEADLINE: Duration = Duration::from_secs(5);

/// The media plane. Cheap to clone; it stops when the last clone is gone.
#[derive(Clone)]
pub struct MediaPlane {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) config: MediaConfig,
    pub(super) library: Arc<AudioLibrary>,
    pub(super) ports: Arc<PortPool>,
    pub(super) registry: Arc<Registry>,
    /// One gate for each lane, by number.
    pub(super) gates: Vec<GateEnd>,
}

/// The way to a lane's gate, and what it and its lane tell of themselves.
pub(super) struct GateEnd {
    pub(super) requests: mpsc::Sender<Request>,
    pub(super) peers: Arc<AtomicUsize>,
    pub(super) names: Arc<AtomicUsize>,
    pub(super) routes: Arc<AtomicUsize>,
}

impl MediaPlane {
    /// Binds the browsers' ports and starts the threads. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// See [`MediaStartError`].
    pub async fn start(
        config: MediaConfig,
        library: Arc<AudioLibrary>,
        events: mpsc::Sender<MediaEvent>,
    ) -> Result<Self, MediaStartError> {
        let ports = PortPool::new(config.rtp_address, config.rtp_ports.clone());
        if ports.is_empty() {
            return Err(MediaStartError::NoPorts);
        }
        let inner = start::start(config, library, Arc::new(ports), &events)?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The browsers' port; that of the first lane, if there are several.
    #[must_use]
    pub fn webrtc_addr(&self) -> SocketAddr {
        let port = &self.inner.registry.lanes()[0].port;
        port.local_addr().unwrap_or(self.inner.config.webrtc_listen)
    }

    /// Opens a browser's leg: an agent's shift or a citizen's web call. Returns the answer. An open
    /// leg of this id moves to the new connection, or restarts the ICE part of the one it has (same
    /// certificate and session); who it is joined to and what it hears stay.
    ///
    /// # Errors
    /// The offer is unreadable or without G.711, the leg is a trunk's, or the connection was not
    /// ready within 5 s.
    pub async fn open_peer(&self, leg: LegId, offer_sdp: &str) -> Result<String, MediaRefused> {
        let (peer, home, ssrc) = self.peer_of(leg)?;
        let (reply, answered) = oneshot::channel();
        let request = Request::Answer { peer, leg, offer: offer_sdp.to_owned(), ssrc, reply };
        let gate = &self.inner.gates[home];
        let asked = async {
            gate.requests.send(request).await.map_err(|_| MediaRefused::Failed)?;
            answered.await.map_err(|_| MediaRefused::Failed)?.map_err(MediaRefused::from)
        };
        let answer = timeout(PEER_DEADLINE, asked).await.map_err(|_| MediaRefused::TimedOut)??;
        if answer.kind == AnswerKind::Fresh {
            self.connect(leg, (peer, home), (answer.codec, answer.telephone_event, ssrc));
        }
        Ok(answer.description)
    }

    /// The peer of a browser's leg, an old or a new one, its lane and our stream towards it.
    fn peer_of(&self, leg: LegId) -> Result<(PeerId, usize, u32), MediaRefused> {
        let lane = self.inner.registry.emptiest_lane();
        let mut legs = self.inner.registry.legs();
        match legs.by_id.get(&leg).map(|entry| entry.far) {
            Some(Far::Browser { peer, home, ssrc }) => Ok((peer, home, ssrc)),
            Some(Far::Trunk) => Err(MediaRefused::AlreadyOpen),
            None => Ok((PeerId(legs.next_number()), lane, rand::random())),
        }
    }

    fn connect(
        &self,
        leg: LegId,
        (peer, home): (PeerId, usize),
        (codec, telephone_event, ssrc): (Codec, Option<u8>, u32),
    ) {
        let registry = &self.inner.registry;
        let port = registry.lanes()[home].port.clone();
        let link = BrowserLink::new(codec, telephone_event, ssrc, Home { lane: home, port });
        let link = Link::Browser(Box::new(link));
        let mut legs = registry.legs();
        if let Some(entry) = legs.by_id.get_mut(&leg) {
            entry.codec = codec;
            registry.tell(entry.lane, Command::Leg(leg, LegCommand::Replace(link)));
            return;
        }
        let far = Far::Browser { peer, home, ssrc };
        let entry = Entry { lane: home, far, codec, session: None, room: None };
        legs.by_id.insert(leg, entry);
        registry.tell(home, Command::Open(leg, link));
    }

    /// Plays to a leg, in place of what was played before. The end is reported.
    pub fn play(&self, leg: LegId, play: PlayId, playlist: &Playlist) {
        let known = self.inner.registry.legs().by_id.get(&leg).map(|entry| entry.codec);
        let Some(codec) = known else { return };
        let player = Player::new(&self.inner.library, playlist, codec);
        self.tell(leg, LegCommand::Play(play, Box::new(player)));
    }

    /// Stops what is played to a leg; nothing is reported.
    pub fn stop_playing(&self, leg: LegId) {
        self.tell(leg, LegCommand::StopPlaying);
    }

    /// Joins two legs: each hears the other. A leg that was joined to others leaves them.
    pub fn bridge(&self, a: LegId, b: LegId) {
        if a != b {
            let room = RoomId(self.inner.registry.legs().next_number() | BRIDGE);
            self.seat(room, &[a, b], &[]);
        }
    }

    /// Parts two legs that are joined to each other.
    pub fn unbridge(&self, a: LegId, b: LegId) {
        if a == b {
            return;
        }
        let legs = self.inner.registry.legs();
        let room = |leg: &LegId| legs.by_id.get(leg).and_then(|entry| entry.room);
        let both = room(&a).filter(|at| room(&b) == Some(*at));
        drop(legs);
        if let Some(room) = both {
            self.unmix(room);
        }
    }

    /// A name for a room, which no other has.
    #[must_use]
    pub fn new_room(&self) -> RoomId {
        RoomId(self.inner.registry.legs().next_number())
    }

    /// Makes or changes a room: each member hears all others but those muted for it, as pairs of
    /// speaker and listener. At most [`MEMBERS_MAX`] members; more are left out, and so are legs that
    /// are not open or were named before. Two members and nothing muted cost no mixing. Members leave
    /// the rooms that they were in; a room without members ends.
    pub fn mix(&self, room: RoomId, members: &[LegId], muted: &[(LegId, LegId)]) {
        self.seat(room, members, muted);
    }

    /// Ends a room: its legs hear nobody.
    pub fn unmix(&self, room: RoomId) {
        let mut legs = self.inner.registry.legs();
        let mut lane = None;
        for entry in legs.by_id.values_mut().filter(|entry| entry.room == Some(room)) {
            entry.room = None;
            lane = Some(entry.lane);
        }
        if let Some(lane) = lane {
            self.inner.registry.tell(lane, Command::Dissolve(room));
        }
    }

    /// Sends a key press to a leg (RFC 4733), if its far end takes them.
    pub fn send_digit(&self, leg: LegId, digit: Digit) {
        self.tell(leg, LegCommand::Press(digit));
    }

    /// The plane's clock, by which recordings begin, pause and end.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        clock::now()
    }

    /// Gives the recorder what a leg says and what it is made to hear, from now on. The recording
    /// has begun there, at `began`.
    pub fn record(
        &self,
        leg: LegId,
        recording: RecordingId,
        began: Timestamp,
        recorder: RecorderPort,
    ) {
        let tap = Tap::new(recording, recorder, began);
        self.tell(leg, LegCommand::Record(Box::new(tap)));
    }

    /// Gives the recorder no more.
    pub fn stop_recording(&self, leg: LegId) {
        self.tell(leg, LegCommand::StopRecording);
    }

    /// Closes a leg: its port, its connection, its joins.
    pub fn close(&self, leg: LegId) {
        self.inner.close(leg);
    }

    /// What is open now.
    #[must_use]
    pub fn counts(&self) -> MediaCounts {
        let sum = |of: fn(&GateEnd) -> &AtomicUsize| -> usize {
            self.inner.gates.iter().map(|gate| of(gate).load(Ordering::Relaxed)).sum()
        };
        MediaCounts {
            legs: self.inner.registry.legs().by_id.len(),
            ports: self.inner.ports.used(),
            peers: sum(|gate| &gate.peers),
            routes: sum(|gate| &gate.names) + sum(|gate| &gate.routes),
        }
    }

    pub(super) fn tell(&self, leg: LegId, command: LegCommand) {
        self.inner.registry.tell_leg(leg, command);
    }

    fn seat(&self, room: RoomId, members: &[LegId], muted: &[(LegId, LegId)]) {
        let registry = &self.inner.registry;
        let mut legs = registry.legs();
        let members = legs.known(members);
        let Some(lane) = legs.meeting_place(&members) else {
            drop(legs);
            return self.unmix(room);
        };
        let mut before = None;
        for entry in legs.by_id.values_mut().filter(|entry| entry.room == Some(room)) {
            entry.room = None;
            before = Some(entry.lane);
        }
        // Who stays behind on the lane where the room was hears nobody.
        if let Some(before) = before.filter(|before| *before != lane) {
            registry.tell(before, Command::Dissolve(room));
        }
        for leg in &members {
            let Some(entry) = legs.by_id.get_mut(leg) else { continue };
            entry.room = Some(room);
            if entry.lane != lane {
                let from = std::mem::replace(&mut entry.lane, lane);
                registry.tell(lane, Command::Expect(*leg));
                registry.tell(from, Command::Give(*leg, lane));
            }
        }
        let muted = muted.to_vec();
        registry.tell(lane, Command::Seat(Seating { room, members, muted }));
    }
}

/// Marks the rooms that [`MediaPlane::bridge`] makes.
const BRIDGE: u64 = 1 << 63;

impl Legs {
    /// Those of these legs that are open, each once, as many as a room holds.
    fn known(&self, members: &[LegId]) -> ArrayVec<LegId, MEMBERS_MAX> {
        let mut known = ArrayVec::new();
        for leg in members {
            if self.by_id.contains_key(leg) && !known.contains(leg) && !known.is_full() {
                known.push(*leg);
            }
        }
        known
    }

    /// The lane on which legs meet: where most of them are, browsers counting more, since a browser
    /// away from the lane of its port costs a second queue.
    fn meeting_place(&self, members: &[LegId]) -> Option<usize> {
        let entries = || members.iter().filter_map(|leg| self.by_id.get(leg));
        let weight = |lane: usize| -> usize {
            let there = entries().filter(|entry| entry.lane == lane);
            there.map(|entry| if entry.far == Far::Trunk { 1 } else { MEMBERS_MAX }).sum()
        };
        entries().map(|entry| entry.lane).max_by_key(|lane| weight(*lane))
    }
}

impl Inner {
    fn close(&self, leg: LegId) {
        let mut legs = self.registry.legs();
        let Some(entry) = legs.by_id.remove(&leg) else { return };
        self.registry.tell(entry.lane, Command::Leg(leg, LegCommand::Close));
        drop(legs);
        if let Far::Browser { peer, home, ssrc: _ } = entry.far {
            // A gate that takes no request closes the peer by its own deadlines.
            let _full = self.gates[home].requests.try_send(Request::Close(peer));
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for lane in 0..self.registry.lanes().len() {
            self.registry.tell(lane, Command::Stop);
        }
    }
}
