//! What if: a day of a floor, run again with more agents or other times.
//!
//! [`DayBook`] listens to the day as it was and notes who came when, how long they would wait, how long
//! they talked, and how agents behaved. [`DayBook::run`] lets the same people meet a floor with
//! [`Changes`]. The floor is the real one; only the people are made up where the day does not tell:
//!
//! - Callers arrive at the same moments. Who hung up hangs up after the same wait, if nobody took them
//!   before. Who was answered would have waited *at least* so long: how much longer is drawn from the
//!   day's patience (the Kaplan–Meier estimate), and nobody gives up beyond the longest wait that
//!   anybody gave up after.
//! - A call takes as long as it took; one that was never answered takes as long as another of its queue.
//! - A console is answered, declined or left ringing as consoles were on that day, after the same time;
//!   beyond the ring time it counts as left ringing. Wrap-up that the agent ended early, or whose report
//!   was late, takes as long; wrap-up that ran to its end runs to the new end.
//! - Agents sign in, take breaks and sign off at the moments at which they did. Who did not respond comes
//!   back as fast as others did.
//! - A call that returned to the queue after its agent was lost counts once, with all its talk.
//!
//! Chance comes from a seed and each person's own number, so two runs differ by their changes alone.
//! Always compare with a run without changes, not with the day: that tells what the model adds.

mod book;
mod chance;
mod run;

use alloc::vec::Vec;
use core::time::Duration;

use ids::{Language, QueueId, Timestamp};

pub use book::DayBook;

/// What is to be different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Consoles ring so long for callers below `emergency`.
    pub ring: Option<Duration>,
    /// Wrap-up after calls below `emergency`.
    pub wrap_up: Option<Duration>,
    /// More agents.
    pub agents: Vec<MoreAgents>,
}

/// Agents who were not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoreAgents {
    /// How many.
    pub count: u32,
    /// Available from then on.
    pub from: Timestamp,
    /// They leave then, after the work in hand; `None`: they stay.
    pub until: Option<Timestamp>,
    /// The queues they serve; empty: all.
    pub queues: Vec<QueueId>,
    /// The languages they speak; empty: all that were spoken or asked for on the day.
    pub languages: Vec<Language>,
}
