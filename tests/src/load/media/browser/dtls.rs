//! The handshake and the keys that come of it (RFC 5764), by `rtc::dtls` and `rtc::srtp`.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use bytes::BytesMut;
use rtc::crypto::{HashAlgorithm, RTCCryptoProvider};
use rtc::dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType};
use rtc::dtls::endpoint::{Endpoint, EndpointEvent};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::dtls::state::State;
use rtc::shared::TransportProtocol;
use rtc::srtp::config::{Config, LABEL_EXTRACTOR_DTLS_SRTP};
use rtc::srtp::context::Context;
use rtc::srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc::srtp::protection_profile::ProtectionProfile;

use super::{Answer, Identity, Profile, STEP_LIMIT, with_colons};

/// Packets that the browser remembers to tell replays.
const REPLAY_WINDOW: usize = 128;
/// Longest wait for a datagram before timers are looked at.
const TURN: Duration = Duration::from_millis(50);

/// Both contexts of a connection.
pub(super) struct Keys {
    pub(super) outgoing: Context,
    pub(super) incoming: Context,
}

/// A certificate's fingerprint as descriptions have it, without the name of the hash.
pub(super) fn fingerprint(crypto: &dyn RTCCryptoProvider, der: &[u8]) -> Result<String> {
    let hash = crypto.crypto().hash(HashAlgorithm::Sha256, der);
    Ok(with_colons(&hash.map_err(|_| anyhow::anyhow!("no SHA-256"))?))
}

/// Shakes hands in the role that the answer leaves.
pub(super) fn handshake(identity: &Identity, socket: &UdpSocket, answer: &Answer) -> Result<Keys> {
    let (local, is_client) = (socket.local_addr()?, !answer.server_is_client);
    let mut endpoint = endpoint(identity, local, answer.remote, is_client)?;
    let limit = now() + STEP_LIMIT;
    let mut datagram = [0; 2048];
    while now() < limit {
        flush(&mut endpoint, socket)?;
        let due = endpoint.poll_timeout(&answer.remote);
        let wait = due.map_or(TURN, |due| due.saturating_duration_since(now()).min(TURN));
        socket.set_read_timeout(Some(wait.max(Duration::from_millis(1))))?;
        match socket.recv(&mut datagram) {
            // STUN and what comes too early is not for DTLS (RFC 7983 §7).
            Ok(len) if (20..=63).contains(&datagram[0]) => {
                let bytes = BytesMut::from(&datagram[..len]);
                let events = endpoint.read(now(), answer.remote, None, bytes)?;
                let is_complete =
                    events.iter().any(|event| matches!(event, EndpointEvent::HandshakeComplete));
                flush(&mut endpoint, socket)?;
                if is_complete {
                    let state = endpoint.get_connection_state(answer.remote);
                    return keys(identity, state.context("a connection")?, answer);
                }
            }
            Ok(_) => {}
            Err(_nothing_came) if endpoint.poll_timeout(&answer.remote).is_some() => {
                endpoint.handle_timeout(answer.remote, now())?;
            }
            Err(_nothing_came) => {}
        }
    }
    bail!("the handshake took longer than {STEP_LIMIT:?}")
}

/// The first datagram of a handshake, for those who want to do harm with it.
///
/// # Errors
/// The handshake cannot be begun.
pub fn client_hello(identity: &Identity, server: SocketAddr) -> Result<Vec<u8>> {
    let mut endpoint = endpoint(identity, server, server, true)?;
    let hello = endpoint.poll_transmit().context("a first datagram")?;
    Ok(hello.message.to_vec())
}

fn endpoint(
    identity: &Identity,
    local: SocketAddr,
    remote: SocketAddr,
    is_client: bool,
) -> Result<Endpoint> {
    let config = ConfigBuilder::default()
        .with_crypto_provider(identity.crypto.clone())
        .with_certificates(vec![identity.certificate.clone()])
        .with_srtp_protection_profiles(vec![identity.asked()])
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        // The certificate is judged by its fingerprint, below.
        .with_insecure_skip_verify(true)
        .build(is_client, None)?;
    let config = Arc::new(config);
    let as_server = (!is_client).then(|| config.clone());
    let mut endpoint = Endpoint::new(local, TransportProtocol::UDP, as_server);
    if is_client {
        endpoint.connect(now(), remote, config, None)?;
    }
    Ok(endpoint)
}

impl Identity {
    fn asked(&self) -> SrtpProtectionProfile {
        match self.profile {
            Profile::Cm => SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
            Profile::Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
        }
    }
}

fn flush(endpoint: &mut Endpoint, socket: &UdpSocket) -> Result<()> {
    while let Some(transmit) = endpoint.poll_transmit() {
        socket.send(&transmit.message)?;
    }
    Ok(())
}

fn keys(identity: &Identity, state: &State, answer: &Answer) -> Result<Keys> {
    let der = state.peer_certificates.first().context("the server showed no certificate")?;
    let (hash, told) = answer.fingerprint.split_once(' ').context("a fingerprint")?;
    ensure!(hash.eq_ignore_ascii_case("sha-256"), "a fingerprint by {hash}");
    let shown = fingerprint(&*identity.crypto, der)?;
    ensure!(told.eq_ignore_ascii_case(&shown), "the certificate is not the one of the answer");
    let profile = match identity.profile {
        Profile::Cm => ProtectionProfile::Aes128CmHmacSha1_80,
        Profile::Gcm => ProtectionProfile::AeadAes128Gcm,
    };
    let chosen = state.srtp_protection_profile();
    ensure!(chosen == identity.asked(), "the server chose {chosen:?}");
    let mut config = Config { profile, ..Default::default() };
    let len = config.keying_material_len();
    let material = state.export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], len)?;
    config.set_session_keys_from_keying_material(material.as_ref(), state.is_client())?;
    let keys = &config.keys;
    let crypto = identity.crypto.crypto();
    let outgoing =
        Context::new(&keys.local_master_key, &keys.local_master_salt, profile, None, None, crypto)?;
    let incoming = Context::new(
        &keys.remote_master_key,
        &keys.remote_master_salt,
        profile,
        Some(srtp_replay_protection(REPLAY_WINDOW)),
        Some(srtcp_replay_protection(REPLAY_WINDOW)),
        crypto,
    )?;
    Ok(Keys { outgoing, incoming })
}

#[expect(clippy::disallowed_methods, reason = "a driver, on a thread without a runtime")]
fn now() -> Instant {
    Instant::now()
}
