//! What the watch counted, for the edges.

use routing::metrics::Metrics;

use super::Exchange;

impl Exchange {
    /// The floor's own view, with every place in every queue.
    pub async fn floor_view(&self) -> Option<routing::FloorView> {
        self.floor().view().await
    }

    /// The queues' metrics as they are now, from yesterday's midnight on (Asia/Kolkata); `None` until
    /// the journal has been read after a start.
    #[must_use]
    pub fn queue_metrics(&self) -> Option<Metrics> {
        self.watch.port.metrics(self.hub.clock.now())
    }
}
