//! Whole calls, told from the first ring to the end.

use ids::Class;
use telephony::call::{CallEvent, CallState, LeftHow};

use crate::support::*;

fn in_greeting(remembered: Option<&str>) -> Rig {
    Rig::arrived(remembered).then(CallEvent::Recorded).then(CallEvent::CallerConfirmed)
}

fn accepted() -> CallEvent {
    CallEvent::AgentAccepted { agent: AGENT, leg: AGENT_LEG }
}

#[test]
fn a_caller_chooses_hindi_says_illness_waits_and_talks() {
    let rig = in_greeting(None)
        .play_ended()
        .after(1000)
        .press('1')
        .play_ended()
        .after(9000)
        .press('1')
        .play_ended()
        .after(5000)
        .then(accepted())
        .after(60_000)
        .then(CallEvent::AgentHungUp);
    let story: Vec<_> = rig.out.iter().map(short).collect();
    assert_eq!(
        story,
        [
            "answer",
            "play#1 hi/choose_language en/choose_language",
            "remember hi",
            "play#2 hi/health_welcome hi/safety",
            "play#3 hi/health_reason",
            "join health Clinical hi since 10000 ms",
            "play#4 hi/please_wait hi/queue_safety",
            "play#5 hi/music for ever",
            "stop playing",
            "bridge agent's leg",
            "mark talking",
            "unbridge agent's leg",
            "hang up",
            "release agent",
            "end AgentHungUp",
        ]
    );
}

#[test]
fn silence_still_reaches_a_person_in_the_default_language() {
    let mut rig = Rig::arrived(None).at_deadline().then(CallEvent::CallerConfirmed);
    for _ in 0..20 {
        if matches!(rig.call.state(), CallState::Waiting(_)) {
            break;
        }
        rig = rig.at_deadline();
    }
    let joined: Vec<_> = rig.out.iter().map(short).filter(|e| e.starts_with("join")).collect();
    assert_eq!(joined.len(), 1, "{}", rig.effects());
    assert!(joined[0].starts_with("join health Standard any since"), "{}", joined[0]);
}

#[test]
fn a_known_caller_skips_the_choice_and_may_change_the_language() {
    let rig = in_greeting(Some("en"));
    assert_eq!(rig.effects(), "answer; play#1 hi/change_language");
    let rig = rig.quietly().play_ended_of(1);
    assert_eq!(rig.effects(), "play#2 en/health_welcome en/safety");
    let rig = rig.quietly().press('*').press('1');
    assert_eq!(
        rig.effects(),
        "play#3 hi/choose_language en/choose_language; remember hi; \
         play#4 hi/health_welcome hi/safety"
    );
}

#[test]
fn a_language_that_is_no_longer_spoken_is_asked_again_and_not_required() {
    let rig = in_greeting(Some("pa"));
    assert_eq!(rig.effects(), "answer; play#1 hi/choose_language en/choose_language");
    let rig = rig.quietly().press('0');
    assert!(rig.effects().starts_with("join health Standard any"), "{}", rig.effects());
}

#[test]
fn nine_is_an_emergency_in_the_greeting_and_while_waiting() {
    let rig = in_greeting(Some("hi")).quietly().press('9');
    assert_eq!(rig.call.class(), Class::Emergency);
    assert_eq!(rig.effects(), "join health Emergency hi since 0 ms; play#2 hi/emergency");
    let rig = in_greeting(Some("hi")).press('0').quietly().press('9');
    assert_eq!(rig.effects(), "raise to Emergency; play#3 hi/emergency");
    let rig = rig.quietly().press('9').press('0');
    assert_eq!(rig.effects(), "", "once is enough");
}

#[test]
fn a_wrong_key_is_asked_again_and_then_goes_on() {
    let rig = in_greeting(Some("en")).play_ended().play_ended().quietly().press('7');
    assert_eq!(rig.effects(), "play#4 en/not_understood en/health_reason");
    let rig = rig.quietly().press('7');
    assert_eq!(
        rig.effects(),
        "join health Standard en since 0 ms; play#5 en/please_wait en/queue_safety"
    );
}

#[test]
fn a_lost_agent_sends_the_caller_to_the_head_with_the_wait_intact() {
    let rig = in_greeting(Some("en"))
        .press('0')
        .after(40_000)
        .then(accepted())
        .after(60_000)
        .quietly()
        .then(CallEvent::AgentMediaLost);
    assert_eq!(rig.effects(), "unbridge agent's leg; play#3 en/agent_lost");
    let back = rig.clone().quietly().after(5000).then(CallEvent::AgentMediaBack { leg: OTHER_LEG });
    assert_eq!(back.effects(), "stop playing; bridge agent's new leg");
    let gone = rig.quietly().at_deadline();
    assert_eq!(
        gone.effects(),
        "release agent; join health Standard en since 0 ms at the head; play#4 en/please_wait"
    );
}

#[test]
fn hold_plays_music_and_parts_the_legs() {
    let rig = in_greeting(Some("en")).press('0').then(accepted()).quietly();
    let rig = rig.then(CallEvent::HoldRequested);
    assert_eq!(rig.effects(), "unbridge agent's leg; play#3 en/music for ever; hold on");
    let rig = rig.quietly().then(CallEvent::ResumeRequested);
    assert_eq!(rig.effects(), "stop playing; bridge agent's leg; hold off");
}

#[test]
fn an_acceptance_that_comes_too_late_releases_that_agent() {
    let rig = in_greeting(None).press('0').quietly();
    let rig = rig.then(CallEvent::CallerLeft { how: LeftHow::HungUp });
    assert_eq!(rig.effects(), "leave queue, abandoned; end AbandonedInQueue");
    let refused = rig.call.handle(rig.now, accepted(), &mut vec![]).expect_err("it is over");
    assert_eq!(refused.agent_to_release(), Some(AGENT));

    let talking = in_greeting(None).press('0').then(accepted());
    let again = talking.call.clone().handle(talking.now, accepted(), &mut vec![]);
    assert_eq!(again.expect_err("they talk already").agent_to_release(), None);
    let other = CallEvent::AgentAccepted { agent: OTHER_AGENT, leg: OTHER_LEG };
    let second = talking.call.handle(talking.now, other, &mut vec![]);
    assert_eq!(second.expect_err("taken").agent_to_release(), Some(OTHER_AGENT));
}

#[test]
fn a_web_caller_may_be_connected_before_the_row_is_written() {
    let rig = Rig::arrived(None).then(CallEvent::CallerConfirmed).then(CallEvent::Recorded);
    assert_eq!(rig.effects(), "answer; play#1 hi/choose_language en/choose_language");
    let rig = Rig::arrived(None).press('0').press('9').press('0').then(CallEvent::RecordFailed);
    assert_eq!(rig.effects(), "answer; join health Emergency any since 0 ms; play#1 hi/emergency");
}

#[test]
fn nobody_confirms_and_the_set_up_times_out() {
    let rig = Rig::arrived(None).then(CallEvent::Recorded).quietly().at_deadline();
    assert_eq!(rig.now, at(32_000));
    assert_eq!(rig.effects(), "hang up; end SetUpTimedOut");
}

/// Past the menu of the greeting, on a line with a notice.
fn before_the_notice() -> Rig {
    Rig::noticed(Some("hi"))
        .then(CallEvent::Recorded)
        .then(CallEvent::CallerConfirmed)
        .play_ended()
        .play_ended()
        .quietly()
        .press('2')
}

#[test]
fn a_notice_is_said_to_its_end_before_the_queue_and_once() {
    let rig = before_the_notice();
    assert_eq!(rig.effects(), "play#4 hi/recorded");
    let rig = rig.press('2').press('5');
    assert_eq!(rig.effects(), "play#4 hi/recorded", "no key skips it");
    let rig = rig.quietly().play_ended_of(4);
    let waits = "join health Info hi since 0 ms; play#5 hi/please_wait hi/queue_safety";
    assert_eq!(rig.effects(), waits);
}

#[test]
fn a_notice_holds_up_nobody_who_skips_the_greeting() {
    let zero = before_the_notice().quietly().press('0');
    assert_eq!(
        zero.effects(),
        "join health Info hi since 0 ms; play#5 hi/please_wait hi/queue_safety hi/recorded"
    );
    let nine = Rig::noticed(None)
        .then(CallEvent::Recorded)
        .then(CallEvent::CallerConfirmed)
        .quietly()
        .press('9');
    assert_eq!(
        nine.effects(),
        "join health Emergency any since 0 ms; play#2 hi/emergency hi/recorded"
    );
    let answered = nine.quietly().then(accepted());
    assert_eq!(answered.effects(), "stop playing; bridge agent's leg; mark talking");
}

#[test]
fn a_caller_who_returns_to_the_queue_hears_the_notice_no_more() {
    let rig = before_the_notice()
        .play_ended()
        .then(accepted())
        .then(CallEvent::AgentMediaLost)
        .quietly()
        .press('0');
    assert_eq!(
        rig.effects(),
        "release agent; join health Info hi since 0 ms at the head; play#7 hi/please_wait"
    );
}

#[test]
fn a_notice_that_cannot_be_played_keeps_nobody_from_the_queue() {
    let rig = before_the_notice().quietly().at_deadline();
    assert!(rig.effects().starts_with("join health Info"), "{}", rig.effects());
}
