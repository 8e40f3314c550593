//! How many calls are let in: at once and per second, over all and for each trunk, with places kept
//! for the emergency lines. Pure; time comes in as an argument.

use std::collections::VecDeque;
use std::time::Duration;

use ids::Timestamp;

/// A number for whose callers places are kept.
///
/// What a caller is in need of is not known when the call comes in; which number was dialled is. A flood
/// at any other number cannot take these places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservedLine {
    /// The number, as it is dialled.
    pub number: String,
    /// Places of its own; more calls to it compete with all others.
    pub calls: usize,
}

/// Calls at once and per second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) calls: usize,
    pub(super) per_second: usize,
}

/// The place of one call. To be given back, once, by [`Door::leave`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    trunk: usize,
    line: Option<usize>,
}

/// Why a call is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// Too many at once.
    Calls,
    /// Too many in this second.
    Rate,
    /// Too many at once on its trunk.
    TrunkCalls,
    /// Too many in this second on its trunk.
    TrunkRate,
}

impl Full {
    /// As a word, for the metrics.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Rate => "rate",
            Self::TrunkCalls => "trunk_calls",
            Self::TrunkRate => "trunk_rate",
        }
    }
}

/// The door of the exchange.
///
/// Beyond its limits a call gets 503 with `Retry-After`: a trunk with several routes then takes
/// another, where a call let in would only make every other call worse.
#[derive(Debug)]
pub(super) struct Door {
    all: Gate,
    trunks: Vec<Gate>,
    lines: Vec<(ReservedLine, Gate)>,
}

#[derive(Debug)]
struct Gate {
    limits: Limits,
    open: usize,
    /// When the calls of the last second came in, oldest first; bounded by the rate.
    recent: VecDeque<Timestamp>,
}

impl Gate {
    fn new(limits: Limits) -> Self {
        Self { limits, open: 0, recent: VecDeque::new() }
    }

    fn has_room(&self) -> bool {
        self.open < self.limits.calls
    }

    fn is_slow_enough(&mut self, now: Timestamp) -> bool {
        while self.recent.front().is_some_and(|at| now.since(*at) >= Duration::from_secs(1)) {
            self.recent.pop_front();
        }
        self.recent.len() < self.limits.per_second
    }
}

impl Door {
    /// A door for all calls, one behind it for each trunk, and the places kept for lines.
    pub(super) fn new(all: Limits, trunks: Vec<Limits>, lines: Vec<ReservedLine>) -> Self {
        let line = |line: ReservedLine| {
            let limits = Limits { calls: line.calls, per_second: all.per_second };
            (line, Gate::new(limits))
        };
        Self {
            all: Gate::new(all),
            trunks: trunks.into_iter().map(Gate::new).collect(),
            lines: lines.into_iter().map(line).collect(),
        }
    }

    /// Whether a call to this number may come in now over this trunk. Counts it if so.
    pub(super) fn admit(
        &mut self,
        now: Timestamp,
        trunk: usize,
        dialled: &str,
    ) -> Result<Place, Full> {
        let line = self.lines.iter().position(|(line, _)| line.number == dialled);
        if let Some((_, gate)) = line.and_then(|line| self.lines.get_mut(line))
            && gate.has_room()
            && gate.is_slow_enough(now)
        {
            gate.recent.push_back(now);
            return Ok(self.enter(trunk, line));
        }
        self.admit_among_all(now, trunk, line)
    }

    /// Whether a call of ours may go out over this trunk. Counts it if so.
    pub(super) fn admit_outgoing(&mut self, now: Timestamp, trunk: usize) -> Result<Place, Full> {
        self.admit_among_all(now, trunk, None)
    }

    fn admit_among_all(
        &mut self,
        now: Timestamp,
        trunk: usize,
        line: Option<usize>,
    ) -> Result<Place, Full> {
        if self.all.open + self.kept_free() >= self.all.limits.calls {
            return Err(Full::Calls);
        }
        if !self.all.is_slow_enough(now) {
            return Err(Full::Rate);
        }
        if let Some(gate) = self.trunks.get_mut(trunk) {
            if !gate.has_room() {
                return Err(Full::TrunkCalls);
            }
            if !gate.is_slow_enough(now) {
                return Err(Full::TrunkRate);
            }
            gate.recent.push_back(now);
        }
        self.all.recent.push_back(now);
        Ok(self.enter(trunk, line))
    }

    /// Places that are kept for lines and not taken.
    fn kept_free(&self) -> usize {
        self.lines.iter().map(|(line, gate)| line.calls.saturating_sub(gate.open)).sum()
    }

    fn enter(&mut self, trunk: usize, line: Option<usize>) -> Place {
        let place = Place { trunk, line };
        for gate in self.gates_of(place) {
            gate.open += 1;
        }
        place
    }

    /// A call has ended.
    pub(super) fn leave(&mut self, place: Place) {
        for gate in self.gates_of(place) {
            gate.open = gate.open.saturating_sub(1);
        }
    }

    fn gates_of(&mut self, place: Place) -> impl Iterator<Item = &mut Gate> {
        let line = place.line.and_then(|line| self.lines.get_mut(line)).map(|(_, gate)| gate);
        let trunk = self.trunks.get_mut(place.trunk);
        std::iter::once(&mut self.all).chain(trunk).chain(line)
    }

    /// Whether one more call fits on this trunk.
    pub(super) fn has_room(&self, trunk: usize) -> bool {
        self.trunks.get(trunk).is_some_and(Gate::has_room)
    }

    /// Calls open on this trunk.
    pub(super) fn open(&self, trunk: usize) -> usize {
        self.trunks.get(trunk).map_or(0, |gate| gate.open)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NO_LIMIT: Limits = Limits { calls: usize::MAX, per_second: usize::MAX };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1000)
    }

    fn limits(calls: usize, per_second: usize) -> Limits {
        Limits { calls, per_second }
    }

    fn line(number: &str, calls: usize) -> ReservedLine {
        ReservedLine { number: number.to_owned(), calls }
    }

    #[test]
    fn calls_beyond_the_rate_wait_for_the_next_second() {
        let mut door = Door::new(limits(100, 2), vec![NO_LIMIT], Vec::new());
        assert!(door.admit(at(0), 0, "104").is_ok());
        assert!(door.admit(at(500), 0, "104").is_ok());
        assert_eq!(door.admit(at(999), 0, "104"), Err(Full::Rate));
        assert!(door.admit(at(1000), 0, "104").is_ok(), "the first is a second old");
        assert_eq!(door.admit(at(1001), 0, "104"), Err(Full::Rate));
    }

    #[test]
    fn calls_beyond_the_maximum_are_not_counted_against_the_rate() {
        let mut door = Door::new(limits(1, 2), vec![NO_LIMIT], Vec::new());
        let place = door.admit(at(0), 0, "104").expect("room");
        assert_eq!(door.admit(at(0), 0, "104"), Err(Full::Calls));
        door.leave(place);
        assert!(door.admit(at(1), 0, "104").is_ok());
    }

    #[test]
    fn a_full_trunk_leaves_the_others_their_room() {
        let mut door = Door::new(NO_LIMIT, vec![limits(1, 10), limits(10, 1)], Vec::new());
        assert!(door.admit(at(0), 0, "104").is_ok());
        assert_eq!(door.admit(at(0), 0, "104"), Err(Full::TrunkCalls));
        assert!(!door.has_room(0) && door.has_room(1));
        assert!(door.admit(at(0), 1, "104").is_ok());
        assert_eq!(door.admit(at(0), 1, "104"), Err(Full::TrunkRate));
        assert_eq!(door.admit_outgoing(at(0), 0), Err(Full::TrunkCalls), "both directions");
        assert_eq!((door.open(0), door.open(1)), (1, 1));
    }

    #[test]
    fn a_flood_at_another_number_leaves_the_emergency_line_its_places() {
        let mut door = Door::new(limits(10, 5), vec![limits(8, 5)], vec![line("108", 3)]);
        let flood = (0..1000).filter(|n| door.admit(at(n * 10), 0, "104").is_ok()).count();
        assert_eq!(flood, 7, "ten places less the three kept");
        for n in 0..3 {
            assert!(door.admit(at(9999), 0, "108").is_ok(), "{n}: whatever trunk and rate say");
        }
        assert_eq!(door.admit(at(9999), 0, "108"), Err(Full::Calls), "the fourth competes");
    }

    #[test]
    fn the_emergency_line_may_take_more_than_its_places() {
        let mut door = Door::new(limits(4, 100), vec![NO_LIMIT], vec![line("108", 1)]);
        let places: Vec<Place> = (0..4).flat_map(|_| door.admit(at(0), 0, "108")).collect();
        assert_eq!(places.len(), 4);
        door.leave(places[0]);
        assert!(door.admit(at(0), 0, "104").is_ok(), "three of its calls hold more than one place");
    }

    proptest! {
        #[test]
        fn the_limits_hold_whatever_happens(
            all in 0_usize..12,
            own in 0_usize..12,
            kept in 0_usize..6,
            steps in prop::collection::vec((0_u8..4, 0_usize..2, 0_i64..400), 1..200),
        ) {
            let kept = kept.min(all);
            let trunks = vec![limits(own, 3), NO_LIMIT];
            let mut door = Door::new(limits(all, 6), trunks, vec![line("108", kept)]);
            let (mut open, mut now) = (Vec::new(), 0);
            for (what, trunk, pause) in steps {
                now += pause;
                let emergencies =
                    open.iter().filter(|place: &&Place| place.line.is_some()).count();
                let came = match what {
                    0 => door.admit(at(now), trunk, "104"),
                    1 => door.admit(at(now), trunk, "108"),
                    2 => door.admit_outgoing(at(now), trunk),
                    _ => {
                        if !open.is_empty() {
                            door.leave(open.swap_remove(trunk % open.len()));
                        }
                        continue;
                    }
                };
                if let Ok(place) = came {
                    open.push(place);
                    let others = open.iter().filter(|place| place.line.is_none()).count();
                    prop_assert!(open.len() <= all && others <= all - kept);
                } else if what == 1 && emergencies < kept {
                    // Only its own rate can have refused it.
                    prop_assert!(door.lines[0].1.recent.len() >= 6);
                }
                prop_assert_eq!(door.open(0) + door.open(1), open.len());
            }
            for place in open {
                door.leave(place);
            }
            prop_assert_eq!((door.all.open, door.lines[0].1.open, door.open(0)), (0, 0, 0));
        }
    }
}
