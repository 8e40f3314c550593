//! AES-128 in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1).

use aes::Aes128Enc;
use aes::cipher::{InnerIvInit, KeyInit, StreamCipherCore};
use ctr::{CtrCore, flavors::Ctr32BE};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::PacketId;
use crate::srtp::SrtpError;
use crate::srtp::keys::{Label, MasterKey, SALT_MAX};

/// Bytes of a tag: 80 bits of the hash.
pub(super) const TAG_BYTES: usize = 10;
/// Bytes of the key that encrypts.
const KEY_BYTES: usize = 16;
/// Bytes of the key that authenticates (RFC 3711 §5.2).
const TAG_KEY_BYTES: usize = 20;

/// The session keys.
pub(in crate::srtp) struct CounterMode {
    aes: Aes128Enc,
    /// The salt where the counter wants it: its last two bytes count blocks.
    salt: [u8; 16],
    /// Has taken the key in already, both inside and outside: a packet copies it.
    hmac: Hmac<Sha1>,
}

impl CounterMode {
    /// Derives the session keys.
    pub(super) fn new(master: &MasterKey, key: Label, tag: Label, salt: Label) -> Self {
        let mut session_key = Zeroizing::new([0; KEY_BYTES]);
        master.derive(key, session_key.as_mut_slice());
        let mut tag_key = Zeroizing::new([0; TAG_KEY_BYTES]);
        master.derive(tag, tag_key.as_mut_slice());
        let mut session_salt = [0; SALT_MAX];
        master.derive(salt, &mut session_salt);
        Self::of_session(&session_key, tag_key.as_slice(), session_salt)
    }

    /// Takes session keys.
    pub(super) fn of_session(key: &[u8; KEY_BYTES], tag_key: &[u8], salt: [u8; SALT_MAX]) -> Self {
        let mut counter = [0; 16];
        counter[..SALT_MAX].copy_from_slice(&salt);
        Self {
            aes: Aes128Enc::new(key.into()),
            salt: counter,
            hmac: <Hmac<Sha1> as Mac>::new_from_slice(tag_key).expect("HMAC takes any length"),
        }
    }

    /// Encrypts or decrypts: the same exclusive or with the packet's key stream.
    pub(super) fn apply(&self, id: PacketId, payload: &mut [u8]) {
        let mut counter = self.salt;
        for (byte, own) in counter[4..SALT_MAX].iter_mut().zip(id.bytes()) {
            *byte ^= own;
        }
        // 2^16 blocks are a megabyte, more than any datagram: no carry reaches the index.
        let stream = CtrCore::<_, Ctr32BE>::inner_iv_init(&self.aes, &counter.into());
        stream.apply_keystream_partial(payload.into());
    }

    /// The tag of these bytes: those of the packet, then those that it does not carry.
    pub(super) fn tag(&self, packet: &[u8], unsent: &[u8]) -> [u8; TAG_BYTES] {
        let hash = self.hashed(packet, unsent).finalize().into_bytes();
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&hash[..TAG_BYTES]);
        tag
    }

    /// Compares the tag, in a time that does not depend on where it differs.
    pub(super) fn verify(&self, packet: &[u8], unsent: &[u8], tag: &[u8]) -> Result<(), SrtpError> {
        let hash = self.hashed(packet, unsent);
        hash.verify_truncated_left(tag).map_err(|_| SrtpError::NotAuthentic)
    }

    fn hashed(&self, packet: &[u8], unsent: &[u8]) -> Hmac<Sha1> {
        self.hmac.clone().chain_update(packet).chain_update(unsent)
    }
}
