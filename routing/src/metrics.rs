//! Queue metrics, counted by listening to a floor: offered, answered, abandoned, service levels,
//! handling, and what the agents did meanwhile.
//!
//! An observer: it hears each event with its moment and its effects, and the floor knows nothing of
//! it. The same journal gives the same metrics, so a projection that was lost is replayed.
//!
//! What is counted how:
//!
//! - A contact counts in the interval in which it entered its queue, whenever it ends: an interval's
//!   offered is in time the sum of what became of them. It counts at the class it had last.
//! - A wait is measured from when the caller first waited for a person. A supervisor's move to another
//!   queue does not begin it again: the contact is `moved` in the old queue, offered in the new one.
//! - A contact counts as answered once, when its first agent takes it. If that agent is lost and the
//!   caller waits again, it is `returned` as well.
//! - Reservations that nobody answered are counted one by one; one contact may count several times.
//! - An agent's time counts in the interval in which it passed, in each queue that the agent serves.

mod agents;
mod cell;
mod figures;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use ids::{AgentId, CallId, Class, QueueId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::effect::{FloorEffect, StopCause};
use crate::event::{FloorEvent, LeaveCause};
use crate::state::AgentState;
use crate::view::FloorView;
use agents::{AgentClock, Work};

pub use agents::AgentTimes;
pub use cell::{Cell, Waits};
pub use figures::{Figures, ServiceLevels, Share, Target, Targets};

/// The length of an interval. Intervals begin at whole multiples of it since 1970 UTC, and so at
/// local midnight in India too.
pub const INTERVAL: Duration = Duration::from_secs(30 * 60);

/// How long a call that is over is remembered, in case its caller comes back to the queue.
const ENDED_KEPT: Duration = Duration::from_secs(3600);

/// Where contacts count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The begin of the interval in which they entered the queue.
    pub interval: Timestamp,
    /// The queue.
    pub queue: QueueId,
    /// The class they had last.
    pub class: Class,
}

/// The metrics of a floor, kept up to date by [`Metrics::hear`].
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    contacts: BTreeMap<CallId, Contact>,
    agents: BTreeMap<AgentId, AgentClock>,
    cells: BTreeMap<Key, Cell>,
    times: BTreeMap<(Timestamp, QueueId), AgentTimes>,
    /// Counted up to here.
    now: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Contact {
    key: Key,
    since: Timestamp,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waiting,
    Talking,
    /// Waits once more after an agent was lost.
    WaitingAgain,
    Ended(Timestamp),
}

/// The begin of the interval in which a moment lies.
#[must_use]
pub fn interval_of(at: Timestamp) -> Timestamp {
    let length = i64::try_from(INTERVAL.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(at.as_micros().div_euclid(length) * length)
}

impl Metrics {
    /// Begins to listen to a floor as it is now: whoever waits is offered at the time they came.
    #[must_use]
    pub fn starting(floor: &FloorView) -> Self {
        let mut metrics = Self { now: floor.at, ..Self::default() };
        for row in &floor.waiting {
            metrics.enters(row.call, row.queue, row.class, row.since, row.since);
        }
        for row in &floor.agents {
            let (state, since, queues) = (row.state, floor.at, row.queues.clone());
            metrics.agents.insert(row.agent, AgentClock { state, since, queues, work: None });
        }
        metrics
    }

    /// Hears one event that the floor handled at `now`, with all its effects.
    pub fn hear(&mut self, now: Timestamp, event: &FloorEvent, effects: &[FloorEffect]) {
        if interval_of(now) > interval_of(self.now) {
            self.forget_ended(now);
        }
        self.now = self.now.max(now);
        let refused = matches!(effects.last(), Some(FloorEffect::Refuse { event: refused, .. })
            if refused == event);
        if refused {
            self.refused(event);
        } else {
            self.begins(event);
        }
        for effect in effects {
            self.follow(effect);
        }
        if !refused {
            self.ends(event);
        }
    }

    /// Brings the times of agents up to `now`. What is read afterwards includes states that go on.
    pub fn settle(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        let agents: Vec<AgentId> = self.agents.keys().copied().collect();
        for agent in agents {
            self.count_up(agent, self.now);
        }
    }

    /// Drops the intervals that began before this.
    pub fn forget_before(&mut self, begin: Timestamp) {
        self.cells.retain(|key, _| key.interval >= begin);
        self.times.retain(|(interval, _), _| *interval >= begin);
    }

    /// Everything counted, by interval, queue and class.
    #[must_use]
    pub fn cells(&self) -> &BTreeMap<Key, Cell> {
        &self.cells
    }

    /// The agents' times, by interval and queue.
    #[must_use]
    pub fn times(&self) -> &BTreeMap<(Timestamp, QueueId), AgentTimes> {
        &self.times
    }

    /// What counts from `begin` on and before `end`, of one queue.
    #[must_use]
    pub fn figures(
        &self,
        queue: QueueId,
        begin: Timestamp,
        end: Timestamp,
        targets: &Targets,
        of_class: impl Fn(Class) -> bool,
    ) -> Figures {
        let cells = self.cells.iter().filter(|(key, _)| {
            key.queue == queue && (begin..end).contains(&key.interval) && of_class(key.class)
        });
        Figures::of(cells.map(|(key, cell)| (key.class, cell)), targets)
    }

    /// What the agents of a queue did from `begin` on and before `end`.
    #[must_use]
    pub fn agent_times(&self, queue: QueueId, begin: Timestamp, end: Timestamp) -> AgentTimes {
        let mut sum = AgentTimes::default();
        for ((interval, of), times) in &self.times {
            if *of == queue && (begin..end).contains(interval) {
                sum.add(times);
            }
        }
        sum
    }

    /// The first count that does not add up: a contact that is in two places or in none.
    #[must_use]
    pub fn unreconciled(&self) -> Option<Key> {
        self.cells.iter().find(|(_, cell)| !cell.reconciles()).map(|(key, _)| *key)
    }

    /// How many wait, as counted; the floor's own number must be the same.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        let waits =
            |contact: &&Contact| matches!(contact.phase, Phase::Waiting | Phase::WaitingAgain);
        u32::try_from(self.contacts.values().filter(waits).count()).unwrap_or(u32::MAX)
    }

    fn enters(
        &mut self,
        call: CallId,
        queue: QueueId,
        class: Class,
        at: Timestamp,
        since: Timestamp,
    ) {
        let key = Key { interval: interval_of(at), queue, class };
        let cell = self.cells.entry(key).or_default();
        cell.offered += 1;
        cell.waiting += 1;
        self.contacts.insert(call, Contact { key, since, phase: Phase::Waiting });
    }

    /// What an event begins or changes, before its effects.
    fn begins(&mut self, event: &FloorEvent) {
        if let FloorEvent::CallerArrived { call, queue, class, since, .. } = event {
            match self.contacts.get_mut(call) {
                Some(contact) if contact.phase != Phase::Waiting => {
                    contact.phase = Phase::WaitingAgain;
                    let cell = self.cells.entry(contact.key).or_default();
                    cell.returned += 1;
                    cell.waiting_again += 1;
                }
                Some(_) | None => self.enters(*call, *queue, *class, self.now, *since),
            }
        } else if let FloorEvent::CallerRaised { call, class }
        | FloorEvent::CallerReclassed { call, class } = event
        {
            self.reclass(*call, *class);
        } else if let FloorEvent::CallerMoved { call, queue } = event {
            self.moves(*call, *queue);
        } else if let FloorEvent::AgentRegistered { agent, queues, .. } = event {
            self.count_up(*agent, self.now);
            let clock = self.agents.entry(*agent).or_insert_with(|| AgentClock {
                state: AgentState::Offline,
                since: self.now,
                queues: Vec::new(),
                work: None,
            });
            clock.queues.clone_from(queues);
        }
    }

    /// What an event ends, after its effects.
    fn ends(&mut self, event: &FloorEvent) {
        if let FloorEvent::CallerLeft { call, cause } = event {
            let Some(contact) = self.contacts.remove(call) else { return };
            let cell = self.cells.entry(contact.key).or_default();
            if contact.phase == Phase::WaitingAgain {
                cell.waiting_again -= 1;
                return;
            }
            cell.waiting -= 1;
            if *cause == LeaveCause::Abandoned {
                cell.abandoned.note(self.now.since(contact.since));
            } else {
                cell.failed += 1;
            }
        } else if let FloorEvent::CallEnded { call } | FloorEvent::CallDropped { call } = event
            && let Some(contact) = self.contacts.get_mut(call)
        {
            contact.phase = Phase::Ended(self.now);
        }
    }

    fn refused(&mut self, event: &FloorEvent) {
        if let FloorEvent::CallerArrived { call, queue, class, .. } = event
            && !self.contacts.contains_key(call)
        {
            let key = Key { interval: interval_of(self.now), queue: *queue, class: *class };
            self.cells.entry(key).or_default().refused += 1;
        }
    }

    fn follow(&mut self, effect: &FloorEffect) {
        if let FloorEffect::Ring { call, .. } = effect {
            self.with_cell(*call, |cell| cell.rings += 1);
        } else if let FloorEffect::StopRinging { call, cause, .. } = effect {
            match cause {
                StopCause::TimedOut => self.with_cell(*call, |cell| cell.not_answered += 1),
                StopCause::Rejected => self.with_cell(*call, |cell| cell.declined += 1),
                StopCause::TakenByAnother
                | StopCause::CallerLeft
                | StopCause::AgentLost
                | StopCause::Replaced
                | StopCause::Withdrawn => {}
            }
        } else if let FloorEffect::Connect { agent, call, .. } = effect {
            self.is_answered(*agent, *call);
        } else if let FloorEffect::SetAgentState { agent, state, .. } = effect {
            self.agent_is(*agent, *state);
        }
    }

    fn with_cell(&mut self, call: CallId, change: impl FnOnce(&mut Cell)) {
        if let Some(contact) = self.contacts.get(&call) {
            change(self.cells.entry(contact.key).or_default());
        }
    }

    fn is_answered(&mut self, agent: AgentId, call: CallId) {
        let Some(contact) = self.contacts.get_mut(&call) else { return };
        let cell = self.cells.entry(contact.key).or_default();
        if contact.phase == Phase::WaitingAgain {
            cell.waiting_again -= 1;
        } else {
            cell.waiting -= 1;
            cell.answered.note(self.now.since(contact.since));
        }
        contact.phase = Phase::Talking;
        let key = contact.key;
        self.finish_work(agent);
        if let Some(clock) = self.agents.get_mut(&agent) {
            clock.work = Some(Work::new(call, key));
        }
    }

    fn agent_is(&mut self, agent: AgentId, state: AgentState) {
        // Wrap-up that ended by itself ended at its deadline, however late the tick.
        let until = match state {
            AgentState::Available { since } => since.min(self.now),
            AgentState::Offline
            | AgentState::Ringing { .. }
            | AgentState::Talking { .. }
            | AgentState::OnHold { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => self.now,
        };
        self.count_up(agent, until);
        let Some(clock) = self.agents.get_mut(&agent) else { return };
        clock.state = state;
        if clock.work.as_ref().is_some_and(|work| !work.goes_on_in(state)) {
            self.finish_work(agent);
        }
    }

    fn finish_work(&mut self, agent: AgentId) {
        let Some(clock) = self.agents.get_mut(&agent) else { return };
        let Some(work) = clock.work.take() else { return };
        let cell = self.cells.entry(work.key).or_default();
        cell.handled += 1;
        cell.talk += work.talk;
        cell.hold += work.hold;
        cell.wrap_up += work.wrap_up;
    }

    /// Counts what an agent did until then, interval by interval.
    fn count_up(&mut self, agent: AgentId, until: Timestamp) {
        let Some(clock) = self.agents.get_mut(&agent) else { return };
        if let Some(work) = &mut clock.work {
            work.spent(clock.state, until.since(clock.since));
        }
        while clock.since < until {
            let interval = interval_of(clock.since);
            let next = until.min(interval + INTERVAL);
            for queue in &clock.queues {
                let times = self.times.entry((interval, *queue)).or_default();
                if let Some(time) = times.of(clock.state) {
                    *time += next.since(clock.since);
                }
            }
            clock.since = next;
        }
    }

    fn reclass(&mut self, call: CallId, class: Class) {
        let Some(contact) = self.contacts.get_mut(&call) else { return };
        // Who waits again counts as answered already, at the class they had then.
        if contact.phase != Phase::Waiting {
            return;
        }
        let old = self.cells.entry(contact.key).or_default();
        old.offered -= 1;
        old.waiting -= 1;
        contact.key.class = class;
        let new = self.cells.entry(contact.key).or_default();
        new.offered += 1;
        new.waiting += 1;
    }

    fn moves(&mut self, call: CallId, queue: QueueId) {
        let Some(contact) = self.contacts.get(&call).copied() else { return };
        if contact.phase != Phase::Waiting {
            return;
        }
        let cell = self.cells.entry(contact.key).or_default();
        cell.moved += 1;
        cell.waiting -= 1;
        self.enters(call, queue, contact.key.class, self.now, contact.since);
    }

    fn forget_ended(&mut self, now: Timestamp) {
        self.contacts.retain(|_, contact| match contact.phase {
            Phase::Ended(at) => now.since(at) < ENDED_KEPT,
            Phase::Waiting | Phase::Talking | Phase::WaitingAgain => true,
        });
    }
}
