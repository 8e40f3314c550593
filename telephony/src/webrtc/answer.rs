//! Writing the answer to a browser (RFC 8829 §5.3). Pure.

use std::net::SocketAddr;

use rtc::sdp::description::common::{Address, ConnectionInformation};
use rtc::sdp::description::session::{Origin, TimeDescription};
use rtc::sdp::{MediaDescription, SessionDescription};

use super::credentials::Credentials;
use super::offer::{BrowserOffer, Offered};
use crate::sdp::{Direction, stream};

/// Host candidate, first choice, RTP component (RFC 8445 §5.1.2.1).
const PRIORITY: u32 = (126 << 24) | (65_535 << 8) | 255;
/// Names our stream and track, so that `ontrack` has a stream to play.
const STREAM: &str = "helpline";
const TRACK: &str = "voice";
/// Keys `0`–`9`, `*`, `#`, `A`–`D` (RFC 4733 §3.2).
const EVENTS: &str = "0-15";

/// Our end of a connection.
pub(super) struct Local<'a> {
    /// Number of `o=`; one for a connection.
    pub(super) session_id: u64,
    /// Version of `o=`; grows with each answer of one connection.
    pub(super) version: u64,
    pub(super) credentials: &'a Credentials,
    /// As `a=fingerprint` has it.
    pub(super) fingerprint: String,
    pub(super) candidate: SocketAddr,
    /// Of the RTP that we send.
    pub(super) ssrc: u32,
}

/// The answer to an offer: its audio accepted, everything else refused in its place.
pub(super) fn write_answer(offer: &BrowserOffer, local: &Local<'_>) -> String {
    let mut answer = session(offer, local);
    for stream in &offer.streams {
        answer.media_descriptions.push(match stream {
            Offered::Ours { transport, mid } => {
                audio(offer, local, transport, mid.as_deref()).with_value("ptime", "20")
            }
            Offered::Refused { media, transport, format, mid } => {
                refused(media, transport, format, mid.as_deref())
            }
        });
    }
    answer.marshal()
}

fn session(offer: &BrowserOffer, local: &Local<'_>) -> SessionDescription {
    let (address_type, address) = address(local.candidate);
    let mut session = SessionDescription {
        origin: Origin {
            username: "-".to_owned(),
            session_id: local.session_id,
            session_version: local.version,
            network_type: "IN".to_owned(),
            address_type: address_type.to_owned(),
            unicast_address: address,
        },
        session_name: "-".to_owned(),
        time_descriptions: vec![TimeDescription::default()],
        ..SessionDescription::default()
    };
    if offer.bundled {
        for stream in &offer.streams {
            if let Offered::Ours { mid: Some(mid), .. } = stream {
                session = session.with_value_attribute("group".into(), format!("BUNDLE {mid}"));
            }
        }
    }
    session
        .with_property_attribute("ice-lite".to_owned())
        .with_value_attribute("msid-semantic".to_owned(), format!(" WMS {STREAM}"))
}

fn audio(
    offer: &BrowserOffer,
    local: &Local<'_>,
    transport: &str,
    mid: Option<&str>,
) -> MediaDescription {
    let (address_type, address) = address(local.candidate);
    let port = isize::try_from(local.candidate.port()).expect("isize holds more than 16 bits");
    let candidate = format!("1 1 udp {PRIORITY} {address} {} typ host", local.candidate.port());
    let mut media = stream("audio", port, transport, vec![]).at(address_type, &address).named(mid);
    media = media
        .with_value("rtcp-mux", "")
        .with_value("ice-ufrag", &local.credentials.name)
        .with_value("ice-pwd", &local.credentials.password)
        .with_value("fingerprint", &local.fingerprint)
        .with_value("setup", "passive");
    let codec = offer.codec;
    media = media.with_codec(codec.payload_type(), codec.name().to_owned(), 8000, 0, String::new());
    if let Some(payload_type) = offer.telephone_event {
        let name = "telephone-event".to_owned();
        media = media.with_codec(payload_type, name, 8000, 0, EVENTS.to_owned());
    }
    let direction = offer.direction.answered();
    media = media.with_value(direction_name(direction), "");
    if matches!(direction, Direction::SendRecv | Direction::SendOnly) {
        media = media
            .with_value("msid", &format!("{STREAM} {TRACK}"))
            .with_value("ssrc", &format!("{} cname:{STREAM}", local.ssrc));
    }
    media.with_value("candidate", &candidate).with_value("end-of-candidates", "")
}

fn refused(media: &str, transport: &str, format: &str, mid: Option<&str>) -> MediaDescription {
    let nowhere = stream(media, 0, transport, vec![format.to_owned()]).at("IP4", "0.0.0.0");
    nowhere.named(mid).with_value("inactive", "")
}

fn address(candidate: SocketAddr) -> (&'static str, String) {
    let address_type = if candidate.is_ipv6() { "IP6" } else { "IP4" };
    (address_type, candidate.ip().to_string())
}

const fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::SendRecv => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::RecvOnly => "recvonly",
        Direction::Inactive => "inactive",
    }
}

/// Short forms for the stream's builder.
trait Attributes {
    /// An attribute; one without a value if `value` is empty.
    fn with_value(self, key: &str, value: &str) -> Self;
    fn named(self, mid: Option<&str>) -> Self;
    fn at(self, address_type: &str, address: &str) -> Self;
}

impl Attributes for MediaDescription {
    fn with_value(self, key: &str, value: &str) -> Self {
        if value.is_empty() {
            return self.with_property_attribute(key.to_owned());
        }
        self.with_value_attribute(key.to_owned(), value.to_owned())
    }

    fn named(self, mid: Option<&str>) -> Self {
        if let Some(mid) = mid { self.with_value("mid", mid) } else { self }
    }

    fn at(mut self, address_type: &str, address: &str) -> Self {
        self.connection_information = Some(ConnectionInformation {
            network_type: "IN".to_owned(),
            address_type: address_type.to_owned(),
            address: Some(Address { address: address.to_owned(), ttl: None, range: None }),
        });
        self
    }
}
