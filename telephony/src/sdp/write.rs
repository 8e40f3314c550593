//! Writing answers and offers. Pure; see the parent module.

use std::net::SocketAddr;

use rtc::sdp::description::common::{Address, ConnectionInformation};
use rtc::sdp::description::media::{MediaName, RangedPort};
use rtc::sdp::description::session::{Origin, TimeDescription};
use rtc::sdp::{MediaDescription, SessionDescription};

use super::{Codec, Direction, RefusedStream, TrunkOffer};

/// Payload type under which our own offers carry telephone events.
pub(super) const TELEPHONE_EVENT: u8 = 101;
/// Keys `0`–`9`, `*`, `#`, `A`–`D` (RFC 4733 §3.2).
const EVENTS: &str = "0-15";

/// Our end of a telephone leg's audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalAudio {
    /// Where we receive; the address must be one that the other side can reach.
    pub address: SocketAddr,
    /// `sess-id` of `o=`; the same in every description of one leg, chosen by the driver.
    pub session_id: u64,
    /// `sess-version` of `o=`; grows by one with each description that differs.
    pub version: u64,
}

/// An answer, with what it settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedAudio {
    /// The text for the body, `application/sdp`.
    pub description: String,
    /// The codec of both directions.
    pub codec: Codec,
    /// The payload type of telephone events in both directions, if agreed.
    pub telephone_event: Option<u8>,
    /// Which way audio flows, as we see it.
    pub direction: Direction,
}

impl TrunkOffer {
    /// The answer to this offer: one codec, telephone events if offered, every other stream refused
    /// in its place. `None` if there is no codec in common.
    #[must_use]
    pub fn answer(&self, local: LocalAudio) -> Option<AgreedAudio> {
        let codec = self.choose_codec()?;
        let direction = self.direction.answered();
        let audio = audio(local, &[codec], self.telephone_event, direction);
        let refused = (self.refused_before.as_slice(), self.refused_after.as_slice());
        Some(AgreedAudio {
            description: among_refused(local, audio, refused),
            codec,
            telephone_event: self.telephone_event,
            direction,
        })
    }
}

/// An offer with these codecs, best first, and telephone events under payload type 101.
#[must_use]
pub fn write_offer(local: LocalAudio, codecs: &[Codec]) -> String {
    let audio = audio(local, codecs, Some(TELEPHONE_EVENT), Direction::SendRecv);
    session(local, vec![audio]).marshal()
}

/// A description of the telephone audio among the streams that stay refused in their places.
pub(super) fn among_refused(
    local: LocalAudio,
    audio: MediaDescription,
    (before, after): (&[RefusedStream], &[RefusedStream]),
) -> String {
    let mut streams: Vec<_> = before.iter().map(refused).collect();
    streams.push(audio);
    streams.extend(after.iter().map(refused));
    session(local, streams).marshal()
}

fn session(local: LocalAudio, streams: Vec<MediaDescription>) -> SessionDescription {
    let address_type = if local.address.is_ipv6() { "IP6" } else { "IP4" };
    let address = local.address.ip().to_string();
    SessionDescription {
        origin: Origin {
            username: "-".to_owned(),
            session_id: local.session_id,
            session_version: local.version,
            network_type: "IN".to_owned(),
            address_type: address_type.to_owned(),
            unicast_address: address.clone(),
        },
        // A lone "-" for "no name" (RFC 8866 §5.3).
        session_name: "-".to_owned(),
        connection_information: Some(ConnectionInformation {
            network_type: "IN".to_owned(),
            address_type: address_type.to_owned(),
            address: Some(Address { address, ttl: None, range: None }),
        }),
        time_descriptions: vec![TimeDescription::default()],
        media_descriptions: streams,
        ..SessionDescription::default()
    }
}

pub(super) fn audio(
    local: LocalAudio,
    codecs: &[Codec],
    telephone_event: Option<u8>,
    direction: Direction,
) -> MediaDescription {
    let port = isize::try_from(local.address.port()).expect("isize holds more than 16 bits");
    let mut media = stream("audio", port, "RTP/AVP", vec![]);
    for codec in codecs {
        let name = codec.name().to_owned();
        media = media.with_codec(codec.payload_type(), name, 8000, 0, String::new());
    }
    if let Some(payload_type) = telephone_event {
        let name = "telephone-event".to_owned();
        media = media.with_codec(payload_type, name, 8000, 0, EVENTS.to_owned());
    }
    let direction = match direction {
        Direction::SendRecv => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::RecvOnly => "recvonly",
        Direction::Inactive => "inactive",
    };
    media
        .with_value_attribute("ptime".to_owned(), "20".to_owned())
        .with_property_attribute(direction.to_owned())
}

fn refused(stream_offered: &RefusedStream) -> MediaDescription {
    let RefusedStream { media, transport, format } = stream_offered;
    stream(media, 0, transport, vec![format.clone()])
}

/// A stream's `m=` line, without attributes.
pub(crate) fn stream(
    media: &str,
    port: isize,
    transport: &str,
    formats: Vec<String>,
) -> MediaDescription {
    MediaDescription {
        media_name: MediaName {
            media: media.to_owned(),
            port: RangedPort { value: port, range: None },
            protos: transport.split('/').map(str::to_owned).collect(),
            formats,
        },
        ..MediaDescription::default()
    }
}
