//! Our registration at one trunk (RFC 3261 §10.2): when to ask, and for how long. Pure; time and
//! chance come in as arguments.

use std::time::Duration;

use ids::Timestamp;

/// A registration that ends later than this is refreshed so long before its end; a shorter one at half
/// its life.
const REFRESH_BEFORE_END: Duration = Duration::from_secs(600);
/// Longest life that a registrar can make us ask for (423).
const LIFE_MAX: Duration = Duration::from_secs(24 * 3600);
/// Shortest life we keep up with: a registrar that grants less is asked as if it had granted this.
const LIFE_MIN: Duration = Duration::from_secs(2);
/// Longest wait after failures. RFC 5626 §4.5 names 1800 s; a helpline does not wait so long.
const RETRY_MAX: Duration = Duration::from_secs(300);

/// What came of a REGISTER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Granted for so long.
    Granted(Duration),
    /// 423: too brief; at least so long.
    TooBrief(Duration),
    /// Refused, or no answer.
    Failed,
}

/// Our registration at one trunk.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    /// The life to ask for.
    wanted: Duration,
    retry_base: Duration,
    /// In a row.
    failures: u32,
    /// When the next REGISTER is due.
    due: Timestamp,
    /// When the registrar forgets us, if it knows us.
    until: Option<Timestamp>,
}

impl Registration {
    /// Not registered; due at once.
    pub(super) fn new(wanted: Duration, retry_base: Duration, now: Timestamp) -> Self {
        Self { wanted, retry_base, failures: 0, due: now, until: None }
    }

    /// When to ask next.
    pub(super) fn poll_timeout(&self) -> Timestamp {
        self.due
    }

    /// The life to ask for.
    pub(super) fn wanted(&self) -> Duration {
        self.wanted
    }

    /// When the registrar forgets us; `None` if it does not know us.
    pub(super) fn registered_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now)
    }

    /// Takes the outcome of the REGISTER that was due. `chance` spreads those who failed together.
    pub(super) fn on_outcome(&mut self, now: Timestamp, outcome: Outcome, chance: u16) {
        match outcome {
            Outcome::Granted(life) => {
                self.failures = 0;
                self.until = Some(now + life);
                let life = life.max(LIFE_MIN);
                let rest =
                    if life > 2 * REFRESH_BEFORE_END { REFRESH_BEFORE_END } else { life / 2 };
                self.due = now + (life - rest);
            }
            Outcome::TooBrief(least) if least > self.wanted && least <= LIFE_MAX => {
                self.wanted = least;
                self.due = now;
            }
            // A registrar that finds its own least too brief, or wants days, makes no sense.
            Outcome::TooBrief(_) | Outcome::Failed => {
                self.failures = self.failures.saturating_add(1);
                self.due = now + self.wait(chance);
            }
        }
    }

    /// RFC 5626 §4.5: the base doubled for each failure, of that between a half and all by chance.
    fn wait(&self, chance: u16) -> Duration {
        let doubled = 2_u32.saturating_pow((self.failures - 1).min(16));
        let longest = self.retry_base.saturating_mul(doubled).min(RETRY_MAX.max(self.retry_base));
        longest / 2 + longest / 2 * u32::from(chance) / u32::from(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn new() -> Registration {
        Registration::new(s(3600), s(30), at(0))
    }

    #[test]
    fn it_is_refreshed_before_its_end_also_if_less_was_granted() {
        for (granted, due) in [(3600, 3000), (1300, 700), (600, 300), (60, 30), (1, 1), (0, 1)] {
            let mut registration = new();
            registration.on_outcome(at(0), Outcome::Granted(s(granted)), 0);
            assert_eq!(registration.poll_timeout(), at(due), "{granted} s granted");
        }
    }

    #[test]
    fn it_is_registered_until_the_granted_life_is_over() {
        let mut registration = new();
        assert_eq!(registration.registered_until(at(0)), None);
        registration.on_outcome(at(0), Outcome::Granted(s(60)), 0);
        registration.on_outcome(at(30), Outcome::Failed, 0);
        assert_eq!(registration.registered_until(at(59)), Some(at(60)), "the old one still holds");
        assert_eq!(registration.registered_until(at(60)), None);
    }

    #[test]
    fn too_brief_a_life_is_asked_longer_at_once_and_never_for_days() {
        let mut registration = new();
        registration.on_outcome(at(0), Outcome::TooBrief(s(7200)), 0);
        assert_eq!((registration.wanted(), registration.poll_timeout()), (s(7200), at(0)));
        registration.on_outcome(at(0), Outcome::TooBrief(s(7200)), 0);
        assert!(registration.poll_timeout() > at(0), "no circle");
        registration.on_outcome(at(0), Outcome::TooBrief(s(1_000_000)), 0);
        assert_eq!(registration.wanted(), s(7200));
    }

    #[test]
    fn the_wait_doubles_to_a_most_and_differs_by_chance() {
        let mut registration = new();
        let mut waits = Vec::new();
        for _ in 0..40 {
            registration.on_outcome(at(0), Outcome::Failed, u16::MAX);
            waits.push(registration.poll_timeout().since(at(0)).as_secs());
        }
        assert_eq!(waits[..5], [30, 60, 120, 240, 300]);
        assert!(waits[5..].iter().all(|wait| *wait == 300));
        let mut lucky = new();
        lucky.on_outcome(at(0), Outcome::Failed, 0);
        assert_eq!(lucky.poll_timeout(), at(15));
        lucky.on_outcome(at(15), Outcome::Granted(s(60)), 0);
        lucky.on_outcome(at(45), Outcome::Failed, u16::MAX);
        assert_eq!(lucky.poll_timeout(), at(75), "an answer forgives the failures before it");
    }
}
