//! Words to the service manager (`sd_notify`): ready, alive, stopping. Without one nothing happens.

use std::time::Duration;

use sd_notify::{NotifyState, notify, watchdog_enabled};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;

/// Calls can be taken.
pub fn ready() {
    say(&[NotifyState::Ready]);
}

/// A stop has begun that may take so long.
pub fn stopping(limit: Duration) {
    let micros = u32::try_from(limit.as_micros()).unwrap_or(u32::MAX);
    say(&[NotifyState::Stopping, NotifyState::ExtendTimeoutUsec(micros)]);
}

/// Says that the program is alive, twice in the time after which systemd would start it anew, as long as
/// its parts are. Ends at once without a watchdog.
pub async fn watchdog(app: App) {
    let mut micros = 0;
    if !watchdog_enabled(false, &mut micros) {
        return;
    }
    let mut ticks = interval(Duration::from_micros(micros / 2).max(Duration::from_millis(100)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if app.exchange().is_alive() {
            say(&[NotifyState::Watchdog]);
        }
    }
}

fn say(words: &[NotifyState<'_>]) {
    if let Err(error) = notify(false, words) {
        tracing::warn!(%error, "the service manager was not told");
    }
}
