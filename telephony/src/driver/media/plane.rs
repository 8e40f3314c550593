//! The media plane's handle: opens legs, carries out what the exchange asks. Does I/O.
//!
//! Everything goes through here, so that the inside (today tasks of the async runtime) can become
//! threads of their own without anybody noticing.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ids::LegId;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::{MediaConfig, MediaCounts, MediaRefused, MediaStartError};
use super::events::Events;
use super::leg::{Leg, LegEars};
use super::peer::PeerGate;
use super::ports::PortPool;
use super::trunk::TrunkLine;
use super::{MediaEvent, pacer};
use crate::call::{Digit, PlayId, Playlist};
use crate::driver::address;
use crate::media::{AudioLibrary, Player};
use crate::sdp::{LocalAudio, TrunkOffer};

/// How long answering a browser may take.
const PEER_DEADLINE: Duration = Duration::from_secs(5);
/// How often legs are measured.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

/// The media plane. Cheap to clone; it stops when the last clone is gone.
#[derive(Clone)]
pub struct MediaPlane {
    inner: Arc<Inner>,
}

struct Inner {
    config: MediaConfig,
    library: Arc<AudioLibrary>,
    ports: Arc<PortPool>,
    peers: PeerGate,
    legs: Mutex<HashMap<LegId, Entry>>,
    events: Events,
    stop: CancellationToken,
}

struct Entry {
    leg: Arc<Leg>,
    /// Falls silent when its far end dies; a browser's connection tells by itself.
    is_trunk: bool,
}

impl MediaPlane {
    /// Binds the browsers' port and starts. Must be called within a tokio runtime.
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
        let tasks = TaskTracker::new();
        let stop = CancellationToken::new();
        let events = Events { sender: events, tasks, runtime: Handle::current() };
        let peers = PeerGate::bind(&config, &events, &stop)?;
        let inner = Inner {
            config,
            library,
            ports: Arc::new(ports),
            peers,
            legs: Mutex::default(),
            events: events.clone(),
            stop,
        };
        let inner = Arc::new(inner);
        events.tasks.spawn(watch(Arc::downgrade(&inner), inner.stop.clone()));
        Ok(Self { inner })
    }

    /// The browsers' port.
    #[must_use]
    pub fn webrtc_addr(&self) -> SocketAddr {
        self.inner.peers.local_addr()
    }

    /// Opens a trunk leg. Returns our answer, a session description.
    ///
    /// # Errors
    /// No codec in common, no free port, or the leg is open.
    pub async fn open_trunk(&self, leg: LegId, offer: &TrunkOffer) -> Result<String, MediaRefused> {
        offer.choose_codec().ok_or(MediaRefused::NoCommonCodec)?;
        let (socket, port) = self.inner.ports.lease().ok_or(MediaRefused::NoPort)?;
        let bound = socket.local_addr().map_err(|_| MediaRefused::NoPort)?;
        let reached_at =
            self.inner.config.rtp_public.unwrap_or_else(|| address::reachable(bound.ip()));
        let local = LocalAudio {
            address: SocketAddr::new(reached_at, bound.port()),
            session_id: u64::from(rand::random::<u32>()),
            version: 1,
        };
        let agreed = offer.answer(local).ok_or(MediaRefused::NoCommonCodec)?;
        let line = Arc::new(TrunkLine::new((socket, port), &agreed, offer.remote));
        let opened = Arc::new(Leg::new(leg, self.inner.events.clone(), line.clone()));
        match self.inner.legs().entry(leg) {
            std::collections::hash_map::Entry::Occupied(_) => {
                return Err(MediaRefused::AlreadyOpen);
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(Entry { leg: opened.clone(), is_trunk: true });
            }
        }
        self.spawn(line.receive(LegEars { leg: opened, generation: 0 }));
        Ok(agreed.description)
    }

    /// Opens a browser's leg: an agent's shift or a citizen's web call. Returns the answer. An open
    /// leg of this id moves to the new connection; who it is joined to and what it hears stay.
    ///
    /// # Errors
    /// The offer is unreadable or without G.711, or the connection was not ready within 5 s.
    pub async fn open_peer(&self, leg: LegId, offer_sdp: &str) -> Result<String, MediaRefused> {
        let answering = self.inner.peers.answer(offer_sdp);
        let answered =
            timeout(PEER_DEADLINE, answering).await.map_err(|_| MediaRefused::TimedOut)??;
        let line = answered.line.clone();
        let ears = {
            let mut legs = self.inner.legs();
            match legs.get(&leg).map(|entry| entry.leg.clone()) {
                Some(open) => {
                    drop(legs);
                    LegEars { generation: open.replace_line(line), leg: open }
                }
                None => {
                    let opened = Arc::new(Leg::new(leg, self.inner.events.clone(), line));
                    legs.insert(leg, Entry { leg: opened.clone(), is_trunk: false });
                    LegEars { leg: opened, generation: 0 }
                }
            }
        };
        answered.line.listen(Arc::new(ears));
        Ok(answered.description)
    }

    /// Plays to a leg, in place of what was played before. The end is reported.
    pub fn play(&self, leg: LegId, play: PlayId, playlist: Playlist) {
        let Some(leg) = self.inner.leg(leg) else { return };
        let stop = leg.begin_playing();
        let (library, events) = (self.inner.library.clone(), self.inner.events.clone());
        self.spawn(async move {
            let player = Player::new(&library, &playlist, leg.codec());
            pacer::play(leg, events, player, play, stop).await;
        });
    }

    /// Stops what is played to a leg; nothing is reported.
    pub fn stop_playing(&self, leg: LegId) {
        if let Some(leg) = self.inner.leg(leg) {
            leg.stop_playing();
        }
    }

    /// Joins two legs: each hears the other. A leg that was joined to another leaves it.
    pub fn bridge(&self, a: LegId, b: LegId) {
        let (Some(a), Some(b)) = (self.inner.leg(a), self.inner.leg(b)) else { return };
        if a.id() == b.id() {
            return;
        }
        a.part();
        b.part();
        a.join(&b);
        b.join(&a);
    }

    /// Parts two legs that are joined to each other.
    pub fn unbridge(&self, a: LegId, b: LegId) {
        if let Some(leg) = self.inner.leg(a)
            && leg.joined_to().is_some_and(|other| other.id() == b)
        {
            leg.part();
        }
    }

    /// Sends a key press to a leg (RFC 4733), if its far end takes them.
    pub fn send_digit(&self, leg: LegId, digit: Digit) {
        let Some(leg) = self.inner.leg(leg) else { return };
        if let Some(train) = leg.begin_keys(digit) {
            self.spawn(pacer::press(leg, train));
        }
    }

    /// Closes a leg: its port, its connection, its joins.
    pub fn close(&self, leg: LegId) {
        let closed = self.inner.legs().remove(&leg);
        if let Some(entry) = closed {
            entry.leg.close();
        }
    }

    /// What is open now.
    #[must_use]
    pub fn counts(&self) -> MediaCounts {
        MediaCounts {
            legs: self.inner.legs().len(),
            ports: self.inner.ports.used(),
            peers: self.inner.peers.open(),
            routes: self.inner.peers.routes(),
        }
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.inner.events.tasks.spawn_on(task, &self.inner.events.runtime);
    }
}

impl Inner {
    fn legs(&self) -> MutexGuard<'_, HashMap<LegId, Entry>> {
        self.legs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leg(&self, id: LegId) -> Option<Arc<Leg>> {
        self.legs().get(&id).map(|entry| entry.leg.clone())
    }

    /// Looks at every leg: how it is, and whether it fell silent.
    fn measure(&self) {
        let legs: Vec<(Arc<Leg>, bool)> =
            self.legs().values().map(|entry| (entry.leg.clone(), entry.is_trunk)).collect();
        for (leg, is_trunk) in legs {
            if let Some(quality) = leg.measure() {
                self.events.send_if_room(MediaEvent::Measured { leg: leg.id(), quality });
            }
            if is_trunk && leg.fell_silent(self.config.silence_limit) {
                self.events.send(MediaEvent::TrunkSilent { leg: leg.id() });
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let legs = std::mem::take(&mut *self.legs());
        for entry in legs.into_values() {
            entry.leg.close();
        }
        self.stop.cancel();
    }
}

async fn watch(inner: std::sync::Weak<Inner>, stop: CancellationToken) {
    let mut ticks = interval(MEASURE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _due = ticks.tick() => {}
        }
        let Some(inner) = inner.upgrade() else { return };
        inner.measure();
    }
}
