//! The words that records choose from: what a case is about (categories) and how it ended
//! (dispositions), with labels in Hindi and English. Pure.
//!
//! The words are data (`data/vocabulary.toml`), compiled in. A key that was used stays in the file,
//! at worst `retired`, because records hold it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use thiserror::Error;

#[cfg(test)]
mod tests;

/// The file compiled in.
const BUILT_IN: &str = include_str!("../data/vocabulary.toml");

/// Most entries of each kind: they are shown in one list.
const ENTRIES_MAX: usize = 500;

/// Longest key, in bytes; the columns are as wide.
const KEY_LEN_MAX: usize = 48;

/// What a case can be about. At most two levels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// What records store.
    pub key: String,
    /// The category above; absent at the upper level.
    #[serde(default)]
    pub parent: Option<String>,
    /// English label.
    pub en: String,
    /// Hindi label.
    pub hi: String,
    /// Shown in old records, no longer to be chosen.
    #[serde(default)]
    pub retired: bool,
}

/// The kind of ending that a disposition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispositionGroup {
    /// The citizen's matter was dealt with.
    Valid,
    /// There was no matter: wrong number, prank.
    Invalid,
    /// The conversation broke off.
    Incomplete,
    /// Somebody else goes on with it.
    Transfer,
}

/// How a case, or one contact about it, ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// What records store.
    pub key: String,
    /// The kind of ending.
    pub group: DispositionGroup,
    /// English label.
    pub en: String,
    /// Hindi label.
    pub hi: String,
    /// Shown in old records, no longer to be chosen.
    #[serde(default)]
    pub retired: bool,
}

/// Why a vocabulary cannot be used. Each names the entry at fault.
#[derive(Debug, Error)]
pub enum VocabularyError {
    /// Not TOML of the expected form.
    #[error("the vocabulary cannot be read")]
    Unreadable(#[source] toml::de::Error),
    /// A kind has no entry that can be chosen, or too many.
    #[error("the vocabulary has {count} {kind} to choose from; 1 to {ENTRIES_MAX} are allowed")]
    BadCount {
        /// `categories` or `dispositions`.
        kind: &'static str,
        /// How many.
        count: usize,
    },
    /// A key is empty, too long, or has other characters than `a-z`, `0-9` and `_`.
    #[error("the vocabulary has a bad key {key:?}; use 1 to {KEY_LEN_MAX} of a-z, 0-9 and '_'")]
    BadKey {
        /// The key.
        key: String,
    },
    /// Two entries of a kind have one key.
    #[error("the vocabulary has two entries {key:?}")]
    Twice {
        /// The key.
        key: String,
    },
    /// A label is empty.
    #[error("the vocabulary has no {language} label for {key:?}")]
    NoLabel {
        /// The key.
        key: String,
        /// `en` or `hi`.
        language: &'static str,
    },
    /// A parent does not exist, or has a parent itself.
    #[error("the parent of {key:?} must be a category of the upper level")]
    BadParent {
        /// The key of the lower category.
        key: String,
    },
}

/// The file's form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    category: Vec<Category>,
    disposition: Vec<Disposition>,
}

/// A vocabulary that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vocabulary {
    categories: Vec<Category>,
    dispositions: Vec<Disposition>,
}

impl Vocabulary {
    /// Reads and checks a vocabulary.
    ///
    /// # Errors
    /// [`VocabularyError`] names the first entry at fault.
    pub fn parse(text: &str) -> Result<Self, VocabularyError> {
        let file: File = toml::from_str(text).map_err(VocabularyError::Unreadable)?;
        check_entries(
            "categories",
            file.category.iter().map(|c| (c.key.as_str(), c.en.as_str(), c.hi.as_str(), c.retired)),
        )?;
        check_entries(
            "dispositions",
            file.disposition
                .iter()
                .map(|d| (d.key.as_str(), d.en.as_str(), d.hi.as_str(), d.retired)),
        )?;
        check_parents(&file.category)?;
        Ok(Self { categories: file.category, dispositions: file.disposition })
    }

    /// The vocabulary compiled in. Call it once at start: the first call reads and checks.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static LOADED: LazyLock<Vocabulary> = LazyLock::new(|| {
            Vocabulary::parse(BUILT_IN).expect("a test parses the file that is compiled in")
        });
        &LOADED
    }

    /// Every category, in the order in which it is to be shown, retired ones included.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Every disposition, in the order in which it is to be shown, retired ones included.
    #[must_use]
    pub fn dispositions(&self) -> &[Disposition] {
        &self.dispositions
    }

    /// The category of that key, retired or not.
    #[must_use]
    pub fn category(&self, key: &str) -> Option<&Category> {
        self.categories.iter().find(|c| c.key == key)
    }

    /// The disposition of that key, retired or not.
    #[must_use]
    pub fn disposition(&self, key: &str) -> Option<&Disposition> {
        self.dispositions.iter().find(|d| d.key == key)
    }
}

fn check_entries<'a>(
    kind: &'static str,
    entries: impl Iterator<Item = (&'a str, &'a str, &'a str, bool)>,
) -> Result<(), VocabularyError> {
    let mut seen = BTreeMap::new();
    for (key, en, hi, retired) in entries {
        if !is_key(key) {
            return Err(VocabularyError::BadKey { key: key.to_owned() });
        }
        for (language, label) in [("en", en), ("hi", hi)] {
            if label.trim().is_empty() {
                return Err(VocabularyError::NoLabel { key: key.to_owned(), language });
            }
        }
        if seen.insert(key, retired).is_some() {
            return Err(VocabularyError::Twice { key: key.to_owned() });
        }
    }
    let count = seen.values().filter(|retired| !**retired).count();
    if count == 0 || seen.len() > ENTRIES_MAX {
        return Err(VocabularyError::BadCount { kind, count });
    }
    Ok(())
}

fn is_key(key: &str) -> bool {
    (1..=KEY_LEN_MAX).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn check_parents(categories: &[Category]) -> Result<(), VocabularyError> {
    let upper = |key: &str| categories.iter().any(|c| c.key == key && c.parent.is_none());
    match categories.iter().find(|c| c.parent.as_deref().is_some_and(|parent| !upper(parent))) {
        Some(child) => Err(VocabularyError::BadParent { key: child.key.clone() }),
        None => Ok(()),
    }
}
