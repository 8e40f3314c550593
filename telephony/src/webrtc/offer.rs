//! Reading a browser's offer: the little that a telephone needs of it. Pure.

use std::io::Cursor;

use rtc::sdp::{MediaDescription, SessionDescription};

use super::AnswerRefused;
use super::identity::{Fingerprint, read_fingerprint};
use crate::sdp::{Codec, Direction, formats};

/// Largest description read, bytes. A browser's offer is about 5 KiB.
const BYTES_MAX: usize = 64 * 1024;
/// Most lines read. A browser's offer of audio and video has about 150.
const LINES_MAX: usize = 1024;
/// Most streams read.
const STREAMS_MAX: usize = 16;
/// Longest ufrag (RFC 8839 §5.4).
const UFRAG_LEN_MAX: usize = 256;
/// Longest `mid` that is repeated; browsers write `0` or `audio`.
const MID_LEN_MAX: usize = 64;

/// What a browser offered, as far as it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BrowserOffer {
    /// What tells one of its connections from another.
    pub(super) session: OfferSession,
    /// Its ufrag. Its password is not needed: an ICE-lite side sends no checks.
    pub(super) ufrag: String,
    pub(super) codec: Codec,
    /// Payload type of `telephone-event/8000`.
    pub(super) telephone_event: Option<u8>,
    pub(super) direction: Direction,
    /// Whether it groups our stream with others on one transport (RFC 9143).
    pub(super) bundled: bool,
    /// All its streams in their order; exactly one is `Offered::Ours`.
    pub(super) streams: Vec<Offered>,
}

/// Equal for two offers of one peer connection, different after its page was loaded again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OfferSession {
    /// User name and number of `o=`.
    pub(super) origin: (String, u64),
    pub(super) fingerprint: Fingerprint,
}

/// A stream of the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Offered {
    /// The audio that we answer.
    Ours { transport: String, mid: Option<String> },
    /// One to be refused in its place (RFC 3264 §6).
    Refused { media: String, transport: String, format: String, mid: Option<String> },
}

impl BrowserOffer {
    /// Reads an offer: its first audio stream over DTLS-SRTP that has a port.
    pub(super) fn parse(offer: &str) -> Result<Self, AnswerRefused> {
        let description = read(offer)?;
        let streams = &description.media_descriptions;
        let ours = streams.iter().position(is_browser_audio).ok_or(AnswerRefused::NoAudio)?;
        let audio = &streams[ours];
        let transport = Transport { description: &description, audio };
        if !audio.has_attribute("rtcp-mux") {
            return Err(AnswerRefused::NoRtcpMux);
        }
        let origin = (description.origin.username.clone(), description.origin.session_id);
        let mid = mid(audio);
        let bundled = mid.as_deref().is_some_and(|mid| is_bundled(&description, mid));
        let offered = |(n, stream)| if n == ours { own(stream) } else { refused(stream) };
        transport.check_role()?;
        Ok(Self {
            session: OfferSession { origin, fingerprint: transport.fingerprint()? },
            ufrag: transport.ufrag()?,
            codec: codec(audio).ok_or(AnswerRefused::NoCommonCodec)?,
            telephone_event: telephone_event(audio),
            direction: transport.direction(),
            bundled,
            streams: streams.iter().enumerate().map(offered).collect(),
        })
    }
}

fn read(offer: &str) -> Result<SessionDescription, AnswerRefused> {
    let lines = offer.bytes().filter(|byte| *byte == b'\n').count();
    if offer.len() > BYTES_MAX || lines > LINES_MAX {
        return Err(AnswerRefused::TooLong);
    }
    let description = SessionDescription::unmarshal(&mut Cursor::new(offer.as_bytes()))
        .map_err(|_quotes_the_offer| AnswerRefused::Malformed)?;
    if description.media_descriptions.len() > STREAMS_MAX {
        return Err(AnswerRefused::TooLong);
    }
    Ok(description)
}

fn is_browser_audio(stream: &MediaDescription) -> bool {
    let name = &stream.media_name;
    name.media == "audio"
        && name.port.value > 0
        && matches!(protocol(stream).as_str(), "UDP/TLS/RTP/SAVPF" | "UDP/TLS/RTP/SAVP")
}

fn protocol(stream: &MediaDescription) -> String {
    stream.media_name.protos.join("/")
}

fn own(stream: &MediaDescription) -> Offered {
    Offered::Ours { transport: protocol(stream), mid: mid(stream) }
}

fn refused(stream: &MediaDescription) -> Offered {
    let name = &stream.media_name;
    Offered::Refused {
        media: name.media.clone(),
        transport: protocol(stream),
        format: name.formats.first().cloned().unwrap_or_else(|| "0".to_owned()),
        mid: mid(stream),
    }
}

fn mid(stream: &MediaDescription) -> Option<String> {
    let mid = stream.attribute("mid")??.trim();
    (!mid.is_empty() && mid.len() <= MID_LEN_MAX).then(|| mid.to_owned())
}

fn is_bundled(description: &SessionDescription, mid: &str) -> bool {
    description.attributes.iter().filter(|a| a.key == "group").any(|group| {
        let mut words = group.value.as_deref().unwrap_or_default().split_whitespace();
        words.next() == Some("BUNDLE") && words.any(|word| word == mid)
    })
}

/// The attributes that may stand at the stream or, for all streams, at the session.
struct Transport<'a> {
    description: &'a SessionDescription,
    audio: &'a MediaDescription,
}

impl Transport<'_> {
    /// Every value of an attribute, the stream's before the session's.
    fn values(&self, key: &str) -> impl Iterator<Item = &str> {
        let attributes = self.audio.attributes.iter().chain(&self.description.attributes);
        attributes.filter(move |a| a.key == key).filter_map(|a| a.value.as_deref()).map(str::trim)
    }

    fn ufrag(&self) -> Result<String, AnswerRefused> {
        let ufrag = self.values("ice-ufrag").next().ok_or(AnswerRefused::NoIce)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        if !(4..=UFRAG_LEN_MAX).contains(&ufrag.len()) || !ufrag.bytes().all(allowed) {
            return Err(AnswerRefused::NoIce);
        }
        Ok(ufrag.to_owned())
    }

    /// The first that is SHA-256: RFC 8827 §6.5 obliges browsers to offer it.
    fn fingerprint(&self) -> Result<Fingerprint, AnswerRefused> {
        self.values("fingerprint").find_map(read_fingerprint).ok_or(AnswerRefused::NoFingerprint)
    }

    /// We are the DTLS server. `actpass` and `active` allow that (RFC 5763 §5); without a word
    /// the offerer is active (RFC 4145 §4).
    fn check_role(&self) -> Result<(), AnswerRefused> {
        match self.values("setup").next() {
            None | Some("actpass" | "active") => Ok(()),
            Some(_) => Err(AnswerRefused::NoRole),
        }
    }

    fn direction(&self) -> Direction {
        let attributes = self.audio.attributes.iter().chain(&self.description.attributes);
        let direction = |key: &str| match key {
            "sendrecv" => Some(Direction::SendRecv),
            "sendonly" => Some(Direction::SendOnly),
            "recvonly" => Some(Direction::RecvOnly),
            "inactive" => Some(Direction::Inactive),
            _ => None,
        };
        attributes.filter_map(|a| direction(&a.key)).next().unwrap_or_default()
    }
}

/// A-law if offered, as on trunks, else µ-law. The numbers are fixed (RFC 3551 table 4).
fn codec(audio: &MediaDescription) -> Option<Codec> {
    let offered = |codec: &Codec| formats(audio).any(|format| format == codec.payload_type());
    [Codec::Pcma, Codec::Pcmu].into_iter().find(offered)
}

fn telephone_event(audio: &MediaDescription) -> Option<u8> {
    audio.attributes.iter().filter(|a| a.key == "rtpmap").find_map(|a| {
        let (number, encoding) = a.value.as_deref()?.split_once(' ')?;
        let number: u8 = number.trim().parse().ok()?;
        // Firefox adds the number of channels, which one may (RFC 8866 §6.6).
        let encoding = encoding.trim().trim_end_matches("/1");
        let named = encoding.eq_ignore_ascii_case("telephone-event/8000");
        // 64–95 could be taken for RTCP on one port with it (RFC 5761 §4).
        let usable = number < 128 && !(64..=95).contains(&number);
        (named && usable && formats(audio).any(|format| format == number)).then_some(number)
    })
}

#[cfg(test)]
pub(super) mod tests;
