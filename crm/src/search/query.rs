//! What a person typed, understood: words, numbers, case numbers, in one box.
//!
//! Pure. Never fails: whatever is typed means something or is dropped. What is understood is
//! bounded, so that no text makes a search expensive.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::document::Kind;
use super::words::{Word, words};

/// Longest text that is read, in characters. The rest is ignored.
pub const QUERY_CHARS_MAX: usize = 200;
/// Most pieces that are searched. The rest is ignored.
pub const PIECES_MAX: usize = 12;
/// Most hits on one page.
pub const LIMIT_MAX: usize = 50;

/// A search, as asked.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// What stands in the box.
    pub text: String,
    /// Kinds wanted; empty for all.
    pub kinds: Vec<Kind>,
    /// Facet values wanted: any of the values, of all of the facets.
    pub facets: BTreeMap<Facet, Vec<String>>,
    /// Where the page before ended; none for the first page.
    pub cursor: Option<String>,
    /// Hits wanted, 1 to [`LIMIT_MAX`]; 0 means 20.
    pub limit: usize,
    /// In which order.
    pub order: Order,
}

/// Without the text: what is typed is mostly a name or a number.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("order", &self.order).finish_non_exhaustive()
    }
}

/// In which order hits stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The best match first; the newer first among equals.
    #[default]
    Best,
    /// The newest first.
    Newest,
}

/// By what hits can be narrowed, and are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// Contact, case, interaction.
    Kind,
    /// State of a case, outcome of an interaction.
    State,
    /// Category of a case.
    Category,
    /// Class of a case or call.
    Class,
    /// Language.
    Language,
    /// Month in India, `2026-11`.
    Month,
}

impl Facet {
    /// Every facet, in the order they are shown.
    pub const ALL: [Self; 6] =
        [Self::Kind, Self::State, Self::Category, Self::Class, Self::Language, Self::Month];

    /// The facet's name in JSON, and its field in the index.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::State => "state",
            Self::Category => "category",
            Self::Class => "class",
            Self::Language => "language",
            Self::Month => "month",
        }
    }
}

/// One thing asked for. A hit has all of them.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// A word of a name or a text.
    Word {
        /// As typed.
        typed: String,
        /// As searched.
        folded: String,
        /// The last of the box: perhaps still being typed, so its beginning is enough.
        last: bool,
    },
    /// Digits, perhaps grouped: the end of a telephone number, part of a case number, or numbers
    /// of a text.
    Digits {
        /// As typed.
        typed: String,
        /// All digits in a row.
        joined: String,
        /// The groups, as they would stand in a text.
        groups: Vec<String>,
    },
    /// A case number or its beginning: `C-2611-0482`, `c26110482`, `C-2611`.
    CaseNumber {
        /// As typed.
        typed: String,
        /// Its digits.
        digits: String,
        /// Its words, as they would stand in a text that says `hepatitis c 22`.
        words: Vec<String>,
    },
}

impl Piece {
    /// The piece as typed.
    #[must_use]
    pub fn typed(&self) -> &str {
        match self {
            Self::Word { typed, .. } | Self::Digits { typed, .. } => typed,
            Self::CaseNumber { typed, .. } => typed,
        }
    }
}

/// Understands the text of the box.
#[must_use]
pub fn parse(text: &str) -> Vec<Piece> {
    let end = text.char_indices().nth(QUERY_CHARS_MAX).map_or(text.len(), |(end, _)| end);
    let text = &text[..end];
    // A word followed by a space or a full stop is finished.
    let open_end = text.chars().next_back().is_some_and(|c| !c.is_whitespace() && c != '।');
    let found: Vec<Word> = words(text).collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < found.len() && pieces.len() < PIECES_MAX {
        let (piece, taken) = case_number(text, &found[at..])
            .or_else(|| digits(text, &found[at..]))
            .unwrap_or_else(|| {
                let last = open_end && at + 1 == found.len();
                (word(text, &found[at], last), 1)
            });
        at += taken;
        if !pieces.contains(&piece) {
            pieces.push(piece);
        }
    }
    pieces
}

fn word(text: &str, word: &Word, last: bool) -> Piece {
    Piece::Word { typed: text[word.start..word.end].to_owned(), folded: word.folded.clone(), last }
}

/// Digits of a case number: year and month, then the number within the month.
const CASE_DIGITS_MAX: usize = 12;
/// Longest run of digits that is one number: E.164 has 15, and `00` may stand before.
const DIGITS_MAX: usize = 18;

/// `c`, then digits; with anything but a space between them, or with nothing.
fn case_number(text: &str, found: &[Word]) -> Option<(Piece, usize)> {
    let first = found.first()?;
    let mut digits = first.folded.strip_prefix('c')?.to_owned();
    if !is_digits(&digits) && !digits.is_empty() {
        return None;
    }
    let mut taken = 1;
    for pair in found.windows(2) {
        let [before, next] = pair else { break };
        let joined = is_digits(&next.folded)
            && is_separator(&text[before.end..next.start])
            && digits.len() + next.folded.len() <= CASE_DIGITS_MAX
            && taken < 3;
        if !joined {
            break;
        }
        digits.push_str(&next.folded);
        taken += 1;
    }
    let typed = text[first.start..found[taken - 1].end].to_owned();
    let words = found[..taken].iter().map(|word| word.folded.clone()).collect();
    (!digits.is_empty()).then_some((Piece::CaseNumber { typed, digits, words }, taken))
}

/// Between the parts of a case number: one dash, slash or space.
fn is_separator(between: &str) -> bool {
    let mut chars = between.chars();
    matches!(chars.next(), Some('-' | '/' | ' ' | '‑' | '–')) && chars.next().is_none()
}

fn digits(text: &str, found: &[Word]) -> Option<(Piece, usize)> {
    let first = found.first().filter(|word| is_digits(&word.folded))?;
    let mut groups = vec![first.folded.clone()];
    for pair in found.windows(2) {
        let [before, next] = pair else { break };
        let between = &text[before.end..next.start];
        let joined = is_digits(&next.folded)
            && between.chars().all(|c| matches!(c, ' ' | '-' | '(' | ')' | '+' | '/' | '‑' | '–'))
            && groups.iter().map(String::len).sum::<usize>() + next.folded.len() <= DIGITS_MAX;
        if !joined {
            break;
        }
        groups.push(next.folded.clone());
    }
    let typed = text[first.start..found[groups.len() - 1].end].to_owned();
    let taken = groups.len();
    Some((Piece::Digits { typed, joined: groups.concat(), groups }, taken))
}

/// Whether a folded word is a plain number.
#[must_use]
pub fn is_digits(folded: &str) -> bool {
    !folded.is_empty() && folded.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ends of a telephone number that typed digits may mean: as typed, and without the trunk
/// `0` or the international `00` before a whole number. Empty below four digits.
#[must_use]
pub fn phone_ends(joined: &str) -> Vec<&str> {
    if joined.len() < PHONE_DIGITS_MIN {
        return Vec::new();
    }
    let mut ends = vec![joined];
    for prefix in ["00", "0"] {
        if let Some(rest) = joined.strip_prefix(prefix).filter(|rest| rest.len() >= 10) {
            ends.push(rest);
        }
    }
    ends
}

/// Fewest digits by which a telephone number is looked for: fewer would match everybody.
pub const PHONE_DIGITS_MIN: usize = 4;

/// How many letters of a word may differ: none for numbers and very short words, one up to five
/// characters, two above. Characters are code points; a vowel sign is one.
#[must_use]
pub fn typos_allowed(folded: &str) -> u8 {
    if folded.chars().any(char::is_numeric) {
        return 0;
    }
    match folded.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests;
