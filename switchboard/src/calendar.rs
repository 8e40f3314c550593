//! Opening hours and holidays of a line, as data. Pure: the moment is an argument.
//!
//! A calendar is a TOML file ([`Calendar::read`]):
//!
//! ```
//! let calendar = switchboard::calendar::Calendar::read(r#"
//!     name = "office"
//!
//!     [weekly]                                  # a day that is left out is closed
//!     monday = ["09:00-13:00", "14:00-18:00"]
//!     saturday = ["20:00-02:00"]                # over midnight; belongs to Saturday
//!
//!     [[holiday]]
//!     date = "2027-01-26"
//!     name = "Republic Day"
//!     hours = ["10:00-12:00"]                   # left out: closed all day
//! "#).expect("sound");
//! assert_eq!(calendar.name(), "office");
//! ```
//!
//! All times are Indian time, which has no summer time. What began in the evening before a holiday
//! goes on over midnight.

mod builtin;
mod error;
mod parse;
mod standing;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

pub use builtin::{BUILTIN_CALENDARS, builtin_calendar};
pub use error::CalendarError;
pub use standing::Standing;

/// When a line is open. Made by [`Calendar::read`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    name: String,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Always,
    Weekly {
        /// From Monday.
        week: [Vec<Span>; 7],
        holidays: BTreeMap<Date, Holiday>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Holiday {
    name: String,
    spans: Vec<Span>,
}

/// A part of a day, minutes from its midnight; `to` may lie in the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from: i32,
    to: i32,
}

/// A stretch of time in which the line is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    from: DateTime,
    to: DateTime,
}

impl Calendar {
    /// Its name, as the configuration calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Open at every hour of every day.
    #[must_use]
    pub const fn is_always_open(&self) -> bool {
        matches!(self.rule, Rule::Always)
    }

    /// Its holidays in order: the date as `2027-01-26`, and the name.
    pub fn holidays(&self) -> impl Iterator<Item = (String, &str)> {
        let holidays = match &self.rule {
            Rule::Always => None,
            Rule::Weekly { holidays, .. } => Some(holidays),
        };
        holidays.into_iter().flatten().map(|(date, day)| (date.to_string(), day.name.as_str()))
    }
}

#[cfg(test)]
mod tests;
