//! `Idempotency-Key`: the same key of the same person on the same path gives the same id, so that a
//! creation that is repeated after a lost answer finds what the first one made. Pure; nothing is kept
//! but the record itself.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use ids::UserId;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::clock;
use crate::problem::{Problem, ProblemKind};

/// The header.
pub const HEADER: &str = "idempotency-key";

/// Longest key, characters.
const KEY_LEN_MAX: usize = 200;

/// The key that came with a creation, if any.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The id of what is created: from the key if there is one, else a fresh one.
    #[must_use]
    pub fn id(&self, user: UserId, what: &str) -> Uuid {
        match &self.0 {
            Some(key) => derived(user, what, key),
            None => clock::fresh_id(),
        }
    }
}

/// A UUID of version 8 (RFC 9562 §5.8) from what names the creation.
fn derived(user: UserId, what: &str, key: &str) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(user.as_uuid().as_bytes());
    hash.update(what.as_bytes());
    hash.update([0]);
    hash.update(key.as_bytes());
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Uuid::from_bytes(bytes)
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        match value.to_str() {
            Ok(key) if !key.is_empty() && key.len() <= KEY_LEN_MAX => {
                Ok(Self(Some(key.to_owned())))
            }
            Ok(_) | Err(_) => Err(Problem::new(
                ProblemKind::Malformed,
                "Idempotency-Key must have 1 to 200 characters of ASCII.",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_names_the_same_record_of_one_person_alone() {
        let (asha, bela) = (UserId::from_number(1), UserId::from_number(2));
        let id = derived(asha, "contact", "k1");
        assert_eq!(id, derived(asha, "contact", "k1"));
        assert_ne!(id, derived(asha, "contact", "k2"));
        assert_ne!(id, derived(asha, "case", "k1"));
        assert_ne!(id, derived(bela, "contact", "k1"));
        assert_eq!(id.get_version_num(), 8);
    }
}
