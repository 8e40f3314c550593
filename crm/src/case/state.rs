//! Where a case stands: a machine whose steps consume the state. Pure.
//!
//! Who may take a step is decided in `access`; that a step was taken is written by `case::edit`.

use core::time::Duration;

use ids::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

#[cfg(test)]
mod tests;

/// How long after its closing a case may be reopened. Later, a new case is opened.
pub const REOPEN_WINDOW: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How far ahead a reminder may be set. A longer one is a mistake in the year.
pub const PENDING_MAX: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CaseState {
    /// Opened; nobody has written into it yet.
    New,
    /// Somebody works on it.
    Open,
    /// It waits for a moment: a reminder is set.
    Pending {
        /// When it is to be looked at again.
        until: Timestamp,
    },
    /// A doctor or a supervisor was asked.
    Escalated {
        /// Since when.
        since: Timestamp,
    },
    /// Done, as far as we know; the citizen may still say otherwise.
    Resolved {
        /// When it was done.
        at: Timestamp,
    },
    /// Over.
    Closed {
        /// When it was closed.
        at: Timestamp,
    },
}

/// The name of a state, without its facts: for filters, columns and search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// [`CaseState::New`].
    New,
    /// [`CaseState::Open`].
    Open,
    /// [`CaseState::Pending`].
    Pending,
    /// [`CaseState::Escalated`].
    Escalated,
    /// [`CaseState::Resolved`].
    Resolved,
    /// [`CaseState::Closed`].
    Closed,
}

/// What somebody asks of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum CaseStep {
    /// Begin, or go on, to work on it.
    Work,
    /// Put it aside until a moment. May be said again to move the moment.
    Wait {
        /// Until when.
        until: Timestamp,
    },
    /// Ask a doctor or a supervisor.
    Escalate,
    /// Say that it is done.
    Resolve,
    /// End it.
    Close,
    /// Take it up again, within [`REOPEN_WINDOW`] of its closing.
    Reopen,
}

/// Why a step could not be taken. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedWhy {
    /// The state does not lead there.
    WrongState,
    /// A report must be filed first; after a reopening, a new one.
    ReportRequired,
    /// The case was closed more than [`REOPEN_WINDOW`] ago.
    WindowOver,
    /// The moment to wait for has passed already.
    MomentPassed,
    /// The moment to wait for is further away than [`PENDING_MAX`].
    MomentTooFar,
}

/// A step that was refused, with the state it met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("the case is {}: {}", state.name().as_str(), why.sentence())]
pub struct Refused {
    /// The state, unchanged.
    pub state: CaseState,
    /// What was asked.
    pub step: CaseStep,
    /// Why not.
    pub why: RefusedWhy,
}

/// Whether a report tells what was done since the case was opened, or last reopened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportStanding {
    /// None was filed.
    Due,
    /// At least one was.
    Filed,
}

impl CaseState {
    /// Takes one step, or says why not.
    ///
    /// # Errors
    /// [`Refused`] with the unchanged state.
    pub fn step(
        self,
        now: Timestamp,
        report: ReportStanding,
        step: CaseStep,
    ) -> Result<Self, Refused> {
        use CaseState::{Closed, Escalated, New, Open, Pending, Resolved};
        let refused = |why| Err(Refused { state: self, step, why });
        match (self, step) {
            (New | Open | Pending { .. } | Escalated { .. } | Resolved { .. }, CaseStep::Work) => {
                Ok(Open)
            }
            (New | Open | Pending { .. } | Escalated { .. }, CaseStep::Wait { until }) => {
                match check_moment(now, until) {
                    Ok(()) => Ok(Pending { until }),
                    Err(why) => refused(why),
                }
            }
            (New | Open | Pending { .. }, CaseStep::Escalate) => Ok(Escalated { since: now }),
            (New | Open | Pending { .. } | Escalated { .. }, CaseStep::Resolve) => {
                Ok(Resolved { at: now })
            }
            (New | Open | Pending { .. } | Escalated { .. } | Resolved { .. }, CaseStep::Close) => {
                match report {
                    ReportStanding::Filed => Ok(Closed { at: now }),
                    ReportStanding::Due => refused(RefusedWhy::ReportRequired),
                }
            }
            (Closed { at }, CaseStep::Reopen) => {
                if now.since(at) <= REOPEN_WINDOW {
                    Ok(Open)
                } else {
                    refused(RefusedWhy::WindowOver)
                }
            }
            (Escalated { .. }, CaseStep::Escalate)
            | (Resolved { .. }, CaseStep::Wait { .. } | CaseStep::Escalate | CaseStep::Resolve)
            | (
                New | Open | Pending { .. } | Escalated { .. } | Resolved { .. },
                CaseStep::Reopen,
            )
            | (
                Closed { .. },
                CaseStep::Work
                | CaseStep::Wait { .. }
                | CaseStep::Escalate
                | CaseStep::Resolve
                | CaseStep::Close,
            ) => refused(RefusedWhy::WrongState),
        }
    }

    /// The state's name.
    #[must_use]
    pub const fn name(&self) -> StateName {
        match self {
            Self::New => StateName::New,
            Self::Open => StateName::Open,
            Self::Pending { .. } => StateName::Pending,
            Self::Escalated { .. } => StateName::Escalated,
            Self::Resolved { .. } => StateName::Resolved,
            Self::Closed { .. } => StateName::Closed,
        }
    }

    /// The one moment that belongs to the state, if it has one.
    #[must_use]
    pub const fn moment(&self) -> Option<Timestamp> {
        match *self {
            Self::New | Self::Open => None,
            Self::Pending { until: at }
            | Self::Escalated { since: at }
            | Self::Resolved { at }
            | Self::Closed { at } => Some(at),
        }
    }

    /// Puts a state together from its name and its moment. `None` if one belongs to it and is
    /// missing.
    pub(crate) fn from_parts(name: StateName, moment: Option<Timestamp>) -> Option<Self> {
        Some(match name {
            StateName::New => Self::New,
            StateName::Open => Self::Open,
            StateName::Pending => Self::Pending { until: moment? },
            StateName::Escalated => Self::Escalated { since: moment? },
            StateName::Resolved => Self::Resolved { at: moment? },
            StateName::Closed => Self::Closed { at: moment? },
        })
    }
}

fn check_moment(now: Timestamp, until: Timestamp) -> Result<(), RefusedWhy> {
    if until <= now {
        Err(RefusedWhy::MomentPassed)
    } else if until.since(now) > PENDING_MAX {
        Err(RefusedWhy::MomentTooFar)
    } else {
        Ok(())
    }
}

impl StateName {
    /// Every name, in the order of a case's life.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Open, Self::Pending, Self::Escalated, Self::Resolved, Self::Closed];

    /// The name as columns, JSON and search hold it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Escalated => "escalated",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    /// The name that this text is.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

impl RefusedWhy {
    /// The reason as the end of a sentence, safe for whoever asked.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::WrongState => "this step does not lead on from there",
            Self::ReportRequired => "a report must be filed first",
            Self::WindowOver => "it was closed more than seven days ago, open a new one",
            Self::MomentPassed => "the moment to wait for has passed",
            Self::MomentTooFar => "the moment to wait for is more than a year away",
        }
    }
}
