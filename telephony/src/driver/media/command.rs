//! What lanes are told: by the plane's handle, by the gate, by each other.

use std::net::SocketAddr;
use std::sync::Arc;

use crossbeam_channel::{Sender, TrySendError};
use ids::LegId;

use super::leg::Leg;
use super::link::Link;
use super::poll::Waker;
use super::tap::Tap;
use super::trunk::TrunkTerms;
use crate::call::{Digit, PlayId};
use crate::media::{MEMBERS_MAX, Player};
use crate::srtp::SrtpKeys;

/// Longest audio datagram that one lane hands to another: 30 ms of G.711 and every header.
pub(super) const HANDED_BYTES_MAX: usize = 512;

/// Names a room for as long as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoomId(pub u64);

/// Who hears whom.
#[derive(Clone, Debug)]
pub(super) struct Seating {
    pub(super) room: RoomId,
    pub(super) members: arrayvec::ArrayVec<LegId, MEMBERS_MAX>,
    /// Pairs of speaker and listener: the listener does not hear the speaker.
    pub(super) muted: Vec<(LegId, LegId)>,
}

/// One thing for a lane to do.
pub(super) enum Command {
    /// A leg begins.
    Open(LegId, Link),
    /// Something for one leg.
    Leg(LegId, LegCommand),
    /// Makes or changes a room; all its legs are of this lane or expected.
    Seat(Seating),
    /// Ends a room; its legs hear nobody.
    Dissolve(RoomId),
    /// Packets from this address are this leg's, which is on the lane of this number.
    Route(SocketAddr, LegId, usize),
    /// This leg, which talks to our port, is now on the lane of this number.
    Reroute(LegId, usize),
    /// A leg is on its way here; what is said to it meanwhile waits.
    Expect(LegId),
    /// Hand this leg to the lane of this number.
    Give(LegId, usize),
    /// The leg that was expected.
    Adopt(Box<Leg>),
    /// The leg that was expected will not come: it was closed.
    NeverMind(LegId),
    /// Ends the lane.
    Stop,
}

/// One thing for a leg to do.
pub(super) enum LegCommand {
    /// The far end comes back on a new connection.
    Replace(Link),
    Keys(Box<SrtpKeys>),
    Path(SocketAddr),
    /// The browser is heard no more; true: it has closed the connection.
    Lost(bool),
    Play(PlayId, Box<Player>),
    StopPlaying,
    Press(Digit),
    /// A trunk's leg: what a later description has settled.
    Agree(TrunkTerms),
    /// The signalling tells of a key that the far end pressed.
    Signalled(Digit),
    Record(Box<Tap>),
    StopRecording,
    Close,
}

/// An audio datagram of a leg that left the lane of its port.
pub(super) struct Handed {
    pub(super) leg: LegId,
    pub(super) len: usize,
    pub(super) bytes: [u8; HANDED_BYTES_MAX],
}

/// The way to a lane. Cheap to clone.
#[derive(Clone)]
pub(super) struct LaneSender {
    pub(super) commands: Sender<Command>,
    pub(super) handed: Sender<Handed>,
    pub(super) waker: Waker,
    /// The lane's shared port.
    pub(super) port: Arc<std::net::UdpSocket>,
}

impl LaneSender {
    /// Gives a command over. A lane that has thousands waiting has stopped working; then the command
    /// comes back.
    pub(super) fn send(&self, command: Command) -> Result<(), Command> {
        let sent = self.commands.try_send(command);
        self.waker.wake();
        sent.map_err(|error| match error {
            TrySendError::Full(command) | TrySendError::Disconnected(command) => command,
        })
    }

    /// Hands a datagram over; false if there is no room.
    pub(super) fn hand(&self, handed: Handed) -> bool {
        let taken = self.handed.try_send(handed).is_ok();
        self.waker.wake();
        taken
    }
}
