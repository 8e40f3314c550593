//! The way of events out of the media plane. Does I/O.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::MediaEvent;

/// How long an event that must not be lost waits for the exchange.
const EVENT_DEADLINE: Duration = Duration::from_secs(5);

/// Sends events, from any thread, without waiting.
#[derive(Clone, Debug)]
pub(super) struct Events {
    pub(super) sender: mpsc::Sender<MediaEvent>,
    pub(super) tasks: TaskTracker,
    pub(super) runtime: Handle,
}

impl Events {
    /// Sends an event that the call needs. With the queue full it waits in the background, where it
    /// may be overtaken by a later one.
    pub(super) fn send(&self, event: MediaEvent) {
        if let Err(mpsc::error::TrySendError::Full(event)) = self.sender.try_send(event) {
            let sender = self.sender.clone();
            let waiting = async move {
                if sender.send_timeout(event, EVENT_DEADLINE).await.is_err() {
                    metrics::counter!("helpline_media_events_lost_total").increment(1);
                }
            };
            self.tasks.spawn_on(waiting, &self.runtime);
        }
    }

    /// Sends an event that the next one replaces; drops it if the queue is full.
    pub(super) fn send_if_room(&self, event: MediaEvent) {
        let _full = self.sender.try_send(event);
    }
}
