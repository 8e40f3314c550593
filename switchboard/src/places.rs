//! Tells waiting calls when they came forward.
//!
//! The floor tells a caller's place when the caller begins to wait. That somebody before them left
//! concerns everybody behind, so it is looked at now and then for all at once, not at each departure.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ids::CallId;
use telephony::call::CallEvent;
use tokio::time::{MissedTickBehavior, interval};

use crate::hub::Hub;

/// How often places are looked at: often enough for words that come 15 s apart at most.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Looks at all places again and again.
pub(crate) async fn watch(hub: Arc<Hub>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = HashMap::new();
    loop {
        ticks.tick().await;
        if hub.registry.nobody_waits() {
            told.clear();
        } else {
            told = tell_places(&hub, &told).await;
        }
    }
}

/// Tells each caller whose place is not the one told before; returns what all have been told.
async fn tell_places(hub: &Hub, told: &HashMap<CallId, u32>) -> HashMap<CallId, u32> {
    // A floor that does not answer is looked at again the next time.
    let Some(view) = hub.floor.view().await else { return told.clone() };
    let mut now = HashMap::with_capacity(view.waiting.len());
    for row in view.waiting {
        let (call, position) = (row.call, row.position);
        if told.get(&call).is_some_and(|before| *before != position) {
            hub.registry.update_call(call, |view| view.position = Some(position));
            hub.tell_call(call, CallEvent::PlaceChanged { position, expected_wait: None });
        }
        now.insert(call, position);
    }
    now
}
