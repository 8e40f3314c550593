//! How the exchange stops: no more calls, those alive may end, then all is written.

use std::sync::atomic::Ordering;
use std::time::Duration;

use telephony::call::{CallEvent, EndCause};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::Exchange;
use crate::bus::{Audience, Happening};

/// How often a drain looks whether the last call is over.
const DRAIN_LOOK: Duration = Duration::from_millis(50);

impl Exchange {
    /// Whether calls can be taken.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.hub.is_draining() && self.is_alive()
    }

    /// Whether all its parts run, also while it takes no more calls.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !self.others.iter().any(JoinHandle::is_finished)
    }

    /// Takes no more calls, tells every console, and waits until the calls alive are over, `limit` at
    /// most. True if none is left.
    pub async fn drain(&self, limit: Duration) -> bool {
        if !self.hub.draining.swap(true, Ordering::Relaxed) {
            let now = self.hub.clock.now();
            let stopping = Happening::ServerStopping { until: now + limit };
            self.hub.bus.publish(now, Audience::Everyone, stopping);
        }
        let until = Instant::now() + limit;
        while Instant::now() < until {
            if self.hub.registry.lock().calls.is_empty() {
                return true;
            }
            sleep(DRAIN_LOOK).await;
        }
        self.hub.registry.lock().calls.is_empty()
    }

    /// Ends every call with a BYE, writes what is left and stops.
    pub async fn stop(&self) {
        self.hub.draining.store(true, Ordering::Relaxed);
        let calls: Vec<_> = self.hub.registry.lock().calls.keys().copied().collect();
        for call in calls {
            self.hub.tell_call(call, CallEvent::Stopped { cause: EndCause::Stopped });
        }
        self.drain(Duration::from_secs(2)).await;
        self.floor().stop().await;
        if let Some(task) = self.floor_task.lock().await.take() {
            // It ends after the last write; a panic there has been reported already.
            let _ = task.await;
        }
        // Its last rows are among the records.
        self.hub.recording.stop().await;
        self.hub.records.stop().await;
        for task in self.others.iter() {
            task.abort();
        }
        self.watch.stop();
        self.hub.tasks.close();
    }
}
