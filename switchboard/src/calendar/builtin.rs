//! The calendars that come with the program. Pure.

use super::{Calendar, CalendarError};

/// The calendars that come with the program: name and text.
pub const BUILTIN_CALENDARS: [(&str, &str); 2] = [
    ("always", include_str!("../../calendars/always.toml")),
    ("office", include_str!("../../calendars/office.toml")),
];

/// A calendar that comes with the program; `None` if there is none of this name.
#[must_use]
pub fn builtin_calendar(name: &str) -> Option<Result<Calendar, Vec<CalendarError>>> {
    BUILTIN_CALENDARS.iter().find(|(own, _)| *own == name).map(|(_, text)| Calendar::read(text))
}
