//! What the WebRTC stack calls back: states and tracks of one connection. Does I/O.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceGatheringState, RTCPeerConnectionState,
};

use super::events::Events;
use super::line::Ears;
use crate::driver::clock;
use crate::rtp::{RtpHeader, RtpPacket};

/// What the stack calls back.
pub(super) struct Handler {
    pub(super) ears: watch::Sender<Option<Arc<dyn Ears>>>,
    /// As last told; the stack repeats states.
    pub(super) connected: AtomicBool,
    pub(super) ever_connected: AtomicBool,
    pub(super) gathered: Notify,
    pub(super) stop: CancellationToken,
    events: Events,
}

impl Handler {
    pub(super) fn new(events: Events) -> Self {
        Self {
            ears: watch::Sender::new(None),
            connected: AtomicBool::new(false),
            ever_connected: AtomicBool::new(false),
            gathered: Notify::new(),
            stop: CancellationToken::new(),
            events,
        }
    }

    pub(super) fn tell(&self, connected: bool) {
        let Some(ears) = self.ears.borrow().clone() else { return };
        if connected {
            ears.connected();
        } else {
            ears.disconnected();
        }
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.notify_one();
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let connected = state == RTCPeerConnectionState::Connected;
        let lost = matches!(
            state,
            RTCPeerConnectionState::Disconnected
                | RTCPeerConnectionState::Failed
                | RTCPeerConnectionState::Closed
        );
        if !connected && !lost {
            return;
        }
        self.ever_connected.fetch_or(connected, Ordering::SeqCst);
        let changed = self.connected.swap(connected, Ordering::SeqCst) != connected;
        if changed && !self.stop.is_cancelled() {
            self.tell(connected);
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let receiving = receive(track, self.ears.subscribe(), self.stop.clone());
        self.events.tasks.spawn_on(receiving, &self.events.runtime);
    }
}

/// Takes a browser's packets until the connection closes.
async fn receive(
    track: Arc<dyn TrackRemote>,
    mut ears: watch::Receiver<Option<Arc<dyn Ears>>>,
    stop: CancellationToken,
) {
    let ears = tokio::select! {
        () = stop.cancelled() => return,
        listening = ears.wait_for(Option::is_some) => listening.ok().and_then(|ears| ears.clone()),
    };
    let Some(ears) = ears else { return };
    loop {
        let event = tokio::select! {
            () = stop.cancelled() => return,
            event = track.poll() => event,
        };
        match event {
            Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                let header = RtpHeader {
                    marker: packet.header.marker,
                    payload_type: packet.header.payload_type,
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    ssrc: packet.header.ssrc,
                };
                ears.packet(RtpPacket { header, payload: &packet.payload }, clock::now());
            }
            Some(TrackRemoteEvent::OnEnded) | None => return,
            Some(_) => {}
        }
    }
}
