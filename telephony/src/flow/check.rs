//! A greeting against the world: queues, prompts, and how long a caller may be kept. Pure.

use std::time::Duration;

use ids::{Language, QueueId};

use super::{Flow, FlowError, FlowProof, OPENING_PROMPTS, Step, StepIndex, proof};
use crate::call::{MACHINE_PROMPTS, PromptName};
use crate::media::{AudioLibrary, Prompt};

/// Longest that one step may talk, once through its prompts, seconds.
const TALK_S_MAX: u64 = 45;
/// Longest way to a person, seconds: every choice left to run out, every prompt heard to its end.
const GREETING_S_MAX: u64 = 120;

/// What a greeting is checked against.
#[derive(Clone, Copy, Debug)]
pub struct FlowWorld<'a> {
    /// The queues that exist.
    pub queues: &'a [QueueId],
    /// Those that are open at every hour.
    pub always_open: &'a [QueueId],
    /// What can be said.
    pub library: &'a AudioLibrary,
}

impl Flow {
    /// Checks the greeting against the queues that exist and the prompts that are there, and says how
    /// long each branch takes to a person.
    ///
    /// # Errors
    /// All that is wrong, at least one sentence; each names the step, or the prompt and the language.
    pub fn prove(&self, world: FlowWorld<'_>) -> Result<FlowProof, Vec<FlowError>> {
        let flow = || self.name.clone();
        let mut wrong = self.wrong_queues(world);
        for (language, prompt) in world.library.missing(self) {
            wrong.push(FlowError::MissingPrompt { flow: flow(), prompt: prompt.0, language });
        }
        let proof = proof::of(self, world.library);
        for (step, talk) in proof.talks.iter().filter(|(_, talk)| talk.as_secs() > TALK_S_MAX) {
            let (step, seconds) = (step.clone(), talk.as_secs());
            wrong.push(FlowError::TalksTooLong { flow: flow(), step, seconds, limit: TALK_S_MAX });
        }
        let seconds = proof.worst.as_secs();
        if seconds > GREETING_S_MAX {
            wrong.push(FlowError::TooSlow { flow: flow(), seconds, limit: GREETING_S_MAX });
        }
        if wrong.is_empty() { Ok(proof) } else { Err(wrong) }
    }

    fn wrong_queues(&self, world: FlowWorld<'_>) -> Vec<FlowError> {
        let behind_closed = self.behind_closed();
        let mut wrong = Vec::new();
        for (index, (name, step)) in self.steps.iter().enumerate() {
            let Step::ToQueue { queue } = step else { continue };
            let (flow, step, queue) = (self.name.clone(), name.clone(), *queue);
            if !world.queues.contains(&queue) {
                wrong.push(FlowError::UnknownQueue { flow, step, queue });
            } else if behind_closed[index] && !world.always_open.contains(&queue) {
                wrong.push(FlowError::ClosedQueue { flow, step, queue });
            }
        }
        wrong
    }

    /// For each step, whether a caller of a closed line may get there.
    fn behind_closed(&self) -> Vec<bool> {
        let mut reached = vec![false; self.steps.len()];
        let mut open: Vec<StepIndex> = Vec::new();
        for (_, step) in &self.steps {
            if let Step::Hours { closed, holiday, .. } = step {
                open.extend([*closed, *holiday]);
            }
        }
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut reached[at.0], true) {
                open.extend(self.step(at).branches().into_iter().map(|(_, to)| to));
            }
        }
        reached
    }
}

impl AudioLibrary {
    /// What a call with this greeting would want to say and cannot: each prompt of the greeting and
    /// of the call machine, in each language of the greeting.
    #[must_use]
    pub fn missing(&self, flow: &Flow) -> Vec<(Language, PromptName)> {
        let opening: &[&str] = if flow.says_opening() { &OPENING_PROMPTS } else { &[] };
        let fixed =
            MACHINE_PROMPTS.iter().chain(opening).map(|name| PromptName((*name).to_owned()));
        let mut names: Vec<_> = flow.prompts().into_iter().cloned().chain(fixed).collect();
        names.sort();
        names.dedup();
        let mut missing = Vec::new();
        for language in flow.languages() {
            for name in names.iter().filter(|name| !self.has(*language, name)) {
                missing.push((*language, name.clone()));
            }
        }
        missing
    }

    /// How long these prompts take one after the other; one that is missing takes no time.
    pub(super) fn seconds(&self, language: Language, prompts: &[PromptName]) -> Duration {
        prompts.iter().filter_map(|name| self.get(language, name)).map(Prompt::duration).sum()
    }
}
