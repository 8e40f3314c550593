//! Tokens that a person or a machine shows: 256 random bits, kept as a hash. Takes randomness from
//! the operating system.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of a token: more than anyone can guess, so one round of SHA-256 keeps it.
const TOKEN_BYTES: usize = 32;

/// A new token: 43 characters that are safe in a URL.
pub(super) fn token() -> String {
    let mut bytes = [0; TOKEN_BYTES];
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored in place of a token.
pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A second token that only the holder of the first one can know, and that does not lead back to it.
pub(super) fn derive(purpose: &str, token: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(purpose.as_bytes());
    digest.update([0]);
    digest.update(token.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

/// Equality that takes as long for a near miss as for a far one.
pub(super) fn equal(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
