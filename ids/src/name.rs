//! Short names that people chose: a queue, a language, a skill. Copied freely, compared as text.

use core::fmt;
use core::str::FromStr;

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize};

/// Longest name, in bytes.
const NAME_LEN_MAX: usize = 24;

/// Why a text cannot be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing was given.
    Empty,
    /// Longer than 24 bytes.
    TooLong,
    /// Something other than `a-z`, `A-Z`, `0-9`, `-` and `_`.
    BadCharacter(char),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name is empty"),
            Self::TooLong => write!(f, "a name is longer than {NAME_LEN_MAX} bytes"),
            Self::BadCharacter(c) => {
                write!(f, "a name holds {c:?}; use letters, digits, '-' and '_'")
            }
        }
    }
}

impl core::error::Error for NameError {}

fn check(text: &str) -> Result<ArrayString<NAME_LEN_MAX>, NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if let Some(c) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))) {
        return Err(NameError::BadCharacter(c));
    }
    ArrayString::from(text).map_err(|_| NameError::TooLong)
}

macro_rules! name {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "ArrayString<NAME_LEN_MAX>", into = "ArrayString<NAME_LEN_MAX>")]
        pub struct $name(ArrayString<NAME_LEN_MAX>);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                check(text).map(Self)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = NameError;

            fn try_from(text: &str) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl TryFrom<ArrayString<NAME_LEN_MAX>> for $name {
            type Error = NameError;

            fn try_from(text: ArrayString<NAME_LEN_MAX>) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for ArrayString<NAME_LEN_MAX> {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

name! {
    /// A queue of callers, by its key in the configuration: `health`.
    QueueId;
    /// A language, as a BCP 47 tag: `hi`, `en`.
    Language;
    /// Something an agent can do, by its key: `cardiology`.
    Skill;
}
