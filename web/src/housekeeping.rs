//! Small work from time to time: sessions that are over and recordings whose time is over are deleted,
//! figures are folded.

use std::time::Duration;

use store::account::session as rows;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::auth::session;
use crate::clock;
use crate::problem::Answer;
use crate::recordings;

/// How often.
const EVERY: Duration = Duration::from_secs(60);

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
        recordings::remove_due(&app, clock::now()).await;
        let (limits, now) = (session::limits(&app), clock::now());
        let prune = |txn| async move { Answer::Ok(rows::prune(&txn, limits, now).await?) };
        if let Err(problem) = app.store().write_txn(prune).await {
            let cause = problem.cause_chain().unwrap_or_default();
            tracing::warn!(cause, "sessions that are over could not be deleted; tried again soon");
        }
    }
}
