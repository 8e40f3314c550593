//! The audio of a console: one peer connection by the `webrtc` crate, which speaks a tone without
//! end, as a browser with an open microphone does, and listens. Does I/O.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use ids::Timestamp;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::MIME_TYPE_PCMA;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RtpCodecKind,
};
use serde_json::json;
use telephony::media::tone::{ToneGenerator, tone_share};
use telephony::media::{FRAME_SAMPLES, g711};
use telephony::rtp::SequenceTracker;
use telephony::sdp::Codec;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use webrtc::media_stream::track_local::TrackLocal as _;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCIceGatheringState, RTCSessionDescription,
};

use super::Api;

const CODEC: Codec = Codec::Pcma;
const AMPLITUDE: i16 = 8000;
/// The tone is there when this share of a frame's energy is at its frequency.
const SHARE_MIN: f64 = 0.6;
/// How long addresses may take to be gathered, or a connection to be closed.
const STEP_LIMIT: Duration = Duration::from_secs(5);

/// Packets that came to the desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packets {
    /// Those that came.
    pub received: u64,
    /// Those that did not, by gaps in the sequence numbers.
    pub lost: u64,
}

/// The audio of a desk.
pub struct Audio {
    connection: Arc<dyn PeerConnection>,
    ears: Arc<Ears>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

struct Ears {
    gathered: Notify,
    hertz: f64,
    heard: Notify,
    state: Mutex<Hearing>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Default)]
struct Hearing {
    sequence: SequenceTracker,
    /// When the tone was first heard since [`Audio::listen`].
    tone_at: Option<Instant>,
}

impl Audio {
    /// Connects; speaks `says` hertz from then on and listens for `hears`.
    ///
    /// # Errors
    /// The stack or the helpline refused.
    pub async fn connect(api: &Api, says: f64, hears: f64) -> Result<Self> {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let ears = Arc::new(Ears {
            gathered: Notify::new(),
            hertz: hears,
            heard: Notify::new(),
            state: Mutex::default(),
            tasks: tasks.clone(),
            stop: stop.clone(),
        });
        let ssrc = rand::random();
        let track = Arc::new(TrackLocalStaticRTP::new(track(ssrc)));
        let connection = connection(Handler(ears.clone())).await?;
        connection.add_track(track.clone()).await?;
        let offer = connection.create_offer(None).await?;
        connection.set_local_description(offer).await?;
        timeout(STEP_LIMIT, ears.gathered.notified()).await.context("gathering addresses")?;
        let offer = connection.local_description().await.context("an offer")?.sdp;
        let answer = api.post("/agents/me/media", Some(&json!({ "sdp": offer }))).await?;
        let answer = answer["sdp"].as_str().context("an answer")?.to_owned();
        connection.set_remote_description(RTCSessionDescription::answer(answer)?).await?;
        let speaking = speak(track, ssrc, says);
        let stopped = stop.clone();
        tasks.spawn(async move { stopped.run_until_cancelled(speaking).await });
        Ok(Self { connection, ears, tasks, stop })
    }

    /// Begins to listen for the tone anew.
    pub fn listen(&self) {
        self.ears.state().tone_at = None;
    }

    /// When the tone was first heard since [`Audio::listen`]; waits for it.
    ///
    /// # Errors
    /// It was not heard within the limit.
    pub async fn heard(&self, limit: Duration) -> Result<Instant> {
        let waiting = async {
            loop {
                let heard = self.ears.heard.notified();
                if let Some(at) = self.ears.state().tone_at {
                    return at;
                }
                heard.await;
            }
        };
        timeout(limit, waiting).await.context("an agent did not hear the caller")
    }

    /// The packets since this was last asked.
    #[must_use]
    pub fn take_packets(&self) -> Packets {
        let interval = self.ears.state().sequence.take_interval();
        Packets { received: interval.received.into(), lost: interval.lost.into() }
    }

    /// Closes the page.
    pub async fn close(self) {
        self.stop.cancel();
        self.tasks.close();
        // A stack that does not end in time is left to the end of the process.
        let _late = timeout(STEP_LIMIT, self.tasks.wait()).await;
        let _late = timeout(STEP_LIMIT, self.connection.close()).await;
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Ears {
    fn state(&self) -> MutexGuard<'_, Hearing> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn packet(&self, packet: &rtp::Packet) {
        let now = Instant::now();
        let header = &packet.header;
        let mut state = self.state();
        state.sequence.packet(header.sequence_number, header.timestamp, wall_clock());
        if state.tone_at.is_none() {
            let samples = g711::decoded(CODEC, &packet.payload);
            if tone_share(self.hertz, &samples) >= SHARE_MIN {
                state.tone_at = Some(now);
                self.heard.notify_one();
            }
        }
    }
}

struct Handler(Arc<Ears>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.0.gathered.notify_one();
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let ears = self.0.clone();
        let hearing = async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    ears.packet(&packet);
                }
            }
        };
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move { stop.run_until_cancelled(hearing).await });
    }
}

fn codec_parameters() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_PCMA.to_owned(),
        clock_rate: 8000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: Vec::new(),
    }
}

fn track(ssrc: u32) -> MediaStreamTrack {
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec: codec_parameters(),
        ..Default::default()
    };
    let name = "microphone".to_owned();
    MediaStreamTrack::new(name.clone(), name.clone(), name, RtpCodecKind::Audio, vec![coding])
}

async fn connection(handler: Handler) -> Result<Arc<dyn PeerConnection>> {
    let mut media = MediaEngine::default();
    let registered =
        RTCRtpCodecParameters { rtp_codec: codec_parameters(), payload_type: CODEC.payload_type() };
    media.register_codec(registered, RtpCodecKind::Audio)?;
    let built = PeerConnectionBuilder::new()
        .with_media_engine(media)
        .with_handler(Arc::new(handler))
        .with_udp_addrs(vec!["127.0.0.1:0".to_owned()])
        .build();
    Ok(Arc::new(built.await?))
}

/// Sends a steady tone, a packet each 20 ms, until it is dropped.
async fn speak(track: Arc<TrackLocalStaticRTP>, ssrc: u32, hertz: f64) {
    let mut tone = ToneGenerator::steady(hertz, AMPLITUDE);
    let mut ticks = interval(Duration::from_millis(20));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut header = rtp::header::Header {
        version: 2,
        payload_type: CODEC.payload_type(),
        ssrc,
        ..Default::default()
    };
    loop {
        ticks.tick().await;
        let mut samples = [0; FRAME_SAMPLES];
        tone.fill(&mut samples);
        let payload = Bytes::from(g711::encoded(CODEC, &samples));
        // Before the connection stands there is nobody to take it.
        let _not_yet = track.write_rtp(rtp::Packet { header: header.clone(), payload }).await;
        header.sequence_number = header.sequence_number.wrapping_add(1);
        header.timestamp = header.timestamp.wrapping_add(160);
    }
}

#[expect(clippy::disallowed_methods, reason = "a telephone on a desk lives in real time")]
fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
