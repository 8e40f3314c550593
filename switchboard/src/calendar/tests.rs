//! Calendars that are refused, and calendars at many moments.

use ids::Timestamp;
use telephony::flow::{Hours, Opening, OpeningDay, Weekday};

use super::*;

const TEXT: &str = r#"
name = "office"

[weekly]
monday = ["14:00-18:00", "09:00-13:00"]
tuesday = ["09:30-18:00"]
friday = ["22:00-06:00"]
saturday = ["06:00-08:00"]

[[holiday]]
date = "2027-01-26"                       # a Tuesday
name = "Republic Day"

[[holiday]]
date = "2027-02-01"                       # a Monday
name = "Half a day"
hours = ["10:00-12:00"]
"#;

/// A moment by Indian time.
fn at(text: &str) -> Timestamp {
    let moment: jiff::Timestamp = format!("{text}:00+05:30").parse().expect("a moment");
    Timestamp::from_micros(moment.as_microsecond())
}

fn office() -> Calendar {
    Calendar::read(TEXT).expect("sound")
}

fn opens(day: OpeningDay, hour: u8, half: bool) -> Option<Opening> {
    Some(Opening { day, hour, half })
}

#[test]
fn a_week_is_open_and_closed_as_written() {
    let office = office();
    for (moment, hours, changes) in [
        ("2027-01-18T08:59", Hours::Closed(opens(OpeningDay::Today, 9, false)), "2027-01-18T09:00"),
        ("2027-01-18T09:00", Hours::Open, "2027-01-18T13:00"),
        (
            "2027-01-18T13:00",
            Hours::Closed(opens(OpeningDay::Today, 14, false)),
            "2027-01-18T14:00",
        ),
        ("2027-01-18T17:59", Hours::Open, "2027-01-18T18:00"),
        (
            "2027-01-18T18:00",
            Hours::Closed(opens(OpeningDay::Tomorrow, 9, true)),
            "2027-01-19T09:30",
        ),
        (
            "2027-01-20T12:00",
            Hours::Closed(opens(OpeningDay::On(Weekday::Friday), 22, false)),
            "2027-01-22T22:00",
        ),
        // Over midnight, and straight into the next stretch.
        ("2027-01-23T00:00", Hours::Open, "2027-01-23T08:00"),
        ("2027-01-22T23:59", Hours::Open, "2027-01-23T08:00"),
        (
            "2027-01-23T08:00",
            Hours::Closed(opens(OpeningDay::On(Weekday::Monday), 9, false)),
            "2027-01-25T09:00",
        ),
    ] {
        let standing = office.at(at(moment));
        assert_eq!((standing.hours, standing.changes_at), (hours, Some(at(changes))), "{moment}");
        assert_eq!(standing.holiday, None);
    }
}

#[test]
fn a_holiday_beats_the_week() {
    let office = office();
    let republic = office.at(at("2027-01-26T10:00"));
    assert_eq!(republic.hours, Hours::Holiday(opens(OpeningDay::On(Weekday::Friday), 22, false)));
    assert_eq!(republic.holiday.as_deref(), Some("Republic Day"));
    assert_eq!(
        office.at(at("2027-02-01T09:30")).hours,
        Hours::Holiday(opens(OpeningDay::Today, 10, false))
    );
    let half = office.at(at("2027-02-01T11:00"));
    assert_eq!((half.hours, half.changes_at), (Hours::Open, Some(at("2027-02-01T12:00"))));
    assert_eq!(half.holiday.as_deref(), Some("Half a day"));
    // What began the evening before goes on into a holiday.
    let text = TEXT.replace("2027-01-26", "2027-01-23");
    let night = Calendar::read(&text).expect("sound").at(at("2027-01-23T05:00"));
    assert_eq!((night.hours, night.changes_at), (Hours::Open, Some(at("2027-01-23T06:00"))));
}

#[test]
fn an_opening_that_is_far_away_is_not_said() {
    let text = "name = \"rare\"\n[weekly]\nmonday = [\"09:00-10:00\"]\n\
                [[holiday]]\ndate = \"2027-01-25\"\nname = \"x\"";
    let rare = Calendar::read(text).expect("sound");
    let standing = rare.at(at("2027-01-18T10:00"));
    assert_eq!(standing.hours, Hours::Closed(None));
    assert_eq!(standing.changes_at, Some(at("2027-02-01T09:00")));
}

#[test]
fn always_is_always() {
    let always = builtin_calendar("always").expect("it is there").expect("sound");
    assert!(always.is_always_open());
    for micros in [i64::MIN, 0, at("2027-01-26T03:00").as_micros(), i64::MAX] {
        let standing = always.at(Timestamp::from_micros(micros));
        assert_eq!((standing.hours, standing.changes_at), (Hours::Open, None));
    }
    // A week without a gap never closes, though it is written as hours.
    let day = "[\"00:00-24:00\"]";
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let week: String = days.iter().map(|name| format!("{name} = {day}\n")).collect();
    let all = Calendar::read(&format!("name = \"all\"\n[weekly]\n{week}")).expect("sound");
    let standing = all.at(at("2027-01-26T23:59"));
    assert_eq!((standing.hours, standing.changes_at), (Hours::Open, None));
}

#[test]
fn the_built_in_calendars_are_sound() {
    for (name, _) in BUILTIN_CALENDARS {
        assert_eq!(builtin_calendar(name).expect("it is there").expect("sound").name(), name);
    }
    assert!(builtin_calendar("unknown").is_none());
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let text = TEXT
        .replace("09:30-18:00", "09:40-18:00")
        .replace("22:00-06:00", "22:00")
        .replace("06:00-08:00\"", "06:00-08:00\", \"07:00-09:00\"")
        .replace("2027-02-01", "2027-02-30");
    let wrong = Calendar::read(&text).expect_err("refused");
    let sentences: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(
        sentences,
        [
            "calendar `office`, tuesday: \"09:40-18:00\" must begin at a full or half hour",
            "calendar `office`, friday: \"22:00\" is not a range such as \"09:00-18:00\"",
            "calendar `office`, saturday: two ranges overlap",
            "calendar `office`: \"2027-02-30\" is not a date such as \"2027-01-26\"",
        ]
    );
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |text: &str| match Calendar::read(text) {
        Err(wrong) => wrong[0].to_string(),
        Ok(calendar) => panic!("{calendar:?}"),
    };
    assert!(refused("name = \"x\"").contains("is never open"));
    assert!(
        refused("name = \"x\"\nalways = true\n[weekly]\nmonday = [\"09:00-10:00\"]")
            .contains("leaves no room")
    );
    assert!(refused("name = \"x\"\nopen = true").contains("not readable"));
    assert!(refused(&" ".repeat(70_000)).contains("64 KiB"));
    for range in ["9-18", "24:00-02:00", "09:00-09:00", "09:60-10:00", "25:00-26:00", "०९:००-१०:००"]
    {
        let text = format!("name = \"x\"\n[weekly]\nmonday = [\"{range}\"]");
        assert!(refused(&text).contains("is not a range"), "{range}");
    }
    let twice = format!("{TEXT}\n[[holiday]]\ndate = \"2027-01-26\"\nname = \"again\"");
    assert!(refused(&twice).contains("given twice"));
}
