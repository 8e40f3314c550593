//! A browser of these tests: a real peer connection that offers a microphone and says nothing. What is
//! heard is tested where audio is made (`telephony`) and end to end.

use std::sync::Arc;

use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::MIME_TYPE_PCMA;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RtpCodecKind,
};
use tokio::sync::Notify;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCIceGatheringState, RTCSessionDescription,
};

/// A browser with its offer made.
pub(crate) struct Browser {
    connection: Arc<dyn PeerConnection>,
    pub(crate) offer: String,
}

struct Gathered(Arc<Notify>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Gathered {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.0.notify_one();
        }
    }
}

impl Browser {
    /// Offers G.711 from 127.0.0.1.
    pub(crate) async fn offering() -> Self {
        let gathered = Arc::new(Notify::new());
        let mut media = MediaEngine::default();
        let registered = RTCRtpCodecParameters { rtp_codec: codec(), payload_type: 8 };
        media.register_codec(registered, RtpCodecKind::Audio).expect("registered");
        let built = PeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_handler(Arc::new(Gathered(Arc::clone(&gathered))))
            .with_udp_addrs(vec!["127.0.0.1:0".to_owned()])
            .build();
        let connection: Arc<dyn PeerConnection> = Arc::new(built.await.expect("built"));
        let microphone = Arc::new(TrackLocalStaticRTP::new(track()));
        connection.add_track(microphone).await.expect("the track is added");
        let offer = connection.create_offer(None).await.expect("an offer");
        connection.set_local_description(offer).await.expect("it is ours");
        gathered.notified().await;
        let offer = connection.local_description().await.expect("described").sdp;
        Self { connection, offer }
    }

    /// Takes the answer.
    pub(crate) async fn take(&self, answer: &str) {
        let answer = RTCSessionDescription::answer(answer.to_owned()).expect("readable");
        self.connection.set_remote_description(answer).await.expect("accepted");
    }

    /// Closes the page.
    pub(crate) async fn close(self) {
        self.connection.close().await.expect("closed");
    }
}

fn codec() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_PCMA.to_owned(),
        clock_rate: 8000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: Vec::new(),
    }
}

fn track() -> MediaStreamTrack {
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(104), ..Default::default() },
        codec: codec(),
        ..Default::default()
    };
    let name = "microphone".to_owned();
    MediaStreamTrack::new(name.clone(), name.clone(), name, RtpCodecKind::Audio, vec![coding])
}
