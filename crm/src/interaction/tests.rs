//! Marks in any order, and twice, make the same interaction.

use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn call() -> CallId {
    CallId::from_number(7)
}

fn origin() -> Origin {
    Origin {
        direction: Direction::Inbound,
        medium: Medium::Call,
        from: E164::parse("9999012345").ok(),
        dialled: "104".to_owned(),
    }
}

fn language(tag: &str) -> Option<Language> {
    tag.parse().ok()
}

/// A call that lost its first agent, waited again at a higher class, and was taken by a second.
fn life() -> Vec<(Timestamp, Mark)> {
    let queue: QueueId = "health".parse().unwrap();
    let agent = |n| Mark::Talking { agent: AgentId::from_number(n) };
    vec![
        (
            at(0),
            Mark::Begun {
                origin: origin(),
                queue: Some(queue),
                class: Some(Class::Standard),
                language: language("en"),
            },
        ),
        (at(1), Mark::Answered),
        (at(5), Mark::Queued { queue, class: Class::Standard, language: language("hi") }),
        (at(20), agent(1)),
        (at(40), Mark::Queued { queue, class: Class::Emergency, language: None }),
        (at(41), agent(2)),
        (at(90), Mark::Ended { cause: "caller_hung_up".to_owned() }),
        (at(40), Mark::Measured { quality: sound(20) }),
        (at(90), Mark::Measured { quality: sound(68) }),
    ]
}

fn sound(seconds: u32) -> Box<LineQuality> {
    let side = SideQuality {
        packets: 50 * u64::from(seconds),
        lost: 3,
        mos: 431,
        mos_worst: 290,
        jitter_ms: 4,
        round_trip_ms: Some(80),
    };
    let operator = SideQuality { mos: 440, round_trip_ms: None, ..side };
    let verdicts = [(AudioVerdict::PoorLine, seconds / 4)].into();
    Box::new(LineQuality { seconds, caller: side, operator, verdicts })
}

fn play(marks: &[(Timestamp, Mark)]) -> Interaction {
    let start = Interaction::of_call(call(), marks[0].0);
    (1..)
        .zip(marks)
        .fold(start, |one, (position, (at, mark))| one.apply(*at, Some(position.min(7)), mark))
}

#[test]
fn a_call_told_in_order_has_its_times_wait_and_outcome() {
    let told = play(&life());
    assert_eq!(
        told.times,
        Times {
            arrived_at: at(0),
            answered_at: Some(at(1)),
            queued_at: Some(at(5)),
            talking_at: Some(at(20)),
            agent_since: Some(at(41)),
            ended_at: Some(at(90)),
        }
    );
    assert_eq!(told.wait_ms(), Some(15_000));
    assert_eq!(told.class, Some(Class::Emergency));
    assert_eq!(told.language, language("hi"));
    assert_eq!(told.agent, Some(AgentId::from_number(2)));
    assert_eq!(told.outcome.as_deref(), Some("caller_hung_up"));
    assert_eq!(told.journal_position, Some(7));
    let quality = told.line_quality.expect("it was measured");
    assert_eq!((quality.seconds, quality.mos()), (68, 431), "the whole call, the worse side");
}

#[test]
fn how_the_sound_was_is_kept_in_these_words() {
    let kept = serde_json::to_value(sound(20)).unwrap();
    let side = serde_json::json!({
        "packets": 1000, "lost": 3, "mos": 440, "mos_worst": 290, "jitter_ms": 4,
    });
    assert_eq!(kept["operator"], side);
    assert_eq!(kept["verdicts"], serde_json::json!({"poor_line": 5}));
    assert_eq!(serde_json::from_value::<LineQuality>(kept).unwrap(), *sound(20));
}

#[test]
fn a_caller_who_gives_up_waited_until_the_end() {
    let queue = "health".parse().unwrap();
    let told = play(&[
        (at(5), Mark::Queued { queue, class: Class::Standard, language: None }),
        (at(65), Mark::Ended { cause: "abandoned_in_queue".to_owned() }),
    ]);
    assert_eq!(told.wait_ms(), Some(60_000));
    assert_eq!(told.agent, None);
}

#[test]
fn a_call_that_never_waited_has_no_wait() {
    assert_eq!(play(&[(at(3), Mark::Ended { cause: "refused".to_owned() })]).wait_ms(), None);
}

#[test]
fn debug_shows_no_number() {
    assert!(!format!("{:?}", play(&life())).contains("12345"));
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_make_the_same_interaction(
        order in Just((0..9).chain(0..9).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let life = life();
        let shuffled: Vec<_> = order.into_iter().map(|i| life[i].clone()).collect();
        let mut told = play(&shuffled);
        told.journal_position = Some(7);
        prop_assert!(told == play(&life));
    }
}
