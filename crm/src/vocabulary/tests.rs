//! The file compiled in, and files at fault.

use super::*;

const GOOD: &str = r#"
[[category]]
key = "illness"
en = "Illness"
hi = "बीमारी"
[[category]]
key = "fever"
parent = "illness"
en = "Fever"
hi = "बुखार"
[[disposition]]
key = "advice"
group = "valid"
en = "Advice"
hi = "सलाह"
"#;

#[test]
fn the_file_compiled_in_has_what_a_health_helpline_is_asked() {
    let vocabulary = Vocabulary::parse(BUILT_IN).expect("the file is good");
    for key in [
        "illness",
        "medicine",
        "hospital_information",
        "scheme",
        "complaint",
        "emergency",
        "counselling",
        "other",
    ] {
        assert!(vocabulary.category(key).is_some(), "{key}");
    }
    for group in [
        DispositionGroup::Valid,
        DispositionGroup::Invalid,
        DispositionGroup::Incomplete,
        DispositionGroup::Transfer,
    ] {
        assert!(vocabulary.dispositions().iter().any(|d| d.group == group), "{group:?}");
    }
}

#[test]
fn every_hindi_label_is_in_devanagari() {
    let vocabulary = Vocabulary::built_in();
    let labels = vocabulary.categories().iter().map(|c| &c.hi);
    for label in labels.chain(vocabulary.dispositions().iter().map(|d| &d.hi)) {
        assert!(label.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)), "{label}");
        assert!(!label.chars().any(|c| c.is_ascii_alphabetic()), "{label}");
    }
}

#[test]
fn a_fault_is_named() {
    let fault = |text: &str| Vocabulary::parse(text).expect_err("refused").to_string();
    assert!(Vocabulary::parse(GOOD).is_ok());
    assert!(fault("[[category]]").contains("cannot be read"));
    assert!(fault(&GOOD.replace("\"fever\"", "\"Fever 1\"")).contains("bad key \"Fever 1\""));
    assert!(fault(&GOOD.replace("\"fever\"", "\"illness\"")).contains("two entries \"illness\""));
    assert!(fault(&GOOD.replace("बुखार", " ")).contains("no hi label for \"fever\""));
    assert!(
        fault(&GOOD.replace("parent = \"illness\"", "parent = \"fever\""))
            .contains("parent of \"fever\"")
    );
    assert!(
        fault(&GOOD.replace("group = \"valid\"", "group = \"valid\"\nretired = true"))
            .contains("0 dispositions")
    );
}
