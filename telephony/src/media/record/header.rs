//! The header of a recording, and the secrets of one file wrapped in it. Pure.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use thiserror::Error;
use zeroize::{Zeroize as _, Zeroizing};

use super::key::{KeyId, RecordingKey};

/// Bytes of a header.
pub const HEADER_LEN: usize = SALT_END + SECRETS_LEN + TAG_LEN;
/// Bytes of an authentication tag (NIST SP 800-38D).
pub(super) const TAG_LEN: usize = 16;

/// The first byte is no text, the last four show whether something turned line ends (as in PNG).
pub(super) const MAGIC: [u8; 8] = *b"\x89HLR\r\n\x1a\n";
const VERSION: u16 = 1;
/// AES-256-GCM, STREAM with a 32-bit counter, HKDF-SHA256.
const SUITE: u16 = 1;
const ID_END: usize = 20;
const SALT_END: usize = ID_END + 32;
const SECRETS_LEN: usize = 32 + 7;

/// What makes one file's encryption its own: 71 random bytes, used for one file and never again.
pub struct FileSecrets {
    /// Makes the key that wraps the other two unique; stands in the header.
    pub salt: [u8; 32],
    /// Seals the chunks.
    pub data_key: [u8; 32],
    /// The start of every chunk's nonce.
    pub prefix: [u8; 7],
}

impl Drop for FileSecrets {
    fn drop(&mut self) {
        self.data_key.zeroize();
        self.prefix.zeroize();
    }
}

/// Why a recording cannot be opened at all.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file ends within its header: nothing was recorded.
    #[error("not closed: cut within the header, nothing can be read")]
    Cut,
    /// It does not begin as a recording does.
    #[error("this is not a recording")]
    NotARecording,
    /// It was made by a newer program, or its version is damaged.
    #[error("version {version}, suite {suite} of recordings is not known")]
    Version {
        /// The file's version.
        version: u16,
        /// How it is sealed.
        suite: u16,
    },
    /// None of the keys is the one that it was made under.
    #[error("wrong key: the recording was made under key {needed}")]
    WrongKey {
        /// The key that opens it.
        needed: KeyId,
    },
    /// The right key does not open it: the header was changed.
    #[error("the header was changed")]
    Changed,
    /// The file cannot be read.
    #[error("the recording cannot be read")]
    Read(#[from] std::io::Error),
}

/// The header of a new file.
pub(super) fn write(key: &RecordingKey, secrets: &FileSecrets) -> [u8; HEADER_LEN] {
    let mut header = [0; HEADER_LEN];
    header[..8].copy_from_slice(&MAGIC);
    header[8..10].copy_from_slice(&VERSION.to_be_bytes());
    header[10..12].copy_from_slice(&SUITE.to_be_bytes());
    header[12..ID_END].copy_from_slice(&key.id().0);
    header[ID_END..SALT_END].copy_from_slice(&secrets.salt);
    let (open, sealed) = header.split_at_mut(SALT_END);
    let (body, tag) = sealed.split_at_mut(SECRETS_LEN);
    body[..32].copy_from_slice(&secrets.data_key);
    body[32..].copy_from_slice(&secrets.prefix);
    let wrapping = aead_key(key.wrapping_key(&secrets.salt).as_slice());
    let made = wrapping.seal_in_place_separate_tag(wrapping_nonce(), Aad::from(open), body);
    tag.copy_from_slice(made.expect("the body is short").as_ref());
    header
}

/// Reads a header: the key of its chunks and the prefix of their nonces.
pub(super) fn read(
    header: &[u8; HEADER_LEN],
    keys: &[RecordingKey],
) -> Result<(LessSafeKey, [u8; 7]), OpenError> {
    if !header.starts_with(&MAGIC) {
        return Err(OpenError::NotARecording);
    }
    let number = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let (version, suite) = (number(8), number(10));
    if (version, suite) != (VERSION, SUITE) {
        return Err(OpenError::Version { version, suite });
    }
    let mut needed = KeyId([0; 8]);
    needed.0.copy_from_slice(&header[12..ID_END]);
    let key = keys.iter().find(|key| key.id() == needed);
    let key = key.ok_or(OpenError::WrongKey { needed })?;
    let (open, sealed) = header.split_at(SALT_END);
    let mut sealed = Zeroizing::new(sealed.to_vec());
    let wrapping = aead_key(key.wrapping_key(&open[ID_END..]).as_slice());
    let secrets = wrapping
        .open_in_place(wrapping_nonce(), Aad::from(open), &mut sealed)
        .map_err(|_| OpenError::Changed)?;
    let mut prefix = [0; 7];
    prefix.copy_from_slice(&secrets[32..]);
    Ok((aead_key(&secrets[..32]), prefix))
}

/// The cipher with this key of 32 bytes.
pub(super) fn aead_key(bytes: &[u8]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).expect("the key has 32 bytes"))
}

/// Zero: the salt makes the wrapping key one file's own, and it seals one message.
fn wrapping_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
