//! A call in any state, and effects as short text.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use ids::{AgentId, CallId, Class, LegId, QueueId, Timestamp};
use telephony::call::{
    Call, CallEffect, CallEvent, CallFacts, CallState, Digit, Place, PlayId, PromptName,
    QueueSounds, Sound,
};
use telephony::flow::{Flow, Hours, builtin_flow};

pub(crate) const CALLER_LEG: LegId = LegId::from_number(1);
pub(crate) const AGENT_LEG: LegId = LegId::from_number(2);
pub(crate) const OTHER_LEG: LegId = LegId::from_number(3);
pub(crate) const AGENT: AgentId = AgentId::from_number(10);
pub(crate) const OTHER_AGENT: AgentId = AgentId::from_number(11);

pub(crate) fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_micros(milliseconds * 1000)
}

/// A queue that no number leads to.
pub(crate) fn other_queue() -> QueueId {
    "other".parse().expect("a queue")
}

pub(crate) fn digit(key: char) -> Digit {
    Digit::new(key).expect("a key")
}

pub(crate) fn health() -> Arc<Flow> {
    let flow = builtin_flow("health").expect("it is built in").expect("it is sound");
    Arc::new(flow)
}

pub(crate) fn facts(remembered: Option<&str>) -> CallFacts {
    CallFacts {
        id: CallId::from_number(100),
        leg: CALLER_LEG,
        queue: "health".parse::<QueueId>().expect("a name"),
        hours: Hours::Open,
        sounds: QueueSounds::default(),
        flow: health(),
        remembered_language: remembered.map(|l| l.parse().expect("a language")),
        class: Class::Standard,
        notice: None,
        reachable: true,
    }
}

/// A call under test: a clock, the machine, what it asked for.
#[derive(Clone, Debug)]
pub(crate) struct Rig {
    pub(crate) call: Call,
    pub(crate) now: Timestamp,
    pub(crate) out: Vec<CallEffect>,
}

impl Rig {
    pub(crate) fn arrived(remembered: Option<&str>) -> Self {
        Self::of(facts(remembered))
    }

    /// On a line of which every caller hears a notice.
    pub(crate) fn noticed(remembered: Option<&str>) -> Self {
        let notice = Some(PromptName("recorded".to_owned()));
        Self::of(CallFacts { notice, ..facts(remembered) })
    }

    fn of(facts: CallFacts) -> Self {
        let mut out = Vec::new();
        let call = Call::arrived(facts, at(0), &mut out);
        Self { call, now: at(0), out }
    }

    /// An event that must fit.
    pub(crate) fn then(mut self, event: CallEvent) -> Self {
        self.call = self.call.handle(self.now, event, &mut self.out).expect("the event fits here");
        self
    }

    pub(crate) fn after(mut self, milliseconds: u64) -> Self {
        self.now = self.now + Duration::from_millis(milliseconds);
        self
    }

    /// To the deadline, and over it.
    pub(crate) fn at_deadline(mut self) -> Self {
        self.now = self.call.poll_timeout().expect("there is a deadline");
        self.then(CallEvent::Ticked)
    }

    pub(crate) fn press(self, key: char) -> Self {
        self.then(CallEvent::DigitPressed { digit: digit(key) })
    }

    /// The playlist that is being played ends.
    pub(crate) fn play_ended(self) -> Self {
        let play = self.last_play();
        self.then(CallEvent::PlayEnded { play })
    }

    pub(crate) fn play_ended_of(self, play: u32) -> Self {
        self.then(CallEvent::PlayEnded { play: PlayId(play) })
    }

    pub(crate) fn last_play(&self) -> PlayId {
        self.out
            .iter()
            .rev()
            .find_map(
                |effect| {
                    if let CallEffect::Play { play, .. } = effect { Some(*play) } else { None }
                },
            )
            .unwrap_or_default()
    }

    /// Forgets what was asked for so far.
    pub(crate) fn quietly(mut self) -> Self {
        self.out.clear();
        self
    }

    pub(crate) fn effects(&self) -> String {
        let lines: Vec<_> = self.out.iter().map(short).collect();
        lines.join("; ")
    }
}

/// An effect in a few words.
pub(crate) fn short(effect: &CallEffect) -> String {
    match effect {
        CallEffect::Answer { .. } => "answer".to_owned(),
        CallEffect::Refuse { refusal, .. } => format!("refuse {refusal:?}"),
        CallEffect::HangUp { .. } => "hang up".to_owned(),
        CallEffect::Play { play, playlist, .. } => {
            let mut text = format!("play#{}", play.0);
            for (language, name) in &playlist.prompts {
                write!(text, " {language}/{}", name.0).expect("a string takes all");
            }
            if playlist.repeat { text + " for ever" } else { text }
        }
        CallEffect::StopPlaying { .. } => "stop playing".to_owned(),
        CallEffect::Bridge { agent, .. } => format!("bridge {}", leg(*agent)),
        CallEffect::Unbridge { agent, .. } => format!("unbridge {}", leg(*agent)),
        CallEffect::SendDigit { digit, .. } => format!("send {}", digit.as_char()),
        CallEffect::WishCallback => "wish callback".to_owned(),
        CallEffect::RememberLanguage { language } => format!("remember {language}"),
        CallEffect::JoinQueue { queue, class, language, since, head } => format!(
            "join {queue} {class:?} {} since {} ms{}",
            language.map_or("any".to_owned(), |l| l.to_string()),
            since.as_micros() / 1000,
            if *head { " at the head" } else { "" }
        ),
        CallEffect::RaiseClass { class } => format!("raise to {class:?}"),
        CallEffect::LeaveQueue { abandoned: true } => "leave queue, abandoned".to_owned(),
        CallEffect::LeaveQueue { abandoned: false } => "leave queue, failed".to_owned(),
        CallEffect::ReleaseAgent { .. } => "release agent".to_owned(),
        CallEffect::SetHold { held: true, .. } => "hold on".to_owned(),
        CallEffect::SetHold { held: false, .. } => "hold off".to_owned(),
        CallEffect::MarkTalking { .. } => "mark talking".to_owned(),
        CallEffect::End { cause, .. } => format!("end {cause:?}"),
    }
}

fn leg(leg: LegId) -> &'static str {
    if leg == AGENT_LEG { "agent's leg" } else { "agent's new leg" }
}

/// A state in a few words.
pub(crate) fn short_state(state: &CallState) -> String {
    let sound = |sound: &Sound| match sound {
        Sound::Announcement(play) => format!("words#{}", play.0),
        Sound::Music(play) => format!("music#{}", play.0),
    };
    match state {
        CallState::Arriving(arriving) => {
            let confirmed = if arriving.early.confirmed { ", confirmed" } else { "" };
            let key = arriving.early.key.map_or(String::new(), |key| format!(", {key:?}"));
            format!("arriving{confirmed}{key}")
        }
        CallState::Answering(_) => "answering".to_owned(),
        CallState::Greeting(greeting) => format!("greeting#{}", greeting.play.0),
        CallState::Waiting(waiting) => {
            let place = match waiting.place {
                Place::Asked { again: false } => "",
                Place::Asked { again: true } => " again",
                Place::Known { .. } => " on the floor",
                Place::Outside { .. } => " outside",
            };
            format!("waiting{place}, {}", sound(&waiting.sound))
        }
        CallState::Talking(talk) => format!("talking on {}", leg(talk.leg)),
        CallState::OnHold(talk) => format!("on hold by {}", leg(talk.leg)),
        CallState::Interrupted(interrupted) => {
            let held = if interrupted.held { "held, " } else { "" };
            format!("interrupted, {held}{}", sound(&interrupted.sound))
        }
        CallState::Ended { .. } => "ended".to_owned(),
    }
}
