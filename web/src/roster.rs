//! From the roster's rows to who is expected when. Pure; the zone is India's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ids::{AgentId, QueueId, Timestamp};
use routing::roster::{Holder, LocalDay, Offset, Shift, ShiftError, Span, Tier, Weekdays};
use store::account::{Account, Role};
use store::roster::{Entry, Plan, Wish};
use uuid::Uuid;

use crate::wire::Day;
use crate::wire::roster::{self as wire, Uncovered};

/// India's time all year: +05:30.
pub const INDIA: Offset = Offset(330);

/// How far ahead a queue without anybody is told of.
const AHEAD: Duration = Duration::from_secs(60 * 60);

/// Those who may have shifts, by id.
#[derive(Debug, Default)]
pub struct Staff(BTreeMap<AgentId, Account>);

impl Staff {
    /// Of these accounts, those who take calls.
    #[must_use]
    pub fn of(accounts: impl IntoIterator<Item = Account>) -> Self {
        let works = |account: &Account| {
            !account.disabled && matches!(account.role, Role::Operator | Role::Doctor)
        };
        let staff = accounts.into_iter().filter(works);
        Self(staff.map(|account| (AgentId::from(account.id), account)).collect())
    }

    /// Whether this person may have shifts.
    #[must_use]
    pub fn has(&self, agent: AgentId) -> bool {
        self.0.contains_key(&agent)
    }

    /// As clients see them, by name.
    #[must_use]
    pub fn shown(&self) -> Vec<wire::Agent> {
        let mut shown: Vec<_> = self
            .0
            .iter()
            .map(|(agent, account)| wire::Agent {
                agent: *agent,
                name: account.name.clone(),
                role: account.role.into(),
                queues: account.queues.clone(),
            })
            .collect();
        shown.sort_by(|a, b| (&a.name, a.agent).cmp(&(&b.name, b.agent)));
        shown
    }
}

/// The shift that an entry plans, leave of `entries` taken out; none if the entry is leave itself.
#[must_use]
pub fn shift_of(entry: &Entry, entries: &[Entry]) -> Option<Shift> {
    let off = entries.iter().filter_map(|other| match other.wish.plan {
        Plan::Leave { of, from_day, until_day, .. }
            if other.wish.agent == entry.wish.agent && of.is_none_or(|of| of == entry.id) =>
        {
            Some((LocalDay(from_day), LocalDay(until_day)))
        }
        Plan::Leave { .. } | Plan::Shift { .. } => None,
    });
    planned(&entry.wish, off.collect())
}

fn planned(wish: &Wish, off: Vec<(LocalDay, LocalDay)>) -> Option<Shift> {
    let Plan::Shift { queue, days, from_day, until_day, start_minute, minutes } = wish.plan else {
        return None;
    };
    Some(Shift {
        number: 0,
        holder: Holder::Agent(wish.agent),
        queue,
        tier: Tier::One,
        days: Weekdays::of((0..7).filter(|day| days & (1 << day) != 0)),
        from: LocalDay(from_day),
        until: until_day.map(LocalDay),
        start_minute,
        minutes,
        off,
    })
}

/// Says whether what is planned can be.
///
/// # Errors
/// What is wrong with the shift.
pub fn check(wish: &Wish) -> Result<(), ShiftError> {
    planned(wish, Vec::new()).map_or(Ok(()), |shift| shift.check())
}

/// Everybody's times that touch the time from `from` until `until`, in order. Who has left the staff
/// is left out.
#[must_use]
pub fn spans(
    entries: &[Entry],
    staff: &Staff,
    from: Timestamp,
    until: Timestamp,
) -> Vec<wire::Span> {
    // A shift of the day before may go on over midnight; none is longer than a day.
    let (first, last) = (Day::of(from).number() - 1, Day::of(until).number());
    let mut spans: Vec<_> = entries
        .iter()
        .filter_map(|entry| Some((entry.id, shift_of(entry, entries)?)))
        .flat_map(|(entry, shift)| {
            let days = (first..=last).map(LocalDay);
            let starts: Vec<_> = days.filter(|day| shift.starts_on(*day)).collect();
            starts.into_iter().filter_map(move |day| {
                let span = shift.span_on(day, INDIA);
                let touches = span.from < until && span.until > from;
                touches.then_some(()).and_then(|()| shown(entry, &shift, day, span, staff))
            })
        })
        .collect();
    spans.sort_by(|a, b| (a.from, &a.name, a.entry).cmp(&(b.from, &b.name, b.entry)));
    spans
}

fn shown(
    entry: Uuid,
    shift: &Shift,
    day: LocalDay,
    span: Span,
    staff: &Staff,
) -> Option<wire::Span> {
    let Holder::Agent(agent) = shift.holder else { return None };
    let account = staff.0.get(&agent)?;
    Some(wire::Span {
        entry,
        agent,
        name: account.name.clone(),
        queues: shift.queue.map_or_else(|| account.queues.clone(), |queue| vec![queue]),
        day: Day::from_number(day.0),
        from: span.from.into(),
        until: span.until.into(),
    })
}

/// The queues for which nobody is expected at some moment of the hour after `now`. None while nobody
/// has a shift at all: a helpline without a roster needs no warning about it.
#[must_use]
pub fn uncovered(spans: &[wire::Span], queues: &[QueueId], now: Timestamp) -> Vec<Uncovered> {
    if spans.is_empty() {
        return Vec::new();
    }
    // Somebody can only be missing from now on, or from the end of a shift on.
    let ends = spans.iter().map(|span| span.until.0);
    let moments: BTreeSet<Timestamp> =
        ends.filter(|end| *end > now && *end < now + AHEAD).chain([now]).collect();
    let anybody = |queue: QueueId, at: Timestamp| {
        spans
            .iter()
            .any(|span| span.queues.contains(&queue) && span.from.0 <= at && at < span.until.0)
    };
    queues
        .iter()
        .filter_map(|queue| {
            let from = moments.iter().find(|at| !anybody(*queue, **at))?;
            Some(Uncovered { queue: *queue, from: (*from).into() })
        })
        .collect()
}

#[cfg(test)]
mod tests;
