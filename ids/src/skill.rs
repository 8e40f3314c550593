//! Skills with a level: what an agent holds, and what a queue asks for.

use core::fmt;
use core::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use crate::Skill;

/// How well a skill is held: 1 (has heard of it) to 5 (teaches it).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(NonZeroU8);

/// The number is not 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelError(pub u8);

impl Level {
    /// The highest.
    pub const MAX: u8 = 5;

    /// The number, 1 to 5.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0.get()
    }
}

impl Default for Level {
    /// 3: what is meant where only a skill's name is written.
    fn default() -> Self {
        Self(NonZeroU8::MIN.saturating_add(2))
    }
}

impl TryFrom<u8> for Level {
    type Error = LevelError;

    fn try_from(number: u8) -> Result<Self, LevelError> {
        let level = NonZeroU8::new(number).filter(|level| level.get() <= Self::MAX);
        level.map(Self).ok_or(LevelError(number))
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.get()
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Level({})", self.0)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for LevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the level of a skill is 1 to {}, not {}", Level::MAX, self.0)
    }
}

impl core::error::Error for LevelError {}

/// A skill at a level: held exactly so, or asked for at least so. Reads from a bare name too, which
/// stands for level 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct SkillLevel {
    /// Which skill.
    pub skill: Skill,
    /// How well.
    pub level: Level,
}

/// The forms in which a skill is written down.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Named(Skill),
    Levelled {
        skill: Skill,
        #[serde(default)]
        level: Level,
    },
}

impl From<Written> for SkillLevel {
    fn from(written: Written) -> Self {
        match written {
            Written::Named(skill) => Self { skill, level: Level::default() },
            Written::Levelled { skill, level } => Self { skill, level },
        }
    }
}
