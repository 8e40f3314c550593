//! Words: where they begin and end in English, Hindi and mixed text, and the forms they are
//! indexed under.
//!
//! Pure. Word borders are those of UAX #29, which keep virama, nukta and joiners inside a word and
//! drop the danda; tantivy's own tokenizers split Devanagari at every virama. One tokenizer serves
//! all text fields, in two modes: spelling (as folded, and as it sounds) and name key.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_segmentation::UnicodeSegmentation;

use super::fold::fold;
use super::sound::{name_key, sound};

/// Longest word that is indexed or searched, in characters of its folded form. Counted in
/// characters because bytes would cut Hindi at a third of the length.
pub const WORD_CHARS_MAX: usize = 64;

/// A word of a text: its place in the original and its folded form.
#[derive(Clone, PartialEq, Eq)]
pub struct Word {
    /// First byte in the original text.
    pub start: usize,
    /// One past the last byte in the original text.
    pub end: usize,
    /// The word folded. Never empty.
    pub folded: String,
}

/// The words of a text in order, without those longer than [`WORD_CHARS_MAX`].
pub fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    text.unicode_word_indices().flat_map(|(start, word)| pieces(start, word)).filter_map(
        |(start, piece)| {
            let mut folded = fold(piece);
            if let Some(owner) = folded.strip_suffix("'s") {
                folded.truncate(owner.len());
            }
            let chars = folded.chars().count();
            (1..=WORD_CHARS_MAX).contains(&chars).then_some(Word {
                start,
                end: start + piece.len(),
                folded,
            })
        },
    )
}

/// UAX #29 keeps `fever.cough` and `a_b` together. People forget the space after a full stop, so
/// such words are cut, except between digits (`100.8`).
fn pieces(start: usize, word: &str) -> Vec<(usize, &str)> {
    let mut pieces = Vec::with_capacity(1);
    let mut from = 0;
    for (at, c) in word.char_indices().filter(|(_, c)| matches!(c, '.' | ':' | '_')) {
        let after = at + c.len_utf8();
        let digit_before = word[..at].chars().next_back().is_some_and(char::is_numeric);
        let digit_after = word[after..].chars().next().is_some_and(char::is_numeric);
        if digit_before && digit_after {
            continue;
        }
        pieces.push((start + from, &word[from..at]));
        from = after;
    }
    pieces.push((start + from, &word[from..]));
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}

/// The forms under which a word stands in the index: as folded, and as it sounds where that
/// differs. So `बुखार` is found as `bukhar`, and `bukhaar` as `bukhar`.
#[must_use]
pub fn forms(folded: &str) -> Vec<String> {
    let mut forms = vec![folded.to_owned()];
    if let Some(heard) = sound(folded).filter(|heard| heard != folded) {
        forms.push(heard);
    }
    forms
}

/// The tokenizer of the index.
#[derive(Clone, Debug)]
pub(super) enum WordTokenizer {
    /// Emits [`forms`] of every word.
    Spelling,
    /// Emits the [`name_key`] of every word that has one.
    NameKey,
}

/// The tokens of one text, made at once: texts are bounded before they come here.
pub(super) struct Tokens {
    tokens: std::vec::IntoIter<Token>,
    current: Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let mut tokens = Vec::new();
        for (position, word) in words(text).enumerate() {
            let forms = match self {
                Self::Spelling => forms(&word.folded),
                Self::NameKey => name_key(&word.folded).into_iter().collect(),
            };
            tokens.extend(forms.into_iter().map(|text| Token {
                offset_from: word.start,
                offset_to: word.end,
                position,
                text,
                position_length: 1,
            }));
        }
        Tokens { tokens: tokens.into_iter(), current: Token::default() }
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        let Some(next) = self.tokens.next() else { return false };
        self.current = next;
        true
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}

#[cfg(test)]
mod tests {
    use super::{WORD_CHARS_MAX, forms, words};

    fn folded(text: &str) -> Vec<String> {
        words(text).map(|word| word.folded).collect()
    }

    #[test]
    fn hindi_words_stay_whole_and_the_danda_goes() {
        assert_eq!(folded("स्वास्थ्य केंद्र, पटना।"), ["स्वास्थ्य", "केंद्र", "पटना"]);
        assert_eq!(folded("सड़क पर॥"), ["सडक", "पर"]);
    }

    #[test]
    fn a_missing_space_after_a_full_stop_does_not_glue_words() {
        assert_eq!(
            folded("fever.Cough 100.8 10:30 a_b"),
            ["fever", "cough", "100.8", "10", "30", "a", "b"]
        );
    }

    #[test]
    fn the_owner_is_found_without_the_apostrophe() {
        assert_eq!(folded("patient’s mother's"), ["patient", "mother"]);
    }

    #[test]
    fn the_place_of_a_word_is_that_of_the_original() {
        let text = "उन्हें तेज़ बुखार है।";
        for word in words(text) {
            assert_eq!(super::fold(&text[word.start..word.end]), word.folded);
        }
    }

    #[test]
    fn long_words_count_in_characters() {
        let long = "क".repeat(WORD_CHARS_MAX);
        assert_eq!(folded(&long).len(), 1);
        assert!(folded(&format!("{long}क")).is_empty());
    }

    #[test]
    fn a_hindi_word_is_also_indexed_as_it_sounds() {
        assert_eq!(forms("बुखार"), ["बुखार", "bukhar"]);
        assert_eq!(forms("fever"), ["fever"]);
    }
}
