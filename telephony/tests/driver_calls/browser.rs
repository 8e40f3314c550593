//! A browser for the tests: the `webrtc` crate as the full, controlling side of a peer connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use ids::LegId;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_PCMA, MIME_TYPE_PCMU};
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RtpCodecKind,
};
use telephony::media::tone::{Heard, ToneDetector, ToneGenerator};
use telephony::media::{FRAME_SAMPLES, g711};
use telephony::sdp::Codec;
use tokio::sync::Notify;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription,
};

use crate::exchange::Exchange;

const SSRC: u32 = 4711;

/// A connected browser that speaks a tone and listens for another.
pub(crate) struct Browser {
    connection: Arc<dyn PeerConnection>,
    ears: Arc<Ears>,
    speaking: tokio::task::JoinHandle<()>,
}

struct Ears {
    gathered: Notify,
    connected: Notify,
    codec: Codec,
    detectors: Mutex<Vec<ToneDetector>>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for HandlerOf {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.0.gathered.notify_one();
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if state == RTCPeerConnectionState::Connected {
            self.0.connected.notify_one();
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let ears = self.0.clone();
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    assert_eq!(packet.header.payload_type, ears.codec.payload_type());
                    let samples = g711::decoded(ears.codec, &packet.payload);
                    for detector in ears.detectors.lock().expect("not poisoned").iter_mut() {
                        detector.push(&samples);
                    }
                }
            }
        });
    }
}

struct HandlerOf(Arc<Ears>);

impl Browser {
    /// Connects to a leg of the exchange; speaks `says` hertz, listens for `hears`.
    pub(crate) async fn connect(
        exchange: &Exchange,
        leg: LegId,
        codec: Codec,
        says: f64,
        hears: &[f64],
    ) -> Self {
        let ears = Arc::new(Ears {
            gathered: Notify::new(),
            connected: Notify::new(),
            codec,
            detectors: Mutex::new(hears.iter().map(|hertz| ToneDetector::new(*hertz)).collect()),
        });
        let track = Arc::new(TrackLocalStaticRTP::new(track(codec)));
        let connection = connection(codec, HandlerOf(ears.clone())).await;
        connection.add_track(track.clone()).await.expect("the track is added");
        let offer = connection.create_offer(None).await.expect("an offer");
        connection.set_local_description(offer).await.expect("it is ours");
        ears.gathered.notified().await;
        let offer = connection.local_description().await.expect("described").sdp;
        let answer = exchange.media.open_peer(leg, &offer).await.expect("answered");
        assert!(answer.contains(&format!(" {} typ host", exchange.media.webrtc_addr().port())));
        let answer = RTCSessionDescription::answer(answer).expect("readable");
        connection.set_remote_description(answer).await.expect("accepted");
        let speaking = tokio::spawn(speak(track, codec, says));
        exchange
            .until("the browser is connected", |e| e.seen(|seen| seen.connected.contains(&leg)))
            .await;
        // The exchange is a flight ahead: a page that closed now could not say goodbye yet.
        tokio::time::timeout(Duration::from_secs(10), ears.connected.notified())
            .await
            .expect("the browser knows that it is connected");
        Self { connection, ears, speaking }
    }

    /// What was heard of each tone.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        let detectors = self.ears.detectors.lock().expect("not poisoned");
        detectors.iter().map(ToneDetector::heard).collect()
    }

    /// Closes the page.
    pub(crate) async fn close(self) {
        self.speaking.abort();
        self.connection.close().await.expect("closed");
    }
}

fn codec_parameters(codec: Codec) -> RTCRtpCodec {
    let mime_type = match codec {
        Codec::Pcma => MIME_TYPE_PCMA,
        Codec::Pcmu => MIME_TYPE_PCMU,
    };
    RTCRtpCodec {
        mime_type: mime_type.to_owned(),
        clock_rate: 8000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: Vec::new(),
    }
}

fn track(codec: Codec) -> MediaStreamTrack {
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(SSRC), ..Default::default() },
        codec: codec_parameters(codec),
        ..Default::default()
    };
    let name = "microphone".to_owned();
    MediaStreamTrack::new(name.clone(), name.clone(), name, RtpCodecKind::Audio, vec![coding])
}

async fn connection(codec: Codec, handler: HandlerOf) -> Arc<dyn PeerConnection> {
    let mut media = MediaEngine::default();
    let registered = RTCRtpCodecParameters {
        rtp_codec: codec_parameters(codec),
        payload_type: codec.payload_type(),
    };
    media.register_codec(registered, RtpCodecKind::Audio).expect("registered");
    let built = PeerConnectionBuilder::new()
        .with_media_engine(media)
        .with_handler(Arc::new(handler))
        .with_udp_addrs(vec!["127.0.0.1:0".to_owned()])
        .build();
    Arc::new(built.await.expect("built"))
}

/// Sends a gated tone, and now and then an empty packet, as Chromium does.
async fn speak(track: Arc<TrackLocalStaticRTP>, codec: Codec, hertz: f64) {
    let mut tone = ToneGenerator::gated(hertz, 8000, 300, 200);
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let mut sequence_number = 0_u16;
    for n in 0_u32.. {
        ticks.tick().await;
        let mut samples = [0; FRAME_SAMPLES];
        tone.fill(&mut samples);
        let mut payloads = vec![g711::encoded(codec, &samples)];
        if n % 10 == 0 {
            payloads.push(Vec::new());
        }
        for payload in payloads {
            sequence_number = sequence_number.wrapping_add(1);
            let header = rtp::header::Header {
                version: 2,
                payload_type: codec.payload_type(),
                sequence_number,
                timestamp: n.wrapping_mul(160),
                ssrc: SSRC,
                ..Default::default()
            };
            let _not_yet =
                track.write_rtp(rtp::Packet { header, payload: Bytes::from(payload) }).await;
        }
    }
}
