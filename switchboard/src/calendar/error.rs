//! Why a calendar is refused. Pure.

/// Why a calendar is refused. Each reads as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not TOML, or not of this form.
    #[error("the calendar is not readable: {0}")]
    Unreadable(String),
    /// Longer than 64 KiB.
    #[error("the calendar is longer than 64 KiB")]
    TooLong,
    /// Open always, and hours too.
    #[error("calendar `{calendar}`: `always` leaves no room for `weekly` and `holiday`")]
    AlwaysWithHours {
        /// Which calendar.
        calendar: String,
    },
    /// Not a single hour in the week.
    #[error(
        "calendar `{calendar}`: is never open; give at least one day hours, or `always = true`"
    )]
    NeverOpen {
        /// Which calendar.
        calendar: String,
    },
    /// A day with more ranges than anybody keeps.
    #[error("calendar `{calendar}`, {day}: more than 4 ranges")]
    TooManyRanges {
        /// Which calendar.
        calendar: String,
        /// The day.
        day: String,
    },
    /// Not a range of hours.
    #[error("calendar `{calendar}`, {day}: \"{text}\" is not a range such as \"09:00-18:00\"")]
    BadRange {
        /// Which calendar.
        calendar: String,
        /// The day.
        day: String,
        /// What is written there.
        text: String,
    },
    /// An opening that no prompt can say.
    #[error("calendar `{calendar}`, {day}: \"{text}\" must begin at a full or half hour")]
    NotOnTheHalfHour {
        /// Which calendar.
        calendar: String,
        /// The day.
        day: String,
        /// What is written there.
        text: String,
    },
    /// Two ranges of a day that overlap.
    #[error("calendar `{calendar}`, {day}: two ranges overlap")]
    Overlap {
        /// Which calendar.
        calendar: String,
        /// The day.
        day: String,
    },
    /// Too many holidays.
    #[error("calendar `{calendar}`: more than 200 holidays")]
    TooManyHolidays {
        /// Which calendar.
        calendar: String,
    },
    /// Not a date.
    #[error("calendar `{calendar}`: \"{text}\" is not a date such as \"2027-01-26\"")]
    BadDate {
        /// Which calendar.
        calendar: String,
        /// What is written there.
        text: String,
    },
    /// A date that is given twice.
    #[error("calendar `{calendar}`: the holiday {date} is given twice")]
    SameDate {
        /// Which calendar.
        calendar: String,
        /// The date.
        date: String,
    },
    /// A name of no or too many characters.
    #[error("calendar `{calendar}`: a holiday's name has 1 to 100 characters")]
    BadName {
        /// Which calendar.
        calendar: String,
    },
}
