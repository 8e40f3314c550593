//! Who called, who was served, who gave up, and whether the helpline knows of each: the books of a
//! surge. The list of wishes is read over HTTP; the rest is pure.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::desk::Api;
use crate::load::callers::number_of;
use crate::load::crowd::{Fate, Person};
use crate::load::{Figures, Spread};

/// When somebody called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Before,
    Surge,
}

/// The books.
#[derive(Debug, Default)]
pub(super) struct Tally {
    books: Mutex<Books>,
    before: Waits,
    surge: Waits,
}

#[derive(Debug, Default)]
struct Waits {
    emergency: Spread,
    usual: Spread,
}

#[derive(Debug, Default)]
struct Books {
    called: HashMap<String, Called>,
    most_alive: u64,
    took: Vec<(Phase, Duration, f64)>,
}

#[derive(Debug)]
struct Called {
    phase: Phase,
    emergency: bool,
    served: bool,
    /// `None` while the call goes on; with what failed if it could not be placed.
    fate: Option<Result<Fate, String>>,
}

impl Tally {
    pub(super) fn calls(&self, phase: Phase, Person { n, emergency, .. }: Person) {
        let called = Called { phase, emergency, served: false, fate: None };
        self.books().called.insert(number_of(n), called);
    }

    pub(super) fn served(&self, number: Option<&str>, waited: Duration) {
        let mut books = self.books();
        let Some(called) = number.and_then(|number| books.called.get_mut(number)) else { return };
        called.served = true;
        let waits = match called.phase {
            Phase::Before => &self.before,
            Phase::Surge => &self.surge,
        };
        if called.emergency { waits.emergency.add(waited) } else { waits.usual.add(waited) }
    }

    pub(super) fn ended(&self, person: Person, fate: Result<Fate>) {
        let fate = fate.map_err(|error| format!("{error:#}"));
        if let Some(called) = self.books().called.get_mut(&number_of(person.n)) {
            called.fate = Some(fate);
        }
    }

    pub(super) fn alive(&self, calls: usize) {
        let mut books = self.books();
        books.most_alive = books.most_alive.max(u64::try_from(calls).unwrap_or(u64::MAX));
    }

    pub(super) fn phase_took(&self, phase: Phase, span: Duration, rss_kb: f64) {
        self.books().took.push((phase, span, rss_kb));
    }

    pub(super) fn callers(&self) -> u32 {
        u32::try_from(self.books().called.len()).unwrap_or(u32::MAX)
    }

    /// Everybody who was not served and of whom the helpline does not know, or who heard nothing.
    pub(super) fn dropped(&self, wishes: &BTreeSet<String>) -> Vec<String> {
        let books = self.books();
        let silent = |(number, called): (&String, &Called)| {
            let why = match &called.fate {
                _ if called.served => return None,
                None => "the call never ended".to_owned(),
                Some(Err(error)) => format!("not placed: {error}"),
                Some(Ok(Fate::Refused(code))) => format!("refused with {code}"),
                Some(Ok(Fate::Lost)) => "the signalling failed".to_owned(),
                Some(Ok(Fate::HungUp { heard: false })) => "heard nothing".to_owned(),
                Some(Ok(Fate::HungUp { heard: true } | Fate::HungUpByOther)) => {
                    if wishes.contains(number) {
                        return None;
                    }
                    "left no wish".to_owned()
                }
            };
            let what = if called.emergency { "an emergency" } else { "a caller" };
            Some(format!("{what}, {:?}: {why}", called.phase))
        };
        books.called.iter().filter_map(silent).collect()
    }

    pub(super) fn figures(&self, wishes: &BTreeSet<String>) -> Figures {
        let books = self.books();
        let mut figures = Figures::default();
        for (phase, span, rss_kb) in &books.took {
            let (name, waits) = match phase {
                Phase::Before => ("before", &self.before),
                Phase::Surge => ("surge", &self.surge),
            };
            let of = |what: fn(&Called) -> bool| {
                let all = books.called.values().filter(|one| one.phase == *phase && what(one));
                u64::try_from(all.count()).unwrap_or(u64::MAX)
            };
            let offered = of(|_| true);
            #[expect(clippy::cast_precision_loss, reason = "thousands")]
            let rate = offered as f64 / span.as_secs_f64();
            figures.count(&format!("{name}: callers"), offered, "callers");
            figures.number("  a second", rate, "calls/s");
            figures.count("  of them emergencies", of(|one| one.emergency), "callers");
            figures.count("  served", of(|one| one.served), "callers");
            figures.count("  served emergencies", of(|one| one.served && one.emergency), "callers");
            figures.count("  gave up, with words and a wish", of(gave_up), "callers");
            figures.spread("  wait of an emergency", &waits.emergency, &[50, 99]);
            figures.spread("  wait of the others served", &waits.usual, &[50, 99]);
            figures.number("  memory at its end", rss_kb / 1024.0, "MB");
        }
        figures.count("calls at once, most", books.most_alive, "calls");
        figures.count("wishes kept", u64::try_from(wishes.len()).unwrap_or(u64::MAX), "wishes");
        figures
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gave_up(called: &Called) -> bool {
    !called.served && matches!(called.fate, Some(Ok(Fate::HungUp { heard: true })))
}

/// The numbers of all wishes, whatever became of them.
pub(super) async fn wishes(machine: &Api) -> Result<BTreeSet<String>> {
    let mut numbers = BTreeSet::new();
    for state in ["open", "withdrawn", "done"] {
        let first = format!("/callbacks?limit=100&state={state}");
        let mut next = Some(first.clone());
        while let Some(path) = next {
            let page = machine.get(&path).await?;
            let wishes = page["callbacks"].as_array().context("a page of wishes")?;
            numbers
                .extend(wishes.iter().filter_map(|one| one["number"].as_str()).map(str::to_owned));
            next = page["next_cursor"].as_str().map(|cursor| format!("{first}&cursor={cursor}"));
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u32) -> Person {
        Person { n, emergency: n == 9, patience: Duration::ZERO }
    }

    #[test]
    fn only_who_was_served_or_heard_words_and_left_a_wish_is_not_dropped() {
        let tally = Tally::default();
        let fates = [
            Fate::HungUpByOther,
            Fate::HungUp { heard: true },
            Fate::HungUp { heard: true },
            Fate::HungUp { heard: false },
            Fate::Refused(503),
            Fate::Lost,
        ];
        for (n, fate) in (0..).zip(fates) {
            tally.calls(Phase::Surge, person(n));
            tally.ended(person(n), Ok(fate));
        }
        tally.calls(Phase::Before, person(9));
        tally.served(Some(&number_of(0)), Duration::from_secs(1));
        let wishes = BTreeSet::from([number_of(1)]);
        let mut dropped = tally.dropped(&wishes);
        dropped.sort();
        assert_eq!(
            dropped,
            [
                "a caller, Surge: heard nothing",
                "a caller, Surge: left no wish",
                "a caller, Surge: refused with 503",
                "a caller, Surge: the signalling failed",
                "an emergency, Before: the call never ended",
            ]
        );
    }
}
