//! What comes in: datagrams of trunks, of browsers, and those handed over by another lane. Does I/O.

use std::net::SocketAddr;
use std::os::fd::AsFd as _;

use super::{Lane, Route, SHARED};
use crate::driver::media::command::{HANDED_BYTES_MAX, Handed};
use crate::driver::media::leg::{Heard, Leg};
use crate::driver::media::link::Link;
use crate::driver::media::poll::WAKE;
use crate::driver::media::sys::{BATCH_LEN, Inbox};
use crate::rtp::RtpPacket;

/// Datagrams taken from one trunk in one turn: enough for what 2 ms bring, too few for a flood on one
/// port to hold up the other calls.
const TRUNK_BATCH: usize = 4;
/// Batches taken from the shared port in one turn.
const SHARED_ROUNDS: usize = 8;
/// Datagrams taken from other lanes in one turn.
const HANDED_BATCH: usize = 256;

impl Lane {
    /// Reads the socket of this token.
    pub(super) fn read(&mut self, token: u64) {
        match token {
            WAKE => self.ends.poll.take_wake(),
            SHARED => self.with_inbox(Self::read_shared),
            _ => {
                // A token is made of a leg's number; see `token`.
                let Ok(key) = usize::try_from(token >> 1) else { return };
                self.with_inbox(|lane, inbox| lane.read_trunk(inbox, key, token & 1 == 1));
            }
        }
    }

    fn with_inbox(&mut self, read: impl FnOnce(&mut Self, &mut Inbox)) {
        let Some(mut inbox) = self.inbox.take() else { return };
        read(self, &mut inbox);
        self.inbox = Some(inbox);
    }

    fn read_trunk(&mut self, inbox: &mut Inbox, key: usize, reports: bool) {
        let Some(Leg { link: Link::Trunk(link), .. }) = self.legs.get(key) else { return };
        let socket = if reports { link.rtcp() } else { link.rtp() };
        let count = inbox.receive(socket.as_fd(), TRUNK_BATCH).unwrap_or(0);
        for n in 0..count {
            let Some((source, datagram)) = inbox.datagram(n) else { continue };
            self.counters.received += 1;
            self.take_trunk(key, source, datagram, reports);
        }
    }

    fn take_trunk(&mut self, key: usize, source: SocketAddr, datagram: &[u8], reports: bool) {
        let now = self.now;
        let Some(leg) = self.legs.get_mut(key) else { return };
        let Link::Trunk(link) = &mut leg.link else { return };
        if reports {
            if link.accepts_report(source, now) {
                leg.hear_report(datagram, now);
            } else {
                self.counters.strangers += 1;
            }
            return;
        }
        let Ok(packet) = RtpPacket::parse(datagram) else {
            self.counters.unreadable += 1;
            return;
        };
        if link.accepts_audio(source, now) {
            self.hear(key, packet);
        } else {
            self.counters.strangers += 1;
        }
    }

    fn read_shared(&mut self, inbox: &mut Inbox) {
        for _ in 0..SHARED_ROUNDS {
            let count = inbox.receive(self.shared.as_fd(), BATCH_LEN).unwrap_or(0);
            self.counters.received += count as u64;
            self.counters.batches += u64::from(count > 0);
            self.counters.batched += count as u64;
            for n in 0..count {
                if let Some((source, datagram)) = inbox.datagram(n) {
                    self.take_shared(source, datagram);
                }
            }
            if count < BATCH_LEN {
                return;
            }
        }
    }

    /// Tells audio from ICE and DTLS by the first byte (RFC 7983 §7).
    fn take_shared(&mut self, source: SocketAddr, datagram: &mut [u8]) {
        match datagram.first() {
            Some(128..=191) => match self.routes.get(&source) {
                Some(Route::Here(key)) => self.take_browser(*key, datagram),
                Some(Route::Away { lane, leg }) => self.hand_over(*lane, *leg, datagram),
                None => self.counters.strangers += 1,
            },
            Some(0..=3 | 20..=63) => {
                // Neither is part of the audio: a few in a call's minute, copied to the gate.
                if self.ends.gate.try_send((source, Box::from(&*datagram))).is_err() {
                    self.counters.gate_full += 1;
                }
            }
            _ => self.counters.unreadable += 1,
        }
    }

    fn take_browser(&mut self, key: usize, datagram: &mut [u8]) {
        let now = self.now;
        let Some(leg) = self.legs.get_mut(key) else { return };
        let Link::Browser(link) = &mut leg.link else { return };
        // RTCP by its packet types (RFC 5761 §4).
        let is_report = datagram.get(1).is_some_and(|kind| (192..=223).contains(kind));
        let opened = if is_report { link.open_report(datagram) } else { link.open_audio(datagram) };
        let Some(plain) = opened.and_then(|len| datagram.get(..len)) else {
            self.counters.unauthentic += 1;
            return;
        };
        if is_report {
            leg.hear_report(plain, now);
            return;
        }
        match RtpPacket::parse(plain) {
            Ok(packet) => self.hear(key, packet),
            Err(_) => self.counters.unreadable += 1,
        }
    }

    fn hand_over(&mut self, lane: usize, leg: ids::LegId, datagram: &[u8]) {
        let mut handed = Handed { leg, len: datagram.len(), bytes: [0; HANDED_BYTES_MAX] };
        let fits =
            handed.bytes.get_mut(..datagram.len()).map(|room| room.copy_from_slice(datagram));
        let handed =
            fits.is_some() && self.ends.lanes.get(lane).is_some_and(|lane| lane.hand(handed));
        self.counters.handed_lost += u64::from(!handed);
    }

    /// Takes what other lanes received for legs that are here.
    pub(super) fn take_handed(&mut self) {
        for _ in 0..HANDED_BATCH {
            let Ok(mut handed) = self.ends.handed.try_recv() else { return };
            if let Some(key) = self.by_id.get(&handed.leg) {
                self.take_browser(*key, &mut handed.bytes[..handed.len]);
            }
        }
    }

    /// A leg says something, and whoever hears it is sent it.
    fn hear(&mut self, key: usize, packet: RtpPacket<'_>) {
        let (legs, mut wires, events) = self.parts();
        let Some(leg) = legs.get_mut(key) else { return };
        match leg.hear(packet, &mut wires, events) {
            Heard::Nothing => {}
            Heard::LeftOut { by } => {
                if let Some(leg) = legs.get_mut(by) {
                    leg.leave_out(packet.header);
                }
            }
            Heard::Audio { by, codec } => {
                if let Some(leg) = legs.get_mut(by) {
                    leg.forward_audio(packet, codec, &mut wires);
                }
            }
            Heard::Keys { by } => {
                if let Some(leg) = legs.get_mut(by) {
                    leg.forward_keys(packet, &mut wires);
                }
            }
        }
    }
}
