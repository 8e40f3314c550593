//! How a word sounds: a rough Latin form shared by both scripts, and a coarser key for names.
//!
//! Pure. The Latin form lets `bukhar`, `bukhaar` and `बुखार` meet, and is precise enough for any
//! text. The key keeps little more than consonants, so that `Chaudhary`, `Choudhury` and `चौधरी`
//! meet; it over-matches, therefore it is used for names alone, at a low weight. Neither is a
//! transliteration to show to people. Hindi and Urdu names are what the rules were written for.

/// The rough Latin form of a folded word, or nothing if the word holds other letters than Latin
/// and Devanagari ones (digits, other scripts).
#[must_use]
pub fn sound(folded: &str) -> Option<String> {
    let latin = if folded.chars().all(|c| c.is_ascii_alphabetic()) {
        folded.to_owned()
    } else if folded.chars().all(|c| matches!(c, '\u{0900}'..='\u{097F}')) {
        romanise(folded)
    } else {
        return None;
    };
    let heard = normalise(&latin);
    (!heard.is_empty()).then_some(heard)
}

/// The key of a folded name: its consonants, aspirated and plain alike, without `h`; with the
/// classes of its vowels if fewer than three consonants would stand alone (else Ram = Rome = Rim).
/// Nothing for a word without two letters to go by.
#[must_use]
pub fn name_key(folded: &str) -> Option<String> {
    let heard = sound(folded)?;
    let consonants = heard.chars().filter(|c| !is_vowel(*c)).count();
    let keep_vowels = consonants < 3;
    let mut key = String::with_capacity(heard.len());
    let last = heard.chars().count() - 1;
    for (place, c) in heard.chars().enumerate() {
        let kept = match c {
            'h' => None,
            'y' if place > 0 => None,
            c if is_vowel(c) => {
                // A last vowel is often silent or unwritten: Ram, Rama.
                (place == 0 || (keep_vowels && place < last)).then(|| vowel_class(c))
            }
            c => Some(c),
        };
        if let Some(c) = kept.filter(|c| !(is_vowel(*c) && key.ends_with(*c))) {
            key.push(c);
        }
    }
    (key.len() >= 2).then_some(key)
}

/// How alike two rough Latin forms are, 0 to 1: Jaro-Winkler, which favours a common beginning.
#[must_use]
pub fn likeness(a: &str, b: &str) -> f64 {
    strsim::jaro_winkler(a, b)
}

const VIRAMA: char = '\u{094D}';

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

fn vowel_class(c: char) -> char {
    match c {
        'e' | 'i' => 'i',
        'o' | 'u' => 'u',
        _ => 'a',
    }
}

/// A piece of a word while it is turned into Latin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Consonant(&'static str),
    Vowel(&'static str),
    /// The `a` that every Devanagari consonant carries unless something says otherwise.
    Schwa,
}

fn romanise(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut units = Vec::with_capacity(letters.len() * 2);
    for (place, &c) in letters.iter().enumerate() {
        let next = letters.get(place + 1).copied();
        if let Some(consonant) = consonant(c) {
            units.push(Unit::Consonant(consonant));
            if !next.is_some_and(|next| next == VIRAMA || vowel_sign(next).is_some()) {
                units.push(Unit::Schwa);
            }
        } else if let Some(vowel) = vowel_sign(c).or_else(|| vowel_letter(c)) {
            units.push(Unit::Vowel(vowel));
        } else if c == '\u{0902}' {
            let before_lip = next.is_some_and(|next| matches!(next, 'प'..='म'));
            units.push(Unit::Consonant(if before_lip { "m" } else { "n" }));
        }
    }
    drop_silent(&mut units);
    units
        .iter()
        .map(|unit| match unit {
            Unit::Consonant(text) | Unit::Vowel(text) => text,
            Unit::Schwa => "a",
        })
        .collect()
}

/// Drops the inherent vowels that Hindi writes and does not speak: the last one, and, from the end
/// backwards, one between vowel-consonant and consonant-vowel (कमला is kamla).
fn drop_silent(units: &mut Vec<Unit>) {
    let spoken = |unit: Option<&Unit>| matches!(unit, Some(Unit::Vowel(_) | Unit::Schwa));
    let consonant = |unit: Option<&Unit>| matches!(unit, Some(Unit::Consonant(_)));
    if units.len() > 2 && units.last() == Some(&Unit::Schwa) {
        units.pop();
    }
    for place in (2..units.len()).rev() {
        let between = units[place] == Unit::Schwa
            && consonant(units.get(place - 1))
            && spoken(units.get(place - 2))
            && consonant(units.get(place + 1))
            && spoken(units.get(place + 2));
        if between {
            units.remove(place);
        }
    }
}

fn consonant(c: char) -> Option<&'static str> {
    Some(match c {
        'क' => "k",
        'ख' => "kh",
        'ग' => "g",
        'घ' => "gh",
        'च' => "ch",
        'छ' => "chh",
        'ज' => "j",
        'झ' => "jh",
        'ट' | 'त' => "t",
        'ठ' | 'थ' => "th",
        'ड' | 'द' => "d",
        'ढ' | 'ध' => "dh",
        'ङ' | 'ञ' | 'ण' | 'न' => "n",
        'प' => "p",
        'फ' => "ph",
        'ब' => "b",
        'भ' => "bh",
        'म' => "m",
        'य' => "y",
        'र' => "r",
        'ल' | 'ळ' => "l",
        'व' => "v",
        'श' | 'ष' => "sh",
        'स' => "s",
        'ह' | '\u{0903}' => "h",
        _ => return None,
    })
}

fn vowel_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'अ' | 'आ' => "a",
        'इ' | 'ई' => "i",
        'उ' | 'ऊ' => "u",
        'ऋ' => "ri",
        'ए' | 'ऍ' => "e",
        'ऐ' => "ai",
        'ओ' | 'ऑ' => "o",
        'औ' => "au",
        _ => return None,
    })
}

fn vowel_sign(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{093E}' => "a",
        '\u{093F}' | '\u{0940}' => "i",
        '\u{0941}' | '\u{0942}' => "u",
        '\u{0943}' => "ri",
        '\u{0945}' | '\u{0947}' => "e",
        '\u{0948}' => "ai",
        '\u{0949}' | '\u{094B}' => "o",
        '\u{094C}' => "au",
        _ => return None,
    })
}

/// One Latin spelling for the many in use. Longer patterns stand before their beginnings.
const SPELLINGS: &[(&str, &str)] = &[
    ("ksh", "ks"),
    ("chh", "ch"),
    ("aa", "a"),
    ("ee", "i"),
    ("ii", "i"),
    ("oo", "u"),
    ("uu", "u"),
    ("ou", "au"),
    ("ow", "au"),
    ("ph", "f"),
    ("sh", "s"),
    ("ck", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("z", "j"),
    ("q", "k"),
];

fn normalise(latin: &str) -> String {
    let mut heard = String::with_capacity(latin.len());
    let mut rest = latin;
    while let Some(first) = rest.chars().next() {
        let rule = SPELLINGS.iter().find(|(written, _)| rest.starts_with(written));
        let (taken, spoken) = match rule {
            Some((written, spoken)) => (written.len(), *spoken),
            None => (first.len_utf8(), &rest[..first.len_utf8()]),
        };
        for c in spoken.chars() {
            // Doubled letters are heard as one: Mohammed, Mohamed.
            if !heard.ends_with(c) {
                heard.push(c);
            }
        }
        rest = &rest[taken..];
    }
    if heard.len() > 2 && heard.ends_with('y') {
        let before = heard.chars().rev().nth(1);
        if before.is_some_and(|c| !is_vowel(c)) {
            heard.pop();
            heard.push('i');
        }
    }
    heard
}

#[cfg(test)]
mod tests;
