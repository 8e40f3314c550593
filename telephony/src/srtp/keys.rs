//! Master keys, and the session keys derived from them (RFC 3711 §4.3, RFC 7714 §11).

use core::fmt;

use aes::cipher::{BlockEncrypt, KeyInit};
use aes::{Aes128Enc, Aes256Enc, Block};
use zeroize::Zeroizing;

use super::{SrtpError, SrtpProfile};

/// Bytes of the longest key.
pub(super) const KEY_MAX: usize = 32;
/// Bytes of the longest salt.
pub(super) const SALT_MAX: usize = 14;

/// A master key with its salt, for one direction. Overwritten with zeroes when dropped.
pub struct MasterKey {
    profile: SrtpProfile,
    key: Zeroizing<[u8; KEY_MAX]>,
    salt: Zeroizing<[u8; SALT_MAX]>,
}

impl MasterKey {
    /// Takes a copy of key and salt.
    ///
    /// # Errors
    /// [`SrtpError::BadKey`] if a length is not the profile's.
    pub fn new(profile: SrtpProfile, key: &[u8], salt: &[u8]) -> Result<Self, SrtpError> {
        if key.len() != profile.key_len() || salt.len() != profile.salt_len() {
            return Err(SrtpError::BadKey);
        }
        let mut own = Self { profile, key: Zeroizing::default(), salt: Zeroizing::default() };
        own.key[..key.len()].copy_from_slice(key);
        own.salt[..salt.len()].copy_from_slice(salt);
        Ok(own)
    }

    /// How packets under this key are protected.
    #[must_use]
    pub fn profile(&self) -> SrtpProfile {
        self.profile
    }

    /// Fills `out`, at most 64 bytes, with the session key of this purpose. One master key serves
    /// a whole session: the key derivation rate is 0, so the packet's index does not matter.
    pub(super) fn derive(&self, label: Label, out: &mut [u8]) {
        let mut block = [0; 16];
        // A salt of 12 bytes counts as one of 14 that ends in zeroes (RFC 7714 §11).
        block[..SALT_MAX].copy_from_slice(self.salt.as_slice());
        block[7] ^= label as u8;
        for (counter, part) in (0_u16..).zip(out.chunks_mut(16)) {
            block[SALT_MAX..].copy_from_slice(&counter.to_be_bytes());
            let stream = Zeroizing::new(self.encrypt(block));
            part.copy_from_slice(&stream[..part.len()]);
        }
    }

    /// One block under the master key itself. The block cipher is as long as the key
    /// (RFC 7714 §11: AES-256 derives by `AES_256_CM_PRF`).
    fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = Block::from(block);
        let key = &self.key[..self.profile.key_len()];
        let lengths = "the key was given the profile's length";
        match self.profile {
            SrtpProfile::Aes128CmSha1_80 | SrtpProfile::AeadAes128Gcm => {
                Aes128Enc::new_from_slice(key).expect(lengths).encrypt_block(&mut block);
            }
            SrtpProfile::AeadAes256Gcm => {
                Aes256Enc::new_from_slice(key).expect(lengths).encrypt_block(&mut block);
            }
        }
        block.into()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// What a session key is for (RFC 3711 §4.3.2).
#[derive(Clone, Copy)]
pub(super) enum Label {
    /// Encrypts RTP.
    RtpKey = 0,
    /// Authenticates RTP.
    RtpTag = 1,
    /// Salts RTP.
    RtpSalt = 2,
    /// Encrypts RTCP.
    RtcpKey = 3,
    /// Authenticates RTCP.
    RtcpTag = 4,
    /// Salts RTCP.
    RtcpSalt = 5,
}

/// Both directions' keys of one DTLS association.
#[derive(Debug)]
pub struct SrtpKeys {
    /// For what we send.
    pub outgoing: MasterKey,
    /// For what we receive.
    pub incoming: MasterKey,
}

impl SrtpKeys {
    /// Splits what DTLS exported under `EXTRACTOR-dtls_srtp` (RFC 5764 §4.2): the client's key, the
    /// server's key, the client's salt, the server's salt.
    ///
    /// # Errors
    /// [`SrtpError::BadKey`] if `material` is not [`SrtpProfile::keying_material_len`] bytes.
    pub fn from_keying_material(
        profile: SrtpProfile,
        material: &[u8],
        we_are_client: bool,
    ) -> Result<Self, SrtpError> {
        if material.len() != profile.keying_material_len() {
            return Err(SrtpError::BadKey);
        }
        let (keys, salts) = material.split_at(2 * profile.key_len());
        let (client_key, server_key) = keys.split_at(profile.key_len());
        let (client_salt, server_salt) = salts.split_at(profile.salt_len());
        let client = MasterKey::new(profile, client_key, client_salt)?;
        let server = MasterKey::new(profile, server_key, server_salt)?;
        let (outgoing, incoming) = if we_are_client { (client, server) } else { (server, client) };
        Ok(Self { outgoing, incoming })
    }
}
