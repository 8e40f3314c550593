//! Numbers as people write them.

use super::*;

fn read(text: &str) -> Result<String, PhoneError> {
    E164::parse(text).map(|number| number.expose().to_owned())
}

#[test]
fn every_way_of_writing_one_mobile_is_the_same_number() {
    for text in [
        "9999012345",
        "09999012345",
        "+919999012345",
        "+91 99990 12345",
        "+91-99990-12345",
        "0091 9999012345",
        "91 99990 12345",
        "99990/12345",
        "(+91) 99990 12345",
        "९९९९०१२३४५",
        "+९१ ९९९९० १२३४५",
        "  9999012345  ",
        "sip:+919999012345@10.0.0.1",
        "SIP:09999012345@trunk.example;user=phone",
        "sips:+919999012345;phone-context=x@trunk.example",
        "tel:+91-99990-12345",
    ] {
        assert_eq!(read(text).as_deref(), Ok("+919999012345"), "{text}");
    }
}

#[test]
fn a_landline_and_a_foreign_number_are_numbers() {
    assert_eq!(read("011 2345 6789").as_deref(), Ok("+911123456789"));
    assert_eq!(read("+44 20 7946 0958").as_deref(), Ok("+442079460958"));
}

#[test]
fn what_is_not_a_number_is_refused_with_a_reason() {
    for (text, why) in [
        ("", PhoneError::Empty),
        ("   ", PhoneError::Empty),
        ("sip:@10.0.0.1", PhoneError::Empty),
        ("104", PhoneError::TooShort),
        ("sip:104@127.0.0.1", PhoneError::TooShort),
        ("1031", PhoneError::TooShort),
        ("112", PhoneError::TooShort),
        ("99990", PhoneError::TooShort),
        ("anonymous", PhoneError::NotANumber),
        ("sip:anonymous@anonymous.invalid", PhoneError::NotANumber),
        ("call 9999012345", PhoneError::NotANumber),
        ("---", PhoneError::NotANumber),
        ("+91999901234567890", PhoneError::TooLong),
        ("9999012345 / 9999012346", PhoneError::TooLong),
        ("+999 9999012345", PhoneError::UnknownCountry),
    ] {
        assert_eq!(read(text), Err(why), "{text}");
    }
    assert_eq!(read(&"9".repeat(1000)), Err(PhoneError::TextTooLong));
}

#[test]
fn a_number_never_shows_itself_unasked() {
    let number = E164::parse("+919999012345").unwrap();
    assert_eq!(number.to_string(), "…12345");
    assert_eq!(format!("{number:?}"), "E164(hidden)");
    assert_eq!(format!("{number:#?}"), "E164(hidden)");
    assert_eq!(number.last_digits(4), "2345");
    assert_eq!(number.last_digits(99), "919999012345");
}

#[test]
fn a_stored_number_reads_back_and_rubbish_does_not() {
    let number = E164::parse("+919999012345").unwrap();
    assert_eq!(E164::from_stored(number.expose()), Some(number));
    for text in ["", "+", "919999012345", "+91 999", "+12345678901234567"] {
        assert_eq!(E164::from_stored(text), None, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in ".{0,140}") {
        if let Ok(number) = E164::parse(&text) {
            proptest::prop_assert_eq!(E164::parse(number.expose()), Ok(number));
        }
    }
}
