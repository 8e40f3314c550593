//! The thread that receives, for all flows at once. Does I/O.
//!
//! It looks for packets now and then, not at each: being woken it would take the processor from the
//! server in the middle of its work, which a far end on another machine does not. When a packet came
//! the system has noted.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use rtc::rtp::header::Header;
use rtc::shared::marshal::{MarshalSize as _, Unmarshal as _};
use rtc::srtp::context::Context;
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

use super::browser::Ice;
use super::clock::Clock;
use super::marker::{Marker, Way};
use super::stamped::{Room, stamp};
use super::tally::{Arrival, Tally, add};
use super::turns::{Ear, Heard, Turns};

/// Sockets that are looked at in one turn.
const EVENTS: usize = 256;
/// Time between two looks.
const TURN: Duration = Duration::from_millis(1);
/// Does not wait.
const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// One receiver.
pub struct Listener {
    /// Connected to where its packets come from.
    pub socket: Arc<UdpSocket>,
    /// Which way its packets took.
    pub way: Way,
    /// The one flow that it may hear.
    pub flow: u32,
    /// A browser's: what makes RTP of SRTP.
    pub secured: Option<Context>,
    /// A browser's: what answers the server's checks.
    pub ice: Option<Arc<Ice>>,
    /// What it listens for.
    pub hears: Hears,
}

/// What a flow is known by.
pub enum Hears {
    /// Markers of one flow, and what has arrived of them.
    Markers(Seen),
    /// Loud turns of the others in a room, from a seat.
    Turns(Arc<Turns>, usize, Ear),
}

/// The packets of a flow that have arrived: the highest number and the 64 below it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    highest: u32,
    /// Bit n: the packet n below the highest.
    window: u64,
}

impl Seen {
    /// A packet arrived. What is older than the window counts as reordered.
    pub fn packet(&mut self, number: u32) -> Arrival {
        if self.window == 0 || number > self.highest {
            let step = number.saturating_sub(self.highest);
            self.window = self.window.checked_shl(step).unwrap_or(0) | 1;
            self.highest = number;
            return Arrival::InOrder;
        }
        let bit = 1_u64.checked_shl(self.highest - number).unwrap_or(0);
        if self.window & bit != 0 {
            return Arrival::Duplicated;
        }
        self.window |= bit;
        Arrival::Reordered
    }
}

/// Receives until told to stop.
///
/// # Errors
/// The system gives no way to wait for many sockets.
pub fn listen(
    mut listeners: Vec<Listener>,
    clock: Clock,
    tally: &Tally,
    stop: &AtomicBool,
) -> Result<()> {
    let waiting = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    for (index, listener) in listeners.iter().enumerate() {
        listener.socket.set_nonblocking(true)?;
        stamp(&listener.socket)?;
        let data = epoll::EventData::new_u64(index as u64);
        epoll::add(&waiting, &listener.socket, data, epoll::EventFlags::IN)?;
    }
    let mut events = Vec::with_capacity(EVENTS);
    let mut room = Room::default();
    while !stop.load(Ordering::Relaxed) {
        events.clear();
        match epoll::wait(&waiting, spare_capacity(&mut events), Some(&AT_ONCE)) {
            Ok(0) => clock.wait_until(clock.now() + TURN),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &events {
            let listener = &mut listeners[usize::try_from(event.data.u64())?];
            if let Some((datagram, stamp)) = room.receive(&listener.socket) {
                let came_ns = stamp.map_or_else(|| clock.now_ns(), |stamp| clock.stamp_ns(stamp));
                listener.take(datagram, came_ns, tally);
            }
        }
    }
    Ok(())
}

impl Listener {
    /// Tells the protocols apart by the first byte (RFC 7983 §7) and RTCP by its type (RFC 5761 §4).
    fn take(&mut self, datagram: &[u8], now_ns: u64, tally: &Tally) {
        let (Some(first), Some(second)) = (datagram.first(), datagram.get(1)) else { return };
        match (first, second) {
            (0..=3, _) => self.check(datagram),
            // An alert is all that comes after the handshake.
            (20..=63, _) => add(&tally.faults.closed),
            (128..=191, 192..=223) => self.report(datagram, tally),
            (128..=191, _) => self.audio(datagram, now_ns, tally),
            _ => add(&tally.faults.strange),
        }
    }

    fn check(&self, datagram: &[u8]) {
        if let Some(ice) = &self.ice
            && let Ok(server) = self.socket.peer_addr()
            && let Some(answer) = ice.answer(datagram, server)
        {
            // Lost answers are asked for again.
            let _lost = self.socket.send(&answer);
        }
    }

    fn report(&mut self, datagram: &[u8], tally: &Tally) {
        if let Some(context) = &mut self.secured
            && let Err(why) = context.decrypt_rtcp(datagram)
        {
            tally.faults.refused(&why);
        }
    }

    fn audio(&mut self, datagram: &[u8], now_ns: u64, tally: &Tally) {
        let opened;
        let plain = match &mut self.secured {
            Some(context) => match context.decrypt_rtp(datagram) {
                Ok(plain) => {
                    opened = plain;
                    &opened[..]
                }
                Err(why) => return tally.faults.refused(&why),
            },
            None => datagram,
        };
        let header = Header::unmarshal(&mut &plain[..]);
        let Some(payload) = header.ok().and_then(|header| plain.get(header.marshal_size()..))
        else {
            return add(&tally.faults.strange);
        };
        tally.packet(self.way, now_ns);
        match &mut self.hears {
            Hears::Markers(seen) => match Marker::read(payload) {
                Ok(marker) if marker.flow == self.flow => {
                    let arrival = seen.packet(marker.number);
                    tally.arrived(self.way, marker.sent_ns, now_ns, arrival);
                }
                Ok(_) => add(&tally.faults.misdelivered),
                Err(why) => tally.unmarked(why),
            },
            Hears::Turns(turns, seat, ear) => match turns.hear(*seat, ear, payload) {
                Heard::Nothing => {}
                Heard::Onset { sent_ns } => {
                    tally.arrived(self.way, sent_ns, now_ns, Arrival::InOrder);
                }
                Heard::Echo => add(&tally.faults.echoes),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_told_apart() {
        let mut seen = Seen::default();
        let arrivals: Vec<_> = [0, 1, 3, 2, 2, 3, 200, 150, 150].map(|n| seen.packet(n)).into();
        use Arrival::{Duplicated as D, InOrder as O, Reordered as R};
        assert_eq!(arrivals, [O, O, O, R, D, D, O, R, D]);
    }
}
