//! The tool's clock: nanoseconds since it began. Does I/O: asks the system's.

use std::time::{Duration, Instant};

/// Copies tell the same time.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl Clock {
    /// It begins now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the tool's one clock, for threads without tokio"
    )]
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    /// Since it began.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.0.elapsed()
    }

    /// Since it began, nanoseconds; enough for 584 years.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        u64::try_from(self.now().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Waits until a moment that may be past.
    #[expect(
        clippy::disallowed_methods,
        reason = "the pace of the tool's threads is a plan of moments"
    )]
    pub fn wait_until(&self, at: Duration) {
        if let Some(left) = at.checked_sub(self.now()) {
            std::thread::sleep(left);
        }
    }
}
