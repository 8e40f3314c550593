//! Tells waiting calls when they came forward, and when their expected wait changed.
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

/// How often places are looked at: often enough for words that come at least 15 s apart.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Looks at all places again and again.
pub(crate) async fn watch(hub: Arc<Hub>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told: HashMap<CallId, Told> = HashMap::new();
    loop {
        ticks.tick().await;
        if hub.registry.nobody_waits() {
            told.clear();
        } else {
            told = tell_places(&hub, &told).await;
        }
    }
}

/// What a caller was told: the place, and the expected wait in minutes.
type Told = (u32, Option<u64>);

/// Tells each caller who was told something else before; returns what all have been told.
async fn tell_places(hub: &Hub, told: &HashMap<CallId, Told>) -> HashMap<CallId, Told> {
    // A floor that does not answer is looked at again the next time.
    let Some(view) = hub.floor.view().await else { return told.clone() };
    let mut now = HashMap::with_capacity(view.waiting.len());
    for row in view.waiting {
        let (call, position, expected_wait) = (row.call, row.position, row.expected_wait);
        let telling = (position, expected_wait.map(|wait| wait.as_secs().div_ceil(60)));
        if told.get(&call) != Some(&telling) {
            hub.registry.update_call(call, |view| view.position = Some(position));
            hub.tell_call(call, CallEvent::PlaceChanged { position, expected_wait });
        }
        now.insert(call, telling);
    }
    now
}
