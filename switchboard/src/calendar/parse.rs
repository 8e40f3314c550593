//! TOML to [`Calendar`]: all that is wrong is told at once. Pure.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Calendar, CalendarError, Holiday, Rule, Span};

/// Largest file, bytes.
const BYTES_MAX: usize = 64 * 1024;
/// Most ranges of one day.
const RANGES_MAX: usize = 4;
/// Most holidays.
const HOLIDAYS_MAX: usize = 200;
/// Longest name of a holiday, characters.
const NAME_CHARS_MAX: usize = 100;
/// Minutes of a day.
const DAY: i32 = 24 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCalendar {
    name: String,
    #[serde(default)]
    always: bool,
    #[serde(default)]
    weekly: RawWeek,
    #[serde(default, rename = "holiday")]
    holidays: Vec<RawHoliday>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawWeek {
    monday: Vec<String>,
    tuesday: Vec<String>,
    wednesday: Vec<String>,
    thursday: Vec<String>,
    friday: Vec<String>,
    saturday: Vec<String>,
    sunday: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoliday {
    date: String,
    name: String,
    #[serde(default)]
    hours: Vec<String>,
}

impl Calendar {
    /// Reads a calendar; see the module for the form.
    ///
    /// # Errors
    /// All that is wrong with it, at least one sentence. Never panics, whatever the text.
    pub fn read(text: &str) -> Result<Self, Vec<CalendarError>> {
        if text.len() > BYTES_MAX {
            return Err(vec![CalendarError::TooLong]);
        }
        let unreadable = |e: toml::de::Error| CalendarError::Unreadable(e.message().to_owned());
        let raw: RawCalendar = toml::from_str(text).map_err(|e| vec![unreadable(e)])?;
        let mut reader = Reader { calendar: raw.name.clone(), wrong: Vec::new() };
        let rule = reader.rule(raw);
        if reader.wrong.is_empty() {
            Ok(Self { name: reader.calendar, rule })
        } else {
            Err(reader.wrong)
        }
    }
}

struct Reader {
    calendar: String,
    wrong: Vec<CalendarError>,
}

impl Reader {
    fn rule(&mut self, raw: RawCalendar) -> Rule {
        let RawCalendar { always, weekly, holidays, .. } = raw;
        let RawWeek { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = weekly;
        let week = [
            self.day("monday", &monday),
            self.day("tuesday", &tuesday),
            self.day("wednesday", &wednesday),
            self.day("thursday", &thursday),
            self.day("friday", &friday),
            self.day("saturday", &saturday),
            self.day("sunday", &sunday),
        ];
        let holidays = self.holidays(holidays);
        let closed = week.iter().all(Vec::is_empty);
        let calendar = self.calendar.clone();
        match (always, closed && holidays.is_empty()) {
            (true, true) => return Rule::Always,
            (true, false) => self.wrong.push(CalendarError::AlwaysWithHours { calendar }),
            // A day that could not be read is told by itself.
            (false, _) if closed && self.wrong.is_empty() => {
                self.wrong.push(CalendarError::NeverOpen { calendar });
            }
            (false, _) => {}
        }
        Rule::Weekly { week, holidays }
    }

    fn day(&mut self, day: &str, ranges: &[String]) -> Vec<Span> {
        let names = || (self.calendar.clone(), day.to_owned());
        let (calendar, name) = names();
        if ranges.len() > RANGES_MAX {
            self.wrong.push(CalendarError::TooManyRanges { calendar, day: name });
            return Vec::new();
        }
        let mut spans = Vec::new();
        for text in ranges {
            let (calendar, day, text) = (self.calendar.clone(), day.to_owned(), text.clone());
            match span(&text) {
                None => self.wrong.push(CalendarError::BadRange { calendar, day, text }),
                Some(span) if span.from % 30 != 0 => {
                    self.wrong.push(CalendarError::NotOnTheHalfHour { calendar, day, text });
                }
                Some(span) => spans.push(span),
            }
        }
        spans.sort_unstable();
        if spans.windows(2).any(|pair| pair[1].from < pair[0].to) {
            self.wrong.push(CalendarError::Overlap { calendar, day: name });
        }
        spans
    }

    fn holidays(&mut self, raw: Vec<RawHoliday>) -> BTreeMap<Date, Holiday> {
        let calendar = || self.calendar.clone();
        if raw.len() > HOLIDAYS_MAX {
            let calendar = calendar();
            self.wrong.push(CalendarError::TooManyHolidays { calendar });
            return BTreeMap::new();
        }
        let mut holidays = BTreeMap::new();
        for RawHoliday { date, name, hours } in raw {
            let spans = self.day(&date, &hours);
            let calendar = self.calendar.clone();
            if !(1..=NAME_CHARS_MAX).contains(&name.trim().chars().count()) {
                self.wrong.push(CalendarError::BadName { calendar });
                continue;
            }
            let Ok(day) = date.parse::<Date>() else {
                self.wrong.push(CalendarError::BadDate { calendar, text: date });
                continue;
            };
            if holidays.insert(day, Holiday { name, spans }).is_some() {
                self.wrong.push(CalendarError::SameDate { calendar, date });
            }
        }
        holidays
    }
}

/// `09:00-18:00`, or over midnight.
fn span(text: &str) -> Option<Span> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from.trim())?, minute(to.trim())?);
    match from {
        DAY => None,
        _ if to == from => None,
        _ if to < from => Some(Span { from, to: to + DAY }),
        _ => Some(Span { from, to }),
    }
}

/// `00:00` to `24:00`.
fn minute(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<i32>().ok())
            .flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= DAY).then_some(all)
}
