//! The key of the house that wraps each file's own key. Pure.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hkdf;
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of a recording key: 256 bits.
const KEY_LEN: usize = 32;

/// A secret of 256 bits that opens every recording made under it. Never printed; its bytes are
/// zeroed when it is dropped.
#[derive(Clone)]
pub struct RecordingKey {
    bytes: Zeroizing<[u8; KEY_LEN]>,
    id: KeyId,
}

/// Names a key without telling anything of it: derived from the key, so nobody has to keep a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(pub [u8; 8]);

/// A text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a recording key is 32 bytes, as 64 hexadecimal digits or in base64")]
pub struct ParseKeyError;

impl RecordingKey {
    /// The key of these bytes, which must come from a good source of randomness.
    #[must_use]
    pub fn new(bytes: [u8; KEY_LEN]) -> Self {
        let mut id = KeyId([0; 8]);
        derive(&bytes, b"", b"helpline recording key id", &mut id.0);
        Self { bytes: Zeroizing::new(bytes), id }
    }

    /// Reads a key: 64 hexadecimal digits, or base64; spaces around it do not count.
    ///
    /// # Errors
    /// It is something else.
    pub fn parse(text: &str) -> Result<Self, ParseKeyError> {
        let text = text.trim();
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        match text.len() {
            64 => from_hex(text.as_bytes(), &mut bytes)?,
            _ => {
                let decoded = Zeroizing::new(STANDARD.decode(text).map_err(|_| ParseKeyError)?);
                *bytes = decoded.as_slice().try_into().map_err(|_| ParseKeyError)?;
            }
        }
        Ok(Self::new(*bytes))
    }

    /// What names this key in headers.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The key that wraps one file's secrets; the file's salt makes it unique.
    pub(super) fn wrapping_key(&self, salt: &[u8]) -> Zeroizing<[u8; KEY_LEN]> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        derive(&self.bytes, salt, b"helpline recording wrap", key.as_mut_slice());
        key
    }
}

impl fmt::Debug for RecordingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordingKey({})", self.id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn from_hex(text: &[u8], bytes: &mut [u8; KEY_LEN]) -> Result<(), ParseKeyError> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|value| u8::try_from(value).ok());
    for (pair, byte) in text.chunks_exact(2).zip(bytes) {
        let (high, low) = (digit(pair[0]), digit(pair[1]));
        *byte = (high.ok_or(ParseKeyError)? << 4) | low.ok_or(ParseKeyError)?;
    }
    Ok(())
}

/// HKDF-SHA256 (RFC 5869).
fn derive(key: &[u8; KEY_LEN], salt: &[u8], purpose: &[u8], out: &mut [u8]) {
    struct Len(usize);
    impl hkdf::KeyType for Len {
        fn len(&self) -> usize {
            self.0
        }
    }
    let pseudorandom = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(key);
    let purposes = [purpose];
    let expanded = pseudorandom.expand(&purposes, Len(out.len()));
    let filled = expanded.and_then(|material| material.fill(out));
    filled.expect("32 bytes and less can be derived");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_base64_name_the_same_key() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
        let base64 = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=\n";
        let (a, b) = (RecordingKey::parse(hex), RecordingKey::parse(base64));
        assert_eq!(a.expect("hex").id(), b.expect("base64").id());
    }

    #[test]
    fn anything_else_is_refused() {
        let short = "00112233";
        let no_hex = "g".repeat(64);
        let long = STANDARD.encode([0; 33]);
        for text in ["", short, &no_hex, &long, "नमस्ते", &"é".repeat(32)] {
            assert_eq!(RecordingKey::parse(text).expect_err(text), ParseKeyError);
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = RecordingKey::new([0xab; 32]);
        assert_eq!(format!("{key:?}"), format!("RecordingKey({})", key.id()));
        assert!(!format!("{key:?}").contains("abab"));
        assert_ne!(key.id(), RecordingKey::new([0xac; 32]).id());
    }
}
