//! How fast a queue is served, and so how long a caller has still to wait.
//!
//! The estimate is the mean time between two callers taken while others wait, times the callers
//! ahead and oneself. It follows what truly happens: agents shared with other queues, breaks, long
//! calls. It knows nothing of callers who will hang up, and so rather says too much than too little.

use core::time::Duration;

use ids::Timestamp;
use serde::{Deserialize, Serialize};

/// Weight of all that was before against the newest gap: the last dozen callers count, no more.
const MEMORY: u32 = 7;

/// The pace of one queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// Mean time between two callers taken while others waited.
    gap: Option<Duration>,
    /// When the last caller was taken; none if nobody has been left waiting since.
    last: Option<Timestamp>,
}

impl Pace {
    /// A caller of the queue was taken, and others wait still or do not.
    pub(super) fn taken(&mut self, now: Timestamp, others_wait: bool) {
        if let Some(last) = self.last {
            let gap = now.since(last);
            let mean = |mean: Duration| (mean.saturating_mul(MEMORY) + gap) / (MEMORY + 1);
            self.gap = Some(self.gap.map_or(gap, mean));
        }
        self.last = others_wait.then_some(now);
    }

    /// Nobody waits any more: the next gap would be one without callers.
    pub(super) fn emptied(&mut self) {
        self.last = None;
    }

    /// How long a caller with so many before them waits still.
    pub(crate) fn expected(&self, position: u32) -> Option<Duration> {
        Some(self.gap?.saturating_mul(position.saturating_add(1)))
    }

    /// Whether the pace remembers a caller taken while others wait.
    pub(crate) fn is_running(&self) -> bool {
        self.last.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::default() + Duration::from_secs(seconds)
    }

    #[test]
    fn a_wait_is_told_once_callers_were_taken_while_others_waited() {
        let mut pace = Pace::default();
        assert_eq!(pace.expected(0), None);
        pace.taken(at(100), true);
        assert_eq!(pace.expected(0), None, "one caller taken makes no gap");
        pace.taken(at(130), true);
        assert_eq!(pace.expected(0), Some(Duration::from_secs(30)));
        assert_eq!(pace.expected(3), Some(Duration::from_secs(120)));
        pace.taken(at(240), true);
        assert_eq!(pace.expected(0), Some(Duration::from_secs(40)), "(7 * 30 + 110) / 8");
    }

    #[test]
    fn an_empty_queue_makes_no_gap() {
        let mut pace = Pace::default();
        pace.taken(at(0), true);
        pace.taken(at(20), true);
        pace.emptied();
        pace.taken(at(9_000), true);
        assert_eq!(pace.expected(0), Some(Duration::from_secs(20)));
        pace.taken(at(9_020), false);
        assert!(!pace.is_running());
    }
}
