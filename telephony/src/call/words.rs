//! What a waiting caller is told, and when. Pure.
//!
//! As Asterisk does it: words at the beginning, then each `announce_every`; earlier if the caller
//! came forward, but never sooner than `announce_gap` after the last words and never into them.

use std::time::Duration;

use ids::Class;

use super::machine::{Step, Wish};
use super::sound::{place_prompt, wait_prompt};
use super::{
    PROMPT_CALLBACK_OFFER, PROMPT_EMERGENCY_WAITING, PROMPT_PLEASE_WAIT, PROMPT_PRESS_NINE,
    PROMPT_QUEUE_FULL, PROMPT_QUEUE_SAFETY, PROMPT_STILL_WAITING, Place, PlayId, PromptName,
    QueueSound, Sound, Waiting,
};
use crate::flow::Hours;

/// Words whose end is not reported by then have failed; the caller may be spoken to again.
const WORDS_LIMIT: Duration = Duration::from_secs(60);

impl Step<'_> {
    /// What the caller hears first. An emergency, and a caller who comes back from an agent, know
    /// about the key `9`.
    pub(super) fn first_words(
        &mut self,
        prompt: &str,
        back: bool,
        notice: Option<&PromptName>,
    ) -> Sound {
        let safety = prompt == PROMPT_PLEASE_WAIT && !back && self.sound().safety;
        let safety = safety.then_some(PROMPT_QUEUE_SAFETY);
        let notice = notice.map(|notice| notice.0.as_str());
        let closed = !back && self.line.hours != Hours::Open;
        let offer = self.callback_offer(closed);
        let words: Vec<&str> =
            [Some(prompt), safety, notice, offer].into_iter().flatten().collect();
        self.announce_all(&words)
    }

    /// The caller waits on the floor, or came forward, or fell back.
    pub(super) fn placed(
        &mut self,
        waiting: Waiting,
        before: u32,
        expected_wait: Option<Duration>,
    ) -> Waiting {
        if !waiting.on_floor() {
            return waiting;
        }
        let waiting = Waiting { place: Place::Known { before, expected_wait }, ..waiting };
        if self.owes_first_place(&waiting) {
            return match waiting.sound {
                // The words come to their end first.
                Sound::Announcement(_) => waiting,
                Sound::Music(_) => self.say_first_place(waiting),
            };
        }
        let came_forward = waiting.said.is_some() && self.sayable(&waiting).is_some();
        let announce_at =
            if came_forward { waiting.announce_at.min(self.now) } else { waiting.announce_at };
        Waiting { announce_at, ..waiting }
    }

    /// A playlist came to its end: after words comes the first place if it is known by now, else
    /// music. The late end of a playlist that was replaced changes nothing.
    pub(super) fn words_ended(&mut self, waiting: Waiting, ended: PlayId) -> Waiting {
        if waiting.sound != Sound::Announcement(ended) {
            return waiting;
        }
        if self.owes_first_place(&waiting) {
            return self.say_first_place(waiting);
        }
        let sound = self.music();
        Waiting { sound, quiet_until: self.now + self.line.config.announce_gap, ..waiting }
    }

    /// The announcement that comes again and again.
    pub(super) fn say(&mut self, waiting: Waiting) -> Waiting {
        if self.line.class == Class::Emergency {
            let sound = self.announce(PROMPT_EMERGENCY_WAITING);
            return self.speaking(Waiting { sound, ..waiting });
        }
        match waiting.place {
            Place::Outside { .. } | Place::Asked { again: true } => {
                let words: Vec<&str> = [Some(PROMPT_QUEUE_FULL), self.callback_offer(true)]
                    .into_iter()
                    .flatten()
                    .collect();
                let sound = self.announce_all(&words);
                self.speaking(Waiting { sound, ..waiting })
            }
            Place::Asked { again: false } | Place::Known { .. } => {
                self.say_place(waiting, &[PROMPT_STILL_WAITING], &[PROMPT_PRESS_NINE])
            }
        }
    }

    fn say_first_place(&mut self, waiting: Waiting) -> Waiting {
        self.say_place(Waiting { introduced: true, ..waiting }, &[], &[])
    }

    /// Place and expected wait between other words.
    fn say_place(
        &mut self,
        waiting: Waiting,
        first: &[&'static str],
        last: &[&'static str],
    ) -> Waiting {
        let place = self.sayable(&waiting);
        let words: Vec<&str> = first
            .iter()
            .copied()
            .chain(place.map(place_prompt))
            .chain(self.sayable_wait(&waiting).map(wait_prompt))
            .chain(last.iter().copied())
            .chain(self.callback_offer(self.waits_long(&waiting)))
            .collect();
        let sound = self.announce_all(&words);
        self.speaking(Waiting { sound, said: place.or(waiting.said), ..waiting })
    }

    /// How to wish for a call back, for those who may and have a reason to.
    fn callback_offer(&self, reason: bool) -> Option<&'static str> {
        let may = self.line.wish == Wish::Open && self.line.class != Class::Emergency;
        (may && reason).then_some(PROMPT_CALLBACK_OFFER)
    }

    /// The caller has waited long, or will.
    fn waits_long(&self, waiting: &Waiting) -> bool {
        let config = &self.line.config;
        let expected = match waiting.place {
            Place::Known { expected_wait, .. } => expected_wait,
            Place::Asked { .. } | Place::Outside { .. } => None,
        };
        self.now.since(waiting.since) >= config.callback_after
            || expected.is_some_and(|wait| wait >= config.callback_wait)
    }

    /// Words have just begun.
    pub(super) fn speaking(&self, waiting: Waiting) -> Waiting {
        Waiting {
            announce_at: self.now + self.line.config.announce_every,
            quiet_until: self.now + WORDS_LIMIT,
            ..waiting
        }
    }

    /// The first place is known, may be said, and was not.
    fn owes_first_place(&self, waiting: &Waiting) -> bool {
        !waiting.introduced
            && self.line.class != Class::Emergency
            && (self.sayable(waiting).is_some() || self.sayable_wait(waiting).is_some())
    }

    /// The place, if it may be said: at first, and then only when it went down.
    fn sayable(&self, waiting: &Waiting) -> Option<u32> {
        let Place::Known { before, .. } = waiting.place else { return None };
        let better = waiting.said.is_none_or(|said| before < said);
        (better && self.sound().place.allows(before)).then_some(before)
    }

    fn sayable_wait(&self, waiting: &Waiting) -> Option<Duration> {
        let Place::Known { expected_wait, .. } = waiting.place else { return None };
        expected_wait.filter(|_| self.sound().wait)
    }

    fn sound(&self) -> &QueueSound {
        self.line.sounds.of(self.line.queue)
    }
}
