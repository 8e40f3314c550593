//! Shifts against a clock that looks at every minute by itself.

use alloc::vec;

use proptest::prelude::*;

use super::*;

const INDIA: Offset = Offset(330);

/// Local time in minutes since 1970-01-01.
fn local(minute: i64, offset: Offset) -> Timestamp {
    Timestamp::from_micros((minute - i64::from(offset.0)) * MINUTE_MICROS)
}

fn shift(days: Weekdays, start_minute: u16, minutes: u16) -> Shift {
    Shift {
        number: 1,
        holder: Holder::Agent(AgentId::from_number(1)),
        queue: None,
        tier: Tier::One,
        days,
        from: LocalDay(0),
        until: None,
        start_minute,
        minutes,
        off: vec![],
    }
}

#[test]
fn the_first_of_january_1970_was_a_thursday() {
    assert_eq!(LocalDay(0).weekday(), 3);
    assert_eq!(LocalDay(4).weekday(), 0);
    assert_eq!(LocalDay(-1).weekday(), 2);
    assert!(Weekdays::of([0, 9]).iter().eq([0]));
}

#[test]
fn a_night_shift_belongs_to_the_day_on_which_it_starts() {
    // Sundays from 22:00 for nine hours; 1970-01-04 was a Sunday.
    let roster = Roster::new(vec![shift(Weekdays::of([6]), 22 * 60, 9 * 60)]).expect("sound");
    let at = |day: i64, hour: i64| local(day * DAY_MINUTES + hour * 60, INDIA);
    let on = |moment| roster.expected(moment, INDIA).count() == 1;
    assert!(!on(at(3, 21)) && on(at(3, 22)) && on(at(4, 0)) && on(at(4, 6)) && !on(at(4, 7)));
    assert!(!on(at(4, 22)), "Monday has no shift of its own");
    assert_eq!(roster.next_change(at(3, 21), INDIA), Some(at(3, 22)));
    assert_eq!(roster.next_change(at(4, 0), INDIA), Some(at(4, 7)));
    assert_eq!(roster.next_change(at(4, 7), INDIA), Some(at(10, 22)));
}

#[test]
fn a_shift_does_not_start_on_days_of_leave_and_the_night_before_goes_on() {
    let mut nights = shift(Weekdays::ALL, 22 * 60, 9 * 60);
    nights.off = vec![(LocalDay(4), LocalDay(5))];
    let roster = Roster::new(vec![nights]).expect("sound");
    let at = |day: i64, hour: i64| local(day * DAY_MINUTES + hour * 60, INDIA);
    let on = |moment| roster.expected(moment, INDIA).count() == 1;
    assert!(on(at(4, 6)), "the night that began the day before");
    assert!(!on(at(4, 22)) && !on(at(5, 6)) && !on(at(5, 23)) && on(at(6, 22)));
    assert_eq!(roster.next_change(at(4, 7), INDIA), Some(at(6, 22)));
}

#[test]
fn a_shift_that_cannot_be_is_refused_by_number() {
    let refused = |change: fn(&mut Shift)| {
        let mut bad = shift(Weekdays::ALL, 0, 60);
        (bad.number, bad.until) = (7, Some(LocalDay(3)));
        change(&mut bad);
        Roster::new(vec![shift(Weekdays::ALL, 0, 60), bad]).expect_err("it cannot be")
    };
    assert_eq!(refused(|shift| shift.start_minute = 1440), (7, ShiftError::Start));
    assert_eq!(refused(|shift| shift.minutes = 0), (7, ShiftError::Length));
    assert_eq!(refused(|shift| shift.minutes = 1441), (7, ShiftError::Length));
    assert_eq!(refused(|shift| shift.days = Weekdays::of([])), (7, ShiftError::Never));
    assert_eq!(refused(|shift| shift.from = LocalDay(4)), (7, ShiftError::Never));
    assert_eq!(refused(|shift| shift.holder = Holder::Posts(0)), (7, ShiftError::NoPost));
}

#[test]
fn staff_counts_a_person_once_and_posts_by_their_number() {
    let health = "health".parse().expect("a queue");
    let other = Some("schemes".parse().expect("a queue"));
    let posts = Shift { holder: Holder::Posts(3), ..shift(Weekdays::ALL, 0, 1440) };
    let doctor = Shift { tier: Tier::Two, ..shift(Weekdays::ALL, 0, 1440) };
    let elsewhere = Shift { queue: other, ..posts.clone() };
    let twice = shift(Weekdays::ALL, 600, 120);
    let shifts = vec![shift(Weekdays::ALL, 0, 1440), twice, posts, doctor, elsewhere];
    let roster = Roster::new(shifts).expect("sound");
    let noon = local(100 * DAY_MINUTES + 660, INDIA);
    assert_eq!(roster.staff(health, Tier::One, noon, INDIA), 4);
    assert_eq!(roster.staff(health, Tier::Two, noon, INDIA), 1);
}

#[test]
fn adherence_tells_what_was_kept_and_what_was_extra() {
    let span =
        |from: i64, until: i64| Span { from: local(from, INDIA), until: local(until, INDIA) };
    let expected = [span(600, 840), span(900, 1080)];
    let present = [span(610, 700), span(690, 850), span(1000, 1200)];
    let told = adherence(&expected, &present);
    let minutes = |span: Duration| span.as_secs() / 60;
    assert_eq!((minutes(told.expected), minutes(told.kept), minutes(told.extra)), (420, 310, 130));
    assert_eq!(told.percent(), Some(73));
    assert_eq!(adherence(&[], &present).percent(), None);
}

fn any_shift() -> impl Strategy<Value = Shift> {
    let until = prop::option::of(0..40_i32);
    (1..128_u8, 0..30_i32, until, 0..1440_u16, 1..=1440_u16).prop_map(
        |(days, from, until, start_minute, minutes)| Shift {
            from: LocalDay(from),
            until: until.map(|days| LocalDay(from + days)),
            ..shift(
                Weekdays::of((0..7).filter(|day| days & (1 << day) != 0)),
                start_minute,
                minutes,
            )
        },
    )
}

/// Whether a shift is on at a local minute, looked at without any arithmetic on spans.
fn is_on(shift: &Shift, minute: i64) -> bool {
    (0..i64::from(shift.minutes)).any(|gone| {
        let start = minute - gone;
        let day = LocalDay(i32::try_from(start.div_euclid(DAY_MINUTES)).expect("small"));
        start.rem_euclid(DAY_MINUTES) == i64::from(shift.start_minute) && shift.starts_on(day)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_shift_is_on_as_a_clock_sees_it(
        shift in any_shift(),
        minute in -1440..60_i64 * 1440,
        offset in (-720..=840_i16).prop_map(Offset),
    ) {
        let roster = Roster::new(vec![shift.clone()]).expect("sound");
        let on = roster.expected(local(minute, offset), offset).count();
        prop_assert_eq!(on > 0, is_on(&shift, minute));
    }

    #[test]
    fn nothing_changes_before_the_next_change(
        shifts in prop::collection::vec(any_shift(), 1..4),
        minute in 0..45_i64 * 1440,
    ) {
        let roster = Roster::new(shifts).expect("sound");
        let now = local(minute, INDIA);
        let spans = |at| roster.expected(at, INDIA).map(|(_, span)| span).collect::<Vec<_>>();
        let until = roster.next_change(now, INDIA);
        let horizon = local(minute + 3 * 1440, INDIA);
        let end = until.unwrap_or(horizon).min(horizon);
        prop_assert!(until.is_none_or(|until| until > now));
        let mut at = now;
        while at < end {
            prop_assert_eq!(spans(at), spans(now));
            at = at + Duration::from_secs(17 * 60);
        }
        if let Some(until) = until {
            let before = Timestamp::from_micros(until.as_micros() - 1);
            prop_assert_ne!(spans(before), spans(until));
        }
    }

    #[test]
    fn kept_and_extra_are_the_time_present(
        expected in prop::collection::vec((0..3000_i64, 0..600_i64), 0..6),
        present in prop::collection::vec((0..3000_i64, 0..600_i64), 0..6),
    ) {
        let spans = |list: &[(i64, i64)]| {
            let span = |(from, length): &(i64, i64)| Span {
                from: local(*from, INDIA),
                until: local(from + length, INDIA),
            };
            list.iter().map(span).collect::<Vec<_>>()
        };
        let told = adherence(&spans(&expected), &spans(&present));
        let within = |list: &[(i64, i64)], minute: i64| {
            list.iter().any(|(from, length)| (*from..from + length).contains(&minute))
        };
        let minutes = |count: &dyn Fn(i64) -> bool| {
            let count = (0..3600).filter(|minute| count(*minute)).count();
            Duration::from_secs(60 * count as u64)
        };
        prop_assert_eq!(told.expected, minutes(&|at| within(&expected, at)));
        prop_assert_eq!(told.kept, minutes(&|at| within(&expected, at) && within(&present, at)));
        prop_assert_eq!(told.kept + told.extra, minutes(&|at| within(&present, at)));
    }
}
