//! How often one client may try: by network address, by user name. Bounded in memory: past
//! [`KEYS_MAX`] clients a newcomer waits, so that a flood of forged names cannot fill the machine.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::problem::{Answer, Problem};

/// Clients remembered by one limit at the same time.
pub const KEYS_MAX: usize = 20_000;

/// One limit, for clients told apart by `K`.
#[derive(Debug)]
pub struct Limit<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    keys_max: usize,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    /// So many a minute, all of them at once if the client likes.
    #[must_use]
    pub fn per_minute(times: NonZeroU32) -> Self {
        Self::of(Quota::per_minute(times), KEYS_MAX)
    }

    /// So many an hour, all of them at once if the client likes.
    #[must_use]
    pub fn per_hour(times: NonZeroU32) -> Self {
        Self::of(Quota::per_hour(times), KEYS_MAX)
    }

    fn of(quota: Quota, keys_max: usize) -> Self {
        let limiter = RateLimiter::keyed(quota);
        Self { limiter, clock: DefaultClock::default(), keys_max }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// 429 with the time to wait, when the client has had its share or the limit is full of others.
    pub fn attempt(&self, key: &K) -> Answer<()> {
        if self.limiter.len() >= self.keys_max {
            self.limiter.retain_recent();
            if self.limiter.len() >= self.keys_max {
                metrics::counter!("helpline_http_limit_full_total").increment(1);
                return Err(Problem::too_many(FULL_WAIT));
            }
        }
        self.limiter.check_key(key).map_err(|until| {
            metrics::counter!("helpline_http_limited_total").increment(1);
            Problem::too_many(until.wait_time_from(self.clock.now()))
        })
    }
}

/// How long a client waits when the limit is full of others.
const FULL_WAIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemKind;

    const TWO: NonZeroU32 = NonZeroU32::new(2).expect("two");

    #[test]
    fn a_client_past_its_share_waits_and_others_do_not() {
        let limit = Limit::per_minute(TWO);
        assert!(limit.attempt(&"asha").is_ok());
        assert!(limit.attempt(&"asha").is_ok());
        assert_eq!(limit.attempt(&"asha").expect_err("third").kind(), ProblemKind::TooMany);
        assert!(limit.attempt(&"bela").is_ok());
    }

    #[test]
    fn a_full_limit_refuses_newcomers_and_stays_bounded() {
        let limit = Limit::of(Quota::per_minute(TWO), 10);
        let refused = (0..100).filter(|n| limit.attempt(n).is_err()).count();
        assert_eq!(refused, 90);
        assert_eq!(limit.limiter.len(), 10);
    }
}
