//! Who is where: the calls alive, the agents at their desks, and whose each leg is.
//!
//! One lock around plain maps, held for a look-up or a change of a few words and never across an
//! await. The truth about states is the floor's and the calls'; this is the copy that others read.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crm::interaction::LineQuality;
use ids::{AgentId, CallId, Class, Language, LegId, QueueId, ReservationId, SkillLevel, Timestamp};
use routing::{AgentState, FloorEvent, Next};
use telephony::driver::media::Quality;
use telephony::driver::station::StationAddress;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::call_task::CallInput;
use crate::stations::{Stage, Station, StationLeg};
use crate::talk_quality::{TalkQuality, TalkSecond};
use crate::view::{AgentView, CallState, CallView, QueueView, RingingView, StationView};

/// Who an agent is, as the accounts say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentProfile {
    /// Who.
    pub agent: AgentId,
    /// The name shown to colleagues.
    pub name: String,
    /// Languages spoken.
    pub languages: Vec<Language>,
    /// Skills held, each at its level.
    pub skills: Vec<SkillLevel>,
    /// Queues served.
    pub queues: Vec<QueueId>,
}

impl AgentProfile {
    /// What the floor is to know.
    pub(crate) fn registration(&self) -> FloorEvent {
        FloorEvent::AgentRegistered {
            agent: self.agent,
            languages: self.languages.clone(),
            skills: self.skills.clone(),
            queues: self.queues.clone(),
        }
    }
}

/// A call alive.
pub(crate) struct CallEntry {
    pub(crate) inbox: mpsc::Sender<CallInput>,
    pub(crate) leg: LegId,
    pub(crate) view: CallView,
    pub(crate) quality: TalkQuality,
}

/// An agent known to the floor.
pub(crate) struct AgentEntry {
    pub(crate) profile: AgentProfile,
    /// The audio of this agent's shift; stable, whatever the browser does.
    pub(crate) leg: LegId,
    pub(crate) state: AgentState,
    /// When `state` was entered; states that know their own beginning go by that.
    pub(crate) state_at: Timestamp,
    pub(crate) next: Option<Next>,
    pub(crate) media_connected: bool,
    pub(crate) heard_at: Timestamp,
    pub(crate) lost: bool,
    pub(crate) ringing: HashMap<ReservationId, RingingView>,
    /// The telephone that rings instead of the browser.
    pub(crate) station: Option<Station>,
}

impl AgentEntry {
    pub(crate) fn new(profile: AgentProfile, leg: LegId, now: Timestamp) -> Self {
        Self {
            profile,
            leg,
            state: AgentState::Offline,
            state_at: now,
            next: None,
            media_connected: false,
            heard_at: now,
            lost: false,
            ringing: HashMap::new(),
            station: None,
        }
    }

    pub(crate) fn view(&self) -> AgentView {
        AgentView {
            agent: self.profile.agent,
            name: self.profile.name.clone(),
            queues: self.profile.queues.clone(),
            state: self.state,
            since: self.since(),
            rings_for: self.rung().map(|ringing| ringing.call.id),
            next: self.next,
            media_connected: self.media_connected,
            station: self.station.as_ref().map(|station| StationView {
                address: station.address.to_string(),
                state: station.state,
            }),
        }
    }

    /// Enters a state at `now`, unless the agent is in it already.
    pub(crate) fn enter(&mut self, state: AgentState, now: Timestamp) {
        if std::mem::discriminant(&self.state) != std::mem::discriminant(&state) {
            self.state_at = now;
        }
        self.state = state;
    }

    fn since(&self) -> Timestamp {
        match self.state {
            AgentState::Available { since }
            | AgentState::Talking { since, .. }
            | AgentState::OnHold { since, .. }
            | AgentState::Break { since, .. }
            | AgentState::NotResponding { since } => since,
            AgentState::Ringing { .. } => self.rung().map_or(self.state_at, |rung| rung.rang_at),
            AgentState::Offline | AgentState::WrapUp { .. } => self.state_at,
        }
    }

    fn rung(&self) -> Option<&RingingView> {
        match self.state {
            AgentState::Ringing { reservation, .. } => self.ringing.get(&reservation),
            AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Talking { .. }
            | AgentState::OnHold { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => None,
        }
    }

    /// The call this agent is on.
    pub(crate) fn call(&self) -> Option<CallId> {
        match self.state {
            AgentState::Talking { call, .. } | AgentState::OnHold { call, .. } => Some(call),
            AgentState::Offline
            | AgentState::Available { .. }
            | AgentState::Ringing { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Break { .. }
            | AgentState::NotResponding { .. } => None,
        }
    }
}

/// An agent's audio.
#[derive(Clone, Copy)]
pub(crate) struct AgentLeg {
    pub(crate) leg: LegId,
    pub(crate) connected: bool,
}

/// Whose a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegOwner {
    Call(CallId),
    Agent(AgentId),
}

#[derive(Default)]
pub(crate) struct Maps {
    pub(crate) calls: HashMap<CallId, CallEntry>,
    pub(crate) agents: HashMap<AgentId, AgentEntry>,
    pub(crate) legs: HashMap<LegId, LegOwner>,
    /// Telephones of agents that were called and have not left.
    pub(crate) stations: HashMap<LegId, StationLeg>,
    pub(crate) web_calls: HashMap<String, CallId>,
    /// Callers' pages whose audio is lost, with what ends the patience for each.
    absent: HashMap<LegId, CancellationToken>,
    waiting: HashMap<QueueId, HashMap<CallId, (Class, Timestamp)>>,
}

impl Maps {
    /// Who waits, by queue.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &HashMap<CallId, (Class, Timestamp)>> {
        self.waiting.values()
    }

    pub(crate) fn queue_view(&self, id: QueueId) -> QueueView {
        let mut classes = BTreeMap::new();
        let mut longest_since = None;
        for (class, since) in self.waiting.get(&id).into_iter().flat_map(HashMap::values) {
            *classes.entry(*class).or_insert(0) += 1;
            longest_since =
                Some(longest_since.map_or(*since, |longest: Timestamp| longest.min(*since)));
        }
        QueueView { id, waiting: classes.values().sum(), longest_since, classes }
    }
}

#[derive(Default)]
pub(crate) struct Registry {
    maps: Mutex<Maps>,
}

impl Registry {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Maps> {
        // The maps are valid after any panic: each change is one insert or remove.
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn owner_of(&self, leg: LegId) -> Option<LegOwner> {
        self.lock().legs.get(&leg).copied()
    }

    /// A caller's page lost its audio. What is returned ends the patience, when it is back.
    pub(crate) fn caller_absent(&self, leg: LegId) -> CancellationToken {
        let patience = CancellationToken::new();
        if let Some(before) = self.lock().absent.insert(leg, patience.clone()) {
            before.cancel();
        }
        patience
    }

    /// A caller's page has its audio back, or is given up.
    pub(crate) fn caller_back(&self, leg: LegId) {
        if let Some(patience) = self.lock().absent.remove(&leg) {
            patience.cancel();
        }
    }

    pub(crate) fn inbox_of(&self, call: CallId) -> Option<mpsc::Sender<CallInput>> {
        self.lock().calls.get(&call).map(|entry| entry.inbox.clone())
    }

    /// The audio of an agent who is signed in here.
    pub(crate) fn agent_leg(&self, agent: AgentId) -> Option<AgentLeg> {
        let maps = self.lock();
        let entry = maps.agents.get(&agent)?;
        Some(AgentLeg { leg: entry.leg, connected: entry.media_connected })
    }

    /// The telephone of an agent who has one.
    pub(crate) fn station_of(&self, agent: AgentId) -> Option<StationAddress> {
        Some(self.lock().agents.get(&agent)?.station.as_ref()?.address.clone())
    }

    /// The telephone's leg that was called for a reservation.
    pub(crate) fn station_leg_for(
        &self,
        reservation: ReservationId,
    ) -> Option<(LegId, StationLeg)> {
        self.station_leg(|entry| entry.reservation == reservation)
    }

    /// A telephone's leg of which this is so.
    pub(crate) fn station_leg(
        &self,
        so: impl Fn(&StationLeg) -> bool,
    ) -> Option<(LegId, StationLeg)> {
        let maps = self.lock();
        maps.stations.iter().find(|(_, entry)| so(entry)).map(|(leg, entry)| (*leg, *entry))
    }

    /// Whether the agent talks by telephone: then the browser's audio is not the call's.
    pub(crate) fn talks_by_telephone(&self, agent: AgentId) -> bool {
        let talks = |entry: &StationLeg| entry.agent == agent && entry.stage == Stage::Connected;
        self.station_leg(talks).is_some()
    }

    pub(crate) fn leg_of(&self, agent: AgentId) -> Option<LegId> {
        self.lock().agents.get(&agent).map(|entry| entry.leg)
    }

    pub(crate) fn call_of(&self, agent: AgentId) -> Option<CallId> {
        self.lock().agents.get(&agent).and_then(AgentEntry::call)
    }

    pub(crate) fn call_view(&self, call: CallId) -> Option<CallView> {
        self.lock().calls.get(&call).map(|entry| entry.view.clone())
    }

    pub(crate) fn agent_view(&self, agent: AgentId) -> Option<AgentView> {
        self.lock().agents.get(&agent).map(AgentEntry::view)
    }

    /// Changes what others see of a call and returns it, if the call is alive.
    pub(crate) fn update_call(
        &self,
        call: CallId,
        change: impl FnOnce(&mut CallView),
    ) -> Option<CallView> {
        let mut maps = self.lock();
        let entry = maps.calls.get_mut(&call)?;
        change(&mut entry.view);
        Some(entry.view.clone())
    }

    /// Changes an agent's entry and returns what others see, if the agent is known.
    pub(crate) fn update_agent(
        &self,
        agent: AgentId,
        change: impl FnOnce(&mut AgentEntry),
    ) -> Option<AgentView> {
        let mut maps = self.lock();
        let entry = maps.agents.get_mut(&agent)?;
        change(entry);
        Some(entry.view())
    }

    /// Notes a second of a leg's sound. A second of a caller who talks with an agent is given back
    /// with what it means for that agent; a caller who talks with nobody has no verdict.
    pub(crate) fn measured(
        &self,
        leg: LegId,
        quality: Quality,
    ) -> Option<(CallId, AgentId, TalkSecond)> {
        let mut maps = self.lock();
        let owner = *maps.legs.get(&leg)?;
        let call = match owner {
            LegOwner::Call(call) => call,
            LegOwner::Agent(agent) => maps.agents.get(&agent)?.call()?,
        };
        let entry = maps.calls.get_mut(&call)?;
        let agent = entry.view.agent.filter(|_| entry.view.state == CallState::Talking)?;
        match owner {
            LegOwner::Call(_) => {
                entry.quality.caller(agent, quality).map(|second| (call, agent, second))
            }
            LegOwner::Agent(speaker) => {
                if speaker == agent {
                    entry.quality.operator(agent, quality);
                }
                None
            }
        }
    }

    /// How the sound of a call was so far; `None` if nobody talked.
    pub(crate) fn line_quality(&self, call: CallId) -> Option<LineQuality> {
        self.lock().calls.get(&call)?.quality.summary()
    }

    /// Notes that a caller waits, and returns the queue as it is now.
    pub(crate) fn set_waiting(
        &self,
        call: CallId,
        queue: QueueId,
        class: Class,
        position: u32,
        now: Timestamp,
    ) -> QueueView {
        let mut maps = self.lock();
        let mut since = now;
        if let Some(entry) = maps.calls.get_mut(&call) {
            entry.view.position = Some(position);
            entry.view.class = class;
            since = entry.view.queued_at.unwrap_or(now);
        }
        maps.waiting.entry(queue).or_default().insert(call, (class, since));
        maps.queue_view(queue)
    }

    /// Notes that a caller no longer waits, and returns the queue as it is now.
    pub(crate) fn clear_waiting(&self, call: CallId, queue: QueueId) -> QueueView {
        let mut maps = self.lock();
        if let Some(entry) = maps.calls.get_mut(&call) {
            entry.view.position = None;
        }
        if let Some(waiting) = maps.waiting.get_mut(&queue) {
            waiting.remove(&call);
        }
        maps.queue_view(queue)
    }

    pub(crate) fn nobody_waits(&self) -> bool {
        self.lock().waiting.values().all(HashMap::is_empty)
    }

    /// Forgets a call and its leg.
    pub(crate) fn remove_call(&self, call: CallId) {
        let mut maps = self.lock();
        if let Some(entry) = maps.calls.remove(&call) {
            maps.legs.remove(&entry.leg);
        }
        maps.web_calls.retain(|_, of| *of != call);
    }
}
