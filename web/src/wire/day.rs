//! Days of the helpline: midnight to midnight in Indian Standard Time. Pure.

use std::fmt;
use std::str::FromStr;

use ids::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use switchboard::replay::day_begin;

/// A day as clients and the command line write it: `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day in which a moment lies.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(super::moment::in_india(at).date())
    }

    /// Its first moment.
    #[must_use]
    pub fn begin(self) -> Timestamp {
        midnight(self.0)
    }

    /// The first moment of the next day.
    #[must_use]
    pub fn end(self) -> Timestamp {
        // The last day that jiff knows has no morrow; nothing happens then.
        self.0.tomorrow().map_or(Timestamp::from_micros(i64::MAX), midnight)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn number(self) -> i32 {
        let since = self.0.since((jiff::Unit::Day, Date::constant(1970, 1, 1)));
        // Every date that jiff knows is fewer than four million days away.
        since.map_or(0, |span| span.get_days())
    }

    /// The day so many days after 1970-01-01; the nearest that jiff knows.
    #[must_use]
    pub fn from_number(number: i32) -> Self {
        let days = jiff::Span::new().try_days(number).unwrap_or_default();
        Self(Date::constant(1970, 1, 1).saturating_add(days))
    }

    /// The Monday of its week.
    #[must_use]
    pub fn monday(self) -> Self {
        Self::from_number(self.number() - i32::from(self.0.weekday().to_monday_zero_offset()))
    }

    /// A time of this day.
    #[must_use]
    pub fn at(self, time: jiff::civil::Time) -> Timestamp {
        let into = time.duration_since(jiff::civil::Time::midnight());
        self.begin() + into.unsigned_abs()
    }
}

fn midnight(date: Date) -> Timestamp {
    let noon = date.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let micros = noon.map_or(i64::MAX, |noon| noon.timestamp().as_microsecond());
    day_begin(Timestamp::from_micros(micros))
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |_| format!("{text:?} is not a day such as 2026-11-22");
        Date::strptime("%Y-%m-%d", text).map(Self).map_err(wrong)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Moment;

    #[test]
    fn a_day_begins_at_indian_midnight() {
        let day: Day = "2026-11-22".parse().expect("a day");
        assert_eq!(Moment(day.begin()).to_string(), "2026-11-22T00:00:00.000+05:30");
        assert_eq!(Moment(day.end()).to_string(), "2026-11-23T00:00:00.000+05:30");
        assert_eq!(Day::of(day.begin()), day);
        assert_eq!(Day::of(Timestamp::from_micros(day.end().as_micros() - 1)), day);
        assert_eq!(day.to_string(), "2026-11-22");
        let ten = day.at(jiff::civil::time(10, 5, 0, 0));
        assert_eq!(Moment(ten).to_string(), "2026-11-22T10:05:00.000+05:30");
    }

    #[test]
    fn a_day_has_a_number_and_a_monday() {
        for (text, number, monday) in [
            ("1970-01-01", 0, "1969-12-29"),
            ("2026-11-22", 20_779, "2026-11-16"),
            ("2026-11-23", 20_780, "2026-11-23"),
        ] {
            let day: Day = text.parse().expect("a day");
            assert_eq!((day.number(), Day::from_number(number)), (number, day));
            assert_eq!(day.monday().to_string(), monday);
        }
    }

    #[test]
    fn what_is_no_day_is_named() {
        for wrong in ["", "today", "22-11-2026", "2026-02-30", "2026-11-22T00:00"] {
            let refused = wrong.parse::<Day>().expect_err("no day");
            assert!(refused.contains("2026-11-22"), "{refused}");
        }
    }
}
