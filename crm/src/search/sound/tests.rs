//! Words and names that must meet, and some that must not.

use proptest::prelude::*;

use super::{name_key, sound};
use crate::search::fold::fold;

#[test]
fn a_word_sounds_the_same_in_both_scripts() {
    let words = [
        ("bukhar", "बुखार"),
        ("bukhaar", "बुखार"),
        ("rohini", "रोहिणी"),
        ("madhumeh", "मधुमेह"),
        ("kamla", "कमला"),
        ("khansi", "खाँसी"),
        ("dard", "दर्द"),
        ("pet", "पेट"),
        ("sampark", "सम्पर्क"),
        ("hindi", "हिन्दी"),
        ("patna", "पटना"),
    ];
    for (latin, hindi) in words {
        assert_eq!(sound(&fold(latin)), sound(&fold(hindi)), "{latin} and {hindi}");
    }
}

#[test]
fn spellings_of_one_name_share_a_key() {
    let groups: [&[&str]; 14] = [
        &["Lakshmi", "Laxmi", "लक्ष्मी", "Lakshmee"],
        &["Chaudhary", "Choudhari", "Chowdhury", "चौधरी"],
        &["Mohammed", "Muhammad", "Mohamad", "मोहम्मद"],
        &["Zakir", "Jakir", "ज़ाकिर", "ज़ाकिर"],
        &["Geeta", "Gita", "गीता"],
        &["Pooja", "Puja", "पूजा"],
        &["Ramesh", "रमेश"],
        &["Fatima", "Phatima", "फ़ातिमा", "फातिमा"],
        &["Ram", "Rama", "राम"],
        &["Devi", "Devee", "देवी"],
        &["Kavita", "Kavitha", "कविता"],
        &["Yadav", "Yadava", "यादव"],
        &["Rahim", "Raheem", "रहीम"],
        &["Vijay", "Wijay", "विजय"],
    ];
    for group in groups {
        for name in group {
            assert_eq!(name_key(&fold(name)), name_key(&fold(group[0])), "{name} and {}", group[0]);
        }
    }
}

#[test]
fn short_names_that_differ_keep_apart() {
    for (a, b) in [("Ram", "Rahim"), ("Ram", "Rome"), ("Seema", "Sam"), ("Ravi", "Reva")] {
        assert_ne!(name_key(&fold(a)), name_key(&fold(b)), "{a} and {b}");
    }
}

#[test]
fn digits_have_no_sound() {
    assert_eq!(sound("2026"), None);
    assert_eq!(name_key("b12"), None);
}

proptest! {
    #[test]
    fn any_word_is_safe(word in "\\PC{0,30}") {
        let folded = fold(&word);
        let heard = sound(&folded);
        prop_assert!(heard.is_none_or(|heard| heard.is_ascii()));
        prop_assert!(name_key(&folded).is_none_or(|key| key.len() >= 2));
    }

    #[test]
    fn a_sound_sounds_like_itself(word in "[a-z]{1,20}") {
        // Indexed and searched forms are made by the same function, once each; a second pass
        // may shorten further, but never to nothing.
        prop_assert!(sound(&sound(&word).unwrap()).is_some());
    }
}
