//! One simulated day: an agenda of what is to happen, the floor it happens to, and the checks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use ids::{AgentId, CallId, Class, ReservationId, Timestamp, UserId};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use routing::metrics::Metrics;
use routing::{
    AgentState, CallerKey, Effects, Floor, FloorConfig, FloorEffect, FloorEvent, ForceReason,
    LeaveCause, Overflow, QueueRules, Wanted,
};

use super::people::{self, Citizen, Fate, seconds};
use super::plan::Plan;
use super::report::Report;
use crate::oracle::Oracle;
use crate::support::{agent, at, call, config, language, queue, skill_step, skills};

mod reactions;

/// What is to happen at a moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Arrives(CallId),
    HangsUp(CallId),
    IsRaised(CallId),
    /// A supervisor moves the caller to the other queue, or gives another class.
    IsMoved(CallId),
    IsReclassed(CallId),
    Answers {
        reservation: ReservationId,
        agent: AgentId,
        accept: bool,
    },
    Holds(CallId),
    Resumes(CallId),
    TalkEnds(CallId),
    /// The agent's side of the call is lost; the caller goes back to the queue.
    IsCutOff(CallId),
    ComesBack(AgentId),
    Reports(CallId, AgentId),
    Wishes(AgentId),
    IsForced(AgentId),
    Vanishes(AgentId),
}

/// A day in the making.
pub(crate) struct World {
    now: Timestamp,
    rng: StdRng,
    config: FloorConfig,
    agents: u32,
    floor: Floor,
    oracle: Oracle,
    metrics: Metrics,
    citizens: BTreeMap<CallId, Citizen>,
    agenda: BTreeSet<(Timestamp, u64, Happening)>,
    planned: u64,
    plan: Plan,
    report: Report,
    /// When callers hung up while waiting, in which queue, and since when they had waited.
    hung_up: BTreeMap<CallerKey, (Timestamp, &'static str, Timestamp)>,
    /// Callers who are still to come, wait or talk.
    open: u32,
}

impl World {
    pub(crate) fn new(seed: u64, agents: u32, callers: u32) -> Self {
        let overflow = vec![Overflow { after: Duration::from_secs(60), queue: queue("schemes") }];
        let skills = vec![
            skill_step(0, &[("heart", 4)]),
            skill_step(20, &[("heart", 2)]),
            skill_step(45, &[]),
        ];
        let rules = QueueRules { overflow, skills, ..QueueRules::default() };
        let config = FloorConfig {
            rules: BTreeMap::from([(queue("health"), rules)]),
            report_required: true,
            ..config(&["health", "schemes"])
        };
        let floor = Floor::new(config.clone()).expect("the configuration is valid");
        let mut world = Self {
            now: at(0),
            rng: StdRng::seed_from_u64(seed),
            oracle: Oracle::new(&floor),
            metrics: Metrics::starting(&floor.view(at(0))),
            plan: Plan::new(config.clone()),
            config,
            agents,
            floor,
            citizens: BTreeMap::new(),
            agenda: BTreeSet::new(),
            planned: 0,
            report: Report::default(),
            hung_up: BTreeMap::new(),
            open: callers,
        };
        // Some callers find nobody signed in yet.
        for number in 1..=agents {
            let when = seconds(&mut world.rng, 5.0..60.0);
            world.plan_in(when, Happening::ComesBack(agent(number.into())));
        }
        // A little less than the agents can take, so that the queue comes and goes.
        let gap_max = 280.0 / f64::from(agents);
        let mut arrival = Duration::ZERO;
        for number in 1..=callers {
            arrival += seconds(&mut world.rng, 0.0..gap_max);
            let id = call(number.into());
            let citizen = people::citizen(&mut world.rng);
            world.citizens.insert(id, citizen);
            world.plan_in(arrival, Happening::Arrives(id));
        }
        world
    }

    /// Lets the day pass, to the last caller and then to the last timer.
    pub(crate) fn run(&mut self) -> Result<Report, String> {
        while self.open > 0 {
            self.step()?;
            if self.report.events > 500 * u32::try_from(self.citizens.len()).unwrap_or(u32::MAX) {
                return Err("the day does not end".into());
            }
        }
        for number in 1..=self.agents {
            let (agent, want) = (agent(number.into()), Wanted::Offline);
            self.happens(FloorEvent::AgentStateRequested { agent, want })?;
        }
        // The last reports of the day.
        for row in self.floor.view(self.now).agents {
            if let AgentState::WrapUp { call, .. } = row.state {
                self.happens(FloorEvent::ReportFiled { call, agent: row.agent })?;
            }
        }
        while let Some(deadline) = self.floor.poll_timeout() {
            self.now = self.now.max(deadline);
            self.happens(FloorEvent::Ticked)?;
        }
        let view = self.floor.view(self.now);
        let offline = |row: &routing::AgentRow| row.state == AgentState::Offline;
        if !view.waiting.is_empty() || view.talking > 0 || !view.agents.iter().all(offline) {
            return Err(format!("something is left at the end of the day: {view:?}"));
        }
        for (id, citizen) in &self.citizens {
            match citizen.fate {
                Fate::Answered => self.report.answered += 1,
                Fate::Abandoned => self.report.abandoned += 1,
                Fate::ToCome | Fate::Waiting | Fate::Talking => {
                    return Err(format!("call {id} was lost: {citizen:?}"));
                }
            }
        }
        Ok(self.report)
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn snapshot(&self) -> String {
        serde_json::to_string(&self.floor.snapshot()).expect("plain data")
    }

    /// The next thing on the agenda, or the floor's own next deadline, a little late.
    fn step(&mut self) -> Result<(), String> {
        self.trouble()?;
        let due = self.floor.poll_timeout();
        let next = self.agenda.first().map(|(when, _, _)| *when);
        if let Some(due) = due
            && next.is_none_or(|next| due <= next)
        {
            let late = if self.rng.random_bool(0.5) { Duration::ZERO } else { self.a_moment() };
            self.now = self.now.max(due + late);
            return self.happens(FloorEvent::Ticked);
        }
        let Some((when, _, happening)) = self.agenda.pop_first() else {
            return Err("callers are left, and nothing is going to happen".into());
        };
        self.now = self.now.max(when);
        self.comes_to_pass(happening)
    }

    /// Now and then: a restart from a snapshot, a jump of the clock.
    fn trouble(&mut self) -> Result<(), String> {
        match self.rng.random_range(0..2000) {
            0..4 => {
                self.report.restarts += 1;
                let snapshot = serde_json::from_str(&self.snapshot()).expect("it was written so");
                let floor = Floor::restore(self.config.clone(), snapshot);
                self.floor = floor.map_err(|error| format!("restart: {error:?}"))?;
                Ok(())
            }
            4..6 => {
                self.report.jumps += 1;
                self.now = self.now + seconds(&mut self.rng, 1.0..40.0);
                Ok(())
            }
            6..10 => {
                // The wall clock stepped back for an instant.
                self.report.jumps += 1;
                let back = Timestamp::from_micros(self.now.as_micros() - 3_000_000);
                self.happens_at(back, FloorEvent::Ticked)
            }
            _ => Ok(()),
        }
    }

    fn comes_to_pass(&mut self, happening: Happening) -> Result<(), String> {
        match happening {
            Happening::Arrives(id) => self.arrives(id),
            Happening::HangsUp(id) => match self.citizen(id).fate {
                Fate::Waiting => {
                    let Citizen { key, queue, since, .. } = *self.citizen(id);
                    self.hung_up.insert(key, (self.now, queue, since));
                    self.ends(id, Fate::Abandoned);
                    self.happens(FloorEvent::CallerLeft { call: id, cause: LeaveCause::Abandoned })
                }
                Fate::Talking => self.talk_ends(id),
                Fate::ToCome | Fate::Answered | Fate::Abandoned => Ok(()),
            },
            Happening::IsRaised(id) => {
                let class =
                    if self.rng.random_bool(0.5) { Class::Emergency } else { Class::Clinical };
                self.report.raised += 1;
                self.happens(FloorEvent::CallerRaised { call: id, class })
            }
            Happening::IsMoved(id) => self.is_moved(id),
            Happening::IsReclassed(id) => {
                let class = people::class(&mut self.rng);
                self.happens(FloorEvent::CallerReclassed { call: id, class })
            }
            Happening::IsForced(id) => {
                let (want, reason) = (people::wish(&mut self.rng), ForceReason::Coverage);
                let by = UserId::from_number(1);
                self.happens(FloorEvent::AgentStateForced { agent: id, want, by, reason })
            }
            Happening::Answers { reservation, agent, accept: true } => {
                self.happens(FloorEvent::ReservationAccepted { reservation, agent })
            }
            Happening::Answers { reservation, agent, accept: false } => {
                self.happens(FloorEvent::ReservationRejected { reservation, agent })
            }
            Happening::Holds(id) => self.happens(FloorEvent::CallHeld { call: id }),
            Happening::Resumes(id) => self.happens(FloorEvent::CallResumed { call: id }),
            Happening::TalkEnds(id) => self.talk_ends(id),
            Happening::IsCutOff(id) => self.is_cut_off(id),
            Happening::Reports(call, agent) => {
                self.happens(FloorEvent::ReportFiled { call, agent })
            }
            Happening::ComesBack(id) => self.comes_back(id),
            Happening::Wishes(id) => {
                let want = people::wish(&mut self.rng);
                self.happens(FloorEvent::AgentStateRequested { agent: id, want })
            }
            Happening::Vanishes(id) => self.happens(FloorEvent::AgentLost { agent: id }),
        }
    }

    fn arrives(&mut self, id: CallId) -> Result<(), String> {
        let now = self.now;
        let citizen = self.citizens.get_mut(&id).expect("every call has a citizen");
        (citizen.since, citizen.fate) = (now, Fate::Waiting);
        // Who hung up a moment ago has the old wait.
        if let Some((left, queue, since)) = self.hung_up.remove(&citizen.key)
            && now.since(left) <= self.config.return_grace
            && queue == citizen.queue
        {
            citizen.since = since.min(now);
            self.report.regained += 1;
        }
        let patience = citizen.patience;
        self.plan_in(patience, Happening::HangsUp(id));
        if self.rng.random_bool(0.04) {
            let when = seconds(&mut self.rng, 0.0..60.0);
            self.plan_in(when, Happening::IsRaised(id));
        }
        if self.rng.random_bool(0.06) {
            let when = seconds(&mut self.rng, 0.0..60.0);
            let moved = self.rng.random_bool(0.5);
            let happening = if moved { Happening::IsMoved(id) } else { Happening::IsReclassed(id) };
            self.plan_in(when, happening);
        }
        self.waits(id, false)
    }

    fn waits(&mut self, id: CallId, head: bool) -> Result<(), String> {
        let citizen = self.citizen(id);
        let event = FloorEvent::CallerArrived {
            call: id,
            queue: queue(citizen.queue),
            class: citizen.class,
            language: citizen.language.map(language),
            since: citizen.since,
            head,
            caller: Some(citizen.key),
        };
        self.happens(event)
    }

    /// The supervisor's answer is heard in the effects: only a caller who waits can be moved.
    fn is_moved(&mut self, id: CallId) -> Result<(), String> {
        let waits = self.floor.waiting(id, self.now).is_some();
        let citizen = self.citizens.get_mut(&id).expect("every call has a citizen");
        let other = if citizen.queue == "health" { "schemes" } else { "health" };
        if waits {
            citizen.queue = other;
            self.report.moved += 1;
        }
        self.happens(FloorEvent::CallerMoved { call: id, queue: queue(other) })
    }

    fn talk_ends(&mut self, id: CallId) -> Result<(), String> {
        if self.citizen(id).fate != Fate::Talking {
            return Ok(());
        }
        self.ends(id, Fate::Answered);
        if self.rng.random_bool(0.9) {
            return self.happens(FloorEvent::CallEnded { call: id });
        }
        // The line failed; whoever calls again from there has the old wait.
        self.report.dropped += 1;
        let Citizen { key, queue, since, .. } = *self.citizen(id);
        self.hung_up.insert(key, (self.now, queue, since));
        self.happens(FloorEvent::CallDropped { call: id })
    }

    fn is_cut_off(&mut self, id: CallId) -> Result<(), String> {
        if self.citizen(id).fate != Fate::Talking {
            return Ok(());
        }
        self.report.returned += 1;
        self.citizens.get_mut(&id).expect("every call has a citizen").fate = Fate::Waiting;
        // Once more as patient as before: somebody spoke to them.
        let patience = self.citizen(id).patience;
        self.plan_in(patience, Happening::HangsUp(id));
        self.happens(FloorEvent::CallEnded { call: id })?;
        self.waits(id, true)
    }

    fn comes_back(&mut self, id: AgentId) -> Result<(), String> {
        let state = self.floor.agent(id).map(|row| row.state);
        if matches!(state, None | Some(AgentState::Offline)) || self.rng.random_bool(0.05) {
            let (languages, queues, held) = people::profile(&mut self.rng);
            self.happens(FloorEvent::AgentRegistered {
                agent: id,
                languages: languages.into_iter().map(language).collect(),
                skills: skills(&held),
                queues: queues.into_iter().map(queue).collect(),
            })?;
        }
        self.happens(FloorEvent::AgentStateRequested { agent: id, want: Wanted::Available })
    }

    /// An event happens now, and now and then a second time.
    fn happens(&mut self, event: FloorEvent) -> Result<(), String> {
        let again = self.rng.random_bool(0.01);
        if again {
            self.report.twice += 1;
            self.happens_at(self.now, event.clone())?;
        }
        self.happens_at(self.now, event)
    }

    fn happens_at(&mut self, at: Timestamp, event: FloorEvent) -> Result<(), String> {
        self.report.events += 1;
        self.plan.note(at, event.clone());
        let mut effects = Effects::new();
        self.floor.handle(at, event.clone(), &mut effects);
        self.count(&event, &effects);
        let fault = |fault: &dyn fmt::Display| format!("{event:?}: {fault}\n{effects:#?}");
        self.floor.check().map_err(|violation| fault(&violation))?;
        let heard = self.oracle.hear(self.now, &self.floor, &effects);
        heard.map_err(|message| fault(&message))?;
        self.metrics.hear(self.now, &event, &effects);
        self.counts_add_up().map_err(|message| fault(&message))?;
        effects.into_iter().try_for_each(|effect| self.meets(effect))
    }

    /// What a supervisor asked for, unless the floor refused.
    fn count(&mut self, event: &FloorEvent, effects: &Effects) {
        if let Some(FloorEffect::Refuse { .. }) = effects.last() {
            return;
        }
        match event {
            FloorEvent::CallerReclassed { .. } => self.report.reclassed += 1,
            FloorEvent::AgentStateForced { .. } => self.report.forced += 1,
            _ => {}
        }
    }

    fn counts_add_up(&self) -> Result<(), String> {
        if let Some(key) = self.metrics.unreconciled() {
            return Err(format!("{key:?} does not reconcile: {:?}", self.metrics.cells()[&key]));
        }
        let (counted, waiting) = (self.metrics.waiting(), self.floor.view(self.now).waiting.len());
        if counted as usize == waiting {
            Ok(())
        } else {
            Err(format!("{counted} are counted as waiting, {waiting} wait"))
        }
    }

    fn ends(&mut self, id: CallId, fate: Fate) {
        self.citizens.get_mut(&id).expect("every call has a citizen").fate = fate;
        self.open -= 1;
    }

    fn citizen(&self, id: CallId) -> &Citizen {
        &self.citizens[&id]
    }

    fn a_moment(&mut self) -> Duration {
        seconds(&mut self.rng, 0.0..2.0)
    }

    fn plan_in(&mut self, span: Duration, happening: Happening) {
        self.planned += 1;
        self.agenda.insert((self.now + span, self.planned, happening));
    }
}
