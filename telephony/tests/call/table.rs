//! Every state with every event. The snapshot is the behaviour: a diff of it is a change of it.

use std::fmt::Write;

use ids::Class;
use telephony::call::{CallEvent, EndCause, LeftHow, PlayId, Refusal};

use crate::support::*;

fn accepted() -> CallEvent {
    CallEvent::AgentAccepted { agent: AGENT, leg: AGENT_LEG }
}

/// One call in each state; two where facts of the state matter.
fn states() -> Vec<(&'static str, Rig)> {
    let arriving = Rig::arrived(None);
    let early = arriving.clone().then(CallEvent::CallerConfirmed).press('9');
    let answering = arriving.clone().then(CallEvent::Recorded);
    let choosing = answering.clone().then(CallEvent::CallerConfirmed);
    let reason = choosing.clone().press('2').press('#');
    let waiting = reason.clone().after(1000).press('1');
    let full = waiting.clone().then(CallEvent::QueueFull);
    let emergency = choosing.clone().press('9').play_ended();
    let talking = waiting.clone().after(1000).then(accepted());
    let on_hold = talking.clone().then(CallEvent::HoldRequested);
    let interrupted = talking.clone().then(CallEvent::AgentMediaLost);
    let held_interrupted = on_hold.clone().then(CallEvent::AgentMediaLost).play_ended();
    let ended = choosing.clone().then(CallEvent::CallerLeft { how: LeftHow::HungUp });
    vec![
        ("arriving", arriving),
        ("arriving, early 9", early),
        ("answering", answering),
        ("greeting, language", choosing),
        ("greeting, reason", reason),
        ("waiting", waiting),
        ("waiting, outside", full),
        ("waiting, emergency", emergency),
        ("talking", talking),
        ("on hold", on_hold),
        ("interrupted", interrupted),
        ("interrupted, held", held_interrupted),
        ("ended", ended),
    ]
}

/// Every event. `rig` gives the numbers of its playlists and its deadline.
fn events(rig: &Rig) -> Vec<(String, Rig, CallEvent)> {
    let mut events = Vec::new();
    let mut add = |name: &str, event: CallEvent| {
        events.push((name.to_owned(), rig.clone(), event));
    };
    add("recorded", CallEvent::Recorded);
    add("record failed", CallEvent::RecordFailed);
    add("caller confirmed", CallEvent::CallerConfirmed);
    for how in [LeftHow::HungUp, LeftHow::Cancelled, LeftHow::MediaLost, LeftHow::SignallingLost] {
        add(&format!("caller left {how:?}"), CallEvent::CallerLeft { how });
    }
    for key in ['9', '0', '1', '*'] {
        add(&format!("key {key}"), CallEvent::DigitPressed { digit: digit(key) });
    }
    add("play ended", CallEvent::PlayEnded { play: rig.last_play() });
    add("older play ended", CallEvent::PlayEnded { play: PlayId(0) });
    let expected_wait = Some(std::time::Duration::from_secs(100));
    add("third place", CallEvent::PlaceChanged { position: 2, expected_wait });
    add("queue full", CallEvent::QueueFull);
    add("agent accepted", accepted());
    add("other accepted", CallEvent::AgentAccepted { agent: OTHER_AGENT, leg: OTHER_LEG });
    let rerouted = |class| CallEvent::Rerouted { queue: other_queue(), class };
    add("rerouted", rerouted(Class::Info));
    add("rerouted, emergency", rerouted(Class::Emergency));
    add("agent media lost", CallEvent::AgentMediaLost);
    add("agent media back", CallEvent::AgentMediaBack { leg: AGENT_LEG });
    add("agent media back, new", CallEvent::AgentMediaBack { leg: OTHER_LEG });
    add("agent gone", CallEvent::AgentGone { leg: AGENT_LEG });
    add("agent before gone", CallEvent::AgentGone { leg: OTHER_LEG });
    add("agent hung up", CallEvent::AgentHungUp);
    add("hold", CallEvent::HoldRequested);
    add("resume", CallEvent::ResumeRequested);
    add("agent's key 5", CallEvent::DigitRequested { digit: digit('5') });
    add("stopped", CallEvent::Stopped { cause: EndCause::Stopped });
    let refusal = EndCause::Refused { refusal: Refusal::Busy };
    add("stopped by refusal", CallEvent::Stopped { cause: refusal });
    add("ticked", CallEvent::Ticked);
    if let Some(deadline) = rig.call.poll_timeout() {
        let mut late = rig.clone();
        late.now = deadline;
        events.push(("deadline".to_owned(), late, CallEvent::Ticked));
    }
    events
}

#[test]
fn every_state_with_every_event() {
    let mut table = String::new();
    for (name, rig) in states() {
        writeln!(table, "{name}").expect("a string takes all");
        for (event_name, mut rig, event) in events(&rig) {
            rig.out.clear();
            let before = rig.call.clone();
            let line = match rig.call.handle(rig.now, event, &mut rig.out) {
                Ok(call) => {
                    rig.call = call;
                    let state = short_state(rig.call.state());
                    let effects = rig.effects();
                    let same = rig.call == before && effects.is_empty();
                    match (same, effects.is_empty()) {
                        (true, _) => "-".to_owned(),
                        (false, true) => format!("-> {state}"),
                        (false, false) => format!("-> {state}: {effects}"),
                    }
                }
                Err(refused) => {
                    assert_eq!(refused.state, before, "a refused call is unchanged");
                    assert!(rig.out.is_empty(), "a refused event has no effects");
                    let release = refused.agent_to_release().map_or("", |_| ", release agent");
                    format!("refused{release}")
                }
            };
            writeln!(table, "  {event_name:<26} {line}").expect("a string takes all");
        }
    }
    insta::assert_snapshot!(table);
}
