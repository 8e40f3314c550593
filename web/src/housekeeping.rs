//! Small work from time to time: sessions that are over and recordings whose time is over are deleted,
//! figures are folded.

use std::time::Duration;

use store::account::session as rows;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::auth::session;
use crate::clock;
use crate::doctor::disk;
use crate::problem::Answer;
use crate::recordings;

/// How often.
const EVERY: Duration = Duration::from_secs(60);

/// Below this the log asks for room: hours of calls are left.
const ROOM: u64 = 1 << 30;

/// Looks how much room the disk has. Quick: the system knows it.
fn room(app: &App) {
    let Ok(free) = disk::free(&app.settings().data.folder) else { return };
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!("helpline_disk_free_bytes").set(free as f64);
    if free < ROOM {
        tracing::error!(free, "the disk is nearly full: make room, or calls are not recorded");
    }
}

/// Works until the program stops.
pub async fn run(app: App) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = app.stopping().cancelled() => return,
        }
        app.metrics().run_upkeep();
        room(&app);
        recordings::remove_due(&app, clock::now()).await;
        let (limits, now) = (session::limits(&app), clock::now());
        let prune = |txn| async move { Answer::Ok(rows::prune(&txn, limits, now).await?) };
        if let Err(problem) = app.store().write_txn(prune).await {
            let cause = problem.cause_chain().unwrap_or_default();
            tracing::warn!(cause, "sessions that are over could not be deleted; tried again soon");
        }
    }
}
