use ids::UserId;
use store::roster::LeaveReason;

use super::*;

const MONDAY: &str = "2026-11-23";

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn at(text: &str) -> Timestamp {
    text.parse::<crate::wire::Moment>().expect("a moment").0
}

fn account(number: u128, role: Role) -> Account {
    Account {
        id: UserId::from_number(number),
        username: format!("p{number}"),
        name: format!("Person {number}"),
        role,
        languages: vec![],
        queues: vec!["health".parse().expect("a queue")],
        skills: Vec::new(),
        has_password: true,
        locked_until: None,
        disabled: false,
        created_at: Timestamp::from_micros(0),
    }
}

fn entry(id: u128, agent: u128, plan: Plan) -> Entry {
    Entry {
        id: Uuid::from_u128(id),
        version: 1,
        wish: Wish { agent: AgentId::from_number(agent), plan, note: String::new() },
        removed: false,
        changed_by: UserId::from_number(9),
        changed_at: Timestamp::from_micros(0),
    }
}

/// Every day from 22:00 for nine hours, from the Monday on.
fn nights(queue: Option<&str>) -> Plan {
    Plan::Shift {
        queue: queue.map(|name| name.parse().expect("a queue")),
        days: 0b111_1111,
        from_day: day(MONDAY).number(),
        until_day: None,
        start_minute: 22 * 60,
        minutes: 9 * 60,
    }
}

fn leave(of: Option<u128>, from: &str, until: &str) -> Plan {
    let (from_day, until_day) = (day(from).number(), day(until).number());
    Plan::Leave { of: of.map(Uuid::from_u128), from_day, until_day, reason: LeaveReason::Sick }
}

fn staff() -> Staff {
    Staff::of([account(1, Role::Operator), account(2, Role::Doctor), account(3, Role::Auditor)])
}

fn days_of(entries: &[Entry]) -> Vec<String> {
    let (from, until) = (day(MONDAY).begin(), day("2026-11-29").end());
    spans(entries, &staff(), from, until).iter().map(|span| span.day.to_string()).collect()
}

#[test]
fn a_night_shift_is_one_span_of_the_day_on_which_it_starts() {
    let entries = [entry(1, 1, nights(None))];
    let from = at("2026-11-24T03:00:00+05:30");
    let spans = spans(&entries, &staff(), from, from + Duration::from_secs(60));
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].day, day(MONDAY));
    assert_eq!(spans[0].from.to_string(), "2026-11-23T22:00:00.000+05:30");
    assert_eq!(spans[0].until.to_string(), "2026-11-24T07:00:00.000+05:30");
    assert_eq!(spans[0].queues, ["health".parse().expect("a queue")]);
}

#[test]
fn leave_takes_shifts_out_and_leave_of_one_shift_takes_out_that_alone() {
    let early = Plan::Shift {
        queue: None,
        days: 0b000_0101,
        from_day: day(MONDAY).number(),
        until_day: None,
        start_minute: 6 * 60,
        minutes: 60,
    };
    let shifts = [entry(1, 1, nights(None)), entry(2, 1, early)];
    assert_eq!(days_of(&shifts).len(), 9);
    let away = [&shifts[..], &[entry(3, 1, leave(None, "2026-11-25", "2026-11-28"))]].concat();
    assert_eq!(days_of(&away), ["2026-11-23", "2026-11-23", "2026-11-24", "2026-11-29"]);
    let once = [&shifts[..], &[entry(3, 1, leave(Some(2), "2026-11-23", "2026-11-23"))]].concat();
    assert_eq!(days_of(&once).len(), 8);
    let others = [&shifts[..], &[entry(3, 2, leave(None, "2026-11-23", "2026-11-29"))]].concat();
    assert_eq!(days_of(&others).len(), 9, "somebody else is away");
}

#[test]
fn who_is_not_of_the_staff_is_not_expected() {
    assert!(days_of(&[entry(1, 3, nights(None)), entry(2, 4, nights(None))]).is_empty());
    assert!(!staff().has(AgentId::from_number(3)), "an auditor takes no calls");
}

#[test]
fn a_queue_that_will_have_nobody_within_the_hour_is_named() {
    let queues: Vec<QueueId> =
        ["health", "schemes"].iter().map(|name| name.parse().expect("a queue")).collect();
    let entries = [entry(1, 1, nights(Some("health")))];
    let uncovered = |text: &str| {
        let now = at(text);
        let spans = spans(&entries, &staff(), now, now + Duration::from_secs(12 * 60 * 60));
        let told = uncovered(&spans, &queues, now);
        told.iter().map(|one| format!("{} {}", one.queue, one.from)).collect::<Vec<_>>()
    };
    let schemes = "schemes 2026-11-24T02:00:00.000+05:30";
    assert_eq!(uncovered("2026-11-24T02:00:00+05:30"), [schemes]);
    assert_eq!(
        uncovered("2026-11-24T06:30:00+05:30"),
        ["health 2026-11-24T07:00:00.000+05:30", "schemes 2026-11-24T06:30:00.000+05:30"]
    );
    assert!(super::uncovered(&[], &queues, at("2026-11-24T02:00:00+05:30")).is_empty());
}
