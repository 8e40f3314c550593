//! Where time and ids come from. The only place of this crate that asks the machine for either.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ids::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

/// The exchange's clock: wall time that never runs backwards within one process.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    latest: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// Now. If the machine's clock steps back, time stands still until it has caught up: a journal
    /// whose times run backwards could not be replayed.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock that others ask")]
    pub fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX);
        let before = self.latest.fetch_max(micros, Ordering::Relaxed);
        Timestamp::from_micros(micros.max(before))
    }

    /// The tokio instant at which `moment` will have come; one day away at most.
    pub(crate) fn instant_of(&self, moment: Timestamp) -> Instant {
        let ahead = moment.since(self.now()).min(Duration::from_secs(86_400));
        Instant::now() + ahead
    }

    /// A new id, ordered by time (UUID version 7, RFC 9562).
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is where ids are minted")]
    pub fn mint(&self) -> Uuid {
        Uuid::now_v7()
    }
}
