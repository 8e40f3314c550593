//! Folding: one spelling for the many ways in which people write the same word.
//!
//! Pure. Applied to every word that enters the index and to every word that is searched, so that
//! the two meet. It only removes differences of writing (case, accents, nukta, joiners, the two
//! ways to write a nasal); it does not stem, translate or change script.

use unicode_normalization::UnicodeNormalization;

/// Folds one word or text: compatibility-normal, lower case, without accents, nukta and joiners,
/// with one way to write a nasal before a consonant, and with ASCII digits for Devanagari ones.
///
/// Idempotent: `fold(fold(x)) == fold(x)`.
#[must_use]
pub fn fold(text: &str) -> String {
    // Decomposed first, so that a nukta is always a character of its own: some letters with nukta
    // compose under NFC (ऩ) and some never do (ड़).
    let letters: Vec<char> = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_dropped(*c))
        .map(one_spelling)
        .collect();
    let mut folded = Vec::with_capacity(letters.len());
    let mut rest = letters.as_slice();
    while let Some((&first, after)) = rest.split_first() {
        let is_nasal = match after {
            [VIRAMA, next, ..] => is_homorganic(first, *next),
            _ => false,
        };
        if is_nasal {
            folded.push(ANUSVARA);
            rest = &after[1..];
        } else {
            folded.push(first);
            rest = after;
        }
    }
    folded.into_iter().nfc().collect()
}

const CANDRABINDU: char = '\u{0901}';
const ANUSVARA: char = '\u{0902}';
const NUKTA: char = '\u{093C}';
const VIRAMA: char = '\u{094D}';
const ZWNJ: char = '\u{200C}';
const ZWJ: char = '\u{200D}';

fn is_dropped(c: char) -> bool {
    matches!(c, NUKTA | ZWJ | ZWNJ | '\u{00AD}' | '\u{0300}'..='\u{036F}')
}

fn one_spelling(c: char) -> char {
    match c {
        CANDRABINDU => ANUSVARA,
        '०'..='९' => {
            let digit = u32::from(c) - u32::from('०');
            char::from_digit(digit, 10).expect("ten Devanagari digits stand in a row")
        }
        '’' => '\'',
        other => other,
    }
}

/// Whether `nasal` is the nasal consonant of the row in which `stop` stands: then `nasal` with
/// virama before `stop` is written as an anusvara just as often (हिन्दी, हिंदी).
fn is_homorganic(nasal: char, stop: char) -> bool {
    match nasal {
        'ङ' => matches!(stop, 'क'..='घ'),
        'ञ' => matches!(stop, 'च'..='झ'),
        'ण' => matches!(stop, 'ट'..='ढ'),
        'न' => matches!(stop, 'त'..='ध'),
        'म' => matches!(stop, 'प'..='भ'),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
