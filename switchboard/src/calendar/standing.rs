//! A calendar at one moment: open, closed or holiday, and when that changes. Pure.

use ids::Timestamp;
use jiff::civil::{Date, DateTime, Weekday as Day};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span as Length, ToSpan};
use telephony::flow::{Hours, Opening, OpeningDay, Weekday};

use super::{Calendar, Holiday, Rule, Span, Stretch};

/// How far ahead a change is looked for, days.
const AHEAD_DAYS: i32 = 15;
/// Indian time, minutes east of Greenwich; it has no summer time.
const INDIA_MIN: i32 = 5 * 60 + 30;

/// A calendar at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Open, closed or holiday, as greetings take it.
    pub hours: Hours,
    /// When the line opens or closes next; `None`: not within two weeks.
    pub changes_at: Option<Timestamp>,
    /// The holiday of the day, by name, whether the line is open on it or not.
    pub holiday: Option<String>,
}

impl Calendar {
    /// Whether the line is open at this moment.
    #[must_use]
    pub fn at(&self, moment: Timestamp) -> Standing {
        let Rule::Weekly { week, holidays } = &self.rule else { return Standing::open_for_ever() };
        // A moment beyond the years that jiff knows (±9999) cannot be placed; nobody is turned away.
        let Some(now) = local(moment) else { return Standing::open_for_ever() };
        let stretches = Days { week, holidays }.stretches(now.date());
        let holiday = holidays.get(&now.date());
        let (hours, change) = match closing(&stretches, now) {
            Some(closing) => (Hours::Open, closing),
            None => {
                let next = stretches.iter().map(|stretch| stretch.from).find(|from| *from > now);
                let opening = next.and_then(|at| opening(now, at));
                let hours = match holiday {
                    Some(_) => Hours::Holiday(opening),
                    None => Hours::Closed(opening),
                };
                (hours, next)
            }
        };
        let holiday = holiday.map(|holiday| holiday.name.clone());
        Standing { hours, changes_at: change.and_then(moment_of), holiday }
    }
}

impl Standing {
    const fn open_for_ever() -> Self {
        Self { hours: Hours::Open, changes_at: None, holiday: None }
    }
}

/// The days of a calendar.
struct Days<'a> {
    week: &'a [Vec<Span>; 7],
    holidays: &'a std::collections::BTreeMap<Date, Holiday>,
}

impl Days<'_> {
    /// All stretches of yesterday (which may go over midnight) and of the days that follow, in order.
    fn stretches(&self, today: Date) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        for ahead in -1..=AHEAD_DAYS {
            let Ok(date) = today.checked_add(ahead.days()) else { continue };
            for span in self.spans(date) {
                let midnight = date.to_datetime(jiff::civil::Time::midnight());
                let at = |minutes: i32| midnight.checked_add(Length::new().minutes(minutes));
                if let (Ok(from), Ok(to)) = (at(span.from), at(span.to)) {
                    stretches.push(Stretch { from, to });
                }
            }
        }
        stretches
    }

    fn spans(&self, date: Date) -> &[Span] {
        if let Some(holiday) = self.holidays.get(&date) {
            return &holiday.spans;
        }
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        &self.week[day]
    }
}

/// When a line that is open now closes: the end of the stretch, and of those that begin where it
/// ends. `None`: it is closed; `Some(None)`: it does not close as far as we look.
fn closing(stretches: &[Stretch], now: DateTime) -> Option<Option<DateTime>> {
    let mut end = stretches.iter().find(|s| s.from <= now && now < s.to)?.to;
    for stretch in stretches.iter().filter(|stretch| stretch.to > now) {
        if stretch.from <= end {
            end = end.max(stretch.to);
        }
    }
    let last = stretches.iter().map(|stretch| stretch.to).max();
    Some(Some(end).filter(|end| Some(*end) != last))
}

/// How an opening is said; `None` if it is a week or more away.
fn opening(now: DateTime, at: DateTime) -> Option<Opening> {
    let days = now.date().until(at.date()).ok()?.get_days();
    let day = match days {
        0 => OpeningDay::Today,
        1 => OpeningDay::Tomorrow,
        2..=6 => OpeningDay::On(weekday(at.date().weekday())),
        _ => return None,
    };
    Some(Opening { day, hour: u8::try_from(at.hour()).ok()?, half: at.minute() >= 30 })
}

const fn weekday(day: Day) -> Weekday {
    match day {
        Day::Monday => Weekday::Monday,
        Day::Tuesday => Weekday::Tuesday,
        Day::Wednesday => Weekday::Wednesday,
        Day::Thursday => Weekday::Thursday,
        Day::Friday => Weekday::Friday,
        Day::Saturday => Weekday::Saturday,
        Day::Sunday => Weekday::Sunday,
    }
}

fn india() -> TimeZone {
    let offset = Offset::from_seconds(INDIA_MIN * 60);
    TimeZone::fixed(offset.unwrap_or(Offset::UTC))
}

fn local(moment: Timestamp) -> Option<DateTime> {
    let moment = jiff::Timestamp::from_microsecond(moment.as_micros()).ok()?;
    Some(moment.to_zoned(india()).datetime())
}

fn moment_of(at: DateTime) -> Option<Timestamp> {
    let zoned = at.to_zoned(india()).ok()?;
    Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}
