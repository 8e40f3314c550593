//! A browser's line: one peer connection of the `webrtc` crate. Does I/O.
//!
//! G.711 only, and one codec of it: the browser then sends frames of 20 ms that go to a trunk as
//! they are. ICE-lite, since our address is known and the browser does the work. Nothing is sent
//! while nobody speaks to the browser; ICE's own checks keep the path open.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use rtc::interceptor::Registry;
use rtc::rtp;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use webrtc::media_stream::track_local::TrackLocal as _;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::PeerConnection;

use super::config::{MediaConfig, MediaRefused, MediaStartError};
use super::events::Events;
use super::handler::Handler;
use super::line::{Ears, Line};
use super::mux::Mux;
use super::negotiation;
use crate::driver::address;
use crate::rtp::RtpHeader;
use crate::sdp::Codec;

/// How long a browser may take to connect before it counts as lost.
const CONNECT_DEADLINE: Duration = Duration::from_secs(30);
/// How long the stack may take to close a connection.
const CLOSE_DEADLINE: Duration = Duration::from_secs(5);

/// One browser's peer connection: the seam behind which the WebRTC stack can be changed. Offer and
/// answer are exchanged by [`PeerGate::answer`]; sending and closing are those of each [`Line`].
pub(super) trait MediaPeer: Line {
    /// Reports packets and states to these ears from now on. Called once.
    fn listen(&self, ears: Arc<dyn Ears>);
}

/// An answered browser.
pub(super) struct Answered {
    pub(super) line: Arc<dyn MediaPeer>,
    /// Our session description.
    pub(super) description: String,
}

/// Where browsers come in: one port for all.
pub(super) struct PeerGate {
    pub(super) mux: Arc<Mux>,
    /// What candidates name.
    pub(super) reached_at: SocketAddr,
    open: Arc<AtomicUsize>,
    events: Events,
}

impl PeerGate {
    pub(super) fn bind(
        config: &MediaConfig,
        events: &Events,
        stop: &CancellationToken,
    ) -> Result<Self, MediaStartError> {
        let listen = config.webrtc_listen;
        let mux = Mux::bind(listen)
            .map_err(|source| MediaStartError::BindWebRtc { address: listen, source })?;
        let bound = mux.local_addr();
        let ip: IpAddr = config.webrtc_public.unwrap_or_else(|| address::reachable(bound.ip()));
        events.tasks.spawn(mux.clone().serve(stop.clone()));
        Ok(Self {
            mux,
            reached_at: SocketAddr::new(ip, bound.port()),
            open: Arc::default(),
            events: events.clone(),
        })
    }

    pub(super) fn local_addr(&self) -> SocketAddr {
        self.mux.local_addr()
    }

    /// Connections that are open or closing.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Entries in the port's table.
    pub(super) fn routes(&self) -> usize {
        self.mux.routes()
    }

    /// Answers a browser's offer.
    pub(super) async fn answer(&self, offer: &str) -> Result<Answered, MediaRefused> {
        let codec = negotiation::choose_codec(offer)?;
        let ssrc = rand::random();
        let track = Arc::new(TrackLocalStaticRTP::new(negotiation::track(codec, ssrc)));
        let handler = Arc::new(Handler::new(self.events.clone()));
        let (media, registry) = (negotiation::media_engine(codec)?, Registry::new());
        let connection = negotiation::connection(self, media, registry, handler.clone()).await?;
        let peer = WebRtcPeer {
            codec,
            ssrc,
            track: track.clone(),
            handler: handler.clone(),
            closing: Closing {
                connection: connection.clone(),
                open: self.open.clone(),
                events: self.events.clone(),
            },
        };
        self.open.fetch_add(1, Ordering::Relaxed);
        // From here on a failure, or the caller giving up, closes the connection by dropping it.
        let description =
            negotiation::exchange(&connection, track, offer, &handler, self.reached_at).await?;
        Ok(Answered { line: Arc::new(peer), description })
    }
}

struct WebRtcPeer {
    codec: Codec,
    ssrc: u32,
    track: Arc<TrackLocalStaticRTP>,
    handler: Arc<Handler>,
    closing: Closing,
}

impl MediaPeer for WebRtcPeer {
    fn listen(&self, ears: Arc<dyn Ears>) {
        let handler = self.handler.clone();
        handler.ears.send_replace(Some(ears));
        if handler.connected.load(Ordering::SeqCst) {
            handler.tell(true);
        }
        let connecting = async move {
            let stop = handler.stop.clone();
            let waited = timeout(CONNECT_DEADLINE, stop.cancelled()).await;
            if waited.is_err() && !handler.ever_connected.load(Ordering::SeqCst) {
                handler.tell(false);
            }
        };
        let events = &self.closing.events;
        events.tasks.spawn_on(connecting, &events.runtime);
    }
}

impl Line for WebRtcPeer {
    fn codec(&self) -> Codec {
        self.codec
    }

    fn event_payload_type(&self) -> Option<u8> {
        // A browser plays its own key tones, and sends its keys to the API.
        None
    }

    fn send(&self, header: &RtpHeader, payload: &[u8]) {
        let packet = rtp::Packet {
            header: rtp::header::Header {
                version: 2,
                marker: header.marker,
                payload_type: header.payload_type,
                sequence_number: header.sequence,
                timestamp: header.timestamp,
                // The one that our description names; the leg's own means nothing to the browser.
                ssrc: self.ssrc,
                ..Default::default()
            },
            payload: Bytes::copy_from_slice(payload),
        };
        // Polled once: a connection whose queue is full loses this packet instead of delaying all.
        if !matches!(self.track.write_rtp(packet).now_or_never(), Some(Ok(()))) {
            metrics::counter!("helpline_webrtc_unsent_total").increment(1);
        }
    }

    fn close(&self) {
        self.handler.stop.cancel();
        // The ears hold the leg, and the leg holds this line: without this nobody would ever go.
        self.handler.ears.send_replace(None);
    }
}

impl Drop for WebRtcPeer {
    fn drop(&mut self) {
        self.handler.stop.cancel();
    }
}

/// Closes a connection when the last holder is gone.
struct Closing {
    connection: Arc<dyn PeerConnection>,
    open: Arc<AtomicUsize>,
    events: Events,
}

impl Drop for Closing {
    fn drop(&mut self) {
        let (connection, open) = (self.connection.clone(), self.open.clone());
        let closing = async move {
            if timeout(CLOSE_DEADLINE, connection.close()).await.is_err() {
                tracing::warn!("a peer connection did not close in time");
            }
            drop(connection);
            open.fetch_sub(1, Ordering::Relaxed);
        };
        self.events.tasks.spawn_on(closing, &self.events.runtime);
    }
}
