//! The greeting as data: what a caller hears and may press before a person answers. Pure.
//!
//! A greeting is a TOML file of named steps ([`Flow::parse`]):
//!
//! ```
//! let flow = telephony::flow::Flow::parse(r#"
//!     name = "small"
//!     languages = ["hi", "en"]
//!     first = "language"       # where a caller begins
//!     known = "reason"         # … whose language is remembered
//!
//!     [steps.language]
//!     kind = "choose"
//!     prompts = ["choose_language"]
//!     every_language = true    # said in each language in turn
//!     keys = { 1 = "hindi", 2 = "english" }
//!     otherwise = "reason"     # no key, or wrong keys
//!
//!     [steps.hindi]
//!     kind = "set_language"
//!     language = "hi"
//!     then = "reason"
//!
//!     [steps.english]
//!     kind = "set_language"
//!     language = "en"
//!     then = "reason"
//!
//!     [steps.reason]
//!     kind = "choose"
//!     prompts = ["reason"]
//!     keys = { 1 = "clinical" }
//!     otherwise = "queue"
//!
//!     [steps.clinical]
//!     kind = "set_class"
//!     class = "clinical"
//!     then = "queue"
//!
//!     [steps.queue]
//!     kind = "to_queue"
//!     queue = "health"
//! "#)?;
//! assert_eq!(flow.name(), "small");
//! # Ok::<(), telephony::flow::FlowError>(())
//! ```
//!
//! A [`Flow`] that exists is sound: its steps form no loop, all can be reached, the language comes
//! first, menus are at most two levels deep with at most four options, and the only way out is a queue,
//! so every branch ends at a person. [`Flow::prove`] then checks it against the world: queues and
//! prompts exist, a closed line leads to an open queue, the worst branch is short enough.
//! [`FlowRun`] is one caller's walk through it.
//!
//! A step `hours` parts the callers by the opening hours of the line: its branches are `open`, `closed`
//! and `holiday` (left out: as `closed`). Whoever is not greeted as open must reach a queue that is
//! always open. A `say` step with `says_opening = true` ends with the time at which the line opens.
//!
//! The keys `9` (emergency), `0` (a person) and `*` (change the language) mean the same everywhere;
//! no step may use them. `9` and `0` are the call machine's, see [`crate::call`].

mod builtin;
mod check;
mod error;
mod graph;
mod hours;
mod parse;
mod proof;
mod run;
mod simulate;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ids::{Class, Language, QueueId};

use crate::call::{Digit, PromptName};

pub use builtin::{BUILTIN_FLOWS, builtin_flow};
pub use check::FlowWorld;
pub use error::FlowError;
pub use hours::{Hours, OPENING_PROMPTS, Opening, OpeningDay, Weekday};
pub use proof::{BranchProof, FlowProof};
pub use run::{FlowNext, FlowOutput, FlowRun};
pub use simulate::{Heard, Rehearsal, RehearsalStart, rehearse};

/// A step, by its place in the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct StepIndex(usize);

/// A greeting. Made by [`Flow::parse`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    name: String,
    languages: Vec<Language>,
    first: StepIndex,
    known: StepIndex,
    steps: Vec<(String, Step)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Say { speech: Speech, says_opening: bool, barge_in: bool, then: StepIndex },
    Choose(Choice),
    SetLanguage { language: Language, then: StepIndex },
    SetClass { class: Class, then: StepIndex },
    Hours { open: StepIndex, closed: StepIndex, holiday: StepIndex },
    ToQueue { queue: QueueId },
}

/// Prompts, in the caller's language or in each one in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Speech {
    prompts: Vec<PromptName>,
    every_language: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    speech: Speech,
    /// Said before the prompts from the second try on.
    again: Vec<PromptName>,
    keys: BTreeMap<Digit, StepIndex>,
    timeout: Duration,
    tries: u8,
    barge_in: bool,
    otherwise: StepIndex,
}

impl Flow {
    /// Its name, as the configuration calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The languages that it speaks; never empty.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// What a caller hears who chose none.
    #[must_use]
    pub fn default_language(&self) -> Language {
        self.languages[0]
    }

    /// The prompts that its steps name.
    #[must_use]
    pub fn prompts(&self) -> BTreeSet<&PromptName> {
        self.steps.iter().flat_map(|(_, step)| step.prompts()).collect()
    }

    /// Whether it asks for the opening hours of its line.
    #[must_use]
    pub fn asks_for_hours(&self) -> bool {
        self.steps.iter().any(|(_, step)| matches!(step, Step::Hours { .. }))
    }

    fn says_opening(&self) -> bool {
        self.steps.iter().any(|(_, step)| matches!(step, Step::Say { says_opening: true, .. }))
    }

    fn step(&self, index: StepIndex) -> &Step {
        &self.steps[index.0].1
    }

    fn step_name(&self, index: StepIndex) -> &str {
        &self.steps[index.0].0
    }
}

impl Step {
    fn prompts(&self) -> impl Iterator<Item = &PromptName> {
        let (speech, again): (&[PromptName], &[PromptName]) = match self {
            Self::Say { speech, .. } => (&speech.prompts, &[]),
            Self::Choose(choice) => (&choice.speech.prompts, &choice.again),
            Self::SetLanguage { .. }
            | Self::SetClass { .. }
            | Self::Hours { .. }
            | Self::ToQueue { .. } => (&[], &[]),
        };
        speech.iter().chain(again)
    }

    /// Every way out: the name of the branch, and where it leads.
    fn branches(&self) -> Vec<(String, StepIndex)> {
        match self {
            Self::Say { then, .. }
            | Self::SetLanguage { then, .. }
            | Self::SetClass { then, .. } => vec![("then".to_owned(), *then)],
            Self::Choose(choice) => choice
                .keys
                .iter()
                .map(|(digit, to)| (format!("key {}", digit.as_char()), *to))
                .chain([("otherwise".to_owned(), choice.otherwise)])
                .collect(),
            Self::Hours { open, closed, holiday } => vec![
                ("open".to_owned(), *open),
                ("closed".to_owned(), *closed),
                ("holiday".to_owned(), *holiday),
            ],
            Self::ToQueue { .. } => vec![],
        }
    }
}

#[cfg(test)]
mod tests;
