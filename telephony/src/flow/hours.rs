//! Whether a line is open, as somebody with a calendar found out. Pure: no clock, no time zone here.

use crate::call::PromptName;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say all")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// The day of an opening, as it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpeningDay {
    /// Later today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// In two to six days.
    On(Weekday),
}

/// When a closed line opens, on the clock of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Opening {
    /// The day.
    pub day: OpeningDay,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// Half past the hour.
    pub half: bool,
}

/// Whether a line is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Hours {
    /// Open.
    #[default]
    Open,
    /// Outside the weekly hours. The opening is left out where it is a week or more away.
    Closed(Option<Opening>),
    /// A holiday.
    Holiday(Option<Opening>),
}

/// The prompts from which an opening is put together; a greeting that tells openings needs them all.
pub const OPENING_PROMPTS: [&str; 37] = [
    "opens_today",
    "opens_tomorrow",
    "opens_monday",
    "opens_tuesday",
    "opens_wednesday",
    "opens_thursday",
    "opens_friday",
    "opens_saturday",
    "opens_sunday",
    "part_night",
    "part_morning",
    "part_afternoon",
    "part_evening",
    "clock_1",
    "clock_1_30",
    "clock_2",
    "clock_2_30",
    "clock_3",
    "clock_3_30",
    "clock_4",
    "clock_4_30",
    "clock_5",
    "clock_5_30",
    "clock_6",
    "clock_6_30",
    "clock_7",
    "clock_7_30",
    "clock_8",
    "clock_8_30",
    "clock_9",
    "clock_9_30",
    "clock_10",
    "clock_10_30",
    "clock_11",
    "clock_11_30",
    "clock_12",
    "clock_12_30",
];

impl Hours {
    /// When the line opens, if it is closed and that is known.
    #[must_use]
    pub const fn opening(self) -> Option<Opening> {
        match self {
            Self::Open => None,
            Self::Closed(opening) | Self::Holiday(opening) => opening,
        }
    }
}

impl Opening {
    /// How it is said: the day, the part of the day, the time.
    #[must_use]
    pub fn prompts(self) -> [PromptName; 3] {
        let clock = match (self.hour % 12, self.half) {
            (0, false) => "clock_12".to_owned(),
            (0, true) => "clock_12_30".to_owned(),
            (hour, false) => format!("clock_{hour}"),
            (hour, true) => format!("clock_{hour}_30"),
        };
        [
            PromptName(self.day.prompt().to_owned()),
            PromptName(part_of_day(self.hour).to_owned()),
            PromptName(clock),
        ]
    }
}

impl OpeningDay {
    const fn prompt(self) -> &'static str {
        match self {
            Self::Today => "opens_today",
            Self::Tomorrow => "opens_tomorrow",
            Self::On(Weekday::Monday) => "opens_monday",
            Self::On(Weekday::Tuesday) => "opens_tuesday",
            Self::On(Weekday::Wednesday) => "opens_wednesday",
            Self::On(Weekday::Thursday) => "opens_thursday",
            Self::On(Weekday::Friday) => "opens_friday",
            Self::On(Weekday::Saturday) => "opens_saturday",
            Self::On(Weekday::Sunday) => "opens_sunday",
        }
    }
}

/// The parts of the day as Hindi has them: रात, सुबह, दोपहर, शाम.
const fn part_of_day(hour: u8) -> &'static str {
    match hour {
        4..=11 => "part_morning",
        12..=15 => "part_afternoon",
        16..=19 => "part_evening",
        _ => "part_night",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_is_said_by_day_part_and_time() {
        let said = |day, hour, half| {
            Opening { day, hour, half }.prompts().map(|prompt| prompt.0).join(" ")
        };
        assert_eq!(said(OpeningDay::Today, 9, true), "opens_today part_morning clock_9_30");
        assert_eq!(said(OpeningDay::Tomorrow, 0, false), "opens_tomorrow part_night clock_12");
        let sunday = OpeningDay::On(Weekday::Sunday);
        assert_eq!(said(sunday, 17, false), "opens_sunday part_evening clock_5");
        for hour in 0..24 {
            for half in [false, true] {
                for prompt in (Opening { day: sunday, hour, half }).prompts() {
                    assert!(OPENING_PROMPTS.contains(&prompt.0.as_str()), "{}", prompt.0);
                }
            }
        }
    }
}
