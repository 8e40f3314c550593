//! TOML to [`Flow`]: names to places, numbers in range. Pure.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ids::{Class, Language, QueueId};
use serde::Deserialize;

use super::{Choice, Flow, FlowError, Speech, Step, StepIndex, graph};
use crate::call::{Digit, PromptName};

/// Largest file, bytes.
const BYTES_MAX: usize = 64 * 1024;
/// Most steps.
const STEPS_MAX: usize = 64;
/// Most languages.
const LANGUAGES_MAX: usize = 8;
/// Most prompts in one step.
const PROMPTS_MAX: usize = 8;
/// Most keys in one choice; a menu that is no choice of language has fewer, see `graph`.
const KEYS_MAX: usize = 8;
/// Longest wait for a key, seconds.
const TIMEOUT_S_MAX: u32 = 15;
/// Most tries.
const TRIES_MAX: u8 = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFlow {
    name: String,
    languages: Vec<Language>,
    first: String,
    known: String,
    steps: BTreeMap<String, RawStep>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum RawStep {
    Say {
        prompts: Vec<PromptName>,
        #[serde(default)]
        every_language: bool,
        #[serde(default)]
        says_opening: bool,
        #[serde(default = "yes")]
        barge_in: bool,
        then: String,
    },
    Choose {
        prompts: Vec<PromptName>,
        #[serde(default)]
        every_language: bool,
        #[serde(default)]
        again: Vec<PromptName>,
        keys: BTreeMap<String, String>,
        #[serde(default = "five")]
        timeout_s: u32,
        #[serde(default = "two")]
        tries: u8,
        #[serde(default = "yes")]
        barge_in: bool,
        otherwise: String,
    },
    SetLanguage {
        language: Language,
        then: String,
    },
    SetClass {
        class: Class,
        then: String,
    },
    Hours {
        open: String,
        closed: String,
        holiday: Option<String>,
    },
    ToQueue {
        queue: QueueId,
    },
}

const fn yes() -> bool {
    true
}

const fn five() -> u32 {
    5
}

const fn two() -> u8 {
    2
}

impl Flow {
    /// Reads a greeting; see the module for the form.
    ///
    /// # Errors
    /// The first of what [`Flow::read`] finds. Never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self, FlowError> {
        Self::read(text).map_err(|mut wrong| wrong.swap_remove(0))
    }

    /// As [`Flow::parse`], for the person who writes the greeting.
    ///
    /// # Errors
    /// All that is wrong with it, at least one sentence; each names the step and the branch. Where
    /// the text has not the form of a greeting, that is all that is said.
    pub fn read(text: &str) -> Result<Self, Vec<FlowError>> {
        if text.len() > BYTES_MAX {
            return Err(vec![FlowError::TooLong]);
        }
        let raw: RawFlow = toml::from_str(text).map_err(|e| vec![FlowError::Toml(Box::new(e))])?;
        let flow = resolve(raw)?;
        let wrong = graph::check(&flow);
        if wrong.is_empty() { Ok(flow) } else { Err(wrong) }
    }
}

fn resolve(raw: RawFlow) -> Result<Flow, Vec<FlowError>> {
    let RawFlow { name, languages, first, known, steps } = raw;
    let different = languages.iter().collect::<BTreeSet<_>>().len() == languages.len();
    if !different || !(1..=LANGUAGES_MAX).contains(&languages.len()) {
        return Err(vec![FlowError::BadLanguages { flow: name }]);
    }
    if steps.len() > STEPS_MAX {
        return Err(vec![FlowError::TooManySteps { flow: name }]);
    }
    let places = steps.keys().enumerate().map(|(i, n)| (n.clone(), StepIndex(i))).collect();
    let wrong = RefCell::default();
    let resolver = Resolver { flow: &name, languages: &languages, places, wrong: &wrong };
    let own = At { resolver: &resolver, step: "" };
    let (first, known) = (own.target("first", &first), own.target("known", &known));
    let mut resolved = Vec::with_capacity(steps.len());
    for (step, raw) in steps {
        match (At { resolver: &resolver, step: &step }).step(raw) {
            Ok(meant) => resolved.push((step, meant)),
            Err(error) => wrong.borrow_mut().push(error),
        }
    }
    let wrong = wrong.into_inner();
    if wrong.is_empty() {
        Ok(Flow { name, languages, first, known, steps: resolved })
    } else {
        Err(wrong)
    }
}

struct Resolver<'a> {
    flow: &'a str,
    languages: &'a [Language],
    places: BTreeMap<String, StepIndex>,
    /// What was found wrong and does not end the reading: all of it is told at once.
    wrong: &'a RefCell<Vec<FlowError>>,
}

/// One step, being resolved.
struct At<'a> {
    resolver: &'a Resolver<'a>,
    step: &'a str,
}

impl At<'_> {
    fn step(&self, raw: RawStep) -> Result<Step, FlowError> {
        match raw {
            RawStep::Say { prompts, every_language, says_opening, barge_in, then } => {
                let then = self.target("then", &then);
                let speech = self.speech(prompts, every_language)?;
                Ok(Step::Say { speech, says_opening, barge_in, then })
            }
            RawStep::Choose {
                prompts,
                every_language,
                again,
                keys,
                timeout_s,
                tries,
                barge_in,
                otherwise,
            } => Ok(Step::Choose(Choice {
                speech: self.speech(prompts, every_language)?,
                again: self.again(again)?,
                keys: self.keys(&keys)?,
                timeout: self.timeout(timeout_s)?,
                tries: self.tries(tries)?,
                barge_in,
                otherwise: self.target("otherwise", &otherwise),
            })),
            RawStep::SetLanguage { language, then } => {
                if !self.resolver.languages.contains(&language) {
                    let (flow, step) = self.names();
                    return Err(FlowError::UnknownLanguage { flow, step, language });
                }
                Ok(Step::SetLanguage { language, then: self.target("then", &then) })
            }
            RawStep::SetClass { class, then } => {
                Ok(Step::SetClass { class, then: self.target("then", &then) })
            }
            RawStep::Hours { open, closed, holiday } => {
                let closed = self.target("closed", &closed);
                let holiday = holiday.map_or(closed, |holiday| self.target("holiday", &holiday));
                Ok(Step::Hours { open: self.target("open", &open), closed, holiday })
            }
            RawStep::ToQueue { queue } => Ok(Step::ToQueue { queue }),
        }
    }

    /// Where a branch leads. One that leads nowhere is noted, and the reading goes on.
    fn target(&self, branch: &str, target: &str) -> StepIndex {
        self.resolver.places.get(target).copied().unwrap_or_else(|| {
            let (flow, step) = self.names();
            let (branch, target) = (branch.to_owned(), target.to_owned());
            let error = FlowError::UnknownStep { flow, step, branch, target };
            self.resolver.wrong.borrow_mut().push(error);
            StepIndex(0)
        })
    }

    fn speech(&self, prompts: Vec<PromptName>, every_language: bool) -> Result<Speech, FlowError> {
        if !(1..=PROMPTS_MAX).contains(&prompts.len()) {
            return Err(self.out_of_range("prompts", "1 to 8 names"));
        }
        Ok(Speech { prompts, every_language })
    }

    fn again(&self, prompts: Vec<PromptName>) -> Result<Vec<PromptName>, FlowError> {
        if prompts.len() > PROMPTS_MAX {
            return Err(self.out_of_range("again", "at most 8 names"));
        }
        Ok(prompts)
    }

    fn keys(
        &self,
        raw: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<Digit, StepIndex>, FlowError> {
        if !(1..=KEYS_MAX).contains(&raw.len()) {
            return Err(self.out_of_range("keys", "1 to 8 keys"));
        }
        raw.iter()
            .map(|(key, target)| {
                let digit = own_key(key).ok_or_else(|| {
                    let (flow, step) = self.names();
                    FlowError::BadKey { flow, step, key: key.clone() }
                })?;
                Ok((digit, self.target(&format!("key {key}"), target)))
            })
            .collect()
    }

    fn timeout(&self, seconds: u32) -> Result<Duration, FlowError> {
        if !(1..=TIMEOUT_S_MAX).contains(&seconds) {
            return Err(self.out_of_range("timeout_s", "1 to 15 seconds"));
        }
        Ok(Duration::from_secs(u64::from(seconds)))
    }

    fn tries(&self, tries: u8) -> Result<u8, FlowError> {
        if !(1..=TRIES_MAX).contains(&tries) {
            return Err(self.out_of_range("tries", "1 to 3"));
        }
        Ok(tries)
    }

    fn out_of_range(&self, field: &'static str, range: &'static str) -> FlowError {
        let (flow, step) = self.names();
        FlowError::OutOfRange { flow, step, field, range }
    }

    fn names(&self) -> (String, String) {
        (self.resolver.flow.to_owned(), self.step.to_owned())
    }
}

/// A key that a step may use for itself.
fn own_key(text: &str) -> Option<Digit> {
    match text {
        "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "#" => Digit::new(text.chars().next()?),
        _ => None,
    }
}
