//! The state of a floor as plain data, to be written down and read back.
//!
//! Only facts are kept; every index is built again. A restored floor goes on exactly as the other
//! would have: same effects, same numbers.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;

use ids::{AgentId, CallId, Class, Language, QueueId, ReservationId, SkillLevel, Timestamp};
use serde::{Deserialize, Serialize};

use crate::check::Violation;
use crate::config::{ConfigError, FloorConfig};
use crate::event::CallerKey;
use crate::floor::{
    Agent, AgentSlot, Caller, CallerSlot, Dropped, Floor, LanguageIndex, Memory, Origin, Pace,
    Relaxation, Remembered, Report, Reservation, Talk, Timer,
};
use crate::state::{AgentState, Next};

/// Everything a floor remembers. Serialise it with any format that keeps order; the same floor
/// gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    now: Timestamp,
    reservations_made: u64,
    arrivals: u64,
    languages: Vec<Language>,
    /// In order of registration.
    agents: Vec<AgentRecord>,
    /// In order of arrival.
    callers: Vec<CallerRecord>,
    /// In order of number.
    reservations: Vec<ReservationRecord>,
    /// In order of configuration.
    #[serde(default)]
    paces: Vec<(QueueId, Pace)>,
    /// Oldest first.
    #[serde(default)]
    dropped: Vec<Remembered<Dropped>>,
    /// Oldest first.
    #[serde(default)]
    acquainted: Vec<Remembered<AgentId>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct AgentRecord {
    agent: AgentId,
    languages: Vec<Language>,
    skills: Vec<SkillLevel>,
    queues: Vec<QueueId>,
    state: AgentState,
    next: Option<Next>,
    lost: bool,
    misses: u32,
    idle_since: Timestamp,
    talk: Option<Talk>,
    #[serde(default)]
    report: Report,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CallerRecord {
    call: CallId,
    queue: QueueId,
    class: Class,
    language: Option<Language>,
    since: Timestamp,
    head: bool,
    arrival: u64,
    relaxation: Relaxation,
    alerted: bool,
    #[serde(default)]
    everywhere: bool,
    cooling: Vec<(AgentId, Timestamp)>,
    #[serde(default)]
    key: Option<CallerKey>,
    #[serde(default)]
    sticky: Option<(AgentId, Timestamp)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ReservationRecord {
    reservation: ReservationId,
    agent: AgentId,
    call: CallId,
    expires_at: Timestamp,
    origin: Origin,
}

/// Why a snapshot makes no floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreError {
    /// The configuration itself is refused.
    Config(ConfigError),
    /// Somebody waits in a queue that is configured no more.
    QueueGone(QueueId),
    /// A record names an agent, a call or a language that the snapshot does not hold, or one twice.
    Dangling,
    /// The records contradict one another.
    Inconsistent(Violation),
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(_) => f.write_str("the configuration of the floor is refused"),
            Self::QueueGone(queue) => {
                write!(f, "a caller of the snapshot waits in {queue}, which is not configured")
            }
            Self::Dangling => f.write_str("a record of the snapshot names what it does not hold"),
            Self::Inconsistent(_) => {
                f.write_str("the records of the snapshot contradict each other")
            }
        }
    }
}

impl core::error::Error for RestoreError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Config(source) => Some(source),
            Self::Inconsistent(source) => Some(source),
            Self::QueueGone(_) | Self::Dangling => None,
        }
    }
}

impl Floor {
    /// The state as plain data. Costs time in proportion to the floor.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut callers: Vec<CallerRecord> =
            self.callers.iter().map(|(_, caller)| self.caller_record(caller)).collect();
        callers.sort_unstable_by_key(|caller| caller.arrival);
        let reservation = |(id, row): (&ReservationId, &Reservation)| ReservationRecord {
            reservation: *id,
            agent: self.agents.get(row.agent).id,
            call: self.callers.get(row.caller).call,
            expires_at: row.expires_at,
            origin: row.origin,
        };
        let mut reservations: Vec<_> = self.reservations.iter().map(reservation).collect();
        reservations.sort_unstable_by_key(|row| row.reservation);
        Snapshot {
            now: self.now,
            reservations_made: self.reservations_made,
            arrivals: self.arrivals,
            languages: self.languages.clone(),
            agents: self.agents.rows.iter().map(|agent| self.agent_record(agent)).collect(),
            callers,
            reservations,
            dropped: self.dropped.records(),
            acquainted: self.acquainted.records(),
            paces: self.queues.iter().map(|queue| (queue.id, queue.pace)).collect(),
        }
    }

    /// A floor that goes on where the snapshot was taken. The configuration may have changed since:
    /// times already running keep their ends, agents lose the seats of queues that are gone, and callers
    /// who can be served under the new rules are at the next tick, which is due at once.
    ///
    /// # Errors
    /// [`RestoreError`]: the snapshot does not fit the configuration or itself.
    pub fn restore(config: FloorConfig, snapshot: Snapshot) -> Result<Self, RestoreError> {
        let mut floor = Self::new(config).map_err(RestoreError::Config)?;
        let languages = snapshot.languages.len();
        floor.queues.iter_mut().for_each(|queue| queue.make_pools(languages));
        floor.now = snapshot.now;
        floor.reservations_made = snapshot.reservations_made;
        floor.arrivals = snapshot.arrivals;
        floor.languages = snapshot.languages;
        floor.dropped = Memory::of_records(snapshot.dropped);
        floor.acquainted = Memory::of_records(snapshot.acquainted);
        for (id, pace) in snapshot.paces {
            // A queue that is gone takes its pace along.
            if let Some(queue) = floor.queues.iter_mut().find(|queue| queue.id == id) {
                queue.pace = pace;
            }
        }
        for record in snapshot.agents {
            floor.restore_agent(record)?;
        }
        for record in snapshot.callers {
            floor.restore_caller(record)?;
        }
        let slots: Vec<CallerSlot> = floor.callers.iter().map(|(slot, _)| slot).collect();
        for record in &snapshot.reservations {
            floor.restore_reservation(record)?;
        }
        for slot in (0..).map(AgentSlot).take(floor.agents.len()) {
            floor.seat(slot);
        }
        for slot in slots {
            // What the wait has changed so far follows from the wait.
            floor.set_reach(slot);
            floor.line_up(slot);
            floor.seek(slot);
        }
        floor.check_sound().map_err(RestoreError::Inconsistent)?;
        floor.seek_at_once();
        Ok(floor)
    }

    /// Other settings may let a caller reach an agent who was out of reach: the next tick brings them
    /// together.
    fn seek_at_once(&mut self) {
        let unserved = |(slot, caller): (CallerSlot, &Caller)| {
            self.check_served(slot, caller).is_err().then_some(slot)
        };
        let unserved: Vec<CallerSlot> = self.callers.iter().filter_map(unserved).collect();
        for slot in unserved {
            self.relax_at(slot, Some(self.now));
        }
    }

    fn agent_record(&self, agent: &Agent) -> AgentRecord {
        AgentRecord {
            agent: agent.id,
            languages: agent.languages.iter().map(|index| self.language(*index)).collect(),
            skills: agent.skills.clone(),
            queues: agent.seats.iter().map(|seat| self.queue_at(seat.queue).id).collect(),
            state: agent.state,
            next: agent.next,
            lost: agent.lost,
            misses: agent.misses,
            idle_since: agent.idle_since,
            talk: agent.talk,
            report: agent.report,
        }
    }

    fn caller_record(&self, caller: &Caller) -> CallerRecord {
        let cooling = caller.cooling.iter();
        CallerRecord {
            call: caller.call,
            queue: self.queue_at(caller.queue).id,
            class: caller.class,
            language: caller.language.map(|index| self.language(index)),
            since: caller.since,
            head: caller.head,
            arrival: caller.arrival,
            relaxation: caller.relaxation,
            alerted: caller.alerted,
            everywhere: caller.everywhere,
            key: caller.key,
            sticky: caller.sticky.map(|(agent, until)| (self.agents.get(agent).id, until)),
            cooling: cooling.map(|(agent, until)| (self.agents.get(*agent).id, *until)).collect(),
        }
    }

    fn restore_agent(&mut self, record: AgentRecord) -> Result<(), RestoreError> {
        if self.agents.slot(record.agent).is_some() {
            return Err(RestoreError::Dangling);
        }
        let languages = record.languages.iter().map(|language| self.known_language(*language));
        let languages = languages.collect::<Result<_, _>>()?;
        let seats = record.queues.iter().filter_map(|queue| self.queue_index(*queue));
        let seats = seats.map(|queue| self.new_seat(queue, &record.skills)).collect();
        let slot = self.agents.insert(Agent {
            id: record.agent,
            languages,
            skills: record.skills,
            seats,
            state: record.state,
            next: record.next,
            lost: record.lost,
            misses: record.misses,
            idle_since: record.idle_since,
            alarmed: false,
            talk: record.talk,
            report: record.report,
        });
        match record.state {
            AgentState::Talking { call, .. } | AgentState::OnHold { call, .. } => {
                self.talking.insert(call, slot);
            }
            AgentState::WrapUp { until, .. } if record.report != Report::Overdue => {
                self.timers.insert((until, Timer::WrapUp(slot)));
            }
            AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Ringing { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => {}
        }
        Ok(())
    }

    fn restore_caller(&mut self, record: CallerRecord) -> Result<(), RestoreError> {
        if self.callers.slot(record.call).is_some() {
            return Err(RestoreError::Dangling);
        }
        let queue = self.queue_index(record.queue).ok_or(RestoreError::QueueGone(record.queue))?;
        let language = record.language.map(|language| self.known_language(language)).transpose()?;
        let known = |(id, until)| Some((self.agents.slot(id)?, until));
        let cooling: Option<Vec<_>> = record.cooling.into_iter().map(known).collect();
        let cooling = cooling.ok_or(RestoreError::Dangling)?;
        let sticky = record.sticky.map(|(id, until)| Ok((self.slot_of(id)?, until)));
        let slot = self.callers.insert(Caller {
            call: record.call,
            queue,
            class: record.class,
            language,
            since: record.since,
            head: record.head,
            arrival: record.arrival,
            relaxation: record.relaxation,
            key: record.key,
            sticky: sticky.transpose()?,
            tier: Default::default(),
            wider: Vec::new(),
            relaxes_at: None,
            everywhere: record.everywhere,
            alerted: record.alerted,
            ringing: BTreeSet::new(),
            cooling: cooling.clone(),
        });
        for (agent, until) in cooling {
            let timer = self.callers.get(slot).cool_down_timer(slot, agent);
            self.timers.insert((until, timer));
        }
        Ok(())
    }

    fn slot_of(&self, id: AgentId) -> Result<AgentSlot, RestoreError> {
        self.agents.slot(id).ok_or(RestoreError::Dangling)
    }

    fn restore_reservation(&mut self, record: &ReservationRecord) -> Result<(), RestoreError> {
        let agent = self.agents.slot(record.agent).ok_or(RestoreError::Dangling)?;
        let caller = self.callers.slot(record.call).ok_or(RestoreError::Dangling)?;
        let id = record.reservation;
        let row = self.callers.get_mut(caller);
        row.ringing.insert(id);
        self.agents.get_mut(agent).alarmed = row.class == Class::Emergency;
        let ReservationRecord { expires_at, origin, .. } = *record;
        self.reservations.insert(id, Reservation { agent, caller, expires_at, origin });
        self.timers.insert((expires_at, Timer::Ring(id)));
        Ok(())
    }

    fn known_language(&self, language: Language) -> Result<LanguageIndex, RestoreError> {
        let at = self.languages.iter().position(|known| *known == language);
        let at = at.and_then(|at| u16::try_from(at).ok()).ok_or(RestoreError::Dangling)?;
        Ok(LanguageIndex(at))
    }
}
