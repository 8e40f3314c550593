//! The tool's clock: nanoseconds since it began. Does I/O: asks the system's.
//!
//! The system's time of day, because that is what the system stamps received packets with. Where it is
//! set while a run goes on, the run is void.

use std::time::{Duration, SystemTime};

/// Copies tell the same time.
#[derive(Clone, Copy, Debug)]
pub struct Clock(SystemTime);

impl Clock {
    /// It begins now.
    #[must_use]
    pub fn begin() -> Self {
        Self(of_day())
    }

    /// Since it began.
    #[must_use]
    pub fn now(&self) -> Duration {
        of_day().duration_since(self.0).unwrap_or_default()
    }

    /// Since it began, nanoseconds; enough for 584 years.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        nanoseconds(self.now())
    }

    /// Since it began, of a stamp of the system's: its time since 1970.
    #[must_use]
    pub fn stamp_ns(&self, stamp: Duration) -> u64 {
        let at = SystemTime::UNIX_EPOCH + stamp;
        nanoseconds(at.duration_since(self.0).unwrap_or_default())
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

#[expect(clippy::disallowed_methods, reason = "the tool's one clock, for threads without tokio")]
fn of_day() -> SystemTime {
    SystemTime::now()
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
