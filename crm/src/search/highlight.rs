//! Why a document was found: which of its words meet what was typed, marked in the original
//! spelling, and in what way they meet where they differ.
//!
//! Pure. The same folding, sounds and distances as in the query, applied to the stored text, so a
//! word is marked whole whatever its spelling. Texts leave as parts, never as markup.

use std::slice;

use serde::Serialize;

use super::document::{Document, TextField};
use super::excerpt::{Highlight, excerpt};
use super::plan::BEGINNING_CHARS_MIN;
use super::query::{Piece, phone_ends, typos_allowed};
use super::schema::number_terms;
use super::sound::{name_key, sound};
use super::words::{forms, words};

/// In what way a found word differs from the typed one. The order is from the surest to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Part of a case number was typed.
    CaseNumber,
    /// The end of a telephone number was typed.
    PhoneEndsWith,
    /// The beginning of the word was typed.
    BeginsWith,
    /// The same word, spelt otherwise or in the other script.
    SoundsSame,
    /// A name that sounds alike.
    NameSoundsLike,
    /// One or two letters differ.
    SpeltAlike,
}

/// Why one typed piece met this document though no word of it is spelt like that.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// In what way they meet.
    pub reason: Reason,
    /// What was typed.
    pub typed: String,
    /// What the document says, in its own spelling. A telephone number is shown by its end alone.
    pub found: String,
}

/// Which part of a record a highlight shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HighlightField {
    /// A name.
    Name,
    /// The case number.
    CaseNumber,
    /// The end of a telephone number.
    Phone,
    /// One of the texts.
    #[serde(untagged)]
    Text(TextField),
}

/// What there is to show of a found document.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) highlights: Vec<Highlight>,
    pub(super) why: Vec<Why>,
}

/// Shows where and why a document meets the pieces.
pub(super) fn show(document: &Document, pieces: &[Piece], widened: bool) -> Shown {
    let asked: Vec<Asked> = pieces.iter().map(|piece| Asked::new(piece, widened)).collect();
    let mut best: Vec<Option<Met>> = vec![None; pieces.len()];
    let mut highlights = Vec::new();
    for name in &document.names {
        highlights.extend(mark(HighlightField::Name, name, &asked, &mut best));
    }
    if let Some(number) = &document.case_number {
        highlights.extend(mark_number(number, pieces, &mut best));
    }
    for phone in &document.phones {
        highlights.extend(mark_phone(phone, pieces, &mut best));
    }
    for text in &document.texts {
        let field = HighlightField::Text(text.field);
        highlights.extend(mark(field, &text.text, &asked, &mut best));
    }
    highlights.sort_by_key(|highlight| highlight.field);
    highlights.truncate(HIGHLIGHTS_MAX);
    let why = pieces.iter().zip(best).filter_map(|(piece, met)| {
        let Met { reason, found } = met?;
        Some(Why { reason: reason?, typed: piece.typed().to_owned(), found })
    });
    Shown { highlights, why: why.collect() }
}

/// Most highlights of one hit.
const HIGHLIGHTS_MAX: usize = 8;

/// How a piece met the document best. No reason: it stands there as typed.
#[derive(Clone)]
struct Met {
    reason: Option<Reason>,
    found: String,
}

fn keep_best(best: &mut Option<Met>, reason: Option<Reason>, found: &str) {
    if best.as_ref().is_none_or(|known| reason < known.reason) {
        *best = Some(Met { reason, found: found.to_owned() });
    }
}

/// A piece with its forms, computed once for all words of a document.
enum Asked {
    /// A word that may be met in other spellings.
    Word { forms: Vec<String>, key: Option<String>, last: bool, widened: bool },
    /// Words that are met as they are.
    Exactly(Vec<String>),
}

impl Asked {
    fn new(piece: &Piece, widened: bool) -> Self {
        match piece {
            Piece::Word { folded, last, .. } => {
                let mut forms = vec![folded.clone()];
                forms.extend(sound(folded).filter(|heard| heard != folded));
                Self::Word { forms, key: name_key(folded), last: *last, widened }
            }
            Piece::Digits { joined, groups, .. } => {
                Self::Exactly(groups.iter().chain([joined]).cloned().collect())
            }
            Piece::CaseNumber { words, .. } => Self::Exactly(words.clone()),
        }
    }

    /// Whether and how a word of the document meets this piece.
    fn meets(&self, word: &Candidate, in_name: bool) -> Option<Option<Reason>> {
        let (asked, key, last, widened) = match self {
            Self::Exactly(words) => return words.contains(&word.forms[0]).then_some(None),
            Self::Word { forms, key, last, widened } => (forms, key, *last, *widened),
        };
        let begins = |form: &String| {
            form.chars().count() >= BEGINNING_CHARS_MIN
                && word.forms.iter().any(|found| found.starts_with(form.as_str()))
        };
        let near = |form: &String| {
            let typos = usize::from(typos_allowed(form));
            typos > 0 && word.forms.iter().any(|found| strsim::osa_distance(form, found) <= typos)
        };
        let spelt = &asked[0];
        if word.forms[0] == *spelt {
            Some(None)
        } else if asked.iter().any(|form| word.forms.contains(form)) {
            Some(Some(Reason::SoundsSame))
        } else if last && asked.iter().any(begins) {
            Some(Some(Reason::BeginsWith))
        } else if in_name && key.is_some() && *key == name_key(&word.forms[0]) {
            Some(Some(Reason::NameSoundsLike))
        } else if widened && asked.iter().any(near) {
            Some(Some(Reason::SpeltAlike))
        } else {
            None
        }
    }
}

/// A word of a document, under all forms it has in the index.
struct Candidate {
    forms: Vec<String>,
}

fn mark(
    field: HighlightField,
    text: &str,
    asked: &[Asked],
    best: &mut [Option<Met>],
) -> Option<Highlight> {
    let in_name = field == HighlightField::Name;
    let mut hits = Vec::new();
    for word in words(text) {
        let candidate = Candidate { forms: forms(&word.folded) };
        let mut is_hit = false;
        for (asked, best) in asked.iter().zip(best.iter_mut()) {
            if let Some(reason) = asked.meets(&candidate, in_name) {
                keep_best(best, reason, &text[word.start..word.end]);
                is_hit = true;
            }
        }
        if is_hit {
            hits.push(word.start..word.end);
        }
    }
    (!hits.is_empty()).then(|| excerpt(field, text, &hits))
}

fn mark_number(number: &str, pieces: &[Piece], best: &mut [Option<Met>]) -> Option<Highlight> {
    let terms = number_terms(number);
    let mut is_hit = false;
    for (piece, best) in pieces.iter().zip(best) {
        let (digits, may_begin) = match piece {
            Piece::Word { .. } => continue,
            Piece::Digits { joined, .. } => (joined, false),
            Piece::CaseNumber { digits, .. } => (digits, digits.len() >= BEGINNING_CHARS_MIN),
        };
        let whole = terms[0] == *digits;
        let part = terms
            .iter()
            .any(|term| term == digits || (may_begin && term.starts_with(digits.as_str())));
        if whole || part {
            keep_best(best, (!whole).then_some(Reason::CaseNumber), number);
            is_hit = true;
        }
    }
    is_hit.then(|| excerpt(HighlightField::CaseNumber, number, slice::from_ref(&(0..number.len()))))
}

fn mark_phone(phone: &str, pieces: &[Piece], best: &mut [Option<Met>]) -> Option<Highlight> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let mut longest = 0;
    for (piece, best) in pieces.iter().zip(best) {
        let Piece::Digits { joined, .. } = piece else { continue };
        let met = phone_ends(joined).into_iter().filter(|end| digits.ends_with(end));
        if let Some(end) = met.max_by_key(|end| end.len()) {
            keep_best(best, Some(Reason::PhoneEndsWith), &format!("…{end}"));
            longest = longest.max(end.len());
        }
    }
    // Shown no further than it was known: a search must not be the way to read whole numbers.
    let shown = format!("…{}", &digits[digits.len() - longest..]);
    let end = shown.len() - longest..shown.len();
    (longest > 0).then(|| excerpt(HighlightField::Phone, &shown, slice::from_ref(&end)))
}
