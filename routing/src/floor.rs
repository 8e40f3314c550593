//! The floor itself: its tables, its clockless clock, and the way in.
//!
//! Pure. The rules are in the modules below: [`place`] keeps every index in step with the tables,
//! [`assign`] and [`emergency`] decide who is asked, [`agents`], [`callers`] and [`reservations`]
//! apply the events.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use ids::{AgentId, CallId, Language, QueueId, ReservationId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, FloorConfig};
use crate::effect::{Effects, FloorEffect, RefusedWhy};
use crate::event::FloorEvent;

mod agent;
mod agents;
mod assign;
mod caller;
mod callers;
mod emergency;
mod explain;
mod line;
mod memory;
mod pace;
mod place;
mod queue;
mod relax;
mod reservation;
mod reservations;
mod table;
mod wrap_up;

pub(crate) use agent::{Agent, AgentSlot, AgentTable, Kind, Origin, Report, Seat, Talk};
pub(crate) use caller::{Caller, CallerSlot, CallerTable, Relaxation, effective_class};
pub use explain::{FullTable, FullTableRow, Verdict};
pub(crate) use line::Line;
pub(crate) use memory::{Memory, Remembered};
pub(crate) use pace::Pace;
pub(crate) use queue::{Counts, LanguageIndex, Queue, QueueIndex};
pub(crate) use reservation::{Reservation, Timer};
pub(crate) use table::Table;

/// The floor: who waits, who can answer, who is asked to answer whom.
///
/// Feed it events with [`handle`](Self::handle) and the passing of time with
/// [`FloorEvent::Ticked`] at [`poll_timeout`](Self::poll_timeout). The same configuration and the
/// same events give the same effects, bit for bit.
#[derive(Clone, Debug)]
pub struct Floor {
    pub(crate) config: FloorConfig,
    /// The latest moment heard of. Never goes back, whatever the clock does.
    pub(crate) now: Timestamp,
    pub(crate) reservations_made: u64,
    pub(crate) arrivals: u64,
    pub(crate) languages: Vec<Language>,
    pub(crate) agents: AgentTable,
    pub(crate) callers: CallerTable,
    /// Calls that have an agent.
    pub(crate) talking: Table<CallId, AgentSlot>,
    pub(crate) reservations: Table<ReservationId, Reservation>,
    pub(crate) timers: BTreeSet<(Timestamp, Timer)>,
    pub(crate) queues: Vec<Queue>,
    /// Callers who hung up while waiting, or lost the line in talk, and since when they had waited.
    pub(crate) dropped: Memory<Dropped>,
    /// With whom callers talked last.
    pub(crate) acquainted: Memory<AgentId>,
}

/// A place that was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dropped {
    pub(crate) queue: QueueId,
    pub(crate) since: Timestamp,
}

impl Floor {
    /// An empty floor.
    ///
    /// # Errors
    /// The configuration breaks a rule of [`ConfigError`].
    pub fn new(config: FloorConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let queues = config.queues.iter().map(|id| Queue::new(*id, config.tiers_of(*id), 0));
        let queues = queues.collect();
        Ok(Self {
            config,
            now: Timestamp::default(),
            reservations_made: 0,
            arrivals: 0,
            languages: Vec::new(),
            agents: AgentTable::default(),
            callers: CallerTable::default(),
            talking: Table::default(),
            reservations: Table::default(),
            timers: BTreeSet::new(),
            queues,
            dropped: Memory::default(),
            acquainted: Memory::default(),
        })
    }

    /// Applies one event at `now` and appends what is to be done to `out`, in order.
    ///
    /// Timers that are due by `now` fire first: an acceptance that comes after the ring time is
    /// late, whether or not a tick came between. A `now` before an earlier one counts as that one.
    /// An event that cannot happen here changes nothing and comes back in
    /// [`FloorEffect::Refuse`].
    pub fn handle(&mut self, now: Timestamp, event: FloorEvent, out: &mut Effects) {
        self.now = self.now.max(now);
        self.fire_timers(out);
        if let Err(why) = self.apply(&event, out) {
            out.push(FloorEffect::Refuse { event, why });
        }
    }

    /// When to call [`handle`](Self::handle) with [`FloorEvent::Ticked`] next, if ever.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.timers.first().map(|(deadline, _)| *deadline)
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &FloorConfig {
        &self.config
    }

    fn apply(&mut self, event: &FloorEvent, out: &mut Effects) -> Result<(), RefusedWhy> {
        match event {
            FloorEvent::AgentRegistered { agent, languages, skills, queues } => {
                self.agent_registered(*agent, languages, skills, queues, out)
            }
            FloorEvent::AgentStateRequested { agent, want } => {
                self.agent_state_requested(*agent, *want, out)
            }
            FloorEvent::AgentStateForced { agent, want, by: _, reason: _ } => {
                self.agent_state_forced(*agent, *want, out)
            }
            FloorEvent::AgentLost { agent } => self.agent_lost(*agent, out),
            FloorEvent::CallerArrived { call, queue, class, language, since, head, caller } => {
                let arrival = callers::Arrival {
                    call: *call,
                    queue: *queue,
                    class: *class,
                    language: *language,
                    since: *since,
                    head: *head,
                    key: *caller,
                };
                self.caller_arrived(arrival, out)
            }
            FloorEvent::CallerRaised { call, class } => self.caller_raised(*call, *class, out),
            FloorEvent::CallerMoved { call, queue } => self.caller_moved(*call, *queue, out),
            FloorEvent::CallerReclassed { call, class } => {
                self.caller_reclassed(*call, *class, out)
            }
            FloorEvent::CallerLeft { call, cause: _ } => self.caller_left(*call, out),
            FloorEvent::ReservationAccepted { reservation, agent } => {
                self.reservation_accepted(*reservation, *agent, out)
            }
            FloorEvent::ReservationRejected { reservation, agent } => {
                self.reservation_rejected(*reservation, *agent, out)
            }
            FloorEvent::CallHeld { call } => self.call_held(*call, out),
            FloorEvent::CallResumed { call } => self.call_resumed(*call, out),
            FloorEvent::ReportFiled { call, agent } => self.report_filed(*call, *agent, out),
            FloorEvent::WrapUpFinished { agent } => self.wrap_up_finished(*agent, out),
            FloorEvent::CallEnded { call } => self.call_ended(*call, out),
            FloorEvent::CallDropped { call } => self.call_dropped(*call, out),
            // The timers that were due have fired above.
            FloorEvent::Ticked => Ok(()),
        }
    }

    /// Fires the timers that are due, in order of their deadlines. Each ends, and every new one
    /// lies in the future, so this ends too.
    fn fire_timers(&mut self, out: &mut Effects) {
        while let Some((deadline, timer)) = self.timers.first().copied() {
            if deadline > self.now {
                return;
            }
            self.timers.pop_first();
            match timer {
                Timer::Ring(reservation) => self.ring_timed_out(reservation, out),
                Timer::WrapUp(slot) => self.wrap_up_timed_out(slot, deadline, out),
                Timer::Relax { caller, .. } => self.relaxed(caller, out),
                Timer::CoolDown { caller, agent, .. } => self.cooled_down(caller, agent, out),
            }
        }
    }

    pub(crate) fn queue_at(&self, index: QueueIndex) -> &Queue {
        &self.queues[usize::from(index.0)]
    }

    pub(crate) fn queue_at_mut(&mut self, index: QueueIndex) -> &mut Queue {
        &mut self.queues[usize::from(index.0)]
    }

    pub(crate) fn queue_index(&self, id: QueueId) -> Option<QueueIndex> {
        let index = self.queues.iter().position(|queue| queue.id == id)?;
        u16::try_from(index).ok().map(QueueIndex)
    }

    pub(crate) fn language(&self, index: LanguageIndex) -> Language {
        self.languages[usize::from(index.0)]
    }
}
