//! A greeting against the world: queues, prompts, and how long a caller may be kept. Pure.

use std::time::Duration;

use ids::{Language, QueueId};

use super::{Choice, Flow, FlowError, Speech, Step, StepIndex};
use crate::call::{MACHINE_PROMPTS, PROMPT_CHANGE_LANGUAGE, PromptName};
use crate::media::{AudioLibrary, Prompt};

/// Longest that one step may talk, once through its prompts, seconds.
const TALK_S_MAX: u64 = 45;
/// Longest way to a person, seconds: every choice left to run out, every prompt heard to its end.
const GREETING_S_MAX: u64 = 120;

/// What is known of a greeting that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowReport {
    /// The longest time to a person of a caller who presses nothing wrong and nothing right; a
    /// change of language (at most three) begins anew.
    pub worst: Duration,
    /// The most steps on any branch.
    pub steps: usize,
}

impl Flow {
    /// Checks the greeting against the queues that exist and the prompts that are there.
    ///
    /// # Errors
    /// A sentence that names the step, or the prompt and the language.
    pub fn validate(
        &self,
        queues: &[QueueId],
        library: &AudioLibrary,
    ) -> Result<FlowReport, FlowError> {
        self.check_queues(queues)?;
        if let Some((language, prompt)) = library.missing(self).into_iter().next() {
            let flow = self.name.clone();
            return Err(FlowError::MissingPrompt { flow, prompt: prompt.0, language });
        }
        let mut report = FlowReport { worst: Duration::ZERO, steps: 0 };
        for language in &self.languages {
            let measure = Measure { flow: self, library, language: *language };
            report = report.max_with(measure.known()?).max_with(measure.from(self.first)?);
        }
        let seconds = report.worst.as_secs();
        if seconds > GREETING_S_MAX {
            let flow = self.name.clone();
            return Err(FlowError::TooSlow { flow, seconds, limit: GREETING_S_MAX });
        }
        Ok(report)
    }

    fn check_queues(&self, queues: &[QueueId]) -> Result<(), FlowError> {
        for (name, step) in &self.steps {
            if let Step::ToQueue { queue } = step
                && !queues.contains(queue)
            {
                let (flow, step, queue) = (self.name.clone(), name.clone(), *queue);
                return Err(FlowError::UnknownQueue { flow, step, queue });
            }
        }
        Ok(())
    }
}

impl AudioLibrary {
    /// What a call with this greeting would want to say and cannot: each prompt of the greeting and
    /// of the call machine, in each language of the greeting.
    #[must_use]
    pub fn missing(&self, flow: &Flow) -> Vec<(Language, PromptName)> {
        let machine = MACHINE_PROMPTS.iter().map(|name| PromptName((*name).to_owned()));
        let mut names: Vec<_> = flow.prompts().into_iter().cloned().chain(machine).collect();
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

    fn seconds(&self, language: Language, prompts: &[PromptName]) -> Duration {
        prompts.iter().filter_map(|name| self.get(language, name)).map(Prompt::duration).sum()
    }
}

impl FlowReport {
    fn max_with(self, other: Self) -> Self {
        Self { worst: self.worst.max(other.worst), steps: self.steps.max(other.steps) }
    }
}

/// Measures every branch in one language. The steps form no loop, so this ends; 64 steps at most.
struct Measure<'a> {
    flow: &'a Flow,
    library: &'a AudioLibrary,
    language: Language,
}

impl Measure<'_> {
    /// A caller whose language is remembered first hears how to change it.
    fn known(&self) -> Result<FlowReport, FlowError> {
        let name = [PromptName(PROMPT_CHANGE_LANGUAGE.to_owned())];
        let others = self.flow.languages.iter().filter(|language| **language != self.language);
        let hint: Duration = others.map(|language| self.library.seconds(*language, &name)).sum();
        let rest = self.from(self.flow.known)?;
        Ok(FlowReport { worst: hint + rest.worst, steps: rest.steps + 1 })
    }

    /// Each step is measured once, whatever the number of ways to it.
    fn from(&self, start: StepIndex) -> Result<FlowReport, FlowError> {
        let mut best: Vec<Option<FlowReport>> = vec![None; self.flow.steps.len()];
        self.measure(start, &mut best)
    }

    fn measure(
        &self,
        at: StepIndex,
        known: &mut Vec<Option<FlowReport>>,
    ) -> Result<FlowReport, FlowError> {
        if let Some(report) = known[at.0] {
            return Ok(report);
        }
        let mut rest = FlowReport { worst: Duration::ZERO, steps: 0 };
        for (_, to) in self.flow.step(at).branches() {
            rest = rest.max_with(self.measure(to, known)?);
        }
        let report = FlowReport { worst: self.own_time(at)? + rest.worst, steps: rest.steps + 1 };
        known[at.0] = Some(report);
        Ok(report)
    }

    fn own_time(&self, at: StepIndex) -> Result<Duration, FlowError> {
        match self.flow.step(at) {
            Step::Say { speech, .. } => self.talk(at, speech, &[]),
            Step::Choose(choice) => self.choice_time(at, choice),
            Step::SetLanguage { .. } | Step::SetClass { .. } | Step::ToQueue { .. } => {
                Ok(Duration::ZERO)
            }
        }
    }

    fn choice_time(&self, at: StepIndex, choice: &Choice) -> Result<Duration, FlowError> {
        let first = self.talk(at, &choice.speech, &[])? + choice.timeout;
        let again = self.talk(at, &choice.speech, &choice.again)? + choice.timeout;
        Ok(first + again * u32::from(choice.tries - 1))
    }

    fn talk(
        &self,
        at: StepIndex,
        speech: &Speech,
        before: &[PromptName],
    ) -> Result<Duration, FlowError> {
        let own = [self.language];
        let languages = if speech.every_language { &self.flow.languages[..] } else { &own };
        let time: Duration = languages
            .iter()
            .map(|l| self.library.seconds(*l, before) + self.library.seconds(*l, &speech.prompts))
            .sum();
        let seconds = time.as_secs();
        if seconds > TALK_S_MAX {
            let (flow, step) = (self.flow.name.clone(), self.flow.step_name(at).to_owned());
            return Err(FlowError::TalksTooLong { flow, step, seconds, limit: TALK_S_MAX });
        }
        Ok(time)
    }
}
