//! A text in parts: what is marked, what is not, cut around the first mark if it is long.
//!
//! Pure. Parts, joined, are the text (or the stretch of it that is shown) to the letter.

use std::ops::Range;

use serde::Serialize;

use super::highlight::HighlightField;

/// Longest stretch shown, in characters, not counting what completes a word.
pub const EXCERPT_CHARS_MAX: usize = 240;
/// Characters shown before the first mark.
const LEAD_CHARS: usize = 60;

/// A piece of shown text.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The text, in its original spelling.
    pub text: String,
    /// Whether it is to be marked.
    pub hit: bool,
}

/// A text with its marks.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Highlight {
    /// Which part of the record.
    pub field: HighlightField,
    /// The text in order. Joined, they are the stretch that is shown.
    pub parts: Vec<Part>,
    /// Whether text was left out before the first part.
    pub cut_before: bool,
    /// Whether text was left out after the last part.
    pub cut_after: bool,
}

/// Cuts a text into parts. `hits` are byte ranges in order, on character borders, not overlapping.
pub(super) fn excerpt(field: HighlightField, text: &str, hits: &[Range<usize>]) -> Highlight {
    let first = hits.first().map_or(0, |hit| hit.start);
    let shown = stretch(text, first);
    let mut parts = Vec::with_capacity(hits.len() * 2 + 1);
    let mut at = shown.start;
    let mut push = |range: Range<usize>, hit| {
        if !range.is_empty() {
            parts.push(Part { text: text[range].to_owned(), hit });
        }
    };
    for hit in hits.iter().filter(|hit| hit.start >= shown.start && hit.end <= shown.end) {
        push(at..hit.start, false);
        push(hit.clone(), true);
        at = hit.end;
    }
    push(at..shown.end, false);
    Highlight { field, parts, cut_before: shown.start > 0, cut_after: shown.end < text.len() }
}

/// The stretch of `text` to show so that the byte `first` is in it, ended at white space.
fn stretch(text: &str, first: usize) -> Range<usize> {
    if text.chars().nth(EXCERPT_CHARS_MAX).is_none() {
        return 0..text.len();
    }
    let lead = text[..first].char_indices().rev().nth(LEAD_CHARS).map_or(0, |(at, _)| at);
    // Begin after a white space, if one stands between here and the mark.
    let start = match text[lead..first].find(char::is_whitespace) {
        Some(gap) if lead > 0 => lead + gap,
        Some(_) | None => lead,
    };
    let start = text[start..].find(|c: char| !c.is_whitespace()).map_or(start, |skip| start + skip);
    let Some((limit, _)) = text[start..].char_indices().nth(EXCERPT_CHARS_MAX) else {
        return start..text.len();
    };
    let limit = start + limit;
    // End with a whole word, unless a word goes on without end.
    let rest = text[limit..].char_indices().take(WORD_REST_MAX);
    let end = rest.into_iter().find(|(_, c)| c.is_whitespace()).map_or(limit, |(at, _)| limit + at);
    start..end
}

/// How far an excerpt goes on to end with a whole word, in characters.
const WORD_REST_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use std::slice;

    use proptest::prelude::*;

    use super::{EXCERPT_CHARS_MAX, WORD_REST_MAX, excerpt};
    use crate::search::highlight::HighlightField;
    use crate::search::words::words;

    #[test]
    fn a_short_text_is_shown_whole() {
        let text = "तेज़ बुखार, दो दिन से";
        let start = text.find("बुखार").unwrap();
        let hit = start..start + "बुखार".len();
        let shown = excerpt(HighlightField::Name, text, slice::from_ref(&hit));
        let joined: String = shown.parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(joined, text);
        assert_eq!(shown.parts[1].text, "बुखार");
        assert!(shown.parts[1].hit && !shown.cut_before && !shown.cut_after);
    }

    proptest! {
        #[test]
        fn parts_are_the_text(text in "[ a-zक-हा-ौ्।.\n]{0,900}", pick in 0_usize..40) {
            let hits: Vec<_> = words(&text).skip(pick).step_by(3).map(|w| w.start..w.end).collect();
            let shown = excerpt(HighlightField::Name, &text, &hits);
            let joined: String = shown.parts.iter().map(|part| part.text.as_str()).collect();
            prop_assert!(text.contains(&joined));
            prop_assert!(joined.chars().count() <= EXCERPT_CHARS_MAX + WORD_REST_MAX);
            if !shown.cut_before && !shown.cut_after {
                prop_assert_eq!(&joined, &text);
            }
            prop_assert_eq!(shown.parts.iter().any(|part| part.hit), !hits.is_empty());
            prop_assert!(shown.parts.iter().all(|part| !part.text.is_empty()));
        }
    }
}
