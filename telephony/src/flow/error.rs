//! Why a greeting is refused. Pure.

use ids::{Language, QueueId};
use thiserror::Error;

/// Why a greeting is refused. Each reads as one sentence; start-up fails with the first.
#[derive(Debug, Error)]
pub enum FlowError {
    /// Not TOML, or not of this form.
    #[error("the greeting is not readable")]
    Toml(#[source] Box<toml::de::Error>),
    /// Longer than 64 KiB.
    #[error("the greeting is longer than 64 KiB")]
    TooLong,
    /// No, too many, or the same languages.
    #[error("greeting `{flow}`: 1 to 8 different languages are needed")]
    BadLanguages {
        /// Which greeting.
        flow: String,
    },
    /// More steps than a caller could ever want.
    #[error("greeting `{flow}`: more than 64 steps")]
    TooManySteps {
        /// Which greeting.
        flow: String,
    },
    /// A branch leads nowhere.
    #[error("greeting `{flow}`, step `{step}`, branch `{branch}`: there is no step `{target}`")]
    UnknownStep {
        /// Which greeting.
        flow: String,
        /// Which step; empty for the greeting's own `first` and `known`.
        step: String,
        /// Which branch.
        branch: String,
        /// What it names.
        target: String,
    },
    /// A key that means the same everywhere, or is no key.
    #[error(
        "greeting `{flow}`, step `{step}`: `{key}` cannot be a key here; \
         9, 0 and * mean the same everywhere, the others are 1 to 8 and #"
    )]
    BadKey {
        /// Which greeting.
        flow: String,
        /// Which step.
        step: String,
        /// The key.
        key: String,
    },
    /// A step that says nothing, asks for nothing, or has a number out of range.
    #[error("greeting `{flow}`, step `{step}`: {field} must be {range}")]
    OutOfRange {
        /// Which greeting.
        flow: String,
        /// Which step.
        step: String,
        /// Which setting.
        field: &'static str,
        /// What is allowed.
        range: &'static str,
    },
    /// A language that the greeting does not speak.
    #[error("greeting `{flow}`, step `{step}`: language `{language}` is not in `languages`")]
    UnknownLanguage {
        /// Which greeting.
        flow: String,
        /// Which step.
        step: String,
        /// Which language.
        language: Language,
    },
    /// A caller could go round for ever.
    #[error(
        "greeting `{flow}`, step `{step}`, branch `{branch}`: leads back to where it came from"
    )]
    Loop {
        /// Which greeting.
        flow: String,
        /// Which step.
        step: String,
        /// Which branch closes the loop.
        branch: String,
    },
    /// A step that nobody gets to.
    #[error("greeting `{flow}`, step `{step}`: no branch leads to it")]
    Unreachable {
        /// Which greeting.
        flow: String,
        /// Which step.
        step: String,
    },
    /// Several languages, and the first step is not their choice.
    #[error(
        "greeting `{flow}`, step `{step}`: the first step must be a choice, said in every \
         language, whose keys set each language"
    )]
    LanguageNotFirst {
        /// Which greeting.
        flow: String,
        /// The first step.
        step: String,
    },
    /// Menus within menus within menus.
    #[error(
        "greeting `{flow}`, step `{step}`: is the {levels}. menu on the way here, at most {limit} \
         are allowed"
    )]
    TooDeep {
        /// Which greeting.
        flow: String,
        /// The menu that is one too many.
        step: String,
        /// Its level.
        levels: usize,
        /// The deepest level allowed.
        limit: usize,
    },
    /// More options than a caller keeps in mind.
    #[error("greeting `{flow}`, step `{step}`: {options} options, at most {limit} are allowed")]
    TooManyOptions {
        /// Which greeting.
        flow: String,
        /// Which menu.
        step: String,
        /// How many.
        options: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A closed line leads to a queue that may be closed too.
    #[error(
        "greeting `{flow}`, step `{step}`: callers of a closed line get here, but queue `{queue}` \
         has opening hours; name a queue that is always open"
    )]
    ClosedQueue {
        /// Which greeting.
        flow: String,
        /// The step that leads to the queue.
        step: String,
        /// Which queue.
        queue: QueueId,
    },
    /// The line has opening hours, and its greeting does not ask for them.
    #[error(
        "greeting `{flow}`: has no step of kind `hours`, but queue `{queue}` has opening hours"
    )]
    HoursNotAsked {
        /// Which greeting.
        flow: String,
        /// The queue of the line.
        queue: QueueId,
    },
    /// A queue that is not configured.
    #[error("greeting `{flow}`, step `{step}`: there is no queue `{queue}`")]
    UnknownQueue {
        /// Which greeting.
        flow: String,
        /// Which step.
        step: String,
        /// Which queue.
        queue: QueueId,
    },
    /// A prompt without a recording in one language.
    #[error("greeting `{flow}`: prompt `{prompt}` is missing in language `{language}`")]
    MissingPrompt {
        /// Which greeting.
        flow: String,
        /// Which prompt.
        prompt: String,
        /// In which language.
        language: Language,
    },
    /// One step talks too long.
    #[error(
        "greeting `{flow}`, step `{step}`: talks for {seconds} s, at most {limit} s are allowed"
    )]
    TalksTooLong {
        /// Which greeting.
        flow: String,
        /// Which step.
        step: String,
        /// Seconds.
        seconds: u64,
        /// Seconds.
        limit: u64,
    },
    /// The longest branch keeps a caller too long from a person.
    #[error(
        "greeting `{flow}`: its longest branch takes {seconds} s, at most {limit} s are allowed"
    )]
    TooSlow {
        /// Which greeting.
        flow: String,
        /// Seconds.
        seconds: u64,
        /// Seconds.
        limit: u64,
    },
}

impl FlowError {
    /// The step that is wrong, where one is.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::UnknownStep { step, .. }
            | Self::BadKey { step, .. }
            | Self::OutOfRange { step, .. }
            | Self::UnknownLanguage { step, .. }
            | Self::Loop { step, .. }
            | Self::Unreachable { step, .. }
            | Self::LanguageNotFirst { step, .. }
            | Self::TooDeep { step, .. }
            | Self::TooManyOptions { step, .. }
            | Self::ClosedQueue { step, .. }
            | Self::UnknownQueue { step, .. }
            | Self::TalksTooLong { step, .. } => {
                Some(step).filter(|step| !step.is_empty()).map(String::as_str)
            }
            Self::Toml(_)
            | Self::TooLong
            | Self::BadLanguages { .. }
            | Self::TooManySteps { .. }
            | Self::HoursNotAsked { .. }
            | Self::MissingPrompt { .. }
            | Self::TooSlow { .. } => None,
        }
    }

    /// The branch of the step that is wrong, where one is.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        if let Self::UnknownStep { branch, .. } | Self::Loop { branch, .. } = self {
            return Some(branch);
        }
        None
    }

    /// The whole sentence, with the cause where there is one.
    #[must_use]
    pub fn sentence(&self) -> String {
        if let Self::Toml(cause) = self {
            return format!("{self}: {}", cause.message());
        }
        self.to_string()
    }
}
