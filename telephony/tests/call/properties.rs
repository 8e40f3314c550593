//! Arbitrary sequences of events: whatever happens, what was promised holds.

use std::time::Duration;

use ids::{AgentId, Class, LegId, Timestamp};
use proptest::prelude::*;
use telephony::call::{
    Call, CallEffect, CallEvent, CallState, EndCause, LeftHow, Place, PlayId, Refusal, UrgentKey,
};

use crate::support::*;

fn event() -> impl Strategy<Value = CallEvent> {
    let key = prop::sample::select("0123456789*#A".chars().collect::<Vec<_>>());
    let how = prop::sample::select(vec![
        LeftHow::HungUp,
        LeftHow::Cancelled,
        LeftHow::MediaLost,
        LeftHow::SignallingLost,
    ]);
    let cause = prop::sample::select(vec![
        EndCause::Stopped,
        EndCause::Panicked,
        EndCause::Refused { refusal: Refusal::Busy },
    ]);
    let agent = (10..13_u128).prop_map(AgentId::from_number);
    let leg = (2..5_u128).prop_map(LegId::from_number);
    prop_oneof![
        3 => Just(CallEvent::Recorded),
        1 => Just(CallEvent::RecordFailed),
        4 => Just(CallEvent::CallerConfirmed),
        1 => how.prop_map(|how| CallEvent::CallerLeft { how }),
        8 => key.clone().prop_map(|key| CallEvent::DigitPressed { digit: digit(key) }),
        8 => (0..12_u32).prop_map(|play| CallEvent::PlayEnded { play: PlayId(play) }),
        6 => (0..12_u32, prop::option::of(0..5000_u64)).prop_map(|(position, wait)| {
            let expected_wait = wait.map(Duration::from_secs);
            CallEvent::PlaceChanged { position, expected_wait }
        }),
        3 => Just(CallEvent::QueueFull),
        6 => (agent, leg.clone()).prop_map(|(agent, leg)| CallEvent::AgentAccepted { agent, leg }),
        3 => Just(CallEvent::AgentMediaLost),
        3 => leg.clone().prop_map(|leg| CallEvent::AgentMediaBack { leg }),
        2 => leg.prop_map(|leg| CallEvent::AgentGone { leg }),
        1 => Just(CallEvent::AgentHungUp),
        4 => Just(CallEvent::HoldRequested),
        4 => Just(CallEvent::ResumeRequested),
        2 => key.prop_map(|key| CallEvent::DigitRequested { digit: digit(key) }),
        1 => Just(CallEvent::Rerouted { queue: other_queue(), class: Class::Info }),
        1 => cause.prop_map(|cause| CallEvent::Stopped { cause }),
        8 => Just(CallEvent::Ticked),
    ]
}

fn sequence() -> impl Strategy<Value = Vec<(u64, CallEvent)>> {
    prop::collection::vec((prop_oneof![0..200_u64, 0..40_000_u64], event()), 0..80)
}

/// What was asked for so far, and whether it makes sense.
#[derive(Default)]
struct Observer {
    last_play: u32,
    bridged: Option<LegId>,
    agent: Option<AgentId>,
    waiting: bool,
    answered: bool,
    ended: bool,
    wished: bool,
}

impl Observer {
    fn accepted(&mut self, before: &Call, event: &CallEvent) {
        // A full queue answers the question whether it takes the caller, and nothing else.
        if let (CallEvent::QueueFull, CallState::Waiting(waiting)) = (event, before.state())
            && matches!(waiting.place, Place::Asked { .. })
        {
            self.waiting = false;
        }
        if let CallEvent::AgentAccepted { agent, .. } = event {
            // The floor may give a caller whom the call believes outside: the answers crossed.
            assert!(matches!(before.state(), CallState::Waiting(_)), "a waiting caller");
            assert_eq!(self.agent.replace(*agent), None, "one agent at a time");
            self.waiting = false;
        }
    }

    fn effect(&mut self, effect: &CallEffect) {
        assert!(!self.ended, "nothing follows the end, but {effect:?}");
        match effect {
            CallEffect::Answer { .. } => {
                assert!(!std::mem::replace(&mut self.answered, true), "answered once");
            }
            CallEffect::Refuse { .. } => assert!(!self.answered, "an answered call is hung up"),
            CallEffect::Play { play, .. } => {
                assert!(self.answered, "no sound before the answer");
                assert!(self.bridged.is_none(), "no sound over a talk");
                assert!(play.0 > self.last_play, "numbers of playlists grow");
                self.last_play = play.0;
            }
            CallEffect::Bridge { agent, .. } => {
                assert_eq!(self.bridged.replace(*agent), None, "joined once");
            }
            CallEffect::Unbridge { agent, .. } => {
                assert_eq!(self.bridged.take(), Some(*agent), "parted as joined");
            }
            CallEffect::SendDigit { .. } => assert!(self.bridged.is_some()),
            CallEffect::JoinQueue { .. } => {
                assert!(!std::mem::replace(&mut self.waiting, true), "on the floor once");
                assert_eq!(self.agent, None, "released before the caller waits again");
            }
            CallEffect::WishCallback => {
                assert!(!std::mem::replace(&mut self.wished, true), "wished once");
            }
            CallEffect::RaiseClass { .. } => assert!(self.waiting || self.agent.is_some()),
            CallEffect::LeaveQueue { .. } => assert!(std::mem::take(&mut self.waiting)),
            CallEffect::ReleaseAgent { agent } => assert_eq!(self.agent.take(), Some(*agent)),
            CallEffect::SetHold { agent, .. } | CallEffect::MarkTalking { agent } => {
                assert_eq!(self.agent, Some(*agent));
            }
            CallEffect::End { .. } => {
                assert!(!self.waiting && self.agent.is_none() && self.bridged.is_none());
                self.ended = true;
            }
            CallEffect::HangUp { .. }
            | CallEffect::StopPlaying { .. }
            | CallEffect::RememberLanguage { .. } => {}
        }
    }

    fn matches(&self, call: &Call) {
        assert_eq!(self.agent, call.agent());
        assert_eq!(self.ended, matches!(call.state(), CallState::Ended { .. }));
        let on_floor = matches!(call.state(), CallState::Waiting(waiting) if waiting.on_floor());
        assert_eq!(self.waiting, on_floor);
        assert_eq!(self.bridged.is_some(), matches!(call.state(), CallState::Talking(_)));
        let open_ended = matches!(
            call.state(),
            CallState::Talking(_) | CallState::OnHold(_) | CallState::Ended { .. }
        );
        assert_eq!(call.poll_timeout().is_none(), open_ended);
    }
}

/// An urgent key does what it says, whatever the state: an emergency is one from then on and hears a
/// person or waits for one; a call with an agent stays with that agent.
fn check_urgent(before: &Call, event: &CallEvent, after: &Call) {
    let CallEvent::DigitPressed { digit } = event else { return };
    let heard = matches!(
        before.state(),
        CallState::Answering(_)
            | CallState::Greeting(_)
            | CallState::Waiting(_)
            | CallState::Interrupted(_)
    );
    let Some(key) = UrgentKey::of(*digit) else { return };
    match (before.state(), key) {
        (CallState::Talking(talk) | CallState::OnHold(talk), UrgentKey::Emergency) => {
            assert_eq!(after.state(), &CallState::Talking(*talk), "heard at once, and never cut");
            assert_eq!(after.class(), Class::Emergency);
        }
        (CallState::Talking(_) | CallState::OnHold(_), UrgentKey::Person) => {
            assert_eq!(after, before, "a person has the call already");
        }
        _ => {}
    }
    if !heard {
        return;
    }
    assert!(matches!(after.state(), CallState::Waiting(_)), "{key:?} leads to a person");
    if key == UrgentKey::Emergency {
        assert_eq!(after.class(), Class::Emergency);
    }
}

fn apply(call: Call, now: Timestamp, event: &CallEvent, observer: &mut Observer) -> Call {
    let (before, mut out) = (call.clone(), Vec::new());
    match call.handle(now, event.clone(), &mut out) {
        Ok(after) => {
            assert!(!observer.ended, "after the end, nothing is accepted");
            observer.accepted(&before, event);
            out.iter().for_each(|effect| observer.effect(effect));
            check_urgent(&before, event, &after);
            observer.matches(&after);
            after
        }
        Err(refused) => {
            assert_eq!(refused.state, before, "a refused call is unchanged");
            assert!(out.is_empty(), "a refused event has no effects");
            refused.state
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn whatever_happens_the_promises_hold(
        known in prop::option::of(prop::sample::select(vec!["hi", "en", "pa"])),
        events in sequence(),
    ) {
        let rig = Rig::arrived(known);
        let (mut call, mut now) = (rig.call, rig.now);
        let mut observer = Observer::default();
        for (gap_ms, event) in events {
            now = now + Duration::from_millis(gap_ms);
            call = apply(call, now, &event, &mut observer);
        }
        // Whatever happened, stopping ends it, once.
        let stop = CallEvent::Stopped { cause: EndCause::Stopped };
        call = apply(call, now, &stop, &mut observer);
        prop_assert!(observer.ended);
        call = apply(call, now, &CallEvent::Ticked, &mut observer);
        let ended = matches!(call.state(), CallState::Ended { .. });
        prop_assert!(ended);
    }

    #[test]
    fn a_silent_caller_reaches_a_person_from_anywhere_in_the_greeting(
        known in prop::option::of(prop::sample::select(vec!["hi", "en"])),
        keys in prop::collection::vec(
            prop::sample::select("12345678*#".chars().collect::<Vec<_>>()), 0..12),
    ) {
        let mut rig = Rig::arrived(known)
            .then(CallEvent::Recorded)
            .then(CallEvent::CallerConfirmed);
        for key in keys {
            rig = rig.after(700).press(key);
        }
        for _ in 0..24 {
            if matches!(rig.call.state(), CallState::Waiting(_)) {
                break;
            }
            rig = rig.at_deadline();
        }
        let waits = matches!(rig.call.state(), CallState::Waiting(_));
        prop_assert!(waits, "{}", rig.effects());
    }
}
