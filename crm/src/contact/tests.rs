//! The rules of details, without a database.

use super::*;
use crate::text::check;

fn phone(number: &str) -> ContactPhone {
    ContactPhone { number: E164::parse(number).unwrap(), label: None, shared: false }
}

#[test]
fn details_are_kept_trimmed_and_in_one_form() {
    // Two spellings of one letter: QA as one code point (excluded from composition) and as two.
    let one = ContactDetails::named("  \u{958}मर ").cleaned();
    let two = ContactDetails::named("\u{915}\u{93c}मर").cleaned();
    assert_eq!(one.name, two.name);
    let blank = ContactDetails { relation: Some("  ".to_owned()), ..ContactDetails::named("x") };
    assert_eq!(blank.cleaned().relation, None);
}

#[test]
fn lengths_are_counted_in_characters_and_not_in_bytes() {
    assert!(check(&ContactDetails::named(&"न".repeat(200))).is_ok());
    assert!(check(&ContactDetails::named(&"न".repeat(201))).is_err());
    assert!(check(&ContactDetails::named("")).is_err());
}

#[test]
fn a_fault_names_its_field() {
    let mut details = ContactDetails::named("Asha");
    details.phones = vec![phone("9999012345"), phone("09999012345")];
    details.birth_year = Some(1066);
    details.address.ward = Some("w".repeat(81));
    let Err(crate::CrmError::Invalid(errors)) = check(&details) else {
        panic!("three faults were accepted");
    };
    let mut fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["address.ward", "birth_year", "phones"]);
}

#[test]
fn a_flag_is_in_force_until_its_moment() {
    let flag = |until| Flag { kind: FlagKind::Note, text: "x".to_owned(), until };
    let at = Timestamp::from_micros;
    assert!(flag(None).in_force(at(5)));
    assert!(flag(Some(at(6))).in_force(at(5)));
    assert!(!flag(Some(at(5))).in_force(at(5)));
}

#[test]
fn an_edit_changes_what_it_names_and_nothing_else() {
    let before = ContactDetails {
        sex: Some(Sex::Female),
        relation: Some("mother".to_owned()),
        ..ContactDetails::named("Asha")
    };
    let edit = ContactEdit { relation: Some(None), ..ContactEdit::default() };
    let after = before.clone().edited(edit);
    assert!(after == ContactDetails { relation: None, ..before });
}

#[test]
fn debug_shows_nothing_of_the_person() {
    let contact = Contact {
        id: ContactId::from_number(1),
        version: 2,
        details: ContactDetails::named("Asha"),
        synthetic: false,
        created_at: Timestamp::default(),
        updated_at: Timestamp::default(),
        updated_by: UserId::from_number(1),
    };
    assert!(!format!("{contact:?}").contains("Asha"));
}
