//! How soon callers were assigned, told by what a supervisor and the consoles saw. Only callers for
//! whom an agent was free when they came count: the others waited for a person, not for the helpline.
//! Pure: the moments come as arguments.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::Spread;

/// The callers of a run and the agents who are free, as the tool knows them.
#[derive(Debug)]
pub struct Assignments {
    free: i64,
    /// Callers who wait and have not rung.
    queued: i64,
    calls: HashMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    /// Whether an agent was free for this caller.
    at_once: bool,
    waits: Option<Instant>,
    rang: Option<Rang>,
}

/// A console rang.
#[derive(Clone, Copy, Debug)]
pub struct Rang {
    /// When its frame came.
    pub at: Instant,
    /// When the caller had pressed the key, if that is known.
    pub pressed: Option<Instant>,
    /// How long the caller had waited when the frame was made, by the helpline's own clock.
    pub told: Duration,
}

/// The times of callers who were assigned at once.
#[derive(Debug, Default)]
pub struct Times {
    /// From the frame "waits" of the supervisor to the frame "rings" of the agent.
    pub wait_to_ring: Spread,
    /// From the key to the frame "rings".
    pub key_to_ring: Spread,
    /// What the helpline said itself.
    pub told: Spread,
}

impl Assignments {
    /// So many agents are free and nobody calls.
    #[must_use]
    pub fn new(free: u32) -> Self {
        Self { free: free.into(), queued: 0, calls: HashMap::new() }
    }

    /// A call was seen to wait. Seen again (it came back to the queue), that changes nothing.
    pub fn waits(&mut self, call: &str, at: Instant) {
        let seen = self.seen(call);
        if seen.waits.is_some() {
            return;
        }
        seen.waits = Some(at);
        if seen.rang.is_none() {
            self.queued += 1;
        }
    }

    /// A console rang for a call; this may be seen before its wait is, since both come on streams of
    /// their own.
    pub fn rings(&mut self, call: &str, rang: Rang) {
        let seen = self.seen(call);
        let waited = seen.waits.is_some() && seen.rang.is_none();
        seen.rang.get_or_insert(rang);
        self.queued -= i64::from(waited);
        self.free -= 1;
    }

    /// An agent is free again.
    pub fn freed(&mut self) {
        self.free += 1;
    }

    /// The times of all callers for whom an agent was free.
    #[must_use]
    pub fn times(&self) -> Times {
        let times = Times::default();
        for seen in self.calls.values().filter(|seen| seen.at_once) {
            let Some(rang) = seen.rang else { continue };
            times.told.add(rang.told);
            if let Some(waits) = seen.waits {
                times.wait_to_ring.add(rang.at.saturating_duration_since(waits));
            }
            if let Some(pressed) = rang.pressed {
                times.key_to_ring.add(rang.at.saturating_duration_since(pressed));
            }
        }
        times
    }

    fn seen(&mut self, call: &str) -> &mut Seen {
        let at_once = self.free > self.queued;
        let new = || Seen { at_once, waits: None, rang: None };
        self.calls.entry(call.to_owned()).or_insert_with(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rang(at: Instant) -> Rang {
        Rang { at, pressed: None, told: Duration::from_millis(1) }
    }

    #[test]
    fn who_finds_an_agent_free_counts_and_who_waits_for_one_does_not() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut seen = Assignments::new(1);
        seen.waits("first", at(0));
        seen.waits("second", at(1));
        seen.rings("first", rang(at(3)));
        seen.freed();
        seen.rings("second", rang(at(900)));
        let times = seen.times();
        assert_eq!(times.wait_to_ring.sorted(), [Duration::from_millis(3)]);
        assert_eq!(times.told.sorted().len(), 1);
        assert!(times.key_to_ring.sorted().is_empty());
    }

    #[test]
    fn a_ring_seen_before_its_wait_took_no_time() {
        let start = Instant::now();
        let mut seen = Assignments::new(1);
        seen.rings("first", rang(start));
        seen.waits("first", start + Duration::from_millis(1));
        assert_eq!(seen.times().wait_to_ring.sorted(), [Duration::ZERO]);
        assert_eq!((seen.free, seen.queued), (0, 0));
    }
}
