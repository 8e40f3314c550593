//! What a day tells about its people, noted by listening to its floor.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::time::Duration;

use ids::{AgentId, CallId, Class, Language, QueueId, ReservationId, Timestamp};

use super::Changes;
use super::chance::{Chance, Patience};
use super::run::Run;
use crate::effect::{FloorEffect, StopCause};
use crate::event::{CallerKey, FloorEvent, LeaveCause, Wanted};
use crate::floor::Floor;
use crate::metrics::Metrics;
use crate::snapshot::RestoreError;
use crate::state::AgentState;

/// A day, noted so that it can be run again with changes.
#[derive(Clone, Debug)]
pub struct DayBook {
    pub(super) floor: Floor,
    pub(super) begin: Timestamp,
    /// The moment of the last event.
    pub(super) end: Timestamp,
    pub(super) callers: BTreeMap<CallId, Caller>,
    /// What agents and supervisors did about agents, when.
    pub(super) agents: Vec<(Timestamp, FloorEvent)>,
    /// What became of consoles that rang: of emergencies, of others.
    pub(super) replies: [Vec<Reply>; 2],
    /// How long agents did not respond.
    pub(super) returns: Vec<Duration>,
    /// When calls ended whose talk began before the day did.
    pub(super) ended_at: BTreeMap<CallId, Timestamp>,
    states: BTreeMap<AgentId, (AgentState, Timestamp)>,
    ringing: BTreeMap<ReservationId, (Timestamp, Class)>,
}

/// A caller of the day.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// When they came; before the begin for those who waited or talked then.
    pub(super) arrived_at: Timestamp,
    pub(super) since: Timestamp,
    pub(super) queue: QueueId,
    pub(super) class: Class,
    pub(super) language: Option<Language>,
    pub(super) key: Option<CallerKey>,
    /// Became more urgent, was moved: so long after the arrival.
    pub(super) changes: Vec<(Duration, FloorEvent)>,
    pub(super) wait: Option<Wait>,
    connected_at: Option<Timestamp>,
    /// Talk and hold; `None` if never answered or never over.
    pub(super) talk: Option<Duration>,
    pub(super) wrap_up: Option<WrapUp>,
}

/// How a first wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    GaveUp(Duration),
    /// Answered, or cut off: would have waited at least so long.
    AtLeast(Duration),
}

/// How a wrap-up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WrapUp {
    /// The agent was ready before its end.
    Early(Duration),
    Whole,
    /// The report was filed after its end.
    Late(Duration),
}

/// What became of a console that rang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Accepted(Duration),
    Declined(Duration),
    Silence,
}

impl DayBook {
    /// Begins to note, with the floor as it is.
    #[must_use]
    pub fn beginning(floor: &Floor, begin: Timestamp) -> Self {
        let view = floor.view(begin);
        let mut callers = BTreeMap::new();
        for row in &view.waiting {
            let caller = Caller::new(row.since, row.since, row.queue, row.class, row.language);
            callers.insert(row.call, caller);
        }
        let states = view.agents.iter().map(|row| (row.agent, (row.state, begin)));
        Self {
            floor: floor.clone(),
            begin,
            end: begin,
            callers,
            agents: Vec::new(),
            replies: [Vec::new(), Vec::new()],
            returns: Vec::new(),
            ended_at: BTreeMap::new(),
            states: states.collect(),
            ringing: BTreeMap::new(),
        }
    }

    /// Hears one event of the day, with its effects.
    pub fn hear(&mut self, at: Timestamp, event: &FloorEvent, effects: &[FloorEffect]) {
        self.end = self.end.max(at);
        let refused = matches!(effects.last(), Some(FloorEffect::Refuse { event: refused, .. })
            if refused == event);
        if !refused {
            self.hear_of_caller(event);
            self.hear_of_agent(event);
        }
        for effect in effects {
            self.follow(effect);
        }
    }

    /// The day with these changes: what was counted. `seed` begins the chance.
    ///
    /// # Errors
    /// A changed time is impossible (below a millisecond).
    pub fn run(&self, changes: &Changes, seed: u64) -> Result<Metrics, RestoreError> {
        Run::new(self, changes, Chance(seed))?.played_out(changes)
    }

    /// Callers noted, and how many of them were answered: their patience and others' is estimated.
    #[must_use]
    pub fn callers(&self) -> (usize, usize) {
        let answered = self.callers.values().filter(|caller| caller.connected_at.is_some());
        (self.callers.len(), answered.count())
    }

    pub(super) fn patience(&self) -> Patience {
        let waits = self.callers.values().filter_map(|caller| match caller.wait? {
            Wait::GaveUp(wait) => Some((wait, true)),
            Wait::AtLeast(wait) => Some((wait, false)),
        });
        Patience::estimated(waits.collect())
    }

    fn hear_of_caller(&mut self, event: &FloorEvent) {
        let at = self.end;
        if let FloorEvent::CallerArrived { call, queue, class, language, since, caller, .. } = event
        {
            let new = || {
                let person = Caller::new(at, *since, *queue, *class, *language);
                Caller { key: *caller, ..person }
            };
            self.callers.entry(*call).or_insert_with(new);
        } else if let FloorEvent::CallerRaised { call, .. }
        | FloorEvent::CallerReclassed { call, .. }
        | FloorEvent::CallerMoved { call, .. } = event
        {
            if let Some(caller) = self.callers.get_mut(call) {
                caller.changes.push((at.since(caller.arrived_at), event.clone()));
            }
        } else if let FloorEvent::CallerLeft { call, cause } = event {
            let Some(caller) = self.callers.get_mut(call) else { return };
            let wait = at.since(caller.since);
            let gave_up = *cause == LeaveCause::Abandoned;
            let wait = if gave_up { Wait::GaveUp(wait) } else { Wait::AtLeast(wait) };
            // A caller who came back after a lost agent has told their patience already.
            caller.wait.get_or_insert(wait);
        } else if let FloorEvent::CallEnded { call } | FloorEvent::CallDropped { call } = event {
            let Some(caller) = self.callers.get_mut(call) else {
                self.ended_at.insert(*call, at);
                return;
            };
            let Some(connected_at) = caller.connected_at else { return };
            let talk = caller.talk.unwrap_or_default() + at.since(connected_at);
            caller.talk = Some(talk);
        }
    }

    fn hear_of_agent(&mut self, event: &FloorEvent) {
        if let FloorEvent::AgentStateRequested { agent, want: Wanted::Available } = event {
            // The end of wrap-up and of not responding follow from the work of the run.
            match self.states.get(agent) {
                Some((AgentState::WrapUp { .. }, _)) => return,
                Some((AgentState::NotResponding { .. }, since)) => {
                    self.returns.push(self.end.since(*since));
                    return;
                }
                Some(_) | None => {}
            }
        }
        if let FloorEvent::AgentRegistered { .. }
        | FloorEvent::AgentStateRequested { .. }
        | FloorEvent::AgentStateForced { .. }
        | FloorEvent::AgentLost { .. } = event
        {
            self.agents.push((self.end, event.clone()));
        }
    }

    fn follow(&mut self, effect: &FloorEffect) {
        if let FloorEffect::Ring { reservation, class, .. } = effect {
            self.ringing.insert(*reservation, (self.end, *class));
        } else if let FloorEffect::StopRinging { reservation, cause, .. } = effect {
            let Some((rang_at, class)) = self.ringing.remove(reservation) else { return };
            let after = self.end.since(rang_at);
            if *cause == StopCause::TimedOut {
                self.replies_of(class).push(Reply::Silence);
            } else if *cause == StopCause::Rejected {
                self.replies_of(class).push(Reply::Declined(after));
            }
        } else if let FloorEffect::Connect { reservation, call, waiting_since, .. } = effect {
            if let Some((rang_at, class)) = self.ringing.remove(reservation) {
                let after = self.end.since(rang_at);
                self.replies_of(class).push(Reply::Accepted(after));
            }
            if let Some(caller) = self.callers.get_mut(call) {
                caller.connected_at = Some(self.end);
                let wait = self.end.since(*waiting_since);
                caller.wait.get_or_insert(Wait::AtLeast(wait));
            }
        } else if let FloorEffect::SetAgentState { agent, state, .. } = effect {
            let before = self.states.get(agent).copied();
            // Announced again because of a wish: the state goes on.
            if before.is_none_or(|(before, _)| before != *state) {
                self.states.insert(*agent, (*state, self.end));
            }
            if let Some((AgentState::WrapUp { call, until }, since)) = before
                && !matches!(state, AgentState::WrapUp { .. } | AgentState::Ringing { .. })
                && let Some(caller) = self.callers.get_mut(&call)
            {
                // One that ended by itself ended on time, however late the tick.
                let ended = match state {
                    AgentState::Available { since } => *since,
                    AgentState::Offline
                    | AgentState::Ringing { .. }
                    | AgentState::Talking { .. }
                    | AgentState::OnHold { .. }
                    | AgentState::WrapUp { .. }
                    | AgentState::Break { .. }
                    | AgentState::NotResponding { .. } => self.end,
                };
                caller.wrap_up = Some(match ended.cmp(&until) {
                    Ordering::Less => WrapUp::Early(ended.since(since)),
                    Ordering::Equal => WrapUp::Whole,
                    Ordering::Greater => WrapUp::Late(ended.since(since)),
                });
            }
        }
    }

    fn replies_of(&mut self, class: Class) -> &mut Vec<Reply> {
        &mut self.replies[usize::from(class != Class::Emergency)]
    }
}

impl Caller {
    fn new(
        arrived_at: Timestamp,
        since: Timestamp,
        queue: QueueId,
        class: Class,
        language: Option<Language>,
    ) -> Self {
        Self {
            arrived_at,
            since: since.min(arrived_at),
            queue,
            class,
            language,
            key: None,
            changes: Vec::new(),
            wait: None,
            connected_at: None,
            talk: None,
            wrap_up: None,
        }
    }
}
