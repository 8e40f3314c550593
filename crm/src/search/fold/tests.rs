//! Spellings that must meet, words that must not, and folding twice.

use proptest::prelude::*;

use super::fold;

#[test]
fn spellings_of_one_word_meet() {
    let pairs = [
        ("हिन्दी", "हिंदी"),
        ("सड़क", "सडक"),
        ("जाँच", "जांच"),
        ("तेज़", "ते\u{095B}"),
        ("तेज़", "तेज"),
        ("२०२६", "2026"),
        ("सम्पर्क", "संपर्क"),
        ("पञ्च", "पंच"),
        ("अङ्क", "अंक"),
        ("कण्ठ", "कंठ"),
        ("क्\u{200D}ष", "क्ष"),
        ("फ़ोन", "फोन"),
        ("\u{0929}", "न"),
        ("FEVER", "fever"),
        ("José", "jose"),
        ("２०", "20"),
        ("patient’s", "patient's"),
    ];
    for (a, b) in pairs {
        assert_eq!(fold(a), fold(b), "{a} and {b}");
    }
}

#[test]
fn different_words_stay_apart() {
    for (a, b) in [("वास", "स्वास"), ("मोहम्मद", "मोहमद"), ("कल", "काल"), ("पन्ना", "पंना")]
    {
        assert_ne!(fold(a), fold(b), "{a} and {b}");
    }
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn folding_devanagari_twice_changes_nothing(
        text in "[\u{0900}-\u{097F}\u{200C}\u{200D}a-zA-Z ]{0,40}",
    ) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }
}
