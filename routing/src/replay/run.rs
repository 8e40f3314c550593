//! The people of a day meet a floor with changes.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use ids::{AgentId, CallId, Class, Language, QueueId, ReservationId, Timestamp};

use super::book::{DayBook, Reply, Wait, WrapUp};
use super::chance::{Chance, Patience, Purpose};
use super::{Changes, MoreAgents};
use crate::effect::{Effects, FloorEffect};
use crate::event::{FloorEvent, LeaveCause, Wanted};
use crate::floor::Floor;
use crate::metrics::Metrics;
use crate::snapshot::RestoreError;
use crate::state::AgentState;

/// A day on which nobody answered, declined or came back tells nothing; then it is so.
const REPLY: Reply = Reply::Accepted(Duration::from_secs(4));
const TALK: Duration = Duration::from_secs(240);
const RETURN: Duration = Duration::from_secs(60);

/// What is to happen at a moment.
#[derive(Clone, Debug)]
enum Happening {
    /// Of itself: an arrival, something that an agent did.
    Event(FloorEvent),
    GivesUp(CallId),
    Replies {
        reservation: ReservationId,
        agent: AgentId,
        accept: bool,
    },
    TalkEnds(CallId),
    /// The report, where wrap-up needs one to end.
    Files {
        agent: AgentId,
        call: CallId,
    },
    IsReady {
        agent: AgentId,
        call: CallId,
    },
    Returns(AgentId),
}

pub(super) struct Run<'a> {
    book: &'a DayBook,
    chance: Chance,
    patience: Patience,
    /// Talks of each queue and class, and of all.
    talks: BTreeMap<Option<(QueueId, Class)>, Vec<Duration>>,
    wrap_ups: Vec<WrapUp>,
    floor: Floor,
    metrics: Metrics,
    now: Timestamp,
    agenda: BTreeMap<(Timestamp, u64), Happening>,
    planned: u64,
    rings: BTreeMap<CallId, u64>,
    /// Has waited or waits, and was never answered.
    unanswered: BTreeSet<CallId>,
    /// The call that each agent wrapped up last.
    wrapping: BTreeMap<AgentId, CallId>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        book: &'a DayBook,
        changes: &Changes,
        chance: Chance,
    ) -> Result<Self, RestoreError> {
        let mut config = book.floor.config().clone();
        config.ring = changes.ring.unwrap_or(config.ring);
        config.wrap_up = changes.wrap_up.unwrap_or(config.wrap_up);
        let floor = Floor::restore(config, book.floor.snapshot())?;
        let mut talks: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for caller in book.callers.values() {
            for kind in [Some((caller.queue, caller.class)), None] {
                talks.entry(kind).or_default().extend(caller.talk);
            }
        }
        Ok(Self {
            chance,
            patience: book.patience(),
            talks,
            wrap_ups: book.callers.values().filter_map(|caller| caller.wrap_up).collect(),
            metrics: Metrics::starting(&floor.view(book.begin)),
            floor,
            now: book.begin,
            agenda: BTreeMap::new(),
            planned: 0,
            rings: BTreeMap::new(),
            unanswered: BTreeSet::new(),
            wrapping: BTreeMap::new(),
            book,
        })
    }

    /// Lets the day pass up to the moment of its last event.
    pub(super) fn played_out(mut self, changes: &Changes) -> Result<Metrics, RestoreError> {
        self.plan_the_day();
        for (number, more) in (0..).zip(&changes.agents) {
            self.plan_agents(number, more);
        }
        self.goes_on_from_before();
        loop {
            let due = self.floor.poll_timeout();
            let next = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let Some(at) = due.into_iter().chain(next).min().filter(|at| *at <= self.book.end)
            else {
                break;
            };
            self.now = self.now.max(at);
            if due == Some(at) {
                self.happens(&FloorEvent::Ticked);
            } else if let Some((_, happening)) = self.agenda.pop_first() {
                self.comes_to_pass(happening);
            }
        }
        self.floor.check().map_err(RestoreError::Inconsistent)?;
        self.metrics.settle(self.book.end);
        Ok(self.metrics)
    }

    fn plan_the_day(&mut self) {
        let book = self.book;
        for (at, event) in &book.agents {
            self.plan(*at, Happening::Event(event.clone()));
        }
        for (call, caller) in &book.callers {
            let patience = match caller.wait {
                Some(Wait::GaveUp(wait)) => Some(wait),
                Some(Wait::AtLeast(wait)) => self.patience.beyond(wait, self.chance, number(*call)),
                None => {
                    self.patience.beyond(book.end.since(caller.since), self.chance, number(*call))
                }
            };
            if caller.arrived_at >= book.begin {
                let event = FloorEvent::CallerArrived {
                    call: *call,
                    queue: caller.queue,
                    class: caller.class,
                    language: caller.language,
                    since: caller.since,
                    head: false,
                    caller: caller.key,
                };
                self.plan(caller.arrived_at, Happening::Event(event));
            }
            self.unanswered.insert(*call);
            if let Some(patience) = patience {
                self.plan(caller.since + patience, Happening::GivesUp(*call));
            }
            for (after, event) in &caller.changes {
                self.plan(caller.arrived_at + *after, Happening::Event(event.clone()));
            }
        }
    }

    fn plan_agents(&mut self, group: u128, more: &MoreAgents) {
        let queues = match more.queues.as_slice() {
            [] => self.floor.config().queues.clone(),
            some => some.to_vec(),
        };
        let languages = match more.languages.as_slice() {
            [] => self.languages(),
            some => some.to_vec(),
        };
        for place in 0..u128::from(more.count) {
            let agent = AgentId::from_number(u128::MAX - (group << 32) - place);
            let registered = FloorEvent::AgentRegistered {
                agent,
                languages: languages.clone(),
                skills: Vec::new(),
                queues: queues.clone(),
            };
            let wants = |want| FloorEvent::AgentStateRequested { agent, want };
            self.plan(more.from, Happening::Event(registered));
            self.plan(more.from, Happening::Event(wants(Wanted::Available)));
            if let Some(until) = more.until {
                self.plan(until, Happening::Event(wants(Wanted::Offline)));
            }
        }
    }

    /// Every language that was spoken or asked for on the day.
    fn languages(&self) -> Vec<Language> {
        let mut found = BTreeSet::new();
        found.extend(self.book.callers.values().filter_map(|caller| caller.language));
        found.extend(self.floor.view(self.now).agents.into_iter().flat_map(|row| row.languages));
        for (_, event) in &self.book.agents {
            if let FloorEvent::AgentRegistered { languages, .. } = event {
                found.extend(languages);
            }
        }
        found.into_iter().collect()
    }

    /// What the floor was in the middle of at the begin.
    fn goes_on_from_before(&mut self) {
        let view = self.floor.view(self.now);
        for row in view.agents {
            match row.state {
                AgentState::Ringing { reservation, .. } => {
                    let rings =
                        |waiting: &&crate::view::WaitingRow| waiting.ringing.contains(&reservation);
                    if let Some(waiting) = view.waiting.iter().find(rings) {
                        self.replies(reservation, row.agent, waiting.call, waiting.class);
                    }
                }
                AgentState::Talking { call, .. } | AgentState::OnHold { call, .. } => {
                    let ended = self.book.ended_at.get(&call).copied();
                    if let Some(ended) = ended {
                        self.plan(ended, Happening::TalkEnds(call));
                    }
                }
                AgentState::NotResponding { .. } => self.returns(row.agent),
                AgentState::WrapUp { call, until } => self.wraps_up(row.agent, call, until),
                AgentState::Offline | AgentState::Available { .. } | AgentState::Break { .. } => {}
            }
        }
    }

    fn comes_to_pass(&mut self, happening: Happening) {
        match happening {
            Happening::Event(event) => self.happens(&event),
            Happening::GivesUp(call) => {
                if self.unanswered.remove(&call) {
                    let cause = LeaveCause::Abandoned;
                    self.happens(&FloorEvent::CallerLeft { call, cause });
                }
            }
            Happening::Replies { reservation, agent, accept: true } => {
                self.happens(&FloorEvent::ReservationAccepted { reservation, agent });
            }
            Happening::Replies { reservation, agent, accept: false } => {
                self.happens(&FloorEvent::ReservationRejected { reservation, agent });
            }
            Happening::TalkEnds(call) => self.happens(&FloorEvent::CallEnded { call }),
            Happening::Files { agent, call } => {
                if self.floor.config().report_required {
                    self.happens(&FloorEvent::ReportFiled { call, agent });
                }
            }
            Happening::IsReady { agent, call } => {
                let state = self.floor.agent(agent).map(|row| row.state);
                if matches!(state, Some(AgentState::WrapUp { call: last, .. }) if last == call) {
                    self.becomes_available(agent);
                }
            }
            Happening::Returns(agent) => {
                let state = self.floor.agent(agent).map(|row| row.state);
                if matches!(state, Some(AgentState::NotResponding { .. })) {
                    self.becomes_available(agent);
                }
            }
        }
    }

    fn becomes_available(&mut self, agent: AgentId) {
        self.happens(&FloorEvent::AgentStateRequested { agent, want: Wanted::Available });
    }

    fn happens(&mut self, event: &FloorEvent) {
        let mut effects = Effects::new();
        self.floor.handle(self.now, event.clone(), &mut effects);
        self.metrics.hear(self.now, event, &effects);
        for effect in &effects {
            self.meets(effect);
        }
    }

    fn meets(&mut self, effect: &FloorEffect) {
        if let FloorEffect::Ring { reservation, agent, call, class, .. } = *effect {
            self.replies(reservation, agent, call, class);
        } else if let FloorEffect::Connect { call, .. } = *effect {
            self.unanswered.remove(&call);
            let talk = self.talk(call);
            self.plan(self.now + talk, Happening::TalkEnds(call));
        } else if let FloorEffect::SetAgentState { agent, state, .. } = *effect {
            if let AgentState::WrapUp { call, until } = state {
                self.wraps_up(agent, call, until);
            } else if let AgentState::NotResponding { .. } = state {
                self.returns(agent);
            }
        }
    }

    fn replies(&mut self, reservation: ReservationId, agent: AgentId, call: CallId, class: Class) {
        let turn = self.rings.entry(call).or_default();
        *turn += 1;
        let replies = &self.book.replies[usize::from(class != Class::Emergency)];
        let person = number(call) ^ agent.as_uuid().as_u128();
        let reply = self.chance.pick(Purpose::Reply, person, *turn, replies).unwrap_or(REPLY);
        let ring = self.floor.config().ring_for(class);
        let (after, accept) = match reply {
            Reply::Accepted(after) => (after, true),
            Reply::Declined(after) => (after, false),
            Reply::Silence => return,
        };
        if after < ring {
            self.plan(self.now + after, Happening::Replies { reservation, agent, accept });
        }
    }

    fn talk(&self, call: CallId) -> Duration {
        let Some(caller) = self.book.callers.get(&call) else { return TALK };
        if let Some(talk) = caller.talk {
            return talk;
        }
        let drawn = |kind| {
            let talks = self.talks.get(&kind)?;
            self.chance.pick(Purpose::Talk, number(call), 0, talks)
        };
        let alike = drawn(Some((caller.queue, caller.class)));
        alike.or_else(|| drawn(None)).unwrap_or(TALK)
    }

    fn wraps_up(&mut self, agent: AgentId, call: CallId, until: Timestamp) {
        if self.wrapping.insert(agent, call) == Some(call) {
            return;
        }
        let known = self.book.callers.get(&call).and_then(|caller| caller.wrap_up);
        let drawn = || self.chance.pick(Purpose::WrapUp, number(call), 0, &self.wrap_ups);
        match known.or_else(drawn).unwrap_or(WrapUp::Whole) {
            WrapUp::Early(spent) => {
                self.plan((self.now + spent).min(until), Happening::Files { agent, call });
                self.plan(self.now + spent, Happening::IsReady { agent, call });
            }
            WrapUp::Whole => self.plan(self.now, Happening::Files { agent, call }),
            WrapUp::Late(spent) => self.plan(self.now + spent, Happening::Files { agent, call }),
        }
    }

    fn returns(&mut self, agent: AgentId) {
        let person = agent.as_uuid().as_u128();
        let turn = self.planned;
        let after = self.chance.pick(Purpose::Return, person, turn, &self.book.returns);
        self.plan(self.now + after.unwrap_or(RETURN), Happening::Returns(agent));
    }

    fn plan(&mut self, at: Timestamp, happening: Happening) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), happening);
    }
}

fn number(call: CallId) -> u128 {
    call.as_uuid().as_u128()
}
