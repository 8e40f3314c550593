//! What needs a clock: prompts and key presses, a packet each 20 ms. Does I/O: waits.
//!
//! One task per playing leg, only while it plays.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::MediaEvent;
use super::events::Events;
use super::leg::Leg;
use crate::call::PlayId;
use crate::media::{FRAME_SAMPLES, Player, Progress};
use crate::rtp::EventTrain;

/// The time of one frame.
const TICK: Duration = Duration::from_millis(20);
/// A pacer further behind than this gives the lost time up instead of sending it in a burst.
const BEHIND_MAX: Duration = Duration::from_millis(200);

/// Plays to a leg until the end, or until stopped. Only the end is reported.
pub(super) async fn play(
    leg: Arc<Leg>,
    events: Events,
    mut player: Player,
    play: PlayId,
    stop: CancellationToken,
) {
    let mut ticks = interval(TICK);
    // A tick or two late is caught up: the far end's jitter buffer absorbs it.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut frame = [0; FRAME_SAMPLES];
    loop {
        let due = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            due = ticks.tick() => due,
        };
        if Instant::now().duration_since(due) > BEHIND_MAX {
            ticks.reset();
        }
        match player.next_frame(&mut frame) {
            Progress::Playing => leg.send_frame(&frame, &stop),
            Progress::Ended => {
                leg.send_frame(&frame, &stop);
                break;
            }
            Progress::Idle => break,
        }
    }
    ticks.tick().await;
    if !stop.is_cancelled() {
        leg.end_playing(&stop);
        events.send(MediaEvent::PlayEnded { leg: leg.id(), play });
    }
}

/// Sends a key press.
pub(super) async fn press(leg: Arc<Leg>, train: EventTrain) {
    let mut ticks = interval(TICK);
    for packet in train {
        ticks.tick().await;
        leg.send_keys(packet);
    }
    leg.end_keys();
}
