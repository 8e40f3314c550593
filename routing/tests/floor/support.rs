//! Short ways to say things in tests: names from numbers, moments from seconds.

use std::time::Duration;

use ids::{
    AgentId, CallId, Class, Language, QueueId, ReservationId, SkillLevel, Timestamp, UserId,
};
use routing::{
    AgentState, Alert, Effects, Floor, FloorConfig, FloorEffect, FloorEvent, ForceReason,
    RefusedWhy, SkillStep, StopCause, Wanted,
};

pub(crate) fn agent(number: u128) -> AgentId {
    AgentId::from_number(number)
}

pub(crate) fn call(number: u128) -> CallId {
    CallId::from_number(number)
}

pub(crate) fn queue(name: &str) -> QueueId {
    name.parse().expect("a test names queues well")
}

pub(crate) fn language(tag: &str) -> Language {
    tag.parse().expect("a test names languages well")
}

/// A moment some seconds into the test's day.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000) + Duration::from_secs(seconds)
}

pub(crate) fn config(queues: &[&str]) -> FloorConfig {
    FloorConfig::with_queues(queues.iter().map(|name| queue(name)).collect())
}

pub(crate) fn registered(number: u128, languages: &[&str], queues: &[&str]) -> FloorEvent {
    FloorEvent::AgentRegistered {
        agent: agent(number),
        languages: languages.iter().map(|tag| language(tag)).collect(),
        skills: Vec::new(),
        queues: queues.iter().map(|name| queue(name)).collect(),
    }
}

/// An agent who holds these skills at these levels.
pub(crate) fn skilled(
    number: u128,
    languages: &[&str],
    queues: &[&str],
    held: &[(&str, u8)],
) -> FloorEvent {
    match registered(number, languages, queues) {
        FloorEvent::AgentRegistered { agent, languages, queues, .. } => {
            FloorEvent::AgentRegistered { agent, languages, skills: skills(held), queues }
        }
        other => other,
    }
}

pub(crate) fn skills(named: &[(&str, u8)]) -> Vec<SkillLevel> {
    let skill = |(name, level): &(&str, u8)| SkillLevel {
        skill: name.parse().expect("a test names skills well"),
        level: (*level).try_into().expect("a level is 1 to 5"),
    };
    named.iter().map(skill).collect()
}

/// From this wait on, agents with these skills.
pub(crate) fn skill_step(seconds: u64, needs: &[(&str, u8)]) -> SkillStep {
    SkillStep { after: Duration::from_secs(seconds), needs: skills(needs) }
}

pub(crate) fn wants(number: u128, want: Wanted) -> FloorEvent {
    FloorEvent::AgentStateRequested { agent: agent(number), want }
}

/// A supervisor says so.
pub(crate) fn forced(number: u128, want: Wanted) -> FloorEvent {
    let (by, reason) = (UserId::from_number(900), ForceReason::Coverage);
    FloorEvent::AgentStateForced { agent: agent(number), want, by, reason }
}

/// A caller of queue `a` who waits since then.
pub(crate) fn arrived(number: u128, class: Class, tag: &str, since: Timestamp) -> FloorEvent {
    FloorEvent::CallerArrived {
        call: call(number),
        queue: queue("a"),
        class,
        language: Some(language(tag)),
        since,
        head: false,
        caller: None,
    }
}

/// A floor with queue `a`, and a memory of what rings, so that tests read like the day they tell.
pub(crate) struct Day {
    pub(crate) floor: Floor,
    pub(crate) effects: Effects,
}

impl Day {
    pub(crate) fn new(config: FloorConfig) -> Self {
        let floor = Floor::new(config).expect("the test's configuration is valid");
        Self { floor, effects: Effects::new() }
    }

    /// A day with agents of queue `a` who speak these languages, available in this order.
    pub(crate) fn with_agents(languages: &[&[&str]]) -> Self {
        let mut day = Self::new(config(&["a", "b"]));
        for (number, spoken) in (1..).zip(languages) {
            day.happens(0, registered(number, spoken, &["a"]));
            day.happens(u64::try_from(number).expect("few"), wants(number, Wanted::Available));
        }
        day
    }

    /// Applies one event and checks every promise of the floor.
    pub(crate) fn happens(&mut self, seconds: u64, event: FloorEvent) -> &Effects {
        self.effects.clear();
        self.floor.handle(at(seconds), event, &mut self.effects);
        if let Err(violation) = self.floor.check() {
            panic!("at {seconds} s: {violation}");
        }
        &self.effects
    }

    pub(crate) fn ticks(&mut self, seconds: u64) -> &Effects {
        self.happens(seconds, FloorEvent::Ticked)
    }

    pub(crate) fn accepts(&mut self, seconds: u64, number: u128) -> &Effects {
        let reservation = self.reservation(number);
        let agent = agent(number);
        self.happens(seconds, FloorEvent::ReservationAccepted { reservation, agent })
    }

    pub(crate) fn rejects(&mut self, seconds: u64, number: u128) -> &Effects {
        let reservation = self.reservation(number);
        let agent = agent(number);
        self.happens(seconds, FloorEvent::ReservationRejected { reservation, agent })
    }

    pub(crate) fn state(&self, number: u128) -> AgentState {
        self.floor.agent(agent(number)).expect("the agent is registered").state
    }

    /// What rings on an agent's console.
    pub(crate) fn reservation(&self, number: u128) -> ReservationId {
        match self.state(number) {
            AgentState::Ringing { reservation, .. } => reservation,
            other => panic!("agent {number} does not ring: {other:?}"),
        }
    }

    /// Agents whose consoles ring for a call, by number.
    pub(crate) fn ringing(&self, number: u128) -> Vec<u128> {
        let Some(row) = self.floor.waiting(call(number), at(0)) else { return Vec::new() };
        let agents = self.floor.view(at(0)).agents;
        let rings = |agent: &routing::AgentRow| match agent.state {
            AgentState::Ringing { reservation, .. } if row.ringing.contains(&reservation) => {
                Some(agent.agent.as_uuid().as_u128())
            }
            _ => None,
        };
        agents.iter().filter_map(rings).collect()
    }
}

pub(crate) fn refused(effects: &[FloorEffect]) -> Option<RefusedWhy> {
    effects.iter().find_map(|effect| match effect {
        FloorEffect::Refuse { why, .. } => Some(*why),
        _ => None,
    })
}

pub(crate) fn stopped(effects: &[FloorEffect]) -> Vec<StopCause> {
    let cause = |effect: &FloorEffect| match effect {
        FloorEffect::StopRinging { cause, .. } => Some(*cause),
        _ => None,
    };
    effects.iter().filter_map(cause).collect()
}

pub(crate) fn alerts(effects: &[FloorEffect]) -> Vec<Alert> {
    let alert = |effect: &FloorEffect| match effect {
        FloorEffect::Alert { alert } => Some(*alert),
        _ => None,
    };
    effects.iter().filter_map(alert).collect()
}

/// The agents whom an event connected, with their callers.
pub(crate) fn connected(effects: &Effects) -> Vec<(u128, u128)> {
    let connect = |effect: &FloorEffect| match effect {
        FloorEffect::Connect { agent, call, .. } => {
            Some((agent.as_uuid().as_u128(), call.as_uuid().as_u128()))
        }
        _ => None,
    };
    effects.iter().filter_map(connect).collect()
}
