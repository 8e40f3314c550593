//! One caller's walk through a greeting. Pure: a machine inside the call machine.

use std::sync::Arc;
use std::time::Duration;

use ids::{Class, Language, QueueId, Timestamp};

use super::{Choice, Flow, Hours, Speech, Step, StepIndex};
use crate::call::{Digit, PROMPT_CHANGE_LANGUAGE, PromptName};

/// A playlist whose end is not reported by then has failed; the greeting goes on without it.
const PLAY_LIMIT: Duration = Duration::from_secs(60);
/// How often a caller may go back to the choice of language.
const LANGUAGE_CHANGES_MAX: u8 = 3;

/// What the walk asks of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowOutput {
    /// Say this, replacing what is being said; report its end.
    Play(Vec<(Language, PromptName)>),
    /// The caller chose a language.
    ChooseLanguage(Language),
    /// The caller's answers give this class.
    SetClass(Class),
}

/// Where a walk stands after an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowNext {
    /// Still in the greeting.
    Goes(FlowRun),
    /// Over: the caller waits for a person of this queue.
    Done(QueueId),
}

/// One caller's walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowRun {
    flow: Arc<Flow>,
    language: Option<Language>,
    language_changes: u8,
    hours: Hours,
    /// Said in any case before the queue, unless it is an emergency.
    notice: Option<PromptName>,
    at: At,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    /// Something is said; then comes a step.
    Saying { then: StepIndex, barge_in: bool, until: Timestamp },
    /// The question of a choice is said.
    Asking { step: StepIndex, tries_left: u8, until: Timestamp },
    /// The question was said; a key is awaited.
    Listening { step: StepIndex, tries_left: u8, until: Timestamp },
    /// The notice is said; then comes the queue.
    Closing { queue: QueueId, until: Timestamp },
}

impl FlowRun {
    /// Begins a walk. A caller whose language is remembered (and still spoken) hears how to change
    /// it and begins behind the choice. The notice is what all hear at the end, and cannot skip.
    pub fn start(
        flow: Arc<Flow>,
        remembered: Option<Language>,
        hours: Hours,
        notice: Option<PromptName>,
        now: Timestamp,
        out: &mut Vec<FlowOutput>,
    ) -> FlowNext {
        let remembered = remembered.filter(|language| flow.languages.contains(language));
        let (first, known) = (flow.first, flow.known);
        let at = At::Saying { then: known, barge_in: true, until: now + PLAY_LIMIT };
        let changes = 0;
        let run = Self { flow, language: remembered, language_changes: changes, hours, notice, at };
        let Some(language) = remembered else { return run.enter(first, now, out) };
        let others = run.flow.languages.iter().filter(|other| **other != language);
        let hint: Vec<_> =
            others.map(|l| (*l, PromptName(PROMPT_CHANGE_LANGUAGE.to_owned()))).collect();
        if hint.is_empty() {
            return run.enter(known, now, out);
        }
        out.push(FlowOutput::Play(hint));
        FlowNext::Goes(run)
    }

    /// The language chosen or remembered.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.language
    }

    /// Whether the notice is being said: after it comes the queue.
    #[must_use]
    pub const fn is_closing(&self) -> bool {
        matches!(self.at, At::Closing { .. })
    }

    /// A key was pressed. `9` and `0` never come here: they are the call's.
    #[must_use]
    pub fn digit(self, digit: Digit, now: Timestamp, out: &mut Vec<FlowOutput>) -> FlowNext {
        if digit.as_char() == '*' {
            return self.change_language(now, out);
        }
        match self.at {
            At::Saying { barge_in: false, .. } | At::Closing { .. } => FlowNext::Goes(self),
            At::Saying { then, barge_in: true, .. } => self.skip_to(then, digit, now, out),
            At::Asking { step, tries_left, .. } => {
                let barge_in = self.choice(step).is_some_and(|choice| choice.barge_in);
                if barge_in {
                    self.choose(step, tries_left, Some(digit), now, out)
                } else {
                    FlowNext::Goes(self)
                }
            }
            At::Listening { step, tries_left, .. } => {
                self.choose(step, tries_left, Some(digit), now, out)
            }
        }
    }

    /// What was said came to its end.
    #[must_use]
    pub fn play_ended(self, now: Timestamp, out: &mut Vec<FlowOutput>) -> FlowNext {
        match self.at {
            At::Saying { then, .. } => self.enter(then, now, out),
            At::Asking { step, tries_left, .. } => {
                let timeout = self.choice(step).map_or(Duration::ZERO, |choice| choice.timeout);
                let at = At::Listening { step, tries_left, until: now + timeout };
                FlowNext::Goes(Self { at, ..self })
            }
            At::Closing { queue, .. } => FlowNext::Done(queue),
            // Late: the question was over already.
            At::Listening { .. } => FlowNext::Goes(self),
        }
    }

    /// Time passed.
    #[must_use]
    pub fn tick(self, now: Timestamp, out: &mut Vec<FlowOutput>) -> FlowNext {
        if now < self.poll_timeout() {
            return FlowNext::Goes(self);
        }
        match self.at {
            At::Saying { .. } | At::Asking { .. } | At::Closing { .. } => self.play_ended(now, out),
            At::Listening { step, tries_left, .. } => self.choose(step, tries_left, None, now, out),
        }
    }

    /// When to tick next. A greeting always has a deadline.
    #[must_use]
    pub fn poll_timeout(&self) -> Timestamp {
        match self.at {
            At::Saying { until, .. }
            | At::Asking { until, .. }
            | At::Listening { until, .. }
            | At::Closing { until, .. } => until,
        }
    }

    fn choice(&self, step: StepIndex) -> Option<&Choice> {
        match self.flow.step(step) {
            Step::Choose(choice) => Some(choice),
            Step::Say { .. }
            | Step::SetLanguage { .. }
            | Step::SetClass { .. }
            | Step::Hours { .. }
            | Step::ToQueue { .. } => None,
        }
    }

    /// Steps on until something is said or the queue is reached. The steps form no loop.
    fn enter(mut self, to: StepIndex, now: Timestamp, out: &mut Vec<FlowOutput>) -> FlowNext {
        let flow = Arc::clone(&self.flow);
        let mut step = to;
        loop {
            match flow.step(step) {
                Step::SetLanguage { language, then } => {
                    self.language = Some(*language);
                    out.push(FlowOutput::ChooseLanguage(*language));
                    step = *then;
                }
                Step::SetClass { class, then } => {
                    self.notice = self.notice.filter(|_| *class != Class::Emergency);
                    out.push(FlowOutput::SetClass(*class));
                    step = *then;
                }
                Step::Hours { open, closed, holiday } => {
                    step = match self.hours {
                        Hours::Open => *open,
                        Hours::Closed(_) => *closed,
                        Hours::Holiday(_) => *holiday,
                    };
                }
                Step::ToQueue { queue } => return self.close(*queue, now, out),
                Step::Say { speech, says_opening, barge_in, then } => {
                    out.push(FlowOutput::Play(self.announcement(speech, *says_opening)));
                    let (then, barge_in) = (*then, *barge_in);
                    self.at = At::Saying { then, barge_in, until: now + PLAY_LIMIT };
                    return FlowNext::Goes(self);
                }
                Step::Choose(choice) => {
                    out.push(FlowOutput::Play(self.spoken(&choice.speech, &[])));
                    let tries_left = choice.tries;
                    self.at = At::Asking { step, tries_left, until: now + PLAY_LIMIT };
                    return FlowNext::Goes(self);
                }
            }
        }
    }

    /// The walk is over but for the notice.
    fn close(mut self, queue: QueueId, now: Timestamp, out: &mut Vec<FlowOutput>) -> FlowNext {
        let Some(notice) = self.notice.clone() else { return FlowNext::Done(queue) };
        let speech = Speech { prompts: vec![notice], every_language: false };
        out.push(FlowOutput::Play(self.spoken(&speech, &[])));
        self.at = At::Closing { queue, until: now + PLAY_LIMIT };
        FlowNext::Goes(self)
    }

    /// A key during an announcement ends it. Where a question follows that knows the key, the key
    /// answers it: callers who know the menu do not wait for it.
    fn skip_to(
        self,
        then: StepIndex,
        digit: Digit,
        now: Timestamp,
        out: &mut Vec<FlowOutput>,
    ) -> FlowNext {
        let answer = self.choice(then).and_then(|choice| choice.keys.get(&digit)).copied();
        self.enter(answer.unwrap_or(then), now, out)
    }

    /// A key, or none in time, answers the question.
    fn choose(
        mut self,
        step: StepIndex,
        tries_left: u8,
        digit: Option<Digit>,
        now: Timestamp,
        out: &mut Vec<FlowOutput>,
    ) -> FlowNext {
        let flow = Arc::clone(&self.flow);
        let Step::Choose(choice) = flow.step(step) else { return FlowNext::Goes(self) };
        if let Some(to) = digit.and_then(|digit| choice.keys.get(&digit)) {
            return self.enter(*to, now, out);
        }
        if tries_left <= 1 {
            return self.enter(choice.otherwise, now, out);
        }
        out.push(FlowOutput::Play(self.spoken(&choice.speech, &choice.again)));
        self.at = At::Asking { step, tries_left: tries_left - 1, until: now + PLAY_LIMIT };
        FlowNext::Goes(self)
    }

    fn change_language(self, now: Timestamp, out: &mut Vec<FlowOutput>) -> FlowNext {
        if self.flow.languages.len() == 1 || self.language_changes >= LANGUAGE_CHANGES_MAX {
            return FlowNext::Goes(self);
        }
        let first = self.flow.first;
        Self { language_changes: self.language_changes + 1, ..self }.enter(first, now, out)
    }

    /// The prompts of a `say` step, and when the line opens, in the caller's language.
    fn announcement(&self, speech: &Speech, says_opening: bool) -> Vec<(Language, PromptName)> {
        let mut said = self.spoken(speech, &[]);
        if let Some(opening) = self.hours.opening().filter(|_| says_opening) {
            let language = self.language.unwrap_or(self.flow.default_language());
            said.extend(opening.prompts().map(|prompt| (language, prompt)));
        }
        said
    }

    fn spoken(&self, speech: &Speech, before: &[PromptName]) -> Vec<(Language, PromptName)> {
        let own = [self.language.unwrap_or(self.flow.default_language())];
        let languages = if speech.every_language { &self.flow.languages[..] } else { &own };
        languages
            .iter()
            .flat_map(|language| {
                before.iter().chain(&speech.prompts).map(|name| (*language, name.clone()))
            })
            .collect()
    }
}
