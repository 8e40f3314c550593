//! The threads that send: each flow a packet every 20 ms, at a phase of its own, so that packets
//! arrive one by one as those of independent callers do. Does I/O.

use std::net::UdpSocket;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use rtc::srtp::context::Context;
use telephony::rtp::RtpHeader;

use super::browser::Ice;
use super::clock::Clock;
use super::marker::{Marker, PAYLOAD_BYTES, Way};
use super::tally::{Tally, add};
use super::turns::Turns;

/// Time between two packets of a flow.
pub const FRAME: Duration = Duration::from_millis(20);
/// Phases lie on this grid.
pub const GRID: Duration = Duration::from_micros(50);
/// Phases there are.
pub const PHASES: u32 = 400;
/// Rounds between two ICE checks of a browser, 2.5 s as browsers do.
const CHECK_ROUNDS: u64 = 125;
/// A-law (RFC 3551 table 4).
const PAYLOAD_TYPE: u8 = 8;
/// A packet that the tool sends so late is not counted: a server leaves out what nobody wants to hear
/// any more, and shall.
const VOID_AFTER: Duration = Duration::from_millis(100);
/// Header and payload, bytes.
const PACKET_BYTES: usize = 12 + PAYLOAD_BYTES;

/// One flow: whoever sends it, and how.
pub struct Speaker {
    /// Connected to where it sends.
    pub socket: Arc<UdpSocket>,
    /// Which way through the server.
    pub way: Way,
    /// See [`Marker::flow`].
    pub flow: u32,
    /// Its phase, below [`PHASES`].
    pub phase: u32,
    /// Its stream.
    pub ssrc: u32,
    /// A browser's: what makes SRTP of RTP.
    pub secured: Option<Context>,
    /// A browser's: its checks.
    pub ice: Option<Arc<Ice>>,
    /// What it says.
    pub says: Says,
}

/// What a flow carries.
pub enum Says {
    /// A marker in each packet.
    Markers,
    /// Loud and quiet turns, in a room's seat.
    Turns(Arc<Turns>, usize),
}

/// Sends until the plan's end, and a second more, so that the last packets meet a server at work.
pub fn speak(mut speakers: Vec<Speaker>, clock: Clock, tally: &Tally) {
    // Sleeps end within a microsecond of their time, not within 50. Where that is not allowed, the
    // tool is a little later, and says so.
    let _unless_forbidden = rustix::thread::set_current_timer_slack(NonZeroU64::new(1_000));
    speakers.sort_by_key(|speaker| speaker.phase);
    let begun = clock.now();
    let end = tally.plan().end() + Duration::from_secs(1);
    for round in 0_u64.. {
        let round_begins = begun + FRAME * u32::try_from(round).unwrap_or(u32::MAX);
        if round_begins >= end {
            return;
        }
        for speaker in &mut speakers {
            let due = round_begins + GRID * speaker.phase;
            clock.wait_until(due);
            let late = clock.now().saturating_sub(due);
            speaker.say(round, clock, late >= VOID_AFTER, tally);
            tally.lateness.add(u64::try_from(late.as_nanos()).unwrap_or(u64::MAX));
        }
    }
}

impl Speaker {
    fn say(&mut self, round: u64, clock: Clock, is_void: bool, tally: &Tally) {
        let [.., high, low] = round.to_be_bytes();
        let number = u32::try_from(round).unwrap_or(u32::MAX);
        let header = RtpHeader {
            marker: round == 0,
            payload_type: PAYLOAD_TYPE,
            sequence: u16::from_be_bytes([high, low]),
            timestamp: number.wrapping_mul(160),
            ssrc: self.ssrc,
        };
        let (mut payload, mut packet) = ([0; PAYLOAD_BYTES], [0; PACKET_BYTES]);
        // The beginning of time lies before every interval in which packets count.
        let sent_ns = if is_void { 0 } else { clock.now_ns() };
        let own = [self.way];
        let counts = match &self.says {
            Says::Markers => {
                Marker { flow: self.flow, number, sent_ns }.write(&mut payload);
                own.as_slice()
            }
            Says::Turns(turns, seat) => {
                let (said, begins) = turns.say(*seat, round, sent_ns);
                payload = *said;
                // Each of the others shall hear it: the telephone, the browsers.
                match (begins, seat) {
                    (false, _) => [].as_slice(),
                    (true, 0) => [Way::ToBrowser; 2].as_slice(),
                    (true, _) => [Way::ToTrunk, Way::ToBrowser].as_slice(),
                }
            }
        };
        let written = header.write(&payload, &mut packet).is_ok();
        if !(written && self.send(&packet)) {
            return add(&tally.faults.unsent);
        }
        for way in counts {
            tally.sent(*way, sent_ns);
        }
        self.keep_consent(round);
    }

    fn keep_consent(&self, round: u64) {
        let turn = u64::from(self.flow) % CHECK_ROUNDS;
        if round % CHECK_ROUNDS == turn
            && let Some(check) = self.ice.as_ref().and_then(|ice| ice.check().ok())
        {
            // Lost checks are sent again in the next turn.
            let _lost = self.socket.send(&check);
        }
    }

    fn send(&mut self, packet: &[u8]) -> bool {
        match &mut self.secured {
            Some(context) => context
                .encrypt_rtp(packet)
                .is_ok_and(|protected| self.socket.send(&protected).is_ok()),
            None => self.socket.send(packet).is_ok(),
        }
    }
}
