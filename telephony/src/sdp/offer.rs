//! Reading an offer or an answer. Pure; see the parent module.

use std::io::Cursor;
use std::net::{IpAddr, SocketAddr};

use rtc::sdp::{MediaDescription, SessionDescription};
use thiserror::Error;

use super::{Codec, Direction, RefusedStream, TrunkOffer};
use crate::call::Refusal;

/// Largest description read, bytes.
const BYTES_MAX: usize = 64 * 1024;
/// Most lines read. A browser's offer has about 150.
const LINES_MAX: usize = 1024;
/// Most streams read. A telephone offers one or two.
const STREAMS_MAX: usize = 16;
/// Packet times outside of this range are nonsense for G.711 and ignored, milliseconds.
const PTIME_MS_MAX: u16 = 200;

/// Why a session description cannot be used.
///
/// The parser's own error is not kept: it quotes the description, and the quoted text (the user
/// name of `o=`, say) may be a caller's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParseOfferError {
    /// Longer than 64 KiB.
    #[error("the session description is longer than {BYTES_MAX} bytes")]
    TooLong,
    /// More than 1024 lines.
    #[error("the session description has more than {LINES_MAX} lines")]
    TooManyLines,
    /// More than 16 streams.
    #[error("the session description has more than {STREAMS_MAX} streams")]
    TooManyStreams,
    /// Not RFC 8866.
    #[error("the session description is malformed")]
    Malformed,
    /// Neither the session nor the audio stream says where to send.
    #[error("the session description has no connection address for its audio")]
    NoAddress,
    /// The address is not a literal IPv4 or IPv6 address.
    #[error("the connection address is not a literal IP address")]
    BadAddress,
    /// No audio over plain RTP with a port.
    #[error("the session description offers no audio over plain RTP")]
    NoAudio,
}

impl ParseOfferError {
    /// How a call with such an offer is refused.
    #[must_use]
    pub const fn refusal(self) -> Refusal {
        match self {
            Self::NoAudio => Refusal::NoCommonCodec,
            Self::TooLong
            | Self::TooManyLines
            | Self::TooManyStreams
            | Self::Malformed
            | Self::NoAddress
            | Self::BadAddress => Refusal::BadDescription,
        }
    }
}

impl TrunkOffer {
    /// Reads a session description: the first audio stream over plain RTP that has a port.
    ///
    /// A description without a codec of ours is still read (`codecs` is empty), so that the caller
    /// can tell "cannot be read" (400) from "nothing in common" (488).
    ///
    /// # Errors
    /// See [`ParseOfferError`]. Never panics, whatever the bytes; reads at most 64 KiB.
    pub fn parse(body: &[u8]) -> Result<Self, ParseOfferError> {
        let description = read(body)?;
        let index = description
            .media_descriptions
            .iter()
            .position(is_telephone_audio)
            .ok_or(ParseOfferError::NoAudio)?;
        let (before, rest) = description.media_descriptions.split_at(index);
        let (audio, after) = rest.split_first().ok_or(ParseOfferError::NoAudio)?;
        let remote = remote_address(&description, audio)?;
        Ok(Self {
            remote,
            codecs: codecs(audio),
            telephone_event: telephone_event(audio),
            direction: direction(&description, audio, remote),
            ptime_ms: ptime_ms(audio),
            refused_before: before.iter().map(refused).collect(),
            refused_after: after.iter().map(refused).collect(),
        })
    }

    /// The codec for this leg: A-law if offered (the telephone network of India), else µ-law.
    #[must_use]
    pub fn choose_codec(&self) -> Option<Codec> {
        [Codec::Pcma, Codec::Pcmu].into_iter().find(|codec| self.codecs.contains(codec))
    }
}

fn read(body: &[u8]) -> Result<SessionDescription, ParseOfferError> {
    if body.len() > BYTES_MAX {
        return Err(ParseOfferError::TooLong);
    }
    let lines = body.iter().filter(|byte| **byte == b'\n').count();
    if lines > LINES_MAX {
        return Err(ParseOfferError::TooManyLines);
    }
    // Names in old encodings are harmless and common; the fields that we use are ASCII.
    let text = String::from_utf8_lossy(body);
    let description = SessionDescription::unmarshal(&mut Cursor::new(text.as_bytes()))
        .map_err(|_quotes_the_caller| ParseOfferError::Malformed)?;
    if description.media_descriptions.len() > STREAMS_MAX {
        return Err(ParseOfferError::TooManyStreams);
    }
    Ok(description)
}

fn is_telephone_audio(media: &MediaDescription) -> bool {
    let name = &media.media_name;
    // A port of 0 switches a stream off (RFC 3264 §5.1).
    name.media == "audio"
        && name.port.value > 0
        && matches!(transport(media).as_str(), "RTP/AVP" | "RTP/AVPF")
}

fn transport(media: &MediaDescription) -> String {
    media.media_name.protos.join("/")
}

fn refused(media: &MediaDescription) -> RefusedStream {
    RefusedStream {
        media: media.media_name.media.clone(),
        transport: transport(media),
        format: media.media_name.formats.first().cloned().unwrap_or_else(|| "0".to_owned()),
    }
}

fn remote_address(
    description: &SessionDescription,
    audio: &MediaDescription,
) -> Result<SocketAddr, ParseOfferError> {
    let connection = audio
        .connection_information
        .as_ref()
        .or(description.connection_information.as_ref())
        .ok_or(ParseOfferError::NoAddress)?;
    let address = connection.address.as_ref().ok_or(ParseOfferError::NoAddress)?;
    let ip: IpAddr = address.address.parse().map_err(|_| ParseOfferError::BadAddress)?;
    if ip.is_ipv6() != (connection.address_type == "IP6") || ip.is_multicast() {
        return Err(ParseOfferError::BadAddress);
    }
    let port =
        u16::try_from(audio.media_name.port.value).map_err(|_| ParseOfferError::BadAddress)?;
    Ok(SocketAddr::new(ip, port))
}

/// `a=rtpmap` of each format: payload type, encoding name, clock rate.
fn rtpmaps(audio: &MediaDescription) -> impl Iterator<Item = (u8, &str, u32)> {
    audio.attributes.iter().filter(|a| a.key == "rtpmap").filter_map(|a| {
        let (payload_type, encoding) = a.value.as_deref()?.split_once(' ')?;
        let mut parts = encoding.trim().split('/');
        let name = parts.next()?;
        let clock = parts.next()?.parse().ok()?;
        Some((payload_type.trim().parse().ok()?, name, clock))
    })
}

/// The payload types of a stream, as offered.
pub(crate) fn formats(audio: &MediaDescription) -> impl Iterator<Item = u8> {
    audio.media_name.formats.iter().filter_map(|format| format.parse().ok())
}

fn codecs(audio: &MediaDescription) -> Vec<Codec> {
    let mut codecs = Vec::new();
    for payload_type in formats(audio) {
        // Only the static types: a dynamic type for G.711 is legal and unheard of on trunks, and
        // would make every packet of the leg carry a type of its own.
        let Some(codec) = Codec::from_payload_type(payload_type) else {
            continue;
        };
        // No rtpmap is needed for a static type (RFC 3551 §6); one that contradicts it disables it.
        let contradicted = rtpmaps(audio).any(|(mapped, name, clock)| {
            mapped == payload_type && !(name.eq_ignore_ascii_case(codec.name()) && clock == 8000)
        });
        if !contradicted && !codecs.contains(&codec) {
            codecs.push(codec);
        }
    }
    codecs
}

fn telephone_event(audio: &MediaDescription) -> Option<u8> {
    rtpmaps(audio)
        .filter(|(_, name, clock)| name.eq_ignore_ascii_case("telephone-event") && *clock == 8000)
        .map(|(payload_type, _, _)| payload_type)
        .find(|payload_type| {
            *payload_type < 128 && formats(audio).any(|format| format == *payload_type)
        })
}

fn direction(
    description: &SessionDescription,
    audio: &MediaDescription,
    remote: SocketAddr,
) -> Direction {
    let said = audio
        .attributes
        .iter()
        .find_map(|a| direction_of(&a.key))
        .or_else(|| description.attributes.iter().find_map(|a| direction_of(&a.key)))
        .unwrap_or_default();
    if !remote.ip().is_unspecified() {
        return said;
    }
    match said {
        Direction::SendRecv | Direction::SendOnly => Direction::SendOnly,
        Direction::RecvOnly | Direction::Inactive => Direction::Inactive,
    }
}

fn direction_of(key: &str) -> Option<Direction> {
    match key {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    }
}

fn ptime_ms(audio: &MediaDescription) -> Option<u16> {
    let value: u16 = audio.attribute("ptime")??.trim().parse().ok()?;
    (1..=PTIME_MS_MAX).contains(&value).then_some(value)
}
