//! Skills with levels, and the steps by which a wait asks for less.

use std::collections::BTreeMap;
use std::time::Duration;

use ids::{Class, SkillLevel};
use routing::{
    ConfigError, Explanation, Floor, FloorConfig, FloorEffect, FloorEvent, Overflow, QueueRules,
    SkillStep, SkillsFault, Snapshot, Verdict, Wanted,
};

use crate::support::{
    Day, agent, arrived, at, call, config, queue, refused, registered, skill_step, skilled, wants,
};

fn rules(skills: Vec<SkillStep>) -> FloorConfig {
    let rules = QueueRules { skills, ..QueueRules::default() };
    FloorConfig { rules: BTreeMap::from([(queue("a"), rules)]), ..config(&["a", "b"]) }
}

/// At first a children's doctor of level 4, after 20 s one of level 2, after 60 s anybody.
fn children() -> FloorConfig {
    rules(vec![
        skill_step(0, &[("children", 4)]),
        skill_step(20, &[("children", 2)]),
        skill_step(60, &[]),
    ])
}

/// Agents of queue `a` with these skills, available in this order.
fn staffed(config: FloorConfig, skills: &[&[(&str, u8)]]) -> Day {
    let mut day = Day::new(config);
    for (number, held) in (1..).zip(skills) {
        day.happens(0, skilled(number, &["hi"], &["a"], held));
        day.happens(u64::try_from(number).expect("few"), wants(number, Wanted::Available));
    }
    day
}

fn standard(number: u128, since: u64) -> FloorEvent {
    arrived(number, Class::Standard, "hi", at(since))
}

fn told(effects: &[FloorEffect]) -> Explanation {
    let told = effects.iter().find_map(|effect| match effect {
        FloorEffect::Ring { explanation, .. } => Some(explanation.clone()),
        _ => None,
    });
    told.expect("a console rings")
}

#[test]
fn a_wait_asks_for_less_skill_and_at_last_for_none() {
    let mut day = staffed(children(), &[&[], &[("children", 2)], &[("heart", 5)]]);
    day.happens(10, standard(1, 10));
    assert!(day.ringing(1).is_empty(), "nobody holds level 4");
    let verdicts = day.floor.explain(call(1)).expect("waits");
    assert!(verdicts.rows.iter().all(|row| row.verdict == Verdict::LacksSkill));
    assert_eq!(day.floor.poll_timeout(), Some(at(30)));
    let explanation = told(day.ticks(30));
    assert_eq!(day.ringing(1), [2]);
    assert_eq!((explanation.skill_step, explanation.excluded.lacks_skill), (1, 2));
    let needs: Vec<SkillLevel> = skill_step(20, &[("children", 2)]).needs;
    assert_eq!(explanation.needs, needs);
    day.rejects(31, 2);
    assert!(day.ringing(1).is_empty());
    day.ticks(41);
    day.rejects(69, 2);
    let explanation = told(day.ticks(70));
    assert_eq!(day.ringing(1), [1], "idle longest of all");
    assert_eq!((explanation.skill_step, explanation.needs.len(), explanation.eligible), (2, 0, 2));
}

#[test]
fn the_longest_idle_of_all_who_hold_enough_is_asked() {
    let mut day =
        staffed(children(), &[&[("children", 3)], &[("children", 5)], &[("children", 4)]]);
    day.happens(10, standard(1, 10));
    assert_eq!(day.ringing(1), [2], "of the two who hold level 4, the first");
    day.happens(11, standard(2, 11));
    assert_eq!(day.ringing(2), [3]);
    day.happens(12, standard(3, 12));
    assert!(day.ringing(3).is_empty());
    day.accepts(13, 2);
    day.accepts(14, 3);
    day.ticks(32);
    assert_eq!(day.ringing(3), [1]);
}

#[test]
fn an_agent_with_the_skill_takes_the_longest_wait_of_every_step() {
    let mut day = staffed(children(), &[&[]]);
    day.happens(5, wants(1, Wanted::Offline));
    day.happens(10, standard(1, 10));
    day.happens(65, standard(2, 65));
    day.happens(90, skilled(2, &["hi"], &["a"], &[("children", 5)]));
    day.happens(91, wants(2, Wanted::Available));
    assert_eq!(day.ringing(1), [2], "who needs nothing any more has waited longer");
    day.accepts(92, 2);
    day.happens(93, wants(1, Wanted::Available));
    assert!(day.ringing(2).is_empty());
}

#[test]
fn an_emergency_asks_for_no_skill() {
    let mut day = staffed(children(), &[&[], &[("children", 5)]]);
    day.happens(10, arrived(1, Class::Emergency, "hi", at(10)));
    assert_eq!(day.ringing(1), [1, 2]);
    let mut day = staffed(children(), &[&[]]);
    day.happens(10, standard(1, 10));
    day.happens(11, FloorEvent::CallerRaised { call: call(1), class: Class::Emergency });
    assert_eq!(day.ringing(1), [1]);
    assert_eq!(day.floor.poll_timeout(), Some(at(21)), "nothing is left to relax");
}

#[test]
fn overflow_reaches_the_agents_of_the_other_queue_whatever_they_hold() {
    let mut config = children();
    let others = Overflow { after: Duration::from_secs(15), queue: queue("b") };
    config.rules.entry(queue("a")).or_default().overflow = vec![others];
    let other_rules = QueueRules {
        skills: vec![skill_step(0, &[("law", 3)]), skill_step(30, &[])],
        ..QueueRules::default()
    };
    config.rules.insert(queue("b"), other_rules);
    let mut day = Day::new(config);
    day.happens(0, registered(1, &["hi"], &["a"]));
    day.happens(0, registered(2, &["hi"], &["b"]));
    day.happens(1, wants(1, Wanted::Available));
    day.happens(2, wants(2, Wanted::Available));
    day.happens(10, standard(1, 10));
    assert!(day.ringing(1).is_empty());
    let explanation = told(day.ticks(25));
    assert_eq!(day.ringing(1), [2]);
    assert_eq!((explanation.eligible, explanation.excluded.lacks_skill), (1, 1));
}

#[test]
fn an_agent_who_loses_the_skill_stops_ringing() {
    let mut day = staffed(children(), &[&[("children", 4)]]);
    day.happens(10, standard(1, 10));
    assert_eq!(day.ringing(1), [1]);
    day.happens(11, skilled(1, &["hi"], &["a"], &[("children", 3)]));
    assert!(day.ringing(1).is_empty());
    day.ticks(30);
    assert_eq!(day.ringing(1), [1]);
}

#[test]
fn under_other_rules_a_restored_floor_finds_who_can_answer_now() {
    let mut day = staffed(children(), &[&[]]);
    day.happens(10, standard(1, 10));
    let bytes = serde_json::to_vec(&day.floor.snapshot()).expect("plain data");
    let read = || serde_json::from_slice::<Snapshot>(&bytes).expect("it was written so");
    let mut plain =
        Day { floor: Floor::restore(config(&["a", "b"]), read()).expect("it fits"), ..day };
    assert_eq!(plain.floor.poll_timeout(), Some(at(10)), "at once");
    plain.ticks(10);
    assert_eq!(plain.ringing(1), [1]);
    let mut harder = children();
    harder.rules.entry(queue("a")).or_default().skills[2] = skill_step(90, &[]);
    let mut harder = Day { floor: Floor::restore(harder, read()).expect("it fits"), ..plain };
    harder.ticks(99);
    assert!(harder.ringing(1).is_empty());
    harder.ticks(100);
    assert_eq!(harder.ringing(1), [1]);
}

#[test]
fn steps_that_make_no_sense_are_refused() {
    let fault = |steps| match rules(steps).check() {
        Err(ConfigError::BadSkills(_, fault)) => Some(fault),
        _ => None,
    };
    let four = || skill_step(0, &[("children", 4)]);
    assert_eq!(fault(vec![four(), skill_step(20, &[])]), None);
    assert_eq!(fault(vec![skill_step(1, &[])]), Some(SkillsFault::BeginsLate));
    assert_eq!(fault(vec![four()]), Some(SkillsFault::NeverAnybody));
    assert_eq!(fault(vec![four(), skill_step(0, &[])]), Some(SkillsFault::OutOfOrder));
    let harder = vec![four(), skill_step(20, &[("children", 5)]), skill_step(30, &[])];
    assert_eq!(fault(harder), Some(SkillsFault::Harder));
    let another = vec![four(), skill_step(20, &[("heart", 1)]), skill_step(30, &[])];
    assert_eq!(fault(another), Some(SkillsFault::Harder));
    let twice = vec![skill_step(0, &[("children", 4), ("children", 2)]), skill_step(20, &[])];
    assert_eq!(fault(twice), Some(SkillsFault::NeedTwice));
    let many = (0..9).map(|number| skill_step(number, &[])).collect();
    assert_eq!(fault(many), Some(SkillsFault::TooMany));
}

#[test]
fn a_skill_without_a_level_is_level_three_and_the_best_of_two_counts() {
    let read: FloorEvent = serde_json::from_str(
        r#"{"event":"agent_registered","agent":"00000000-0000-0000-0000-000000000001",
            "languages":["hi"],"skills":["heart",{"skill":"children"},{"skill":"children","level":5},
            {"skill":"heart","level":1}],"queues":["a"]}"#,
    )
    .expect("an older journal reads");
    let mut day = Day::new(children());
    assert_eq!(refused(day.happens(0, read)), None);
    let held = day.floor.agent(agent(1)).expect("registered").skills;
    let held: Vec<_> = held.iter().map(|held| (held.skill.to_string(), held.level.get())).collect();
    assert_eq!(held, [("children".to_owned(), 5), ("heart".to_owned(), 3)]);
    let bad = r#"{"skill":"children","level":6}"#;
    assert!(serde_json::from_str::<SkillLevel>(bad).is_err());
}
