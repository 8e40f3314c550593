//! What the effects and keys of one call mean for its recording. Pure.

use crm::recording::{Consent, Rule};
use ids::{CallId, LegId};
use telephony::call::{CallEffect, CallEvent, PlayId, Playlist};

use super::{Begun, Note, notice};

/// Watches one call.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    call: CallId,
    /// `None`: the line's talks are not recorded, and there is nothing to watch for.
    rule: Option<Rule>,
    /// The playlist with the notice, while it is the last one played.
    said: Option<PlayId>,
    /// The notice was heard to its end.
    heard: bool,
    /// Keys answer the question for consent: it is being asked, or was and the caller waits.
    asking: bool,
    waiting: bool,
    joined: bool,
    consent: Option<Consent>,
}

impl Witness {
    pub(crate) const fn new(call: CallId, rule: Option<Rule>) -> Self {
        Self {
            call,
            rule,
            said: None,
            heard: false,
            asking: false,
            waiting: false,
            joined: false,
            consent: None,
        }
    }

    /// Something happened to the call.
    pub(crate) fn event(&mut self, event: &CallEvent) {
        match event {
            CallEvent::PlayEnded { play } if self.said == Some(*play) => self.heard = true,
            CallEvent::DigitPressed { digit } if self.asking && !self.joined => {
                match digit.as_char() {
                    '1' => self.consent = Some(Consent::Given),
                    '2' => self.consent = Some(Consent::Refused),
                    _ => {}
                }
            }
            CallEvent::PlayEnded { .. }
            | CallEvent::DigitPressed { .. }
            | CallEvent::Recorded
            | CallEvent::RecordFailed
            | CallEvent::CallerConfirmed
            | CallEvent::CallerLeft { .. }
            | CallEvent::AgentAccepted { .. }
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
            | CallEvent::Ticked => {}
        }
    }

    /// The call asks for something. What the clerk should know of it.
    pub(crate) fn effect(&mut self, effect: &CallEffect) -> Option<Note> {
        let rule = self.rule?;
        match effect {
            CallEffect::Play { play, playlist, .. } => {
                self.plays(rule, *play, playlist);
                None
            }
            CallEffect::JoinQueue { .. } => {
                self.waiting = true;
                None
            }
            CallEffect::Bridge { caller, .. } => Some(self.join(rule, *caller)),
            CallEffect::Unbridge { .. } => Some(Note::Parted(self.call)),
            CallEffect::End { .. }
            | CallEffect::Answer { .. }
            | CallEffect::Refuse { .. }
            | CallEffect::HangUp { .. }
            | CallEffect::StopPlaying { .. }
            | CallEffect::SendDigit { .. }
            | CallEffect::RememberLanguage { .. }
            | CallEffect::WishCallback
            | CallEffect::RaiseClass { .. }
            | CallEffect::LeaveQueue { .. }
            | CallEffect::ReleaseAgent { .. }
            | CallEffect::SetHold { .. }
            | CallEffect::MarkTalking { .. } => None,
        }
    }

    fn plays(&mut self, rule: Rule, play: PlayId, playlist: &Playlist) {
        let notice = notice(Some(rule));
        let is_notice = playlist.prompts.iter().any(|(_, name)| Some(name) == notice.as_ref());
        if is_notice {
            self.said = Some(play);
            self.asking = true;
        } else {
            self.said = None;
            // In the greeting the keys are the menu's again; who waits may still answer.
            self.asking &= self.waiting;
        }
    }

    fn join(&mut self, rule: Rule, leg: LegId) -> Note {
        self.joined = true;
        let consent = match rule {
            Rule::Announced => None,
            Rule::Consent => self.consent,
        };
        // Whoever answered the question has heard it.
        let announced = self.heard || consent.is_some();
        Note::Joined(Begun { call: self.call, leg, rule, announced, consent })
    }
}

#[cfg(test)]
mod tests {
    use ids::{AgentId, Class};
    use telephony::call::{Digit, PromptName};

    use super::*;

    const CALLER: LegId = LegId::from_number(3);

    fn play(number: u32, names: &[&str]) -> CallEffect {
        let language = "hi".parse().expect("a language");
        let prompts = names.iter().map(|name| (language, PromptName((*name).to_owned()))).collect();
        let playlist = Playlist { prompts, repeat: false };
        CallEffect::Play { leg: CALLER, play: PlayId(number), playlist }
    }

    fn ended(number: u32) -> CallEvent {
        CallEvent::PlayEnded { play: PlayId(number) }
    }

    fn press(key: char) -> CallEvent {
        CallEvent::DigitPressed { digit: Digit::new(key).expect("a key") }
    }

    fn join_queue() -> CallEffect {
        let (queue, since) = ("health".parse().expect("a queue"), ids::Timestamp::default());
        let class = Class::Standard;
        CallEffect::JoinQueue { queue, class, language: None, since, head: false }
    }

    fn witness(rule: Rule) -> Witness {
        Witness::new(CallId::from_number(1), Some(rule))
    }

    fn begun(of: &mut Witness) -> (bool, Option<Consent>) {
        let agent = LegId::from_number(4);
        match of.effect(&CallEffect::Bridge { caller: CALLER, agent }) {
            Some(Note::Joined(begun)) => (begun.announced, begun.consent),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_notice_counts_once_it_was_heard_to_its_end() {
        let mut heard = witness(Rule::Announced);
        assert!(heard.effect(&play(1, &["please_wait", "recorded"])).is_none());
        heard.event(&ended(1));
        heard.effect(&play(2, &["music"]));
        assert_eq!(begun(&mut heard), (true, None));
        let mut cut = witness(Rule::Announced);
        cut.effect(&play(1, &["emergency", "recorded"]));
        assert_eq!(begun(&mut cut), (false, None), "a person answered before its end");
        let mut replaced = witness(Rule::Announced);
        replaced.effect(&play(1, &["recorded"]));
        replaced.effect(&play(2, &["emergency"]));
        replaced.event(&ended(2));
        replaced.event(&ended(1));
        assert_eq!(begun(&mut replaced), (false, None), "the late end of what was cut");
    }

    #[test]
    fn the_last_key_after_the_question_decides_and_no_key_of_a_menu() {
        let mut asked = witness(Rule::Consent);
        asked.event(&press('1'));
        asked.effect(&play(1, &["health_reason"]));
        asked.event(&press('1'));
        asked.effect(&play(2, &["recording_consent"]));
        assert_eq!(asked.consent, None, "keys of the menu");
        asked.event(&press('*'));
        asked.effect(&play(3, &["choose_language"]));
        asked.event(&press('1'));
        assert_eq!(asked.consent, None, "the menu again");
        asked.effect(&play(4, &["recording_consent"]));
        asked.event(&press('2'));
        asked.effect(&join_queue());
        asked.effect(&play(5, &["please_wait"]));
        asked.event(&press('1'));
        assert_eq!(begun(&mut asked), (true, Some(Consent::Given)));
        asked.event(&press('2'));
        assert_eq!(
            begun(&mut asked),
            (true, Some(Consent::Given)),
            "keys in a talk are the agent's"
        );
    }

    #[test]
    fn no_answer_is_no_consent() {
        let mut silent = witness(Rule::Consent);
        silent.effect(&join_queue());
        silent.effect(&play(1, &["please_wait", "recording_consent"]));
        silent.event(&ended(1));
        assert_eq!(begun(&mut silent), (true, None));
    }

    #[test]
    fn a_line_without_a_rule_tells_nothing() {
        let mut none = Witness::new(CallId::from_number(1), None);
        let bridge = CallEffect::Bridge { caller: CALLER, agent: LegId::from_number(4) };
        assert!(none.effect(&bridge).is_none());
        let agent = AgentId::from_number(1);
        assert!(none.effect(&CallEffect::MarkTalking { agent }).is_none());
    }
}
