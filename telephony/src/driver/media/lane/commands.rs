//! What a lane is told to do, and legs that come and go between lanes.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ids::LegId;

use super::{Lane, Route, unwatch, watch};
use crate::driver::media::MediaEvent;
use crate::driver::media::browser::Change;
use crate::driver::media::command::{Command, LegCommand};
use crate::driver::media::leg::Leg;
use crate::driver::media::link::Link;
use crate::driver::media::wheel::Paced;

/// Commands taken in one turn.
const COMMANDS_BATCH: usize = 256;
/// Commands that may wait for legs on their way: more, and such a leg will not come.
const WAITING_MAX: usize = 4096;
/// How long a leg may be on its way; it takes one turn of the other lane.
const WAY_MAX: Duration = Duration::from_secs(1);

impl Lane {
    /// Carries out what waits. False: the lane is to stop.
    pub(super) fn take_commands(&mut self) -> bool {
        for (lane, command) in std::mem::take(&mut self.unsent) {
            self.tell(lane, command);
        }
        self.give_up_waiting();
        for _ in 0..COMMANDS_BATCH {
            match self.ends.commands.try_recv() {
                Ok(Command::Stop) => return false,
                Ok(command) => self.obey(command),
                Err(_none) => break,
            }
        }
        true
    }

    /// Carries a command out, or keeps it until the legs that it is for have come. What came before
    /// is carried out before: of two seatings the later one holds.
    fn obey(&mut self, command: Command) {
        match command {
            Command::Open(..)
            | Command::Reroute(..)
            | Command::Adopt(_)
            | Command::NeverMind(_)
            | Command::Stop => self.carry_out(command),
            Command::Leg(..)
            | Command::Seat(_)
            | Command::Dissolve(_)
            | Command::Route(..)
            | Command::Expect(_)
            | Command::Give(..) => self.waiting.push_back(command),
        }
        if self.waiting.len() > WAITING_MAX {
            self.expected.clear();
        }
        self.take_waiting();
    }

    fn take_waiting(&mut self) {
        while let Some(command) = self.waiting.pop_front() {
            if self.is_early(&command) {
                self.waiting.push_front(command);
                return;
            }
            self.carry_out(command);
        }
    }

    /// Whether the command is for a leg that is on its way here.
    fn is_early(&self, command: &Command) -> bool {
        let is_expected = |leg| self.expected.contains_key(leg);
        match command {
            Command::Leg(leg, _) | Command::Give(leg, _) => is_expected(leg),
            Command::Route(_, leg, lane) => *lane == self.config.number && is_expected(leg),
            Command::Seat(seating) => seating.members.iter().any(is_expected),
            Command::Open(..)
            | Command::Dissolve(_)
            | Command::Reroute(..)
            | Command::Expect(_)
            | Command::Adopt(_)
            | Command::NeverMind(_)
            | Command::Stop => false,
        }
    }

    /// Goes on without the legs that should have come long ago.
    fn give_up_waiting(&mut self) {
        if self.expected.is_empty() {
            return;
        }
        let now = self.now;
        self.expected.retain(|_, since| now.since(*since) < WAY_MAX);
        self.take_waiting();
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Open(id, link) => {
                let first = (rand::random(), rand::random(), rand::random());
                self.enter(Leg::new(id, link, first, self.now));
            }
            Command::Leg(id, command) => {
                if let Some(key) = self.by_id.get(&id).copied() {
                    self.obey_for_leg(key, command);
                }
            }
            Command::Seat(seating) => self.seat(&seating),
            Command::Dissolve(room) => {
                if let Some(room) = self.rooms_by_id.get(&room).copied() {
                    self.dissolve(room);
                }
            }
            Command::Route(address, leg, lane) => self.route(address, leg, lane),
            Command::Reroute(leg, lane) => self.reroute(leg, lane),
            // It may have come while this waited for another.
            Command::Expect(leg) => {
                if !self.by_id.contains_key(&leg) {
                    self.expected.insert(leg, self.now);
                }
            }
            Command::Give(leg, lane) => self.give(leg, lane),
            Command::Adopt(leg) => self.adopt(*leg),
            Command::NeverMind(leg) => {
                self.expected.remove(&leg);
            }
            Command::Stop => {}
        }
    }

    fn obey_for_leg(&mut self, key: usize, command: LegCommand) {
        let now = self.now;
        let Some(leg) = self.legs.get_mut(key) else { return };
        match command {
            LegCommand::Replace(link) => {
                leg.replace_link(link, now);
                // The new link may go on with the old one's SSRC, but not with its numbers.
                self.end_source_of_hearers(key);
            }
            LegCommand::Keys(keys) => {
                if let Link::Browser(link) = &mut leg.link {
                    let change = link.key(*keys);
                    leg.begin_anew(now);
                    self.tell_change(key, change);
                }
            }
            LegCommand::Path(remote) => {
                if let Link::Browser(link) = &mut leg.link {
                    let change = link.path(remote);
                    self.tell_change(key, change);
                }
            }
            LegCommand::Lost(closed) => {
                if let Link::Browser(link) = &mut leg.link {
                    let change = link.lose(closed);
                    // A talk that fell silent has told it already.
                    if closed || !leg.incoming.reported_silent {
                        self.tell_change(key, change);
                    }
                }
            }
            LegCommand::Play(play, player) => leg.play(play, player),
            LegCommand::StopPlaying => leg.stop_playing(),
            LegCommand::Press(digit) => leg.press(digit, now),
            LegCommand::Agree(terms) => leg.agree(terms, now),
            LegCommand::Signalled(digit) => leg.key_signalled(digit, now, &mut self.events),
            LegCommand::Record(tap) => leg.tap = Some(*tap),
            LegCommand::StopRecording => leg.tap = None,
            LegCommand::Close => {
                self.leave(key);
            }
        }
        self.keep_pace(key);
    }

    fn tell_change(&mut self, key: usize, change: Change) {
        let Some(leg) = self.legs.get(key).map(|leg| leg.id) else { return };
        match change {
            Change::Connected => self.events.send(MediaEvent::PeerConnected { leg }),
            Change::Lost => self.events.send(MediaEvent::PeerDisconnected { leg, closed: false }),
            Change::Closed => self.events.send(MediaEvent::PeerDisconnected { leg, closed: true }),
            Change::None => {}
        }
    }

    /// Puts the leg on the wheel if it has something to send, and takes it off if not.
    pub(super) fn keep_pace(&mut self, key: usize) {
        let Some(leg) = self.legs.get_mut(key) else { return };
        match (leg.wants_pace(), leg.slot) {
            (true, None) => leg.slot = Some(self.wheel.add(Paced::Leg(key))),
            (false, Some(slot)) => {
                self.wheel.remove(slot, Paced::Leg(key));
                leg.slot = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }

    /// A leg begins to live here.
    fn enter(&mut self, leg: Leg) -> usize {
        let id = leg.id;
        let key = self.legs.insert(leg);
        if let Some(before) = self.by_id.insert(id, key) {
            self.remove(before);
            self.by_id.insert(id, key);
        }
        if watch(&self.ends.poll, &self.legs[key], key).is_err() {
            metrics::counter!("helpline_media_unwatched_total").increment(1);
        }
        key
    }

    /// Takes a leg out of everything here but the routes.
    fn remove(&mut self, key: usize) -> Option<Leg> {
        self.leave_room(key);
        let mut leg = self.legs.try_remove(key)?;
        self.by_id.remove(&leg.id);
        unwatch(&self.ends.poll, &leg);
        if let Some(slot) = leg.slot.take() {
            self.wheel.remove(slot, Paced::Leg(key));
        }
        Some(leg)
    }

    /// A leg ends.
    fn leave(&mut self, key: usize) {
        let Some(leg) = self.remove(key) else { return };
        if let Link::Browser(link) = &leg.link {
            let (id, home) = (leg.id, link.home());
            if home == self.config.number {
                self.forget(id, key);
            } else {
                // Nobody is on a lane that does not exist: the address is forgotten.
                self.tell(home, Command::Reroute(id, usize::MAX));
            }
        }
    }

    fn forget(&mut self, leg: LegId, key: usize) {
        self.routes.retain(|_, route| match route {
            Route::Here(here) => *here != key,
            Route::Away { leg: away, .. } => *away != leg,
        });
        self.count_routes();
    }

    fn count_routes(&self) {
        self.ends.routes_open.store(self.routes.len(), Ordering::Relaxed);
    }

    fn route(&mut self, address: SocketAddr, leg: LegId, lane: usize) {
        let route = if lane == self.config.number {
            let Some(key) = self.by_id.get(&leg) else { return };
            Route::Here(*key)
        } else {
            Route::Away { lane, leg }
        };
        self.routes.insert(address, route);
        self.count_routes();
    }

    /// The leg is on another lane from now on, or nowhere.
    fn reroute(&mut self, leg: LegId, lane: usize) {
        if lane >= self.ends.lanes.len() {
            self.forget(leg, usize::MAX);
            return;
        }
        for route in self.routes.values_mut() {
            if let Route::Away { lane: now_at, leg: away } = route
                && *away == leg
            {
                *now_at = lane;
            }
        }
    }

    fn give(&mut self, id: LegId, lane: usize) {
        let Some(key) = self.by_id.get(&id).copied() else {
            return self.tell(lane, Command::NeverMind(id));
        };
        let Some(leg) = self.remove(key) else { return };
        if let Link::Browser(link) = &leg.link {
            if link.home() == self.config.number {
                for route in self.routes.values_mut() {
                    if matches!(route, Route::Here(here) if *here == key) {
                        *route = Route::Away { lane, leg: id };
                    }
                }
            } else if link.home() != lane {
                self.tell(link.home(), Command::Reroute(id, lane));
            }
        }
        self.tell(lane, Command::Adopt(Box::new(leg)));
    }

    fn adopt(&mut self, mut leg: Leg) {
        let id = leg.id;
        if let Link::Browser(link) = &mut leg.link {
            link.moved_to(self.config.number);
        }
        let key = self.enter(leg);
        for route in self.routes.values_mut() {
            if matches!(route, Route::Away { leg, .. } if *leg == id) {
                *route = Route::Here(key);
            }
        }
        self.keep_pace(key);
        self.expected.remove(&id);
    }

    /// Tells another lane, now or in a later turn.
    fn tell(&mut self, lane: usize, command: Command) {
        let Some(sender) = self.ends.lanes.get(lane) else { return };
        if let Err(command) = sender.send(command) {
            self.unsent.push((lane, command));
        }
    }
}
