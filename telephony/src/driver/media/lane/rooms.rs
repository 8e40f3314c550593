//! Rooms: legs that hear each other. Two with nothing muted are forwarded, any others mixed.
//!
//! The change between the two is not heard: numbers and timestamps go on (`outgoing`), and a leg's
//! jitter buffer begins with the packets of the last moment, so that the mix has something to say at
//! once.

use arrayvec::ArrayVec;
use ids::LegId;

use super::Lane;
use crate::driver::media::command::{RoomId, Seating};
use crate::driver::media::leg::{Leg, Place};
use crate::driver::media::wheel::Paced;
use crate::media::{FRAME_SAMPLES, JitterBuffer, MEMBERS_MAX, Mutes, mix};

/// Legs that hear each other.
#[derive(Debug)]
pub(super) struct Room {
    id: RoomId,
    members: ArrayVec<usize, MEMBERS_MAX>,
    /// Pairs of speaker and listener who are not to hear each other.
    muted: Vec<(LegId, LegId)>,
    /// By the places in `members`.
    mutes: Mutes,
    /// The slot of the wheel in which the room is mixed; `None`: it is forwarded.
    slot: Option<usize>,
}

impl Lane {
    /// Makes or changes a room.
    pub(super) fn seat(&mut self, seating: &Seating) {
        let members: ArrayVec<usize, MEMBERS_MAX> =
            seating.members.iter().filter_map(|id| self.by_id.get(id).copied()).collect();
        let room = match self.rooms_by_id.get(&seating.room) {
            Some(room) => *room,
            None => self.open_room(seating.room),
        };
        for key in &members {
            if self.legs.get(*key).and_then(Leg::room).is_some_and(|before| before != room) {
                self.leave_room(*key);
            }
        }
        // Who was here and is not any more hears nobody.
        let before = std::mem::take(&mut self.rooms[room].members);
        for key in before.iter().filter(|key| !members.contains(key)) {
            self.stand_alone(*key);
        }
        self.rooms[room].members = members;
        self.rooms[room].muted.clone_from(&seating.muted);
        self.arrange(room);
    }

    fn open_room(&mut self, id: RoomId) -> usize {
        let (members, mutes) = (ArrayVec::new(), Mutes::default());
        let room = self.rooms.insert(Room { id, members, muted: Vec::new(), mutes, slot: None });
        self.rooms_by_id.insert(id, room);
        room
    }

    /// Ends a room.
    pub(super) fn dissolve(&mut self, room: usize) {
        let Some(ended) = self.rooms.try_remove(room) else { return };
        self.rooms_by_id.remove(&ended.id);
        if let Some(slot) = ended.slot {
            self.wheel.remove(slot, Paced::Room(room));
        }
        for key in ended.members {
            self.stand_alone(key);
        }
    }

    /// A leg leaves its room; a room of one ends.
    pub(super) fn leave_room(&mut self, key: usize) {
        let Some(room) = self.legs.get(key).and_then(Leg::room) else { return };
        self.stand_alone(key);
        if let Some(left) = self.rooms.get_mut(room) {
            left.members.retain(|member| *member != key);
            self.arrange(room);
        }
    }

    /// The legs that are forwarded this leg's audio take what comes next as something new.
    pub(super) fn end_source_of_hearers(&mut self, key: usize) {
        if let Some(Leg { place: Place::Paired { with, .. }, .. }) = self.legs.get(key) {
            let with = *with;
            if let Some(other) = self.legs.get_mut(with) {
                other.end_source();
            }
        }
    }

    fn stand_alone(&mut self, key: usize) {
        if let Some(leg) = self.legs.get_mut(key) {
            leg.place = Place::Alone;
            leg.end_source();
        }
    }

    /// Gives each member its place: forwarded if there are two and nothing is muted, else mixed.
    fn arrange(&mut self, room: usize) {
        let Some(arranged) = self.rooms.get_mut(room) else { return };
        let ids = |key: &usize| self.legs.get(*key).map(|leg| leg.id);
        let members: ArrayVec<Option<LegId>, MEMBERS_MAX> =
            arranged.members.iter().map(ids).collect();
        let place_of = |leg: LegId| members.iter().position(|member| *member == Some(leg));
        arranged.mutes = Mutes::default();
        let mut is_muted = false;
        for (speaker, listener) in &arranged.muted {
            if let (Some(from), Some(to)) = (place_of(*speaker), place_of(*listener)) {
                arranged.mutes.mute(from, to);
                is_muted = true;
            }
        }
        match *arranged.members.as_slice() {
            [] | [_] => self.dissolve(room),
            [a, b] if !is_muted => self.pair(room, a, b),
            _ => self.mix_from_now_on(room),
        }
    }

    fn pair(&mut self, room: usize, a: usize, b: usize) {
        let now = self.now;
        if let Some(slot) = self.rooms[room].slot.take() {
            self.wheel.remove(slot, Paced::Room(room));
        }
        for (key, with) in [(a, b), (b, a)] {
            let Some(leg) = self.legs.get_mut(key) else { continue };
            if !matches!(leg.place, Place::Paired { room: now, with: who } if (now, who) == (room, with))
            {
                leg.take_place(Place::Paired { room, with }, now);
            }
        }
    }

    fn mix_from_now_on(&mut self, room: usize) {
        let now = self.now;
        if self.rooms[room].slot.is_none() {
            self.rooms[room].slot = Some(self.wheel.add(Paced::Room(room)));
        }
        for key in self.rooms[room].members.clone() {
            let Some(leg) = self.legs.get_mut(key) else { continue };
            if matches!(leg.place, Place::Seated { .. }) {
                continue;
            }
            let mut buffer = Box::new(JitterBuffer::new(leg.link.codec()));
            for (header, payload, arrival) in leg.incoming.recent() {
                buffer.prime(payload);
                buffer.put(header, payload, arrival);
            }
            leg.take_place(Place::Seated { room, buffer }, now);
        }
    }

    /// Mixes the next 20 ms of a room and sends each member what it hears.
    pub(super) fn mix_room(&mut self, room: usize) {
        let Some(Room { members, mutes, .. }) = self.rooms.get(room) else { return };
        let (members, mutes) = (members.clone(), *mutes);
        let mut said = [[0; FRAME_SAMPLES]; MEMBERS_MAX];
        let mut heard = [[0; FRAME_SAMPLES]; MEMBERS_MAX];
        let (legs, mut wires, _events) = self.parts();
        for (key, frame) in members.iter().zip(&mut said) {
            if let Some(leg) = legs.get_mut(*key) {
                leg.take_frame(wires.now, frame);
            }
        }
        mix(&said[..members.len()], &mutes, &mut heard[..members.len()]);
        for (key, frame) in members.iter().zip(&heard) {
            if let Some(leg) = legs.get_mut(*key) {
                leg.send_mixed(frame, &mut wires);
            }
        }
    }
}
