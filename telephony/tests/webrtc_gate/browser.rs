//! A browser for the tests: the `webrtc` crate as the full, controlling side.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::MIME_TYPE_PCMA;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RtpCodecKind,
};
use tokio::sync::Notify;
use webrtc::media_stream::track_local::TrackLocal as _;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription, SettingEngineBuilder,
};

const SSRC: u32 = 4711;

/// A browser with one audio track.
pub(crate) struct Browser {
    connection: Arc<dyn PeerConnection>,
    track: Arc<TrackLocalStaticRTP>,
    ears: Arc<Ears>,
}

#[derive(Default)]
pub(crate) struct Ears {
    gathered: Notify,
    state: Mutex<RTCPeerConnectionState>,
    heard: Mutex<Vec<Vec<u8>>>,
}

struct Handler(Arc<Ears>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.0.gathered.notify_one();
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        *self.0.state.lock().expect("not poisoned") = state;
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let ears = self.0.clone();
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    ears.heard.lock().expect("not poisoned").push(packet.payload.to_vec());
                }
            }
        });
    }
}

impl Browser {
    /// Opens the page.
    pub(crate) async fn open() -> Self {
        let mut media = MediaEngine::default();
        let registered = RTCRtpCodecParameters { rtp_codec: pcma(), payload_type: 8 };
        media.register_codec(registered, RtpCodecKind::Audio).expect("registered");
        let ears = Arc::new(Ears::default());
        let built = PeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_setting_engine(SettingEngineBuilder::new().build())
            .with_handler(Arc::new(Handler(ears.clone())))
            .with_udp_addrs(vec!["127.0.0.1:0".to_owned()])
            .build();
        let connection = Arc::new(built.await.expect("built"));
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(SSRC),
                ..Default::default()
            },
            codec: pcma(),
            ..Default::default()
        };
        let name = "microphone".to_owned();
        let track = MediaStreamTrack::new(
            name.clone(),
            name.clone(),
            name,
            RtpCodecKind::Audio,
            vec![coding],
        );
        let track = Arc::new(TrackLocalStaticRTP::new(track));
        connection.add_track(track.clone()).await.expect("added");
        Self { connection, track, ears }
    }

    /// Its offer, with all candidates. After [`Self::restart`], a new one.
    pub(crate) async fn offer(&self) -> String {
        let offer = self.connection.create_offer(None).await.expect("an offer");
        self.connection.set_local_description(offer).await.expect("ours");
        let _again =
            tokio::time::timeout(Duration::from_secs(1), self.ears.gathered.notified()).await;
        self.connection.local_description().await.expect("described").sdp
    }

    /// Takes the answer, as if the port were at another address.
    pub(crate) async fn accept(&self, answer: &str, port: SocketAddr, through: SocketAddr) {
        let (real, told) = (port.port().to_string(), through.port().to_string());
        let answer = answer.replace(&format!(" {real} typ host"), &format!(" {told} typ host"));
        let answer = RTCSessionDescription::answer(answer).expect("readable");
        self.connection.set_remote_description(answer).await.expect("accepted");
    }

    /// Asks for an ICE restart with the next offer.
    pub(crate) async fn restart(&self) {
        self.connection.restart_ice().await.expect("asked for");
    }

    pub(crate) async fn speak(&self, sequence: u16, payload: &[u8]) {
        let header = rtp::header::Header {
            version: 2,
            payload_type: 8,
            sequence_number: sequence,
            timestamp: u32::from(sequence) * 160,
            ssrc: SSRC,
            ..Default::default()
        };
        let payload = Bytes::copy_from_slice(payload);
        let _not_yet = self.track.write_rtp(rtp::Packet { header, payload }).await;
    }

    pub(crate) fn state(&self) -> RTCPeerConnectionState {
        *self.ears.state.lock().expect("not poisoned")
    }

    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        self.ears.heard.lock().expect("not poisoned").clone()
    }

    pub(crate) async fn close(&self) {
        self.connection.close().await.expect("closed");
    }
}

fn pcma() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_PCMA.to_owned(),
        clock_rate: 8000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: Vec::new(),
    }
}
