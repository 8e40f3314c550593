//! Connectivity checks: STUN binding requests (RFC 8489, RFC 8445 §7.3), read and answered. Pure.
//!
//! No role conflict (487) is ever answered: an ICE-lite side is controlled whenever the other is
//! not lite (RFC 8445 §6.1.1), and a browser never is, so it has nothing to yield and no checks of
//! its own to turn round.

use std::net::SocketAddr;

use rtc::crypto::RTCCryptoProvider;
use rtc::stun::attributes::{
    ATTR_FINGERPRINT, ATTR_MESSAGE_INTEGRITY, ATTR_PRIORITY, ATTR_UNKNOWN_ATTRIBUTES,
    ATTR_USE_CANDIDATE, ATTR_USERNAME, AttrType,
};
use rtc::stun::error_code::{
    CODE_BAD_REQUEST, CODE_UNAUTHORIZED, CODE_UNKNOWN_ATTRIBUTE, ErrorCode,
};
use rtc::stun::fingerprint::FINGERPRINT;
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{
    BINDING_ERROR, BINDING_REQUEST, BINDING_SUCCESS, MESSAGE_HEADER_SIZE, Message, Setter,
};
use rtc::stun::xoraddr::XorMappedAddress;

use super::credentials::Credentials;

/// Longest message read, bytes: a STUN message fits the smallest path (RFC 8489 §6.1).
const BYTES_MAX: usize = 1280;
/// Attributes below 0x8000 must be understood (RFC 8489 §14). MESSAGE-INTEGRITY-SHA256 may stand
/// beside the SHA-1 one that we check (§9.1.3).
const UNDERSTOOD: [AttrType; 5] =
    [ATTR_USERNAME, ATTR_MESSAGE_INTEGRITY, AttrType(0x001c), ATTR_PRIORITY, ATTR_USE_CANDIDATE];

/// A well-formed binding request that names one of our peers; not yet known to be authentic.
pub(super) struct Request {
    message: Message,
    /// Our part of the user name.
    pub(super) ours: String,
    theirs: String,
}

/// An authentic connectivity check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Check {
    /// Priority of the browser's candidate; 0 if it says none.
    pub(super) priority: u32,
    /// Whether the browser chooses this path.
    pub(super) nominates: bool,
}

impl Request {
    /// Reads a request. `None` for everything else: indications, responses, what names nobody,
    /// a wrong FINGERPRINT, bytes behind the message.
    pub(super) fn parse(datagram: &[u8]) -> Option<Self> {
        if !(MESSAGE_HEADER_SIZE..=BYTES_MAX).contains(&datagram.len()) {
            return None;
        }
        let stated = usize::from(u16::from_be_bytes([datagram[2], datagram[3]]));
        if datagram.len() != MESSAGE_HEADER_SIZE + stated || !stated.is_multiple_of(4) {
            return None;
        }
        let mut message = Message::new();
        message.unmarshal_binary(datagram).ok()?;
        if message.typ != BINDING_REQUEST {
            return None;
        }
        if message.contains(ATTR_FINGERPRINT) && FINGERPRINT.check(&message).is_err() {
            return None;
        }
        let name = String::from_utf8(message.get(ATTR_USERNAME).ok()?).ok()?;
        let (ours, theirs) = name.split_once(':')?;
        Some(Self { ours: ours.to_owned(), theirs: theirs.to_owned(), message })
    }

    /// Checks the signature; the error is the answer to be sent instead (RFC 8489 §9.1.3).
    pub(super) fn check(
        &mut self,
        credentials: &Credentials,
        provider: &dyn RTCCryptoProvider,
    ) -> Result<Check, Vec<u8>> {
        if !self.message.contains(ATTR_MESSAGE_INTEGRITY) {
            return Err(self.refusal(CODE_BAD_REQUEST));
        }
        let (key, crypto) = (credentials.password.as_bytes(), provider.crypto());
        let signed = MessageIntegrity::check(&mut self.message, key, crypto).is_ok();
        if !signed || self.theirs != credentials.theirs {
            return Err(self.refusal(CODE_UNAUTHORIZED));
        }
        let unknown = self.not_understood();
        if !unknown.is_empty() {
            let mut answer = self.begin(BINDING_ERROR);
            let _fits = CODE_UNKNOWN_ATTRIBUTE.add_to(&mut answer);
            answer.add(ATTR_UNKNOWN_ATTRIBUTES, &unknown);
            return Err(signed_answer(answer, credentials, provider));
        }
        let priority = self.protected(ATTR_PRIORITY).and_then(|value| value.try_into().ok());
        Ok(Check {
            priority: priority.map_or(0, u32::from_be_bytes),
            nominates: self.protected(ATTR_USE_CANDIDATE).is_some(),
        })
    }

    /// The answer to an authentic request that came from this address.
    pub(super) fn success(
        &self,
        from: SocketAddr,
        credentials: &Credentials,
        provider: &dyn RTCCryptoProvider,
    ) -> Vec<u8> {
        let mut answer = self.begin(BINDING_SUCCESS);
        // A socket for both families sees IPv4 as mapped IPv6; the browser must not.
        let mapped = XorMappedAddress { ip: from.ip().to_canonical(), port: from.port() };
        let _fits = mapped.add_to(&mut answer);
        signed_answer(answer, credentials, provider)
    }

    fn begin(&self, kind: rtc::stun::message::MessageType) -> Message {
        let mut answer = Message::new();
        answer.typ = kind;
        answer.transaction_id = self.message.transaction_id;
        answer.write_header();
        answer
    }

    /// Unsigned: there is no key that both sides are known to share (RFC 8489 §9.1.3).
    fn refusal(&self, code: ErrorCode) -> Vec<u8> {
        let mut answer = self.begin(BINDING_ERROR);
        let _fits = code.add_to(&mut answer);
        let _fits = FINGERPRINT.add_to(&mut answer);
        answer.raw
    }

    /// An attribute that the signature covers; what stands behind it does not count (RFC 8489
    /// §14.5).
    fn protected(&self, kind: AttrType) -> Option<&[u8]> {
        let attributes = self.message.attributes.0.iter();
        let mut covered = attributes.take_while(|a| a.typ != ATTR_MESSAGE_INTEGRITY);
        covered.find(|a| a.typ == kind).map(|a| a.value.as_slice())
    }

    /// The types of attributes that had to be understood and are not.
    fn not_understood(&self) -> Vec<u8> {
        let attributes = self.message.attributes.0.iter().map(|a| a.typ);
        let unknown = attributes.filter(|kind| kind.required() && !UNDERSTOOD.contains(kind));
        unknown.flat_map(|kind| kind.value().to_be_bytes()).collect()
    }
}

fn signed_answer(
    mut answer: Message,
    credentials: &Credentials,
    provider: &dyn RTCCryptoProvider,
) -> Vec<u8> {
    let password = credentials.password.as_bytes();
    let integrity = MessageIntegrity::new_raw_integrity_with_provider(password, provider.crypto());
    let _fits = integrity.add_to(&mut answer);
    let _fits = FINGERPRINT.add_to(&mut answer);
    answer.raw
}

#[cfg(test)]
pub(super) mod tests;
