//! The load tool: many telephones and many desks against the program as it is shipped, on 127.0.0.1.
//! It prints figures with their units and asserts none; a call that went wrong is a failure by name.
//! Real time, real sockets: a figure is of this machine and its load at this moment.

pub mod assignment;
pub mod bridged;
pub mod callers;
pub mod calls;
pub mod crowd;
pub mod figures;
pub mod free;
pub mod media;
pub mod place;
pub mod process;
pub mod soak;
pub mod staff;
pub mod surge;

use std::sync::{Mutex, PoisonError};

pub use figures::{Figures, Spread};
pub use place::Place;

/// What callers speak, hertz.
pub const CALLER_HERTZ: f64 = 1130.0;
/// What agents speak, hertz.
pub const AGENT_HERTZ: f64 = 1730.0;

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// What was run.
    pub title: String,
    /// The figures.
    pub figures: Figures,
    /// Calls and steps that went wrong, each with its reason.
    pub failures: Vec<String>,
    /// Calls alive in the helpline after everybody had hung up.
    pub stuck: u32,
}

impl Outcome {
    /// Whether nothing went wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.failures.is_empty() && self.stuck == 0
    }
}

/// Collects what went wrong while a run goes on.
#[derive(Debug, Default)]
pub struct Failures(Mutex<Vec<String>>);

impl Failures {
    /// Notes one.
    pub fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(what.into());
    }

    /// Notes an error, and gives the value if there is none.
    pub fn of<T>(&self, result: anyhow::Result<T>) -> Option<T> {
        result.map_err(|error| self.note(format!("{error:#}"))).ok()
    }

    /// All so far.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
