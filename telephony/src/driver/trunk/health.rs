//! Whether a trunk lives: what its answers to OPTIONS and REGISTER make of it. Pure.

use std::fmt;
use std::time::Duration;

use ids::Timestamp;

/// What is wrong with a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkFault {
    /// Nothing is known yet.
    NotAsked,
    /// It did not answer in time.
    NoAnswer,
    /// Its name has no address, or there is no way to it.
    Unreachable,
    /// It answered with this status code.
    Answered(u16),
    /// It refused our registration with this status code.
    RegistrationRefused(u16),
    /// It did not answer our registration.
    RegistrationUnanswered,
}

impl TrunkFault {
    /// The fault as a word for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NoAnswer => "no_answer",
            Self::Unreachable => "unreachable",
            Self::Answered(_) => "answered",
            Self::RegistrationRefused(_) => "registration_refused",
            Self::RegistrationUnanswered => "registration_unanswered",
        }
    }

    /// The status code that came with it.
    #[must_use]
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Answered(code) | Self::RegistrationRefused(code) => Some(code),
            Self::NotAsked | Self::NoAnswer | Self::Unreachable | Self::RegistrationUnanswered => {
                None
            }
        }
    }
}

impl fmt::Display for TrunkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("not asked yet"),
            Self::NoAnswer => f.write_str("no answer in time"),
            Self::Unreachable => f.write_str("cannot be reached"),
            Self::Answered(code) => write!(f, "answers {code}"),
            Self::RegistrationRefused(code) => write!(f, "refuses our registration with {code}"),
            Self::RegistrationUnanswered => f.write_str("does not answer our registration"),
        }
    }
}

/// How a trunk is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkHealth {
    /// It answers; or it is one that cannot be asked.
    Up,
    /// It failed lately, or part of it does not work.
    Degraded {
        /// The last fault.
        why: TrunkFault,
    },
    /// It failed several times in a row.
    Down {
        /// The last fault.
        why: TrunkFault,
    },
}

/// The health of one trunk.
#[derive(Clone, Debug)]
pub(super) struct Health {
    failures_until_down: u32,
    /// In a row.
    failures: u32,
    fault: Option<TrunkFault>,
    registration_fault: Option<TrunkFault>,
    since: Timestamp,
    told: TrunkHealth,
    round_trip: Option<Duration>,
}

impl Health {
    /// Of a trunk that can be asked, and has not been.
    pub(super) fn unknown(failures_until_down: u32, now: Timestamp) -> Self {
        let fault = Some(TrunkFault::NotAsked);
        let told = TrunkHealth::Degraded { why: TrunkFault::NotAsked };
        Self { fault, told, ..Self::taken_for_granted(failures_until_down, now) }
    }

    /// Of a trunk that cannot be asked.
    pub(super) fn taken_for_granted(failures_until_down: u32, now: Timestamp) -> Self {
        Self {
            failures_until_down: failures_until_down.max(1),
            failures: 0,
            fault: None,
            registration_fault: None,
            since: now,
            told: TrunkHealth::Up,
            round_trip: None,
        }
    }

    /// Takes the outcome of an OPTIONS. True if the health is another now.
    pub(super) fn on_asked(
        &mut self,
        now: Timestamp,
        outcome: Result<Duration, TrunkFault>,
    ) -> bool {
        match outcome {
            Ok(round_trip) => {
                self.round_trip = Some(round_trip);
                (self.failures, self.fault) = (0, None);
            }
            Err(fault) => {
                self.round_trip = None;
                self.failures = self.failures.saturating_add(1);
                self.fault = Some(fault);
            }
        }
        self.retell(now)
    }

    /// Takes the outcome of a REGISTER. True if the health is another now.
    pub(super) fn on_registered(
        &mut self,
        now: Timestamp,
        outcome: Result<(), TrunkFault>,
    ) -> bool {
        self.registration_fault = outcome.err();
        self.retell(now)
    }

    pub(super) fn current(&self) -> TrunkHealth {
        self.told
    }

    /// Since when it is so.
    pub(super) fn since(&self) -> Timestamp {
        self.since
    }

    /// From the last OPTIONS to its answer.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    fn retell(&mut self, now: Timestamp) -> bool {
        let is_now = match (self.fault, self.registration_fault) {
            (Some(why), _) if self.failures >= self.failures_until_down => {
                TrunkHealth::Down { why }
            }
            (Some(why), _) | (None, Some(why)) => TrunkHealth::Degraded { why },
            (None, None) => TrunkHealth::Up,
        };
        let changed = is_now != self.told;
        if changed {
            // Down for another reason is still down since the first.
            if std::mem::discriminant(&is_now) != std::mem::discriminant(&self.told) {
                self.since = now;
            }
            self.told = is_now;
        }
        changed
    }
}

/// What an answer to OPTIONS tells: any says that somebody is there, but one that is about the
/// trunk's own trouble. Many carriers know no OPTIONS and say 404, 405 or 403.
pub(super) fn alive(code: u16) -> Result<(), TrunkFault> {
    match code {
        408 | 500.. => Err(TrunkFault::Answered(code)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    const FAST: Result<Duration, TrunkFault> = Ok(Duration::from_millis(20));
    const FIVE_HUNDRED: TrunkFault = TrunkFault::Answered(500);

    #[test]
    fn three_failures_are_down_and_one_answer_is_up() {
        let mut health = Health::unknown(3, at(0));
        assert_eq!(health.current(), TrunkHealth::Degraded { why: TrunkFault::NotAsked });
        assert!(health.on_asked(at(1), FAST));
        assert_eq!((health.current(), health.since()), (TrunkHealth::Up, at(1)));
        assert!(!health.on_asked(at(31), FAST), "nothing new");
        assert!(health.on_asked(at(61), Err(FIVE_HUNDRED)));
        assert_eq!(health.current(), TrunkHealth::Degraded { why: FIVE_HUNDRED });
        assert!(!health.on_asked(at(91), Err(FIVE_HUNDRED)));
        assert!(health.on_asked(at(121), Err(FIVE_HUNDRED)));
        assert_eq!(health.current(), TrunkHealth::Down { why: FIVE_HUNDRED });
        assert_eq!((health.since(), health.round_trip()), (at(121), None));
        assert!(health.on_asked(at(151), Err(TrunkFault::NoAnswer)), "another reason is told");
        assert_eq!(health.since(), at(121), "and it is down since before");
        assert!(health.on_asked(at(181), FAST));
        assert_eq!((health.current(), health.since()), (TrunkHealth::Up, at(181)));
    }

    #[test]
    fn a_trunk_that_refuses_our_registration_is_degraded_while_it_answers() {
        let mut health = Health::unknown(3, at(0));
        health.on_asked(at(1), FAST);
        let refused = TrunkFault::RegistrationRefused(403);
        assert!(health.on_registered(at(2), Err(refused)));
        assert_eq!(health.current(), TrunkHealth::Degraded { why: refused });
        assert!(health.on_registered(at(3), Ok(())));
        assert_eq!(health.current(), TrunkHealth::Up);
    }

    #[test]
    fn an_answer_about_the_trunks_own_trouble_is_a_failure() {
        for code in [200, 202, 401, 403, 404, 405, 407, 481, 486] {
            assert_eq!(alive(code), Ok(()), "{code}");
        }
        for code in [408, 500, 503, 504, 600, 603] {
            assert_eq!(alive(code), Err(TrunkFault::Answered(code)), "{code}");
        }
    }
}
