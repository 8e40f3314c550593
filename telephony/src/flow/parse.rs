//! TOML to [`Flow`]: names to places, numbers in range. Pure.

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
/// Most keys in one choice.
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
    /// A sentence that names the step and the branch. Never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self, FlowError> {
        if text.len() > BYTES_MAX {
            return Err(FlowError::TooLong);
        }
        let raw: RawFlow = toml::from_str(text).map_err(|e| FlowError::Toml(Box::new(e)))?;
        let flow = resolve(raw)?;
        graph::check(&flow)?;
        Ok(flow)
    }
}

fn resolve(raw: RawFlow) -> Result<Flow, FlowError> {
    let RawFlow { name, languages, first, known, steps } = raw;
    let different = languages.iter().collect::<BTreeSet<_>>().len() == languages.len();
    if !different || !(1..=LANGUAGES_MAX).contains(&languages.len()) {
        return Err(FlowError::BadLanguages { flow: name });
    }
    if steps.len() > STEPS_MAX {
        return Err(FlowError::TooManySteps { flow: name });
    }
    let places = steps.keys().enumerate().map(|(i, n)| (n.clone(), StepIndex(i))).collect();
    let resolver = Resolver { flow: &name, languages: &languages, places };
    let own = At { resolver: &resolver, step: "" };
    let (first, known) = (own.target("first", &first)?, own.target("known", &known)?);
    let steps = steps
        .into_iter()
        .map(|(step, raw)| {
            let resolved = At { resolver: &resolver, step: &step }.step(raw)?;
            Ok((step, resolved))
        })
        .collect::<Result<Vec<_>, FlowError>>()?;
    Ok(Flow { name, languages, first, known, steps })
}

struct Resolver<'a> {
    flow: &'a str,
    languages: &'a [Language],
    places: BTreeMap<String, StepIndex>,
}

/// One step, being resolved.
struct At<'a> {
    resolver: &'a Resolver<'a>,
    step: &'a str,
}

impl At<'_> {
    fn step(&self, raw: RawStep) -> Result<Step, FlowError> {
        match raw {
            RawStep::Say { prompts, every_language, barge_in, then } => Ok(Step::Say {
                speech: self.speech(prompts, every_language)?,
                barge_in,
                then: self.target("then", &then)?,
            }),
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
                otherwise: self.target("otherwise", &otherwise)?,
            })),
            RawStep::SetLanguage { language, then } => {
                if !self.resolver.languages.contains(&language) {
                    let (flow, step) = self.names();
                    return Err(FlowError::UnknownLanguage { flow, step, language });
                }
                Ok(Step::SetLanguage { language, then: self.target("then", &then)? })
            }
            RawStep::SetClass { class, then } => {
                Ok(Step::SetClass { class, then: self.target("then", &then)? })
            }
            RawStep::ToQueue { queue } => Ok(Step::ToQueue { queue }),
        }
    }

    fn target(&self, branch: &str, target: &str) -> Result<StepIndex, FlowError> {
        self.resolver.places.get(target).copied().ok_or_else(|| {
            let (flow, step) = self.names();
            let (branch, target) = (branch.to_owned(), target.to_owned());
            FlowError::UnknownStep { flow, step, branch, target }
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
                Ok((digit, self.target(&format!("key {key}"), target)?))
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
