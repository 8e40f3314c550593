//! Which legs there are and on which lane. Shares memory; never touched for a packet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ids::LegId;

use super::command::{Command, LaneSender, LegCommand, RoomId};
use crate::sdp::{Codec, MediaSession};
use crate::webrtc::PeerId;

/// All legs and lanes of a plane.
pub(super) struct Registry {
    lanes: Vec<LaneSender>,
    legs: Mutex<Legs>,
}

#[derive(Default)]
pub(super) struct Legs {
    pub(super) by_id: HashMap<LegId, Entry>,
    last_number: u64,
}

/// What is known of a leg outside of its lane.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The lane that holds it now.
    pub(super) lane: usize,
    pub(super) far: Far,
    pub(super) codec: Codec,
    /// What we have described of a trunk's leg.
    pub(super) session: Option<MediaSession>,
    pub(super) room: Option<RoomId>,
}

/// What stands at the far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Far {
    Trunk,
    /// A browser that talks to the port of the lane `home`.
    Browser {
        peer: PeerId,
        home: usize,
        /// The stream that the description names: a restart of ICE goes on with it.
        ssrc: u32,
    },
}

impl Registry {
    pub(super) fn new(lanes: Vec<LaneSender>) -> Self {
        Self { lanes, legs: Mutex::default() }
    }

    pub(super) fn lanes(&self) -> &[LaneSender] {
        &self.lanes
    }

    pub(super) fn legs(&self) -> MutexGuard<'_, Legs> {
        self.legs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a command to a lane. A lane with thousands waiting takes no more: that is counted, and the
    /// command is lost.
    pub(super) fn tell(&self, lane: usize, command: Command) {
        let Some(sender) = self.lanes.get(lane) else { return };
        if sender.send(command).is_err() {
            metrics::counter!("helpline_media_commands_lost_total").increment(1);
        }
    }

    /// Gives a command to the lane of a leg. The leg stays where it is meanwhile, since moving it
    /// takes the same lock.
    pub(super) fn tell_leg(&self, leg: LegId, command: LegCommand) {
        let legs = self.legs();
        if let Some(entry) = legs.by_id.get(&leg) {
            self.tell(entry.lane, Command::Leg(leg, command));
        }
    }

    /// The lane with the fewest legs.
    pub(super) fn emptiest_lane(&self) -> usize {
        let legs = self.legs();
        let count = |lane: &usize| legs.by_id.values().filter(|entry| entry.lane == *lane).count();
        (0..self.lanes.len()).min_by_key(count).unwrap_or(0)
    }
}

impl Legs {
    /// A number that no room and no peer of this plane has had.
    pub(super) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}
