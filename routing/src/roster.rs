//! Rosters: who is expected on the floor, when, and how well it was kept. Pure; knows no time zone.
//!
//! A shift is told in local time, as people tell it ("Mondays to Fridays from 22:00 for nine hours"),
//! and may go over midnight: it belongs to the day on which it starts. Whoever asks resolves the
//! zone and passes the [`Offset`] in force at the moment asked about.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use ids::{AgentId, QueueId, Timestamp};
use serde::{Deserialize, Serialize};

mod keeping;
#[cfg(test)]
mod tests;

pub use keeping::{Adherence, Span, adherence};

/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;

/// Microseconds of a minute.
const MINUTE_MICROS: i64 = 60 * 1_000_000;

/// Local time minus UTC, in minutes: 330 in India.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset(pub i16);

/// A day of the local calendar: days since 1970-01-01, which was a Thursday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalDay(pub i32);

impl LocalDay {
    /// Monday is 0, Sunday 6.
    #[must_use]
    pub const fn weekday(self) -> u8 {
        const THURSDAY: i32 = 3;
        // Below 7, so it fits.
        (self.0.wrapping_add(THURSDAY)).rem_euclid(7) as u8
    }
}

/// Days of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// These days: Monday is 0, Sunday 6; others are ignored.
    #[must_use]
    pub fn of(days: impl IntoIterator<Item = u8>) -> Self {
        Self(days.into_iter().filter(|day| *day < 7).fold(0, |set, day| set | 1 << day))
    }

    /// Whether the day is one of them.
    #[must_use]
    pub const fn contains(self, day: LocalDay) -> bool {
        self.0 & (1 << day.weekday()) != 0
    }

    /// The days, Monday first.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..7).filter(move |day| self.0 & (1 << day) != 0)
    }
}

/// Who holds a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// This person.
    Agent(AgentId),
    /// So many people who are not named yet.
    Posts(u16),
}

/// The level of the helpline that a shift serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Operators.
    One,
    /// Doctors.
    Two,
}

/// A shift that comes again on days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Whoever keeps the rows knows it by this number.
    pub number: u64,
    /// Who.
    pub holder: Holder,
    /// For which queue; all of the tier if none.
    pub queue: Option<QueueId>,
    /// On which level.
    pub tier: Tier,
    /// Starts on these days.
    pub days: Weekdays,
    /// The first day on which it may start.
    pub from: LocalDay,
    /// The last day on which it may start; without end if none.
    pub until: Option<LocalDay>,
    /// Starts so many minutes after local midnight, 0 to 1439.
    pub start_minute: u16,
    /// Goes on for so many minutes, 1 to 1440; over midnight if it must.
    pub minutes: u16,
    /// First and last days of times in which it does not start: leave.
    #[serde(default)]
    pub off: Vec<(LocalDay, LocalDay)>,
}

/// Why a shift cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftError {
    /// The start is not a minute of the day.
    Start,
    /// Shorter than a minute or longer than a day.
    Length,
    /// No day of the week is named, or it ends before it begins.
    Never,
    /// Held by no post.
    NoPost,
}

impl fmt::Display for ShiftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "a shift starts between 00:00 and 23:59",
            Self::Length => "a shift is between one minute and 24 hours long",
            Self::Never => "a shift names at least one day of the week, and ends after it begins",
            Self::NoPost => "a shift has a person or at least one post",
        })
    }
}

impl core::error::Error for ShiftError {}

impl Shift {
    /// Says whether the shift can be.
    ///
    /// # Errors
    /// The first rule of [`ShiftError`] that is broken.
    pub fn check(&self) -> Result<(), ShiftError> {
        if i64::from(self.start_minute) >= DAY_MINUTES {
            return Err(ShiftError::Start);
        }
        if self.minutes == 0 || i64::from(self.minutes) > DAY_MINUTES {
            return Err(ShiftError::Length);
        }
        if self.days == Weekdays::default() || self.until.is_some_and(|until| until < self.from) {
            return Err(ShiftError::Never);
        }
        if self.holder == Holder::Posts(0) {
            return Err(ShiftError::NoPost);
        }
        Ok(())
    }

    /// Whether the shift starts on this day.
    #[must_use]
    pub fn starts_on(&self, day: LocalDay) -> bool {
        let runs = day >= self.from && self.until.is_none_or(|until| day <= until);
        let off = self.off.iter().any(|(first, last)| (*first..=*last).contains(&day));
        runs && self.days.contains(day) && !off
    }

    /// From when to when the shift of this day goes.
    #[must_use]
    pub fn span_on(&self, day: LocalDay, offset: Offset) -> Span {
        let midnight = i64::from(day.0) * DAY_MINUTES - i64::from(offset.0);
        let from = midnight + i64::from(self.start_minute);
        let moment = |minute: i64| Timestamp::from_micros(minute.saturating_mul(MINUTE_MICROS));
        Span { from: moment(from), until: moment(from + i64::from(self.minutes)) }
    }

    /// The spans that touch the time from `from` until `until`, in order.
    fn spans(&self, from: Timestamp, until: Timestamp, offset: Offset) -> Vec<Span> {
        // A shift of the day before may go on over midnight; none is longer than a day.
        let (first, last) = (day_of(from, offset).0.saturating_sub(1), day_of(until, offset).0);
        (first..=last)
            .map(LocalDay)
            .filter(|day| self.starts_on(*day))
            .map(|day| self.span_on(day, offset))
            .filter(|span| span.from < until && span.until > from)
            .collect()
    }

    /// The next moment after `now` at which the shift begins or ends.
    fn next_change(&self, now: Timestamp, offset: Offset) -> Option<Timestamp> {
        let today = day_of(now, offset);
        // Any week holds each day of the week; before `from` nothing happens.
        let first = LocalDay(today.0.saturating_sub(1)).max(self.from);
        (0..=8)
            .map(|ahead| LocalDay(first.0.saturating_add(ahead)))
            .filter(|day| self.starts_on(*day))
            .flat_map(|day| {
                let span = self.span_on(day, offset);
                [span.from, span.until]
            })
            .filter(|moment| *moment > now)
            .min()
    }
}

/// The local day of a moment.
#[must_use]
pub fn day_of(moment: Timestamp, offset: Offset) -> LocalDay {
    let minute = moment.as_micros().div_euclid(MINUTE_MICROS) + i64::from(offset.0);
    let day = minute.div_euclid(DAY_MINUTES);
    LocalDay(i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }))
}

/// All shifts of a helpline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roster {
    shifts: Vec<Shift>,
}

impl Roster {
    /// A roster of these shifts.
    ///
    /// # Errors
    /// The number of the first shift that cannot be, and why.
    pub fn new(shifts: Vec<Shift>) -> Result<Self, (u64, ShiftError)> {
        for shift in &shifts {
            shift.check().map_err(|why| (shift.number, why))?;
        }
        Ok(Self { shifts })
    }

    /// The shifts, as they were given.
    #[must_use]
    pub fn shifts(&self) -> &[Shift] {
        &self.shifts
    }

    /// The shifts that are on now, each with its span. The moment of the end is not in the shift.
    pub fn expected(&self, now: Timestamp, offset: Offset) -> impl Iterator<Item = (&Shift, Span)> {
        let instant = now + Duration::from_micros(1);
        self.shifts.iter().flat_map(move |shift| {
            shift.spans(now, instant, offset).into_iter().map(move |span| (shift, span))
        })
    }

    /// How many people are expected now on a tier, for a queue: those of the queue and those who
    /// serve the whole tier. A person with two shifts at once counts once.
    #[must_use]
    pub fn staff(&self, queue: QueueId, tier: Tier, now: Timestamp, offset: Offset) -> u32 {
        let mut named = Vec::new();
        let mut posts = 0_u32;
        for (shift, _) in self.expected(now, offset) {
            if shift.tier != tier || shift.queue.is_some_and(|of| of != queue) {
                continue;
            }
            match shift.holder {
                Holder::Agent(agent) => named.push(agent),
                Holder::Posts(count) => posts = posts.saturating_add(count.into()),
            }
        }
        named.sort_unstable();
        named.dedup();
        posts.saturating_add(u32::try_from(named.len()).unwrap_or(u32::MAX))
    }

    /// When the next shift begins or ends; none if nothing comes within eight days of the first day
    /// of any shift. Ask again then, with the offset in force.
    #[must_use]
    pub fn next_change(&self, now: Timestamp, offset: Offset) -> Option<Timestamp> {
        self.shifts.iter().filter_map(|shift| shift.next_change(now, offset)).min()
    }

    /// When a person is expected between two moments: in order, spans that touch made one, cut to
    /// the time asked about.
    #[must_use]
    pub fn spans_of(
        &self,
        agent: AgentId,
        from: Timestamp,
        until: Timestamp,
        offset: Offset,
    ) -> Vec<Span> {
        let own = self.shifts.iter().filter(|shift| shift.holder == Holder::Agent(agent));
        let spans = own.flat_map(|shift| shift.spans(from, until, offset));
        let cut = |span: Span| Span { from: span.from.max(from), until: span.until.min(until) };
        keeping::merged(spans.map(cut).collect())
    }
}
