//! What becomes of each datagram: decided by a seed and the moment of its arrival. Pure.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// How one direction of a network behaves. The default is perfect.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Conditions {
    /// Share that is lost, 0 to 1.
    pub loss: f64,
    /// Every datagram is this late.
    pub delay: Duration,
    /// And up to this much later, each by chance; their order stays.
    pub jitter: Duration,
    /// Share that is held back for `reordered_by` while others overtake, 0 to 1.
    pub reordered: f64,
    /// How long those are held back, on top of their delay.
    pub reordered_by: Duration,
    /// Share that arrives twice, 0 to 1.
    pub duplicated: f64,
    /// The network stands still from time to time, and then delivers all at once.
    pub stall: Option<Stall>,
}

/// Times in which nothing is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// From the begin of one to the begin of the next; more than `lasts`.
    pub every: Duration,
    /// How long each lasts.
    pub lasts: Duration,
}

/// What becomes of one datagram. Moments count from the relay's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// When it leaves; `None` if it is lost.
    pub leaves: Option<Duration>,
    /// When its double leaves, if it has one.
    pub double_leaves: Option<Duration>,
    /// It was held back so that others overtake.
    pub is_reordered: bool,
}

/// Decides for one direction.
#[derive(Debug)]
pub struct Fates {
    conditions: Conditions,
    chance: StdRng,
    /// The datagram before left then; those that keep their order do not leave earlier.
    previous: Duration,
    /// Where in its period the first stall begins.
    stall_phase: Duration,
}

impl Fates {
    /// The same seed and the same arrivals give the same fates.
    #[must_use]
    pub fn new(conditions: Conditions, seed: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let share: f64 = chance.random();
        let period = conditions.stall.map_or(Duration::ZERO, |stall| stall.every);
        Self { conditions, chance, previous: Duration::ZERO, stall_phase: period.mul_f64(share) }
    }

    /// The fate of a datagram that arrives now. `now` does not go back.
    pub fn next(&mut self, now: Duration) -> Fate {
        // Always four draws: what happens to one datagram does not change the chances of the next.
        let [lost, late, held, doubled]: [f64; 4] = self.chance.random();
        let Conditions { loss, delay, jitter, reordered, reordered_by, duplicated, .. } =
            self.conditions;
        if lost < loss {
            return Fate { leaves: None, double_leaves: None, is_reordered: false };
        }
        let due = self.after_stall(now + delay + jitter.mul_f64(late)).max(self.previous);
        let is_reordered = held < reordered;
        let leaves = if is_reordered { due + reordered_by } else { due };
        if !is_reordered {
            self.previous = due;
        }
        let double_leaves = (doubled < duplicated).then_some(leaves);
        Fate { leaves: Some(leaves), double_leaves, is_reordered }
    }

    /// The moment itself, or the end of the stall that it falls into.
    fn after_stall(&self, at: Duration) -> Duration {
        let Some(stall) = self.conditions.stall.filter(|stall| !stall.every.is_zero()) else {
            return at;
        };
        let Some(since_first) = at.checked_sub(self.stall_phase) else { return at };
        let period = stall.every.as_nanos();
        let into = since_first.as_nanos() % period;
        let left = stall.lasts.min(stall.every).as_nanos().saturating_sub(into);
        at + Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX))
    }
}
