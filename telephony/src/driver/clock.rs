//! The clock of this crate's drivers. Does I/O: reads the system's time.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ids::Timestamp;

/// The time now: the system's clock when the program first asked, and monotonic from there. Audio is
/// measured with it, and a clock that steps would look like a caller gone silent.
#[expect(clippy::disallowed_methods, reason = "drivers own time; this is where it comes in")]
pub(super) fn now() -> Timestamp {
    static START: LazyLock<(Timestamp, Instant)> = LazyLock::new(|| {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (Timestamp::default() + since_epoch, Instant::now())
    });
    START.0 + START.1.elapsed()
}
