//! What the counts say: service levels under every common formula, means and shares.

use core::time::Duration;

use ids::Class;
use serde::{Deserialize, Serialize};

use super::Cell;
use super::agents::AgentTimes;

/// What a queue promises: this share of its callers answered within this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Percent, at most 100.
    pub percent: u8,
    /// The time.
    pub within: Duration,
}

/// The promises of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// For callers below `emergency`.
    pub standard: Target,
    /// For emergencies.
    pub emergency: Target,
    /// Who hangs up within this time gave the queue no chance.
    pub short_abandon: Duration,
}

impl Default for Targets {
    /// 80 % in 20 s, emergencies 95 % in 10 s, short abandons 5 s.
    fn default() -> Self {
        let within = Duration::from_secs;
        Self {
            standard: Target { percent: 80, within: within(20) },
            emergency: Target { percent: 95, within: within(10) },
            short_abandon: within(5),
        }
    }
}

impl Targets {
    /// The promise to callers of this class.
    #[must_use]
    pub fn of(&self, class: Class) -> Target {
        if class == Class::Emergency { self.emergency } else { self.standard }
    }
}

/// A part of a whole, both shown: a percentage alone hides what was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many.
    pub part: u32,
    /// Of how many.
    pub whole: u32,
}

impl Share {
    /// In percent; `None` of nothing.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        (self.whole > 0).then(|| f64::from(self.part) * 100.0 / f64::from(self.whole))
    }
}

/// The service level of the same contacts under five formulas. *x* is the target's time; for several
/// classes together, each counts under its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevels {
    /// Ours: answered in ≤ x / (offered − short abandons).
    pub headline: Share,
    /// Asterisk's `SL`: answered in ≤ x / answered.
    pub asterisk: Share,
    /// Asterisk's `SL2`: (answered in ≤ x + abandoned in ≤ x) / (answered + abandoned).
    pub asterisk2: Share,
    /// Amazon Connect's `SL X`: (answered, abandoned or call-back taken in ≤ x) / offered.
    pub connect: Share,
    /// NHS 111: answered in ≤ 60 s / answered.
    pub nhs_answered: Share,
    /// NHS 111: abandoned after > 30 s / offered.
    pub nhs_abandoned: Share,
}

/// Figures of contacts: one class or several, one interval or a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The counts from which all else is computed.
    pub counts: Cell,
    /// Answered in ≤ x (Aₓ).
    pub answered_in_time: u32,
    /// Abandoned in ≤ x (Bₓ).
    pub abandoned_in_time: u32,
    /// Abandoned within the time for short abandons.
    pub short_abandons: u32,
    /// Under each formula.
    pub service: ServiceLevels,
    /// Abandoned / offered.
    pub abandon_rate: Share,
}

impl Figures {
    /// The figures of the contacts of these classes.
    #[must_use]
    pub fn of<'a>(cells: impl IntoIterator<Item = (Class, &'a Cell)>, targets: &Targets) -> Self {
        let mut figures = Self::default();
        let mut callbacks_in_time = 0;
        for (class, cell) in cells {
            let x = targets.of(class).within;
            figures.counts.add(cell);
            figures.answered_in_time += cell.answered.within(x);
            figures.abandoned_in_time += cell.abandoned.within(x);
            figures.short_abandons += cell.abandoned.within(targets.short_abandon);
            callbacks_in_time += cell.callbacks.within(x);
        }
        figures.service = figures.service_levels(callbacks_in_time);
        let abandoned = figures.counts.abandoned.count();
        figures.abandon_rate = Share { part: abandoned, whole: figures.counts.offered };
        figures
    }

    fn service_levels(&self, callbacks_in_time: u32) -> ServiceLevels {
        let Self { counts, answered_in_time, abandoned_in_time, short_abandons, .. } = self;
        let (offered, answered) = (counts.offered, counts.answered.count());
        let abandoned = counts.abandoned.count();
        let left_in_time = answered_in_time + abandoned_in_time;
        let patient = abandoned - counts.abandoned.within(NHS_ABANDON);
        ServiceLevels {
            headline: Share { part: *answered_in_time, whole: offered - short_abandons },
            asterisk: Share { part: *answered_in_time, whole: answered },
            asterisk2: Share { part: left_in_time, whole: answered + abandoned },
            connect: Share { part: left_in_time + callbacks_in_time, whole: offered },
            nhs_answered: Share { part: counts.answered.within(NHS_ANSWER), whole: answered },
            nhs_abandoned: Share { part: patient, whole: offered },
        }
    }

    /// Average speed of answer: the mean wait of those answered.
    #[must_use]
    pub fn speed_of_answer(&self) -> Option<Duration> {
        self.counts.answered.mean()
    }

    /// The mean wait of those who hung up.
    #[must_use]
    pub fn abandon_time(&self) -> Option<Duration> {
        self.counts.abandoned.mean()
    }

    /// Mean talk of the calls that are over, without hold.
    #[must_use]
    pub fn talk_time(&self) -> Option<Duration> {
        self.counts.talk.checked_div(self.counts.handled)
    }

    /// Mean hold of the calls that are over.
    #[must_use]
    pub fn hold_time(&self) -> Option<Duration> {
        self.counts.hold.checked_div(self.counts.handled)
    }

    /// Mean wrap-up of the calls that are over.
    #[must_use]
    pub fn wrap_up_time(&self) -> Option<Duration> {
        self.counts.wrap_up.checked_div(self.counts.handled)
    }

    /// Average handling time: talk, hold and wrap-up.
    #[must_use]
    pub fn handling_time(&self) -> Option<Duration> {
        let Cell { talk, hold, wrap_up, handled, .. } = self.counts;
        (talk + hold + wrap_up).checked_div(handled)
    }
}

impl AgentTimes {
    /// Handling / (handling + idle), in percent; ringing is neither.
    #[must_use]
    pub fn occupancy(&self) -> Option<f64> {
        let handling = (self.talking + self.on_hold + self.wrap_up).as_secs_f64();
        let whole = handling + self.available.as_secs_f64();
        (whole > 0.0).then(|| 100.0 * handling / whole)
    }

    /// Handling / signed in, in percent.
    #[must_use]
    pub fn utilisation(&self) -> Option<f64> {
        let handling = (self.talking + self.on_hold + self.wrap_up).as_secs_f64();
        let whole = self.signed_in().as_secs_f64();
        (whole > 0.0).then(|| 100.0 * handling / whole)
    }
}

const NHS_ANSWER: Duration = Duration::from_secs(60);
const NHS_ABANDON: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 offered; `answered` and `abandoned` in seconds, with how many.
    fn day(answered: &[(u64, u32)], abandoned: &[(u64, u32)]) -> Figures {
        let mut cell = Cell { offered: 100, ..Cell::default() };
        let note = |waits: &mut super::super::Waits, rows: &[(u64, u32)]| {
            for (seconds, count) in rows {
                (0..*count).for_each(|_| waits.note(Duration::from_secs(*seconds)));
            }
        };
        note(&mut cell.answered, answered);
        note(&mut cell.abandoned, abandoned);
        assert!(cell.reconciles());
        Figures::of([(Class::Standard, &cell)], &Targets::default())
    }

    fn percents(figures: &Figures) -> [f64; 4] {
        let ServiceLevels { headline, asterisk, asterisk2, connect, .. } = figures.service;
        [headline, asterisk, asterisk2, connect].map(|share| share.percent().expect("not empty"))
    }

    /// A worse service scores better under three formulas of four, and ours does not move.
    #[test]
    fn the_trap_of_service_levels() {
        let fair = day(&[(20, 60), (21, 20)], &[(20, 15), (40, 5)]);
        assert_eq!(percents(&fair), [60.0, 75.0, 75.0, 75.0]);
        let worse = day(&[(20, 60)], &[(20, 35), (40, 5)]);
        assert_eq!(percents(&worse), [60.0, 100.0, 95.0, 95.0]);
        assert_eq!(worse.service.nhs_answered, Share { part: 60, whole: 60 });
        assert_eq!(worse.service.nhs_abandoned, Share { part: 5, whole: 100 });
        assert_eq!(fair.abandon_rate, Share { part: 20, whole: 100 });
    }

    #[test]
    fn short_abandons_are_out_of_the_headline_and_in_the_others() {
        let figures = day(&[(10, 60), (90, 20)], &[(5, 10), (6, 10)]);
        assert_eq!(figures.service.headline, Share { part: 60, whole: 90 });
        assert_eq!(figures.service.connect, Share { part: 80, whole: 100 });
        assert_eq!(figures.short_abandons, 10);
    }

    #[test]
    fn each_class_counts_under_its_own_target() {
        let (mut emergency, mut standard) = (Cell::default(), Cell::default());
        for cell in [&mut emergency, &mut standard] {
            cell.offered = 1;
            cell.answered.note(Duration::from_secs(15));
        }
        let cells = [(Class::Emergency, &emergency), (Class::Standard, &standard)];
        let figures = Figures::of(cells, &Targets::default());
        assert_eq!(figures.service.headline, Share { part: 1, whole: 2 });
    }

    #[test]
    fn call_backs_taken_in_time_count_for_connect_alone() {
        let mut cell = Cell { offered: 2, ..Cell::default() };
        cell.callbacks.note(Duration::from_secs(20));
        cell.answered.note(Duration::from_secs(30));
        let service = Figures::of([(Class::Info, &cell)], &Targets::default()).service;
        assert_eq!(service.connect, Share { part: 1, whole: 2 });
        assert_eq!(service.headline, Share { part: 0, whole: 2 });
        assert_eq!(service.asterisk2, Share { part: 0, whole: 1 });
    }

    #[test]
    fn nothing_offered_is_no_percentage() {
        let figures = Figures::of([], &Targets::default());
        assert_eq!(figures.service.headline.percent(), None);
        assert_eq!((figures.handling_time(), figures.speed_of_answer()), (None, None));
        assert_eq!(AgentTimes::default().occupancy(), None);
    }
}
