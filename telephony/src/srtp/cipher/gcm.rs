//! AES-GCM (RFC 7714).

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::PacketId;
use crate::srtp::SrtpError;
use crate::srtp::keys::{KEY_MAX, Label, MasterKey};

/// Bytes of a tag.
pub(super) const TAG_BYTES: usize = 16;

/// The session key and salt.
pub(in crate::srtp) struct Gcm {
    key: LessSafeKey,
    salt: [u8; NONCE_LEN],
}

impl Gcm {
    /// Derives the session keys.
    pub(super) fn new(master: &MasterKey, key: Label, salt: Label) -> Self {
        let mut session_key = Zeroizing::new([0; KEY_MAX]);
        let session_key = &mut session_key[..master.profile().key_len()];
        master.derive(key, session_key);
        let mut session_salt = [0; NONCE_LEN];
        master.derive(salt, &mut session_salt);
        Self::of_session(session_key, session_salt)
    }

    /// Takes session keys; the key is 16 or 32 bytes.
    pub(super) fn of_session(key: &[u8], salt: [u8; NONCE_LEN]) -> Self {
        let algorithm = if key.len() == KEY_MAX { &AES_256_GCM } else { &AES_128_GCM };
        let key = UnboundKey::new(algorithm, key).expect("the length is the algorithm's");
        Self { key: LessSafeKey::new(key), salt }
    }

    /// Never the same twice under one key: the index of a stream is used once.
    fn nonce(&self, id: PacketId) -> Nonce {
        let mut nonce = self.salt;
        for (byte, own) in nonce[2..].iter_mut().zip(id.bytes()) {
            *byte ^= own;
        }
        Nonce::assume_unique_for_key(nonce)
    }

    /// Encrypts `payload` and returns the tag over both.
    pub(super) fn seal(&self, id: PacketId, clear: &[u8], payload: &mut [u8]) -> [u8; TAG_BYTES] {
        let sealed = self.key.seal_in_place_separate_tag(self.nonce(id), Aad::from(clear), payload);
        let sealed = sealed.expect("a datagram is far below the limit of 64 GiB");
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(sealed.as_ref());
        tag
    }

    /// Decrypts `sealed`, which ends in the tag. What it holds after a failure is undefined.
    pub(super) fn open(
        &self,
        id: PacketId,
        clear: &[u8],
        sealed: &mut [u8],
    ) -> Result<(), SrtpError> {
        let opened = self.key.open_in_place(self.nonce(id), Aad::from(clear), sealed);
        opened.map(|_| ()).map_err(|_| SrtpError::NotAuthentic)
    }
}
