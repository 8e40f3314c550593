//! Our DTLS certificate, and what browsers' certificates are compared by (RFC 8122 §5). Pure, but
//! for [`Certificate::generate`], whose randomness is the library's.

use std::fmt::Write as _;
use std::sync::Arc;

use rtc::crypto::{HashAlgorithm, RTCCryptoProvider, default_provider};
use rtc::dtls::cipher_suite::CipherSuiteId;
use rtc::dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use thiserror::Error;

use crate::srtp::SrtpProfile;

/// Our own end's name in the certificate. Nobody checks it; browsers compare the fingerprint.
const SUBJECT: &str = "helpline";

/// The SHA-256 digest of a certificate.
pub(super) type Fingerprint = [u8; 32];

/// Why no certificate could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// No randomness, or an algorithm is missing.
    #[error("the cryptographic library failed")]
    Library,
}

/// Our self-signed certificate (ECDSA, P-256) with the configuration of handshakes. Made once for
/// a process and shared: its fingerprint is in every answer.
pub struct Certificate {
    provider: Arc<dyn RTCCryptoProvider>,
    fingerprint: Fingerprint,
    gcm: Arc<HandshakeConfig>,
    counter_mode: Arc<HandshakeConfig>,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Certificate").field(&written(&self.fingerprint)).finish()
    }
}

impl Certificate {
    /// Makes a new key and certificate.
    ///
    /// # Errors
    /// If the library has no randomness; see [`CertificateError`].
    pub fn generate() -> Result<Self, CertificateError> {
        let failed = |_| CertificateError::Library;
        let provider = default_provider().map_err(|_| CertificateError::Library)?;
        let certificate = rtc::dtls::crypto::Certificate::generate_self_signed(
            vec![SUBJECT.to_owned()],
            provider.crypto(),
        )
        .map_err(failed)?;
        let der = certificate.certificate.first().ok_or(CertificateError::Library)?;
        let fingerprint = digest(&provider, der).ok_or(CertificateError::Library)?;
        let config = |profile| {
            handshake_config(&provider, &certificate, profile).map(Arc::new).map_err(failed)
        };
        Ok(Self {
            fingerprint,
            gcm: config(SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm)?,
            counter_mode: config(SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80)?,
            provider,
        })
    }

    /// As `a=fingerprint` has it: `sha-256 AB:CD:…`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("sha-256 {}", written(&self.fingerprint))
    }

    /// The configuration of a handshake that accepts one profile.
    pub(super) fn config(&self, profile: SrtpProfile) -> Arc<HandshakeConfig> {
        match profile {
            SrtpProfile::Aes128CmSha1_80 => self.counter_mode.clone(),
            SrtpProfile::AeadAes128Gcm | SrtpProfile::AeadAes256Gcm => self.gcm.clone(),
        }
    }

    /// The digest of a browser's certificate.
    pub(super) fn digest(&self, der: &[u8]) -> Option<Fingerprint> {
        digest(&self.provider, der)
    }

    /// What signs and checks STUN messages.
    pub(super) fn provider(&self) -> &Arc<dyn RTCCryptoProvider> {
        &self.provider
    }
}

fn handshake_config(
    provider: &Arc<dyn RTCCryptoProvider>,
    certificate: &rtc::dtls::crypto::Certificate,
    profile: SrtpProtectionProfile,
) -> Result<HandshakeConfig, rtc::shared::error::Error> {
    ConfigBuilder::default()
        .with_crypto_provider(provider.clone())
        .with_certificates(vec![certificate.clone()])
        // Every browser has the first; all others that the library knows are older and weaker.
        .with_cipher_suites(vec![
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_128_Gcm_Sha256,
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_ChaCha20_Poly1305_Sha256,
        ])
        .with_srtp_protection_profiles(vec![profile])
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        // Self-signed by nature: what counts is the fingerprint, compared by the association.
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_insecure_skip_verify(true)
        .build(false, None)
}

fn digest(provider: &Arc<dyn RTCCryptoProvider>, der: &[u8]) -> Option<Fingerprint> {
    provider.crypto().hash(HashAlgorithm::Sha256, der).ok()?.try_into().ok()
}

fn written(fingerprint: &Fingerprint) -> String {
    let mut text = String::with_capacity(3 * fingerprint.len());
    for (n, byte) in fingerprint.iter().enumerate() {
        let colon = if n == 0 { "" } else { ":" };
        let _infallible = write!(text, "{colon}{byte:02X}");
    }
    text
}

/// Reads `sha-256 AB:CD:…`; `None` for another algorithm or a wrong length.
pub(super) fn read_fingerprint(value: &str) -> Option<Fingerprint> {
    let (algorithm, digits) = value.trim().split_once(' ')?;
    if !algorithm.eq_ignore_ascii_case("sha-256") {
        return None;
    }
    let mut fingerprint = Fingerprint::default();
    let mut bytes = digits.trim().split(':');
    for byte in &mut fingerprint {
        // `from_str_radix` alone would take a sign.
        let two = |digits: &&str| {
            digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let digits = bytes.next().filter(two)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    bytes.next().is_none().then_some(fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_fingerprint_is_read_as_it_is_written() {
        let certificate = Certificate::generate().expect("generated");
        assert_eq!(read_fingerprint(&certificate.fingerprint()), Some(certificate.fingerprint));
        let lower = certificate.fingerprint().to_lowercase();
        assert_eq!(read_fingerprint(&lower), Some(certificate.fingerprint));
    }

    #[test]
    fn other_digests_and_lengths_are_not_fingerprints() {
        let digits = vec!["0A"; 32].join(":");
        assert_eq!(read_fingerprint(&format!("sha-256 {digits}")), Some([10; 32]));
        for wrong in [
            format!("sha-1 {digits}"),
            format!("sha-256 {digits}:0A"),
            format!("sha-256 {}", &digits[3..]),
            format!("sha-256 {}+A", &digits[..digits.len() - 2]),
            "sha-256".to_owned(),
            String::new(),
        ] {
            assert_eq!(read_fingerprint(&wrong), None, "{wrong}");
        }
    }
}
