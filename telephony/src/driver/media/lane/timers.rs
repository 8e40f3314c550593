//! What a lane does by the clock: waiting, sending each 20 ms, looking after itself each second.

use std::time::Duration;

use super::{Lane, SECOND};
use crate::driver::clock;
use crate::driver::media::MediaEvent;
use crate::driver::media::reports;
use crate::driver::media::wheel::Paced;

/// A tick later than this counts as late, and as very late.
const LATE: Duration = Duration::from_millis(2);
const VERY_LATE: Duration = Duration::from_millis(10);
/// How soon a lane looks again when an event found no room, or a leg is on its way.
const EVENT_RETRY: Duration = Duration::from_millis(20);

impl Lane {
    /// Waits for something to do; how many sockets have something.
    pub(super) fn wait(&mut self) -> usize {
        if self.is_busy() {
            self.wait_for_tick();
            return self.ends.poll.wait(Some(Duration::ZERO));
        }
        let now = clock::now();
        let mut limit = self.wheel.until_due(now);
        if !self.legs.is_empty() {
            limit = Some(
                limit.map_or(SECOND, |limit| limit.min(SECOND)).min(self.next_second.since(now)),
            );
        }
        if self.events.is_waiting() || !self.unsent.is_empty() || !self.expected.is_empty() {
            limit = Some(limit.map_or(EVENT_RETRY, |limit| limit.min(EVENT_RETRY)));
        }
        self.ends.poll.wait(limit)
    }

    fn is_busy(&self) -> bool {
        !self.config.tick.is_zero() && self.legs.len() >= self.config.busy_from
    }

    /// Sleeps to the next point of the tick's grid.
    #[expect(clippy::disallowed_methods, reason = "the tick is this thread's deadline")]
    fn wait_for_tick(&mut self) {
        let tick = i64::try_from(self.config.tick.as_micros()).unwrap_or(i64::MAX).max(1);
        let before = clock::now();
        let due = ids::Timestamp::from_micros((before.as_micros() / tick + 1).saturating_mul(tick));
        std::thread::sleep(due.since(before));
        let lateness = clock::now().since(due);
        let counters = &mut self.counters;
        counters.ticks += 1;
        counters.late_ticks += u64::from(lateness > LATE);
        counters.very_late_ticks += u64::from(lateness > VERY_LATE);
        counters.lateness_max = counters.lateness_max.max(lateness);
    }

    /// Sends what is due in the slots that have passed.
    pub(super) fn pace(&mut self) {
        self.counters.frames_given_up += self.wheel.catch_up(self.now) as u64;
        let mut due = std::mem::take(&mut self.due);
        while self.wheel.take_due(self.now, &mut due) {
            for paced in &due {
                match *paced {
                    Paced::Room(room) => self.mix_room(room),
                    Paced::Leg(key) => {
                        let (legs, mut wires, events) = self.parts();
                        if let Some(leg) = legs.get_mut(key) {
                            leg.pace(&mut wires, events);
                        }
                        self.keep_pace(key);
                    }
                }
            }
        }
        self.due = due;
    }

    /// Once a second: measures each leg, reports to its far end, tells of silence.
    pub(super) fn each_second(&mut self) {
        if self.now < self.next_second {
            return;
        }
        self.next_second = self.now + SECOND;
        self.seconds += 1;
        let (seconds, limit) = (self.seconds, self.config.silence_limit);
        let (legs, mut wires, events) = self.parts();
        for (key, leg) in legs.iter_mut() {
            if let Some(quality) = leg.measure(wires.now) {
                events.send_if_room(MediaEvent::Measured { leg: leg.id, quality });
            }
            if let Some(silence) = leg.fell_silent(limit, wires.now) {
                events.send(silence);
            }
            // Spread over the seconds, so that not all reports leave at once.
            if (seconds + key as u64).is_multiple_of(reports::EVERY_S) {
                leg.send_report(&mut wires);
            }
        }
        self.counters.export(self.config.number);
    }
}
