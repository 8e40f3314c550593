//! Whether an agent is still there: heard from the browser, or audio connected.
//!
//! A background tab's timers are throttled, so silence on the WebSocket alone proves nothing while
//! the peer connection stands.

use std::sync::Arc;
use std::time::Duration;

use ids::AgentId;
use routing::FloorEvent;
use tokio::time::{MissedTickBehavior, interval};

use crate::hub::Hub;

/// How often agents are looked after.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reports agents that fell silent for `limit` to the floor, once each.
pub(crate) async fn watch(hub: Arc<Hub>, limit: Duration) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for agent in fallen_silent(&hub, limit) {
            tracing::info!(agent.id = %agent, "nothing heard of an agent's browser");
            hub.floor.tell(FloorEvent::AgentLost { agent }).await;
        }
    }
}

fn fallen_silent(hub: &Hub, limit: Duration) -> Vec<AgentId> {
    let now = hub.clock.now();
    let mut maps = hub.registry.lock();
    maps.agents
        .values_mut()
        .filter(|entry| !entry.lost && !entry.media_connected && now.since(entry.heard_at) > limit)
        .map(|entry| {
            entry.lost = true;
            entry.profile.agent
        })
        .collect()
}
