//! Greetings and calendars in force, and the lines that are made of them with the settings.
//!
//! The texts that come with the program are imported as version 1 where there is none. A call keeps
//! the versions that it began with; what is published is what the next call gets.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crm::recording::Rule;
use ids::{QueueId, Timestamp};
use store::config_version::{self, AddError, Kind, NewVersion, PublishError};
use store::sea_orm::DbErr;
use store::{Store, TxnError};
use switchboard::calendar::{BUILTIN_CALENDARS, Calendar};
use switchboard::{Line, Lines, OpeningHours, RecordingRules};
use telephony::call::{PromptName, QueueSounds};
use telephony::flow::{BUILTIN_FLOWS, Flow, FlowError, FlowProof, FlowWorld};
use telephony::media::AudioLibrary;
use uuid::Uuid;

use crate::config::{Queue, RecordingRule, Settings};

/// Something that keeps the lines from being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where: a setting, or a step of a greeting with its branch.
    pub place: String,
    /// The whole sentence.
    pub sentence: String,
}

/// Why the texts in force could not be read or imported.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// A version could not be kept.
    #[error("a greeting or calendar could not be imported")]
    Add(#[from] AddError),
    /// A version could not be put in force.
    #[error("a greeting or calendar could not be put in force")]
    Publish(#[from] PublishError),
    /// A row could not be read.
    #[error("the greetings and calendars in force could not be read")]
    Sql(#[from] DbErr),
    /// The transaction failed.
    #[error("the transaction failed")]
    Txn(#[from] TxnError),
}

/// The texts of all greetings and calendars, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Greetings.
    pub flows: BTreeMap<String, String>,
    /// Calendars.
    pub calendars: BTreeMap<String, String>,
}

impl Texts {
    /// Those that come with the program.
    #[must_use]
    pub fn builtin() -> Self {
        let own = |texts: &[(&str, &str)]| {
            texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        Self { flows: own(&BUILTIN_FLOWS), calendars: own(&BUILTIN_CALENDARS) }
    }

    /// Those in force; what comes with the program where nothing was put in force yet.
    ///
    /// # Errors
    /// See [`TextsError`].
    pub async fn in_force(store: &Store) -> Result<Self, TextsError> {
        let read = |txn| async move {
            let mut found = Self::builtin();
            for kind in [Kind::Flow, Kind::Calendar] {
                for (name, text) in found.of_mut(kind) {
                    if let Some(published) = config_version::published(&txn, kind, name).await? {
                        *text = published.version.text;
                    }
                }
            }
            Ok(found)
        };
        store.read_txn(read).await
    }

    /// Puts what comes with the program in force, as version 1, where nothing is.
    ///
    /// # Errors
    /// See [`TextsError`].
    pub async fn import(store: &Store, now: Timestamp) -> Result<(), TextsError> {
        let builtin = &Self::builtin();
        let write = |txn| async move {
            for kind in [Kind::Flow, Kind::Calendar] {
                for (name, text) in builtin.of(kind) {
                    if config_version::published(&txn, kind, name).await?.is_none() {
                        import(&txn, kind, name, text, now).await?;
                    }
                }
            }
            Ok(())
        };
        store.write_txn(write).await
    }

    /// The texts of one kind.
    #[must_use]
    pub const fn of(&self, kind: Kind) -> &BTreeMap<String, String> {
        match kind {
            Kind::Flow => &self.flows,
            Kind::Calendar => &self.calendars,
        }
    }

    /// The texts of one kind, to be changed.
    pub const fn of_mut(&mut self, kind: Kind) -> &mut BTreeMap<String, String> {
        match kind {
            Kind::Flow => &mut self.flows,
            Kind::Calendar => &mut self.calendars,
        }
    }
}

async fn import(
    txn: &store::WriteTxn,
    kind: Kind,
    name: &str,
    text: &str,
    now: Timestamp,
) -> Result<(), TextsError> {
    let new = NewVersion {
        id: builtin_id(kind, name),
        name: name.to_owned(),
        text: text.to_owned(),
        author: None,
        note: String::new(),
    };
    let version = config_version::add(txn, kind, &new, now).await?;
    config_version::publish(txn, kind, name, version.version, 0, None, now).await?;
    Ok(())
}

/// The id of a text that comes with the program: always the same, so that two nodes that start at once
/// import it once (RFC 9562 §5.8).
fn builtin_id(kind: Kind, name: &str) -> Uuid {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(format!("built-in {} {name}", kind.as_str()));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Settings, prompts and texts together: what greetings are checked against.
#[derive(Debug)]
pub struct World<'a> {
    settings: &'a Settings,
    library: &'a AudioLibrary,
    texts: &'a Texts,
    queues: Vec<QueueId>,
    always_open: Vec<QueueId>,
    calendars: HashMap<String, Arc<Calendar>>,
    wrong: Vec<Wrong>,
}

impl<'a> World<'a> {
    /// Reads all calendars.
    #[must_use]
    pub fn new(settings: &'a Settings, library: &'a AudioLibrary, texts: &'a Texts) -> Self {
        let queues = settings.queues.iter().map(|queue| queue.id).collect();
        let (calendars, wrong, always_open) = (HashMap::new(), Vec::new(), Vec::new());
        let mut world = Self { settings, library, texts, queues, always_open, calendars, wrong };
        for (name, text) in &texts.calendars {
            match read_calendar(name, text) {
                Ok(calendar) => drop(world.calendars.insert(name.clone(), Arc::new(calendar))),
                Err(wrong) => world.wrong.extend(wrong),
            }
        }
        let open = |queue: &&Queue| {
            world.calendars.get(&queue.calendar).is_some_and(|found| found.is_always_open())
        };
        world.always_open = settings.queues.iter().filter(open).map(|queue| queue.id).collect();
        world
    }

    /// Checks one greeting and says how long each of its branches takes to a person.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn prove(&self, name: &str, text: &str) -> Result<(Flow, FlowProof), Vec<Wrong>> {
        let told = |wrong: Vec<FlowError>| -> Vec<Wrong> {
            wrong.iter().map(|error| of_flow(name, error)).collect()
        };
        let flow = Flow::read(text).map_err(told)?;
        if flow.name() != name {
            let sentence = format!("greeting `{name}`: its text is named `{}`", flow.name());
            return Err(vec![Wrong { place: "name".to_owned(), sentence }]);
        }
        let (queues, always_open) = (&self.queues[..], &self.always_open[..]);
        let world = FlowWorld { queues, always_open, library: self.library };
        let proof = flow.prove(world).map_err(told)?;
        Ok((flow, proof))
    }

    /// The lines of the settings.
    ///
    /// # Errors
    /// All that is wrong, with whatever part it is.
    pub fn lines(self) -> Result<Lines, Vec<Wrong>> {
        let mut wrong = self.wrong.clone();
        let mut flows = HashMap::new();
        for (name, text) in &self.texts.flows {
            match self.prove(name, text) {
                Ok((flow, _)) => drop(flows.insert(name.as_str(), Arc::new(flow))),
                Err(found) => wrong.extend(found),
            }
        }
        let mut made = Vec::new();
        for queue in &self.settings.queues {
            match self.line(queue, &flows) {
                Ok(line) => made.push((queue.number.clone(), line)),
                Err(found) => wrong.push(found),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let Some((_, first)) = made.first().cloned() else {
            return Err(vec![of_setting("queue", "there must be at least one [[queue]]")]);
        };
        let sounds = self.settings.queues.iter().map(|queue| (queue.id, queue.sound())).collect();
        let lines = Lines::new(first, made.into_iter().collect());
        Ok(lines.with_sounds(QueueSounds::new(sounds)))
    }

    fn line(&self, queue: &Queue, flows: &HashMap<&str, Arc<Flow>>) -> Result<Line, Wrong> {
        let Some(flow) = flows.get(queue.flow.as_str()) else {
            let known = self.texts.flows.contains_key(&queue.flow);
            let why = if known { "cannot be used" } else { "does not exist" };
            let why = format!("the greeting \"{}\" of queue `{}` {why}", queue.flow, queue.id);
            return Err(of_setting("queue.flow", &why));
        };
        let music = PromptName(queue.music.clone());
        let silent = flow.languages().iter().find(|language| !self.library.has(**language, &music));
        if silent.is_some() {
            let why = format!("there is no prompt \"{}\"", queue.music);
            return Err(of_setting("queue.music", &why));
        }
        let hours = self.hours(queue, flow)?;
        let recording = RecordingRules { tier_one: rule(queue.recording) };
        Ok(Line { queue: queue.id, flow: Arc::clone(flow), class: queue.class, recording, hours })
    }

    fn hours(&self, queue: &Queue, flow: &Flow) -> Result<Option<OpeningHours>, Wrong> {
        let Some(calendar) = self.calendars.get(&queue.calendar) else {
            let why = format!("there is no calendar \"{}\"", queue.calendar);
            return Err(of_setting("queue.calendar", &why));
        };
        if calendar.is_always_open() {
            return Ok(None);
        }
        if !flow.asks_for_hours() {
            let error = FlowError::HoursNotAsked { flow: flow.name().to_owned(), queue: queue.id };
            return Err(of_flow(flow.name(), &error));
        }
        match queue.after_hours {
            Some(after_hours) if self.always_open.contains(&after_hours) => {
                Ok(Some(OpeningHours { calendar: Arc::clone(calendar), after_hours }))
            }
            Some(other) => {
                let why = format!("\"{other}\" is not a queue that is always open");
                Err(of_setting("queue.after_hours", &why))
            }
            None => {
                let why = format!("queue `{}` has opening hours and needs a queue here", queue.id);
                Err(of_setting("queue.after_hours", &why))
            }
        }
    }
}

/// Reads one calendar.
///
/// # Errors
/// All that is wrong with it.
pub fn read_calendar(name: &str, text: &str) -> Result<Calendar, Vec<Wrong>> {
    let place = || format!("calendars.{name}");
    let told = |error: &switchboard::calendar::CalendarError| Wrong {
        place: place(),
        sentence: error.to_string(),
    };
    let calendar =
        Calendar::read(text).map_err(|wrong| wrong.iter().map(told).collect::<Vec<_>>())?;
    if calendar.name() != name {
        let sentence = format!("calendar `{name}`: its text is named `{}`", calendar.name());
        return Err(vec![Wrong { place: place(), sentence }]);
    }
    Ok(calendar)
}

const fn rule(rule: RecordingRule) -> Option<Rule> {
    match rule {
        RecordingRule::Never => None,
        RecordingRule::Announced => Some(Rule::Announced),
        RecordingRule::Consent => Some(Rule::Consent),
    }
}

fn of_setting(key: &str, why: &str) -> Wrong {
    Wrong { place: key.to_owned(), sentence: format!("bad setting `{key}`: {why}") }
}

fn of_flow(name: &str, error: &FlowError) -> Wrong {
    let place = match (error.step(), error.branch()) {
        (Some(step), Some(branch)) => format!("steps.{step}.{branch}"),
        (Some(step), None) => format!("steps.{step}"),
        (None, Some(branch)) => branch.to_owned(),
        (None, None) => format!("flows.{name}"),
    };
    Wrong { place, sentence: error.sentence() }
}

#[cfg(test)]
mod tests;
