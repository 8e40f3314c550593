//! Calls of every kind, and whether they leave a wish.

use ids::{AgentId, CallId, LegId};
use telephony::call::{PlayId, Refusal};

use super::*;

const LEG: LegId = LegId::from_number(1);

fn play(names: &[&str]) -> CallEffect {
    let language = "hi".parse().expect("a language");
    let prompts = names.iter().map(|name| (language, PromptName((*name).to_owned()))).collect();
    CallEffect::Play { leg: LEG, play: PlayId(1), playlist: Playlist { prompts, repeat: false } }
}

fn join() -> CallEffect {
    let (queue, since) = ("health".parse().expect("a queue"), ids::Timestamp::default());
    CallEffect::JoinQueue { queue, class: Class::Standard, language: None, since, head: false }
}

fn talk() -> CallEffect {
    CallEffect::MarkTalking { agent: AgentId::from_number(1) }
}

/// What a call leaves that went through these effects.
fn leaves(class: Class, effects: &[CallEffect], cause: EndCause) -> Option<(Kind, Cause)> {
    let mut witness = WishWitness::default();
    for effect in effects {
        assert_eq!(witness.effect(|| class, effect), None, "{effect:?}");
    }
    let end = CallEffect::End { call: CallId::from_number(1), cause };
    witness.effect(|| class, &end).map(|noted| (noted.kind, noted.cause))
}

#[test]
fn whoever_waited_in_vain_leaves_a_wish_with_what_they_were_told() {
    let gone = |words: &[&str]| {
        leaves(Class::Standard, &[join(), play(words)], EndCause::AbandonedInQueue)
    };
    assert_eq!(gone(&["please_wait"]), Some((Kind::Unserved, Cause::Waited)));
    assert_eq!(gone(&["place_9", "wait_2"]), Some((Kind::Unserved, Cause::Waited)));
    assert_eq!(gone(&["place_9", "wait_15"]), Some((Kind::Unserved, Cause::LongWait)));
    assert_eq!(gone(&["queue_full", "callback_offer"]), Some((Kind::Unserved, Cause::QueueFull)));
    let lost = leaves(Class::Info, &[join()], EndCause::CallerLost);
    assert_eq!(lost, Some((Kind::Unserved, Cause::LineLost)));
    // The music after the words does not take them back.
    let music = [join(), play(&["queue_full"]), play(&["music"])];
    let after = leaves(Class::Standard, &music, EndCause::AbandonedInQueue);
    assert_eq!(after, Some((Kind::Unserved, Cause::QueueFull)));
}

#[test]
fn whoever_was_served_or_never_waited_leaves_none() {
    let served = [join(), talk()];
    for cause in [EndCause::CallerHungUp, EndCause::AgentHungUp, EndCause::CallerLost] {
        assert_eq!(leaves(Class::Standard, &served, cause), None, "{cause:?}");
    }
    let greeting = [play(&["health_welcome"])];
    assert_eq!(leaves(Class::Standard, &greeting, EndCause::AbandonedInGreeting), None);
    let refused = EndCause::Refused { refusal: Refusal::NoCommonCodec };
    assert_eq!(leaves(Class::Emergency, &[], refused), None, "never answered");
}

#[test]
fn whoever_hears_that_the_line_is_closed_and_hangs_up_leaves_a_wish() {
    for word in PROMPTS_CLOSED {
        let left =
            leaves(Class::Info, &[play(&[word, "opens_today"])], EndCause::AbandonedInGreeting);
        assert_eq!(left, Some((Kind::Unserved, Cause::Closed)), "{word}");
    }
}

#[test]
fn an_emergency_that_ends_before_a_talk_leaves_a_wish_from_anywhere() {
    let in_greeting = leaves(Class::Emergency, &[], EndCause::AbandonedInGreeting);
    assert_eq!(in_greeting, Some((Kind::Unserved, Cause::Waited)));
    let before_answer = leaves(Class::Emergency, &[], EndCause::CancelledBeforeAnswer);
    assert_eq!(before_answer, Some((Kind::Unserved, Cause::Waited)));
    let served = leaves(Class::Emergency, &[join(), talk()], EndCause::CallerHungUp);
    assert_eq!(served, None);
}

#[test]
fn whomever_we_had_to_end_leaves_a_wish_even_out_of_a_talk() {
    for part in [&[][..], &[join()], &[join(), talk()]] {
        let stopped = leaves(Class::Standard, part, EndCause::Stopped);
        assert_eq!(stopped, Some((Kind::Unserved, Cause::Stopped)));
        let panicked = leaves(Class::Standard, part, EndCause::Panicked);
        assert_eq!(panicked, Some((Kind::Unserved, Cause::Fault)));
    }
    // Lost by their agent, back in the queue, and gone: not served.
    let back = [join(), talk(), join()];
    let left = leaves(Class::Standard, &back, EndCause::AbandonedInQueue);
    assert_eq!(left, Some((Kind::Unserved, Cause::Waited)));
}

#[test]
fn a_wish_that_was_asked_for_is_noted_at_once() {
    let mut witness = WishWitness::default();
    witness.effect(|| Class::Standard, &join());
    witness.effect(|| Class::Standard, &play(&["queue_full", "callback_offer"]));
    let noted = witness.effect(|| Class::Standard, &CallEffect::WishCallback);
    assert_eq!(noted, Some(Noted { kind: Kind::Asked, cause: Cause::QueueFull }));
}
