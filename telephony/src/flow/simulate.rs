//! A greeting tried out: what a caller who presses these keys would hear, and where it ends. Pure.
//!
//! The real call machine runs, with a clock that jumps from deadline to deadline, so that what is
//! rehearsed is what callers get.

use std::sync::Arc;
use std::time::Duration;

use ids::{CallId, Class, Language, LegId, QueueId, Timestamp};

use super::{Flow, Hours};
use crate::call::{
    Call, CallEffect, CallEvent, CallFacts, CallState, Digit, PlayId, Playlist, PromptName,
    QueueSounds,
};
use crate::media::{AudioLibrary, Prompt};

/// Most moments of one rehearsal: far more than a greeting of 64 steps and three tries can have.
const MOMENTS_MAX: usize = 1_000;

/// Who calls, and when.
#[derive(Clone, Debug)]
pub struct RehearsalStart {
    /// The queue of the number dialled; outside its hours, the one that takes its callers.
    pub queue: QueueId,
    /// Whether the line is open.
    pub hours: Hours,
    /// The class that callers of this number start with.
    pub class: Class,
    /// The language that is remembered.
    pub remembered_language: Option<Language>,
    /// The keys, each pressed as soon as something is being said or awaited; `None` is silence until
    /// the greeting goes on by itself.
    pub keys: Vec<Option<Digit>>,
}

/// One thing heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When it began.
    pub at: Duration,
    /// The key that the caller pressed while or after it was said.
    pub key: Option<Digit>,
    /// What was said.
    pub prompts: Vec<(Language, PromptName)>,
}

/// How a rehearsal went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// What was heard, in order; the last is what a waiting caller hears first.
    pub heard: Vec<Heard>,
    /// The queue in which the caller waits for a person.
    pub queue: QueueId,
    /// How urgent the caller is.
    pub class: Class,
    /// The language of the caller.
    pub language: Option<Language>,
    /// How long it took until the caller waited for a person.
    pub took: Duration,
}

/// Lets one caller walk through a greeting. Keys that are left when the caller waits are not pressed,
/// but `9`, which still means an emergency.
#[must_use]
pub fn rehearse(flow: Arc<Flow>, library: &AudioLibrary, start: RehearsalStart) -> Rehearsal {
    let RehearsalStart { queue, hours, class, remembered_language, keys } = start;
    let (id, leg) = (CallId::from_number(1), LegId::from_number(1));
    let sounds = QueueSounds::default();
    let notice = None;
    let facts = CallFacts {
        id,
        leg,
        queue,
        hours,
        sounds,
        flow,
        remembered_language,
        class,
        notice,
        reachable: true,
    };
    let mut stage = Stage::new(facts, library);
    let mut keys = keys.into_iter();
    for _ in 0..MOMENTS_MAX {
        if stage.waits() {
            break;
        }
        match keys.next().flatten() {
            Some(digit) => stage.press(digit),
            None => stage.stay_silent(),
        }
    }
    if let Some(nine) = keys.flatten().find(|digit| digit.as_char() == '9') {
        stage.press(nine);
    }
    stage.end()
}

struct Stage<'a> {
    call: Call,
    now: Timestamp,
    library: &'a AudioLibrary,
    /// The playlist that is being said, and its end.
    playing: Option<(PlayId, Timestamp)>,
    heard: Vec<Heard>,
    waits_since: Option<Timestamp>,
}

impl<'a> Stage<'a> {
    fn new(facts: CallFacts, library: &'a AudioLibrary) -> Self {
        let now = Timestamp::from_micros(0);
        let call = Call::arrived(facts, now, &mut Vec::new());
        let heard = Vec::new();
        let mut stage = Self { call, now, library, playing: None, heard, waits_since: None };
        stage.happens(CallEvent::Recorded);
        stage.happens(CallEvent::CallerConfirmed);
        stage
    }

    fn waits(&self) -> bool {
        !matches!(self.call.state(), CallState::Greeting(_))
    }

    fn press(&mut self, digit: Digit) {
        if let Some(heard) = self.heard.last_mut() {
            heard.key = Some(digit);
        }
        self.happens(CallEvent::DigitPressed { digit });
    }

    /// What is said is heard to its end, the time for a key runs out, and something else is heard.
    fn stay_silent(&mut self) {
        let before = self.heard.len();
        // Twice at most: the end of the words, the end of the time.
        for _ in 0..2 {
            if self.heard.len() == before && !self.waits() {
                self.let_time_pass();
            }
        }
    }

    fn let_time_pass(&mut self) {
        if let Some((play, end)) = self.playing.take() {
            self.now = end;
            self.happens(CallEvent::PlayEnded { play });
        } else if let Some(deadline) = self.call.poll_timeout() {
            self.now = self.now.max(deadline);
            self.happens(CallEvent::Ticked);
        }
    }

    fn happens(&mut self, event: CallEvent) {
        let mut effects = Vec::new();
        // Each event fits: before it waits, a call takes keys, ends of words and time.
        self.call = match self.call.clone().handle(self.now, event, &mut effects) {
            Ok(call) => call,
            Err(refused) => refused.state,
        };
        for effect in effects {
            if let CallEffect::JoinQueue { .. } = effect {
                self.waits_since = Some(self.now);
            }
            if let CallEffect::Play { play, playlist, .. } = effect {
                self.hears(play, playlist);
            }
        }
    }

    fn hears(&mut self, play: PlayId, playlist: Playlist) {
        let prompts = playlist.prompts;
        let lasts: Duration = prompts
            .iter()
            .filter_map(|(language, name)| self.library.get(*language, name))
            .map(Prompt::duration)
            .sum();
        self.playing = Some((play, self.now + lasts));
        let at = self.now.since(Timestamp::from_micros(0));
        self.heard.push(Heard { at, key: None, prompts });
    }

    fn end(self) -> Rehearsal {
        let began = Timestamp::from_micros(0);
        Rehearsal {
            heard: self.heard,
            queue: self.call.queue(),
            class: self.call.class(),
            language: self.call.language(),
            took: self.waits_since.unwrap_or(self.now).since(began),
        }
    }
}
