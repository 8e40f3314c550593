//! Offer and answer with a browser, in the terms of the `webrtc` crate. Does I/O through it.

use std::net::SocketAddr;
use std::sync::Arc;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::Registry;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_PCMA, MIME_TYPE_PCMU};
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RtpCodecKind,
};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, RTCConfigurationBuilder,
    RTCSessionDescription, SettingEngineBuilder,
};

use super::config::MediaRefused;
use super::handler::Handler;
use super::peer::PeerGate;
use super::runtime::MuxRuntime;
use crate::media::SAMPLES_PER_SECOND;
use crate::sdp::Codec;

/// Longest offer read, bytes. A browser's is about 5 KiB.
const OFFER_BYTES_MAX: usize = 64 * 1024;

/// The codec for a browser: A-law if it offers it, as trunks do too, else µ-law.
pub(super) fn choose_codec(offer: &str) -> Result<Codec, MediaRefused> {
    if offer.len() > OFFER_BYTES_MAX || !offer.starts_with("v=0") {
        return Err(MediaRefused::BadDescription);
    }
    let audio = offer
        .lines()
        .find_map(|line| line.strip_prefix("m=audio "))
        .ok_or(MediaRefused::BadDescription)?;
    // Port and transport come before the formats. G.711's numbers are fixed (RFC 3551 table 4).
    let formats: Vec<u8> =
        audio.split_whitespace().skip(2).filter_map(|format| format.parse().ok()).collect();
    [Codec::Pcma, Codec::Pcmu]
        .into_iter()
        .find(|codec| formats.contains(&codec.payload_type()))
        .ok_or(MediaRefused::NoCommonCodec)
}

/// What we send, as the stack's track.
pub(super) fn track(codec: Codec, ssrc: u32) -> MediaStreamTrack {
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec: parameters(codec),
        ..Default::default()
    };
    let (stream, name) = ("helpline".to_owned(), "voice".to_owned());
    MediaStreamTrack::new(stream, name.clone(), name, RtpCodecKind::Audio, vec![coding])
}

/// A media engine that knows one codec, so that nothing else can be agreed.
pub(super) fn media_engine(codec: Codec) -> Result<MediaEngine, MediaRefused> {
    let mut engine = MediaEngine::default();
    let registered =
        RTCRtpCodecParameters { rtp_codec: parameters(codec), payload_type: codec.payload_type() };
    engine.register_codec(registered, RtpCodecKind::Audio).map_err(|_| MediaRefused::Failed)?;
    Ok(engine)
}

fn parameters(codec: Codec) -> RTCRtpCodec {
    let mime_type = match codec {
        Codec::Pcma => MIME_TYPE_PCMA,
        Codec::Pcmu => MIME_TYPE_PCMU,
    };
    RTCRtpCodec {
        mime_type: mime_type.to_owned(),
        clock_rate: SAMPLES_PER_SECOND as u32,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: Vec::new(),
    }
}

/// Builds a connection with a place at the shared port.
pub(super) async fn connection(
    gate: &PeerGate,
    media: MediaEngine,
    registry: Registry,
    handler: Arc<Handler>,
) -> Result<Arc<dyn PeerConnection>, MediaRefused> {
    // Hexadecimal: every digit is an `ice-char` (RFC 8839 §5.4), 96 and 192 bits of chance.
    let name = format!("{:024x}", rand::random::<u128>() >> 32);
    let password = format!("{:032x}{:016x}", rand::random::<u128>(), rand::random::<u64>());
    let settings = SettingEngineBuilder::new()
        .with_ice_credentials(name.clone(), password)
        .with_lite(true)
        // A socket for multicast would be one more each; ICE-lite needs no names of candidates.
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .build();
    // Only names the place: the runtime closes the stack's socket and uses the shared one.
    let place = match gate.reached_at {
        SocketAddr::V4(_) => "127.0.0.1:0",
        SocketAddr::V6(_) => "[::1]:0",
    };
    let connection = PeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().build())
        .with_media_engine(media)
        .with_setting_engine(settings)
        .with_interceptor_registry(registry)
        .with_handler(handler)
        .with_runtime(Arc::new(MuxRuntime { mux: gate.mux.clone(), name }))
        .with_udp_addrs(vec![place.to_owned()])
        .build()
        .await
        .map_err(|_| MediaRefused::Failed)?;
    Ok(Arc::new(connection))
}

/// Takes the offer, gives the answer. Candidates come with the answer (no trickling): ours is one,
/// and it is known.
pub(super) async fn exchange(
    connection: &Arc<dyn PeerConnection>,
    track: Arc<dyn TrackLocal>,
    offer: &str,
    handler: &Handler,
    reached_at: SocketAddr,
) -> Result<String, MediaRefused> {
    let offer =
        RTCSessionDescription::offer(offer.to_owned()).map_err(|_| MediaRefused::BadDescription)?;
    // Before the offer is applied, so that the track takes its place in the answer.
    connection.add_track(track).await.map_err(|_| MediaRefused::Failed)?;
    let bad = |_| MediaRefused::BadDescription;
    connection.set_remote_description(offer).await.map_err(bad)?;
    let answer = connection.create_answer(None).await.map_err(bad)?;
    connection.set_local_description(answer).await.map_err(|_| MediaRefused::Failed)?;
    handler.gathered.notified().await;
    let described = connection.local_description().await.ok_or(MediaRefused::Failed)?;
    Ok(with_candidates_at(&described.sdp, reached_at))
}

/// Puts the shared port into the candidates, which name the stack's own socket.
fn with_candidates_at(description: &str, reached_at: SocketAddr) -> String {
    let mut lines = Vec::new();
    for line in description.lines() {
        if !line.starts_with("a=candidate:") {
            lines.push(line.to_owned());
            continue;
        }
        // foundation component transport priority address port "typ" … (RFC 8839 §5.1)
        let mut fields: Vec<String> = line.split(' ').map(str::to_owned).collect();
        if let [_, _, _, _, address, port, ..] = fields.as_mut_slice() {
            *address = reached_at.ip().to_string();
            *port = reached_at.port().to_string();
            lines.push(fields.join(" "));
        }
    }
    lines.push(String::new());
    lines.join("\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_preferred_and_a_browser_without_g711_is_refused() {
        let offer = |formats: &str| {
            choose_codec(&format!("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF {formats}\r\n"))
        };
        assert_eq!(offer("111 63 9 0 8 13 110 126"), Ok(Codec::Pcma));
        assert_eq!(offer("111 0"), Ok(Codec::Pcmu));
        assert_eq!(offer("111 63"), Err(MediaRefused::NoCommonCodec));
        assert_eq!(choose_codec("hello"), Err(MediaRefused::BadDescription));
        assert_eq!(choose_codec("v=0\r\nm=video 9 X 96"), Err(MediaRefused::BadDescription));
    }

    #[test]
    fn candidates_name_the_shared_port() {
        let before = "v=0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host\r\na=x\r\n";
        let address = "192.0.2.7:10000".parse().expect("an address");
        assert_eq!(
            with_candidates_at(before, address),
            "v=0\r\na=candidate:1 1 udp 2130706431 192.0.2.7 10000 typ host\r\na=x\r\n"
        );
    }
}
