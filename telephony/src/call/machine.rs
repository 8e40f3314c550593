//! The machine itself: facts, dispatch by state, and what every state uses. Pure.

use std::sync::Arc;
use std::time::Duration;

use ids::{AgentId, CallId, Class, Language, LegId, QueueId, Timestamp};
use thiserror::Error;

use super::{
    Arriving, CallEffect, CallEvent, CallState, Early, PlayId, Playlist, PromptName, QueueSounds,
    Sound,
};
use crate::flow::{Flow, Hours};

/// The timers of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallConfig {
    /// How long the interaction's row may hold up the answer.
    pub record_timeout: Duration,
    /// How long the caller's side may take to confirm the answer (RFC 3261 §13.3.1.4: 64 × T1).
    pub set_up_timeout: Duration,
    /// How long a caller is kept for an agent whose audio is lost.
    pub agent_media_grace: Duration,
    /// How often a waiting caller hears words.
    pub announce_every: Duration,
    /// Shortest time between words to a waiting caller, from the end of the last.
    pub announce_gap: Duration,
    /// How often a caller whom a full queue did not take tries again.
    pub full_retry: Duration,
    /// A caller who has waited so long hears how to wish for a call back …
    pub callback_after: Duration,
    /// … and one who is expected to wait so long hears it at once.
    pub callback_wait: Duration,
}

impl Default for CallConfig {
    fn default() -> Self {
        Self {
            record_timeout: Duration::from_secs(2),
            set_up_timeout: Duration::from_secs(32),
            agent_media_grace: Duration::from_secs(15),
            announce_every: Duration::from_secs(60),
            announce_gap: Duration::from_secs(15),
            full_retry: Duration::from_secs(15),
            callback_after: Duration::from_secs(45),
            callback_wait: Duration::from_secs(5 * 60),
        }
    }
}

/// What is known of a call when it comes in. It makes no difference whether the caller's leg is a
/// trunk's or a browser's.
#[derive(Clone, Debug)]
pub struct CallFacts {
    /// The call, minted by the shell.
    pub id: CallId,
    /// The caller's leg.
    pub leg: LegId,
    /// The queue of the number dialled; outside its hours, the one that takes its callers.
    pub queue: QueueId,
    /// Whether the line is open.
    pub hours: Hours,
    /// What waiting callers hear, by queue.
    pub sounds: QueueSounds,
    /// The greeting of the number dialled.
    pub flow: Arc<Flow>,
    /// The language last used by this caller's number.
    pub remembered_language: Option<Language>,
    /// The class that callers of this number start with.
    pub class: Class,
    /// Words that every caller of this number hears before a person answers: last in the greeting,
    /// or after the first words of the wait for those who skip the greeting. They hold up nobody who
    /// is in the queue, and no emergency at all.
    pub notice: Option<PromptName>,
    /// The caller's number is known, so that we could call back.
    pub reachable: bool,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    line: Line,
    state: CallState,
}

/// An event that cannot happen in the call's state. Nothing changed and nothing is to be done,
/// except by [`Refused::agent_to_release`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the event cannot happen in the call's state")]
pub struct Refused {
    /// The call, as it was.
    pub state: Call,
    /// The event, unchanged.
    pub event: CallEvent,
}

impl Refused {
    /// The agent whom the floor gave this call in vain: the caller left, or was taken by another,
    /// while the acceptance was on its way. Tell the floor that this agent's part is over.
    #[must_use]
    pub fn agent_to_release(&self) -> Option<AgentId> {
        match &self.event {
            CallEvent::AgentAccepted { agent, .. } => {
                Some(*agent).filter(|agent| self.state.state.agent() != Some(*agent))
            }
            CallEvent::Recorded
            | CallEvent::RecordFailed
            | CallEvent::CallerConfirmed
            | CallEvent::CallerLeft { .. }
            | CallEvent::DigitPressed { .. }
            | CallEvent::PlayEnded { .. }
            | CallEvent::PlaceChanged { .. }
            | CallEvent::QueueFull
            | CallEvent::Rerouted { .. }
            | CallEvent::AgentMediaLost
            | CallEvent::AgentMediaBack { .. }
            | CallEvent::AgentGone { .. }
            | CallEvent::AgentHungUp
            | CallEvent::HoldRequested
            | CallEvent::ResumeRequested
            | CallEvent::DigitRequested { .. }
            | CallEvent::Stopped { .. }
            | CallEvent::Ticked => None,
        }
    }
}

impl Call {
    /// A call came in: nothing is answered before its interaction is durable.
    #[must_use]
    pub fn arrived(facts: CallFacts, now: Timestamp, out: &mut Vec<CallEffect>) -> Self {
        Self::arrived_with(CallConfig::default(), facts, now, out)
    }

    /// As [`Call::arrived`], with timers of one's own.
    #[must_use]
    pub fn arrived_with(
        config: CallConfig,
        facts: CallFacts,
        now: Timestamp,
        _out: &mut Vec<CallEffect>,
    ) -> Self {
        let CallFacts { id, leg, queue, hours, sounds, .. } = facts;
        let CallFacts { flow, remembered_language, class, notice, reachable, .. } = facts;
        // A language that this greeting does not speak would ask for an agent whom nobody hired.
        let language = remembered_language.filter(|l| flow.languages().contains(l));
        let until = now + config.record_timeout;
        let plays = 0;
        let wish = if reachable { Wish::Open } else { Wish::Unreachable };
        let line = Line {
            config,
            id,
            leg,
            queue,
            class,
            language,
            hours,
            sounds,
            flow,
            notice,
            wish,
            plays,
        };
        Self { line, state: CallState::Arriving(Arriving { until, early: Early::default() }) }
    }

    /// Applies one event. An event that cannot happen here is given back with the call.
    ///
    /// # Errors
    /// [`Refused`]: the call is unchanged, no effect was added.
    pub fn handle(
        self,
        now: Timestamp,
        event: CallEvent,
        out: &mut Vec<CallEffect>,
    ) -> Result<Self, Box<Refused>> {
        let Self { mut line, state } = self;
        let mut step = Step { line: &mut line, now, out };
        let next = match state {
            CallState::Arriving(arriving) => step.arriving(arriving, event),
            CallState::Answering(answering) => step.answering(answering, event),
            CallState::Greeting(greeting) => step.greeting(greeting, event),
            CallState::Waiting(waiting) => step.waiting(waiting, event),
            CallState::Talking(talk) => step.talking(talk, event),
            CallState::OnHold(talk) => step.on_hold(talk, event),
            CallState::Interrupted(interrupted) => step.interrupted(interrupted, event),
            ended @ CallState::Ended { .. } => unfit(ended, event),
        };
        match next {
            Ok(state) => Ok(Self { line, state }),
            Err(unfit) => {
                let Unfit { state, event } = *unfit;
                Err(Box::new(Refused { state: Self { line, state }, event }))
            }
        }
    }

    /// When to call `handle(.., Ticked, ..)` next, if ever.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.state.poll_timeout()
    }

    /// Where the call is.
    #[must_use]
    pub fn state(&self) -> &CallState {
        &self.state
    }

    /// Which call.
    #[must_use]
    pub fn id(&self) -> CallId {
        self.line.id
    }

    /// The caller's leg.
    #[must_use]
    pub fn leg(&self) -> LegId {
        self.line.leg
    }

    /// The queue that the caller waits in, or will.
    #[must_use]
    pub fn queue(&self) -> QueueId {
        self.line.queue
    }

    /// How urgent, by what is known now.
    #[must_use]
    pub fn class(&self) -> Class {
        self.line.class
    }

    /// The caller's language, chosen or remembered.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.line.language
    }

    /// The agent whom the call holds, if any.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        self.state.agent()
    }
}

/// What every state of a call shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) config: CallConfig,
    pub(super) id: CallId,
    pub(super) leg: LegId,
    pub(super) queue: QueueId,
    pub(super) class: Class,
    pub(super) language: Option<Language>,
    pub(super) hours: Hours,
    pub(super) sounds: QueueSounds,
    pub(super) flow: Arc<Flow>,
    /// What this caller has still to be told before talking with a person.
    pub(super) notice: Option<PromptName>,
    pub(super) wish: Wish,
    /// Playlists begun.
    plays: u32,
}

/// Whether the caller wishes to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// The number is withheld: nobody could call.
    Unreachable,
    /// Not said.
    Open,
    /// Said, and remembered.
    Noted,
}

/// An event that does not fit; boxed, since it is rare and the state is large.
pub(super) struct Unfit {
    state: CallState,
    event: CallEvent,
}

pub(super) type Next = Result<CallState, Box<Unfit>>;

pub(super) fn unfit(state: CallState, event: CallEvent) -> Next {
    Err(Box::new(Unfit { state, event }))
}

/// One event being applied. The methods for each state are in the files of the states.
pub(super) struct Step<'a> {
    pub(super) line: &'a mut Line,
    pub(super) now: Timestamp,
    pub(super) out: &'a mut Vec<CallEffect>,
}

impl Step<'_> {
    pub(super) fn play(&mut self, prompts: Vec<(Language, PromptName)>, repeat: bool) -> PlayId {
        self.line.plays += 1;
        let play = PlayId(self.line.plays);
        let playlist = Playlist { prompts, repeat };
        self.out.push(CallEffect::Play { leg: self.line.leg, play, playlist });
        play
    }

    /// Words of the machine, in the caller's language; music follows.
    pub(super) fn announce(&mut self, prompt: &str) -> Sound {
        self.announce_all(&[prompt])
    }

    /// As [`Step::announce`], several prompts one after the other.
    pub(super) fn announce_all(&mut self, prompts: &[&str]) -> Sound {
        let prompts = prompts.iter().map(|prompt| self.spoken(prompt)).collect();
        Sound::Announcement(self.play(prompts, false))
    }

    /// The music of the queue.
    pub(super) fn music(&mut self) -> Sound {
        let music = self.spoken(&self.line.sounds.of(self.line.queue).music.0);
        Sound::Music(self.play(vec![music], true))
    }

    /// The floor has the caller in another queue or class. It may come after the agent's acceptance.
    pub(super) fn rerouted(&mut self, queue: QueueId, class: Class) {
        self.line.queue = queue;
        if self.line.class != Class::Emergency {
            self.line.class = class;
        }
    }

    /// What follows when a playlist came to its end: music after words. The late end of a playlist
    /// that was replaced changes nothing.
    pub(super) fn after(&mut self, sound: Sound, ended: PlayId) -> Sound {
        match sound {
            Sound::Announcement(play) if play == ended => self.music(),
            Sound::Announcement(_) | Sound::Music(_) => sound,
        }
    }

    fn spoken(&self, prompt: &str) -> (Language, PromptName) {
        let language = self.line.language.unwrap_or(self.line.flow.default_language());
        (language, PromptName(prompt.to_owned()))
    }
}
