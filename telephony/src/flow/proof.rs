//! How long a greeting takes to a person, branch by branch. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use ids::{Language, QueueId};

use super::{Choice, Flow, OPENING_PROMPTS, Speech, Step, StepIndex};
use crate::call::{PROMPT_CHANGE_LANGUAGE, PromptName};
use crate::media::AudioLibrary;

/// One way out of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchProof {
    /// The step.
    pub step: String,
    /// The way out: `key 1`, `otherwise`, `then`, `open`, `closed`, `holiday`.
    pub branch: String,
    /// The longest time from the beginning of the greeting to a person, by this way.
    pub worst: Duration,
    /// The queues at which it may end.
    pub ends_at: BTreeSet<QueueId>,
}

/// What is known of a greeting that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowProof {
    /// The longest time to a person of a caller who presses nothing wrong and nothing right, who
    /// hears each prompt to its end; a change of language (at most three) begins anew.
    pub worst: Duration,
    /// The most steps on any branch.
    pub steps: usize,
    /// Every way out of every step, in the order of the steps' names.
    pub branches: Vec<BranchProof>,
    /// How long each step talks, once through its prompts.
    pub(super) talks: Vec<(String, Duration)>,
}

/// Measures a greeting in each of its languages; the slowest counts.
pub(super) fn of(flow: &Flow, library: &AudioLibrary) -> FlowProof {
    let measures: Vec<_> =
        flow.languages.iter().map(|language| Measure::new(flow, library, *language)).collect();
    let worst_of = |time: &dyn Fn(&Measure<'_>) -> Duration| {
        measures.iter().map(time).max().unwrap_or_default()
    };
    let mut branches = Vec::new();
    for (index, (name, step)) in flow.steps.iter().enumerate() {
        for (branch, to) in step.branches() {
            let from = StepIndex(index);
            let worst =
                worst_of(&|measure| measure.to(from) + measure.own(from) + measure.from(to));
            let ends_at = flow.ends_of(to);
            branches.push(BranchProof { step: name.clone(), branch, worst, ends_at });
        }
    }
    let talks = flow
        .steps
        .iter()
        .enumerate()
        .map(|(index, (name, _))| (name.clone(), worst_of(&|measure| measure.talks[index])));
    FlowProof {
        worst: measures.iter().map(Measure::whole).max().unwrap_or_default(),
        steps: flow.longest_branch(),
        branches,
        talks: talks.collect(),
    }
}

impl Flow {
    /// The queues to which a step may lead.
    fn ends_of(&self, at: StepIndex) -> BTreeSet<QueueId> {
        if let Step::ToQueue { queue } = self.step(at) {
            return BTreeSet::from([*queue]);
        }
        // Bounded: the steps form no loop.
        self.step(at).branches().into_iter().flat_map(|(_, to)| self.ends_of(to)).collect()
    }

    /// Steps of the longest branch; a caller whose language is remembered hears how to change it.
    fn longest_branch(&self) -> usize {
        let one = |_: StepIndex| Duration::from_secs(1);
        let after = longest_after(self, &one);
        let known = after[self.known.0] + Duration::from_secs(1);
        usize::try_from(known.max(after[self.first.0]).as_secs()).unwrap_or(usize::MAX)
    }
}

/// The longest way from each step to a queue. The steps form no loop, so as many rounds as there are
/// steps settle it.
fn longest_after(flow: &Flow, own: &dyn Fn(StepIndex) -> Duration) -> Vec<Duration> {
    let steps: Vec<StepIndex> = (0..flow.steps.len()).map(StepIndex).collect();
    let mut after: Vec<Duration> = steps.iter().map(|at| own(*at)).collect();
    for _ in &steps {
        for at in &steps {
            let branches = flow.step(*at).branches();
            let rest = branches.into_iter().map(|(_, to)| after[to.0]).max().unwrap_or_default();
            after[at.0] = own(*at) + rest;
        }
    }
    after
}

/// All times of a greeting in one language.
struct Measure<'a> {
    flow: &'a Flow,
    library: &'a AudioLibrary,
    language: Language,
    /// How long each step talks, once.
    talks: Vec<Duration>,
    /// How long each step may take, by itself.
    owns: Vec<Duration>,
    /// The longest way to each step; none to a step that nobody gets to.
    before: Vec<Duration>,
    /// The longest way from each step to a person, its own time included.
    after: Vec<Duration>,
}

impl<'a> Measure<'a> {
    fn new(flow: &'a Flow, library: &'a AudioLibrary, language: Language) -> Self {
        let count = flow.steps.len();
        let empty = || vec![Duration::ZERO; count];
        let (talks, owns, before, after) = (empty(), empty(), empty(), empty());
        let mut measure = Self { flow, library, language, talks, owns, before, after };
        for index in 0..count {
            (measure.talks[index], measure.owns[index]) = measure.times_of(StepIndex(index));
        }
        measure.after = longest_after(flow, &|at| measure.owns[at.0]);
        measure.before[flow.known.0] = measure.hint();
        for _ in 0..count {
            for from in 0..count {
                let through = measure.before[from] + measure.owns[from];
                for (_, to) in flow.step(StepIndex(from)).branches() {
                    measure.before[to.0] = measure.before[to.0].max(through);
                }
            }
        }
        measure
    }

    fn to(&self, at: StepIndex) -> Duration {
        self.before[at.0]
    }

    fn own(&self, at: StepIndex) -> Duration {
        self.owns[at.0]
    }

    fn from(&self, at: StepIndex) -> Duration {
        self.after[at.0]
    }

    fn whole(&self) -> Duration {
        self.from(self.flow.first).max(self.hint() + self.from(self.flow.known))
    }

    /// A caller whose language is remembered first hears how to change it.
    fn hint(&self) -> Duration {
        let name = [PromptName(PROMPT_CHANGE_LANGUAGE.to_owned())];
        let others = self.flow.languages.iter().filter(|language| **language != self.language);
        others.map(|language| self.library.seconds(*language, &name)).sum()
    }

    /// How long a step talks once, and how long it may take.
    fn times_of(&self, at: StepIndex) -> (Duration, Duration) {
        match self.flow.step(at) {
            Step::Say { speech, says_opening, .. } => {
                let opening = if *says_opening { self.longest_opening() } else { Duration::ZERO };
                let talk = self.talk(speech, &[]) + opening;
                (talk, talk)
            }
            Step::Choose(choice) => self.choice_times(choice),
            Step::SetLanguage { .. }
            | Step::SetClass { .. }
            | Step::Hours { .. }
            | Step::ToQueue { .. } => (Duration::ZERO, Duration::ZERO),
        }
    }

    fn choice_times(&self, choice: &Choice) -> (Duration, Duration) {
        let first = self.talk(&choice.speech, &[]);
        let again = self.talk(&choice.speech, &choice.again);
        let repeats = u32::from(choice.tries - 1);
        let whole = first + choice.timeout + (again + choice.timeout) * repeats;
        (if repeats > 0 { again.max(first) } else { first }, whole)
    }

    /// Three prompts, each at most as long as the longest of all.
    fn longest_opening(&self) -> Duration {
        let one =
            |name: &&str| self.library.seconds(self.language, &[PromptName((*name).to_owned())]);
        OPENING_PROMPTS.iter().map(one).max().unwrap_or_default() * 3
    }

    fn talk(&self, speech: &Speech, before: &[PromptName]) -> Duration {
        let own = [self.language];
        let languages = if speech.every_language { &self.flow.languages[..] } else { &own };
        languages
            .iter()
            .map(|l| self.library.seconds(*l, before) + self.library.seconds(*l, &speech.prompts))
            .sum()
    }
}
