//! How well a roster was kept: the time expected against the time present. Pure.

use alloc::vec::Vec;
use core::time::Duration;

use ids::Timestamp;
use serde::{Deserialize, Serialize};

/// A time from a moment until another, the second not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Begins.
    pub from: Timestamp,
    /// Ends.
    pub until: Timestamp,
}

impl Span {
    /// How long.
    #[must_use]
    pub fn length(self) -> Duration {
        self.until.since(self.from)
    }
}

/// The time expected of a person, and what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adherence {
    /// Expected in all.
    pub expected: Duration,
    /// Present while expected.
    pub kept: Duration,
    /// Present while not expected.
    pub extra: Duration,
}

impl Adherence {
    /// The share of the expected time that was kept, per cent, rounded down; none if nothing was
    /// expected.
    #[must_use]
    pub fn percent(self) -> Option<u8> {
        let share = (self.kept.as_micros() * 100).checked_div(self.expected.as_micros())?;
        u8::try_from(share).ok()
    }
}

/// Compares spans expected with spans present, each in any order.
#[must_use]
pub fn adherence(expected: &[Span], present: &[Span]) -> Adherence {
    let (expected, present) = (merged(expected.to_vec()), merged(present.to_vec()));
    let total = |spans: &[Span]| spans.iter().map(|span| span.length()).sum::<Duration>();
    let mut kept = Duration::ZERO;
    let mut rest = present.as_slice();
    for shift in &expected {
        // What ended before this shift cannot touch a later one.
        let over = rest.partition_point(|span| span.until <= shift.from);
        rest = &rest[over..];
        for span in rest.iter().take_while(|span| span.from < shift.until) {
            kept += span.until.min(shift.until).since(span.from.max(shift.from));
        }
    }
    Adherence { expected: total(&expected), kept, extra: total(&present) - kept }
}

/// Sorted, without empty spans, and those that touch made one.
pub(super) fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.from < span.until);
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            Some(_) | None => merged.push(span),
        }
    }
    merged
}
