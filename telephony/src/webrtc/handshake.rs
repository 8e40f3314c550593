//! The DTLS 1.2 association with one browser (RFC 6347, RFC 5764): we are the server.
//!
//! The library's endpoint knows an association by the remote address. Each of ours has an endpoint
//! of its own and one made-up address, so that it outlives a change of the real one.
//!
//! What is done around the library, and why:
//! - it chooses the first SRTP profile of the *client's* list: so it is given GCM alone, and
//!   counter mode alone if that finds no match;
//! - its timer for repeating a flight stops at whatever handshake record comes in, so that a lost
//!   flight could be lost for good: the flight is repeated here;
//! - malformed records before its hello make it give up: here they only begin the handshake anew
//!   (RFC 6347 §4.1.2.7 wants them ignored), and none of its alerts about them go out.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc::dtls::endpoint::{Endpoint, EndpointEvent};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::shared::TransportProtocol;
use rtc::shared::error::Error;

use super::identity::{Certificate, Fingerprint};
use super::records::{Survey, survey};
use crate::srtp::{SrtpKeys, SrtpProfile};

/// Both ends of every association, as the library sees them (TEST-NET-1, RFC 5737).
const REMOTE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 1);
const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 1);
/// RFC 5764 §4.2.
const EXPORTER_LABEL: &str = "EXTRACTOR-dtls_srtp";
/// Our flight is repeated after this, then after twice the time, and so on.
const REPEAT_AFTER: Duration = Duration::from_millis(300);
/// 0.3 + 0.6 + 1.2 + … = 19 s: as long as a browser waits.
const REPEATS_MAX: u32 = 6;
/// Most datagrams that one association is given; a browser sends about five.
const DATAGRAMS_MAX: usize = 256;
/// Most fragments: bounds the depth of the library's recursion.
const FRAGMENTS_MAX: usize = 64;
/// Most handshake messages in the clear.
const MESSAGES_MAX: usize = 512;

/// What came of a datagram.
pub(super) enum Happened {
    /// The handshake is complete.
    Keys(SrtpKeys),
    /// The association is over: goodbye or fatal alert.
    Closed,
    /// The certificate is not the one that the offer named. Over as well.
    Impostor,
}

/// A datagram was malformed, out of place, or over a limit; nothing came of it.
#[derive(Debug)]
pub(super) struct Rejected;

/// An association, from nothing to its end.
pub(super) struct Association {
    certificate: Arc<Certificate>,
    /// Of the browser's certificate, by its offer.
    theirs: Fingerprint,
    endpoint: Endpoint,
    /// What is asked for: GCM, until a client does not have it.
    profile: SrtpProfile,
    stage: Stage,
    datagrams: usize,
    fragments: usize,
    messages: usize,
}

enum Stage {
    /// Nothing but hellos so far; with the random of the first.
    Greeting {
        random: Option<[u8; 32]>,
    },
    /// Our hello is out.
    Shaking {
        random: Option<[u8; 32]>,
        flight: Vec<Vec<u8>>,
        repeat_at: Option<Instant>,
        repeats: u32,
    },
    Complete,
    Ended,
}

impl Association {
    pub(super) fn new(certificate: Arc<Certificate>, theirs: Fingerprint) -> Self {
        let profile = SrtpProfile::AeadAes128Gcm;
        Self {
            endpoint: endpoint(&certificate, profile),
            certificate,
            theirs,
            profile,
            stage: Stage::Greeting { random: None },
            datagrams: 0,
            fragments: 0,
            messages: 0,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        matches!(self.stage, Stage::Complete)
    }

    /// Whether it ended; it does not begin again.
    pub(super) fn is_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended)
    }

    /// Takes a datagram; puts answers into `out`.
    pub(super) fn datagram(
        &mut self,
        now: Instant,
        datagram: &[u8],
        out: &mut Vec<Vec<u8>>,
    ) -> Result<Option<Happened>, Rejected> {
        let survey = survey(datagram).ok_or(Rejected)?;
        self.admit(&survey)?;
        let events = match self.read(now, datagram) {
            Err(Error::ErrServerNoMatchingSrtpProfile) if self.prefers_gcm() => {
                self.begin(SrtpProfile::Aes128CmSha1_80);
                self.admit(&survey)?;
                self.read(now, datagram)
            }
            other => other,
        };
        match events {
            Ok(events) => Ok(self.proceed(now, events, out)),
            Err(error) => self.fail(&error),
        }
    }

    /// Repeats our flight if it is time.
    pub(super) fn handle_timeout(&mut self, now: Instant, out: &mut Vec<Vec<u8>>) {
        let Stage::Shaking { flight, repeat_at, repeats, .. } = &mut self.stage else { return };
        if repeat_at.is_none_or(|at| now < at) {
            return;
        }
        out.extend(flight.iter().cloned());
        *repeats += 1;
        let again = *repeats < REPEATS_MAX;
        *repeat_at = again.then(|| now + REPEAT_AFTER * 2_u32.pow(*repeats));
    }

    /// When [`Self::handle_timeout`] is wanted.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Shaking { repeat_at, .. } => *repeat_at,
            Stage::Greeting { .. } | Stage::Complete | Stage::Ended => None,
        }
    }

    /// Says goodbye, if there is somebody to say it to.
    pub(super) fn close(&mut self, now: Instant, out: &mut Vec<Vec<u8>>) {
        if self.is_complete() {
            let _forgotten = self.endpoint.stop(now, REMOTE);
            self.drain(out);
        }
        self.stage = Stage::Ended;
    }

    /// Whether the library may see a datagram: counts it, and begins anew for another hello.
    fn admit(&mut self, survey: &Survey) -> Result<(), Rejected> {
        match (&mut self.stage, survey.hello) {
            (Stage::Ended, _) => return Err(Rejected),
            // Another hello is another handshake, be it the real one after a forged one.
            (Stage::Greeting { random: Some(known) }, Some(hello)) if *known != hello => {
                self.begin(self.profile);
                self.stage = Stage::Greeting { random: Some(hello) };
            }
            (Stage::Greeting { random }, Some(hello)) => *random = Some(hello),
            (Stage::Shaking { random, .. }, Some(hello)) if *random != Some(hello) => {
                return Err(Rejected);
            }
            (Stage::Complete, Some(_)) => return Err(Rejected),
            // Goodbyes are encrypted by now; this one is somebody else's.
            (Stage::Complete, None) if survey.plain_alert => return Err(Rejected),
            (Stage::Greeting { .. } | Stage::Shaking { .. } | Stage::Complete, _) => {}
        }
        self.datagrams += 1;
        self.fragments += survey.fragments;
        self.messages += survey.messages;
        let spent = self.datagrams > DATAGRAMS_MAX
            || self.fragments > FRAGMENTS_MAX
            || self.messages > MESSAGES_MAX;
        if spent && matches!(self.stage, Stage::Greeting { .. }) {
            self.begin(self.profile);
        }
        if spent { Err(Rejected) } else { Ok(()) }
    }

    fn prefers_gcm(&self) -> bool {
        self.profile == SrtpProfile::AeadAes128Gcm && matches!(self.stage, Stage::Greeting { .. })
    }

    /// Forgets everything and waits for a hello.
    fn begin(&mut self, profile: SrtpProfile) {
        self.endpoint = endpoint(&self.certificate, profile);
        self.profile = profile;
        self.stage = Stage::Greeting { random: None };
        (self.datagrams, self.fragments, self.messages) = (0, 0, 0);
    }

    fn read(&mut self, now: Instant, datagram: &[u8]) -> Result<Vec<EndpointEvent>, Error> {
        self.endpoint.read(now, REMOTE, None, BytesMut::from(datagram))
    }

    fn drain(&mut self, out: &mut Vec<Vec<u8>>) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            out.push(transmit.message.to_vec());
        }
    }

    fn proceed(
        &mut self,
        now: Instant,
        events: Vec<EndpointEvent>,
        out: &mut Vec<Vec<u8>>,
    ) -> Option<Happened> {
        let first = out.len();
        self.drain(out);
        let answers = |datagram: &Vec<u8>| survey(datagram).is_some_and(|found| found.answers);
        if let Stage::Greeting { random } = self.stage
            && out[first..].iter().any(answers)
        {
            let (flight, repeat_at) = (out[first..].to_vec(), Some(now + REPEAT_AFTER));
            self.stage = Stage::Shaking { random, flight, repeat_at, repeats: 0 };
        }
        let mut happened = None;
        for event in events {
            if matches!(event, EndpointEvent::HandshakeComplete) {
                happened = Some(self.complete(now, out));
            } else if matches!(event, EndpointEvent::PeerClosed) {
                self.stage = Stage::Ended;
                happened = Some(Happened::Closed);
            }
            // Data would be of data channels, which were refused.
        }
        happened
    }

    /// The client has shown that it holds the key of its certificate; whose certificate is it?
    fn complete(&mut self, now: Instant, out: &mut Vec<Vec<u8>>) -> Happened {
        self.stage = Stage::Complete;
        let state = self.endpoint.get_connection_state(REMOTE);
        let shown = state.and_then(|state| state.peer_certificates.first());
        let genuine = shown
            .and_then(|der| self.certificate.digest(der))
            .is_some_and(|digest| digest == self.theirs);
        if genuine && let Some(keys) = self.keys() {
            return Happened::Keys(keys);
        }
        self.close(now, out);
        if genuine { Happened::Closed } else { Happened::Impostor }
    }

    fn keys(&self) -> Option<SrtpKeys> {
        let state = self.endpoint.get_connection_state(REMOTE)?;
        let agreed = state.srtp_protection_profile();
        let profile = if agreed == SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm {
            SrtpProfile::AeadAes128Gcm
        } else if agreed == SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 {
            SrtpProfile::Aes128CmSha1_80
        } else {
            // A client without the extension gets so far; it cannot get audio.
            return None;
        };
        let len = profile.keying_material_len();
        let material = state.export_keying_material(EXPORTER_LABEL, &[], len).ok()?;
        SrtpKeys::from_keying_material(profile, material.as_ref(), false).ok()
    }

    /// The library did not like something. None of what it wants to say about it goes out.
    fn fail(&mut self, error: &Error) -> Result<Option<Happened>, Rejected> {
        while self.endpoint.poll_transmit().is_some() {}
        match self.stage {
            // Nothing is agreed yet: whoever wants a handshake may begin it.
            Stage::Greeting { .. } => {
                self.begin(self.profile);
                Err(Rejected)
            }
            Stage::Shaking { .. } | Stage::Complete
                if matches!(error, Error::ErrAlertFatalOrClose) =>
            {
                self.stage = Stage::Ended;
                Ok(Some(Happened::Closed))
            }
            // Ignored; the genuine flight may still come.
            Stage::Shaking { .. } | Stage::Complete | Stage::Ended => Err(Rejected),
        }
    }
}

fn endpoint(certificate: &Certificate, profile: SrtpProfile) -> Endpoint {
    Endpoint::new(LOCAL, TransportProtocol::UDP, Some(certificate.config(profile)))
}

#[cfg(test)]
mod tests;
