//! Which packets belong to the stream that is heard, and where in time they lie.

use super::Why;
use super::ring::length;
use super::transit::{DELAY_MAX, Transits};
use crate::rtp::RtpHeader;

/// A packet this much earlier than the earliest of late is not early, its timestamp jumped.
const EARLY_MAX: i64 = 3200;
/// Packets closer than this to the one before follow it, samples: 100 ms.
const FOLLOWS_WITHIN: i64 = 800;
/// Packets off the time line by nearly the same as a first one (up to 100 ms more, 20 ms less) are
/// one new time line. Much less means that they are still catching up after a stall.
const ALIKE: std::ops::RangeInclusive<i64> = -160..=800;
/// A new time line is believed after so many ticks …
const MISFIT_TICKS: u8 = 3;
/// … and forgotten when none of its packets came for so many.
const MISFIT_STALE_TICKS: u64 = 3;
/// Another sender takes over after so many packets and samples without one of the old sender.
const RIVAL_PACKETS: u8 = 3;
const RIVAL_SAMPLES: i64 = 400;

/// The stream that is heard.
#[derive(Debug)]
pub(super) struct Stream {
    ssrc: u32,
    /// Timestamp and place of a packet: all others lie relative to it.
    anchor: (u32, i64),
    /// Behind the last packet.
    end: i64,
    /// When the last packet came.
    last_arrival: i64,
    /// Highest sequence number, and a bit for each of the 64 up to it that came.
    sequence: u16,
    seen: u64,
    misfit: Option<Misfit>,
    rival: Option<Rival>,
}

/// Packets that do not lie on the time line.
#[derive(Clone, Copy, Debug)]
struct Misfit {
    transit: i64,
    tick: u64,
    ticks: u8,
}

/// Another sender on the same path.
#[derive(Clone, Copy, Debug)]
struct Rival {
    ssrc: u32,
    packets: u8,
    samples: i64,
}

/// What places a packet, beside its header. Times in samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coming {
    pub(super) samples: usize,
    pub(super) arrival: i64,
    /// The tick that comes next, counted.
    pub(super) tick: u64,
    /// Whether nothing is being heard, so that the time line may jump unheard.
    pub(super) silent: bool,
}

impl Stream {
    /// A stream that begins with this packet, at this place.
    pub(super) fn starting(header: &RtpHeader, coming: Coming, place: i64) -> Self {
        Self {
            ssrc: header.ssrc,
            anchor: (header.timestamp, place),
            end: place + length(coming.samples),
            last_arrival: coming.arrival,
            sequence: header.sequence,
            seen: 1,
            misfit: None,
            rival: None,
        }
    }

    /// Where a packet lies, or why it is not heard. `transits` are cleared when a new time line or a
    /// new sender begins.
    pub(super) fn place(
        &mut self,
        header: &RtpHeader,
        coming: Coming,
        transits: &mut Transits,
    ) -> Result<i64, Why> {
        if header.ssrc != self.ssrc {
            self.rival(header, coming)?;
            return Ok(self.begin_anew(header, coming, transits));
        }
        self.rival = None;
        let place = self.place_of(header.timestamp);
        let behind = self.sequence.wrapping_sub(header.sequence);
        if behind < 64 && self.seen & (1 << behind) != 0 && place < self.end {
            return Err(Why::Duplicate);
        }
        let transit = coming.arrival - place;
        let off = transits.base().map_or(0, |base| transit - base);
        if (-EARLY_MAX..=DELAY_MAX).contains(&off) {
            self.accept(header, coming, place);
            return Ok(place);
        }
        if self.follows(header, coming) {
            // Sequence and pace go on, only the timestamps jumped: so does the sound.
            let place = self.end;
            self.anchor = (header.timestamp, place);
            self.accept(header, coming, place);
            return Ok(place);
        }
        let next = header.sequence == self.sequence.wrapping_add(1);
        let new_talk = header.marker && coming.silent && next;
        if new_talk || self.believes(transit, coming.tick) {
            return Ok(self.begin_anew(header, coming, transits));
        }
        Err(Why::Misfit)
    }

    fn place_of(&self, timestamp: u32) -> i64 {
        let (anchor, place) = self.anchor;
        place + i64::from(timestamp.wrapping_sub(anchor).cast_signed())
    }

    fn accept(&mut self, header: &RtpHeader, coming: Coming, place: i64) {
        self.misfit = None;
        self.anchor = (header.timestamp, place);
        self.end = self.end.max(place + length(coming.samples));
        self.last_arrival = coming.arrival;
        let ahead = header.sequence.wrapping_sub(self.sequence);
        let behind = self.sequence.wrapping_sub(header.sequence);
        if behind < 64 {
            self.seen |= 1 << behind;
        } else {
            self.seen = if ahead < 64 { self.seen << ahead | 1 } else { 1 };
            self.sequence = header.sequence;
        }
    }

    fn follows(&self, header: &RtpHeader, coming: Coming) -> bool {
        self.misfit.is_none()
            && header.sequence == self.sequence.wrapping_add(1)
            && coming.arrival - self.last_arrival < FOLLOWS_WITHIN
    }

    /// Whether packets off the time line have been alike for long enough. One that is not alike does
    /// not take the others' place, as long as they keep coming.
    fn believes(&mut self, transit: i64, tick: u64) -> bool {
        let current = self.misfit.filter(|misfit| tick < misfit.tick + MISFIT_STALE_TICKS);
        let mut misfit = current.unwrap_or(Misfit { transit, tick, ticks: 1 });
        if ALIKE.contains(&(transit - misfit.transit)) && misfit.tick != tick {
            misfit.tick = tick;
            misfit.ticks += 1;
        }
        self.misfit = Some(misfit);
        misfit.ticks >= MISFIT_TICKS
    }

    /// Counts a stranger's packet; `Ok` once the stranger is the sender.
    fn rival(&mut self, header: &RtpHeader, coming: Coming) -> Result<(), Why> {
        let ssrc = header.ssrc;
        let before = self.rival.filter(|rival| rival.ssrc == ssrc);
        let mut rival = before.unwrap_or(Rival { ssrc, packets: 0, samples: 0 });
        rival.packets = rival.packets.saturating_add(1);
        rival.samples = rival.samples.saturating_add(length(coming.samples));
        self.rival = Some(rival);
        if rival.packets < RIVAL_PACKETS || rival.samples < RIVAL_SAMPLES {
            return Err(Why::Stranger);
        }
        Ok(())
    }

    /// A new time line: this packet is taken for one that nothing held up, and follows what is
    /// there.
    fn begin_anew(&mut self, header: &RtpHeader, coming: Coming, transits: &mut Transits) -> i64 {
        let unhindered = transits.base().map_or(coming.arrival, |base| coming.arrival - base);
        let place = unhindered.max(self.end);
        transits.clear();
        *self = Self::starting(header, coming, place);
        place
    }
}
