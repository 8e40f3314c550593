//! A secret in the settings, which no log line and no error repeats. Pure.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

/// Shortest secret that is taken, characters.
const LEN_MIN: usize = 16;

/// Something that only we and one other program know. `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret as text, without the blanks around it.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence and without the secret.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.chars().count() < LEN_MIN {
            return Err(format!("is shorter than {LEN_MIN} characters"));
        }
        if text.chars().any(char::is_control) {
            return Err("holds a control character".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    /// The secret itself, to compute with.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

/// Reads an optional secret: an empty text is none.
pub(super) fn blank_is_none<'de, D>(input: D) -> Result<Option<Secret>, D::Error>
where
    D: Deserializer<'de>,
{
    input.deserialize_any(SecretText)
}

/// Takes text alone: what the environment's reader took for a number is no longer what was written.
struct SecretText;

impl SecretText {
    fn not_text<E: Error>() -> E {
        E::custom("reads as a number or a word of TOML; put letters into the secret")
    }
}

impl Visitor<'_> for SecretText {
    type Value = Option<Secret>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        Secret::new(text).map(Some).map_err(E::custom)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(Self::not_text())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(Self::not_text())
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
        Err(Self::not_text())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(Self::not_text())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
        Err(Self::not_text())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(Self::not_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new(" correct-horse-battery \n").expect("long enough");
        assert_eq!(secret.bytes(), b"correct-horse-battery");
        assert!(!format!("{secret:?}").contains("horse"));
    }

    #[test]
    fn a_refusal_does_not_repeat_the_secret() {
        for bad in ["brief", "", "with a\u{7}bell in the middle"] {
            let why = Secret::new(bad).expect_err("bad");
            assert!(bad.is_empty() || !why.contains(bad), "{why}");
        }
    }
}
